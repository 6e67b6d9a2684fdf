import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual, types } from 'node:util';
import { NexmoAuthError } from '../errors';
import { copyOptions } from '../options';
import {
  checkFields,
  type CredentialsOptions,
  type Fields,
  type OAuth1Credentials,
  type SignatureMethod,
} from './fields';

/** The secrets that {@link Credentials.reveal} gives, by name. */
export type Secrets = {
  apiSecret: string;
  privateKey: KeyObject;
  signatureSecret: string;
  oauth1: OAuth1Credentials;
};

/** The sets of fields that a scheme may need. */
export type CredentialKind =
  /** `apiKey` and `apiSecret`: for `query`, `body` and `basic`. */
  | 'key-secret'
  /** `applicationId` and `privateKey`: for `bearer`. */
  | 'application'
  /** `applicationId` alone: for `bearer` with an external signer. */
  | 'application-id'
  /** `apiKey` and `signatureSecret`: for `signature`. */
  | 'signature'
  /** `oauth1`, with or without a token: for `oauth1`. */
  | 'oauth1';

const fieldsOf: Record<CredentialKind, readonly (keyof Fields)[]> = {
  'key-secret': ['apiKey', 'apiSecret'],
  application: ['applicationId', 'privateKey'],
  'application-id': ['applicationId'],
  signature: ['apiKey', 'signatureSecret', 'signatureMethod'],
  oauth1: ['oauth1'],
};

const secretOf: Partial<Record<CredentialKind, keyof Secrets>> = {
  'key-secret': 'apiSecret',
  application: 'privateKey',
  signature: 'signatureSecret',
  oauth1: 'oauth1',
};

const secretNames = new Set(Object.values(secretOf));

/**
 * What one holds of a Nexmo account and application. Immutable; secrets are in private fields and
 * leave only through {@link Credentials.reveal}, so printing, serialising, spreading or cloning shows none.
 *
 * Every field is checked for its form. Whether the platform accepts it is not.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`,
 * `ERR_INVALID_APPLICATION_ID`, `ERR_INVALID_OPTION`; for the private key `ERR_KEY_INVALID`,
 * `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`, `ERR_KEY_IS_PUBLIC`, `ERR_KEY_PASSPHRASE_MISSING`,
 * `ERR_KEY_PASSPHRASE_WRONG`, `ERR_KEY_FILE_NOT_FOUND`, `ERR_KEY_FILE_IS_DIRECTORY`,
 * `ERR_KEY_FILE_UNREADABLE`
 */
export class Credentials {
  readonly apiKey: string | undefined;
  readonly applicationId: string | undefined;
  readonly signatureMethod: SignatureMethod;
  readonly #fields: Fields;

  constructor(options: CredentialsOptions) {
    this.#fields = checkFields(copyOptions(options, 'The credentials'));
    this.apiKey = this.#fields.apiKey;
    this.applicationId = this.#fields.applicationId;
    this.signatureMethod = this.#fields.signatureMethod;
    Object.freeze(this);
  }

  /**
   * The only way a secret leaves: keep it out of logs. `privateKey` gives the `KeyObject`; a
   * rotation pair gives the current one.
   *
   * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`; `ERR_INVALID_OPTION` for a name that is no
   * secret
   */
  reveal<Name extends keyof Secrets>(name: Name): Secrets[Name] {
    if (!secretNames.has(name)) {
      const names = [...secretNames].join(', ');
      throw new NexmoAuthError('ERR_INVALID_OPTION', `reveal takes one of ${names}.`);
    }
    const secret: unknown = this.#fields[name];
    if (secret === undefined) {
      throw new NexmoAuthError('ERR_MISSING_CREDENTIAL', `The credentials hold no ${name}.`);
    }
    return currentOf(secret) as Secrets[Name];
  }

  /**
   * Whether all fields of a {@link CredentialKind} are there. Says nothing of whether the platform accepts them.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for a kind that does not exist
   */
  has(kind: CredentialKind): boolean {
    return this.missing(kind).length === 0;
  }

  /**
   * Names the fields of a kind that are not there.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for a kind that does not exist
   */
  missing(kind: CredentialKind): string[] {
    return fieldsOf[requireKind(kind)].filter((field) => this.#fields[field] === undefined);
  }

  /**
   * A copy in which the other secret of a kind's rotation pair is the current one; undefined where
   * there is no pair.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for a kind that does not exist
   */
  rotated(kind: CredentialKind): Credentials | undefined {
    const name = secretOf[requireKind(kind)];
    const secret = name && this.#fields[name];
    return Array.isArray(secret) ? this.with({ [String(name)]: secret.toReversed() }) : undefined;
  }

  /**
   * Whether others would authenticate in the same way, as far as a kind goes.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for a kind that does not exist
   */
  equals(others: Credentials, kind: CredentialKind): boolean {
    return fieldsOf[requireKind(kind)].every((name) =>
      isSame(currentOf(this.#fields[name]), currentOf(others.#fields[name])),
    );
  }

  /**
   * A changed copy. A field set to `undefined` is left out of it.
   *
   * @throws NexmoAuthError what the constructor throws
   */
  with(changes: CredentialsOptions): Credentials {
    return new Credentials({ ...this.#fields, ...copyOptions(changes, 'The changes') });
  }
}

function requireKind(kind: CredentialKind): CredentialKind {
  if (Object.hasOwn(fieldsOf, kind)) return kind;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `The kind of credential is one of ${Object.keys(fieldsOf).join(', ')}.`,
  );
}

/** Of a rotation pair, the one in use. */
function currentOf(secret: unknown): unknown {
  return Array.isArray(secret) ? secret[0] : secret;
}

function isSame(a: unknown, b: unknown): boolean {
  return types.isKeyObject(a) && types.isKeyObject(b) ? a.equals(b) : isDeepStrictEqual(a, b);
}

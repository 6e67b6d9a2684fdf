import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual, types } from 'node:util';
import { NexmoAuthError } from '../errors';
import { copyOptions } from '../options';
import {
  checkFields,
  type CredentialsOptions,
  type Fields,
  type OAuth1Credentials,
  type OpenTokCredentials,
} from './fields';
import { remedyOf, setRemedy } from './remedy';
import type { SignatureMethod } from './signature-method';

/** The secrets that {@link Credentials.reveal} returns, by name. */
export type Secrets = {
  /** The current API secret. */
  apiSecret: string;
  /** The current private key of the application. */
  privateKey: KeyObject;
  /** The current signature secret. */
  signatureSecret: string;
  /** The keys and tokens of OAuth 1.0a. */
  oauth1: OAuth1Credentials;
  /** The API key and the secret of OpenTok. */
  opentok: OpenTokCredentials;
};

/** The sets of fields that a scheme may need. */
export type CredentialKind =
  /** `apiKey` and `apiSecret`, for the schemes `query`, `body` and `basic`. */
  | 'key-secret'
  /** `applicationId` and `privateKey`, for the scheme `bearer`. */
  | 'application'
  /** Only `applicationId`, for the scheme `bearer` with an external signer. */
  | 'application-id'
  /** `apiKey` and `signatureSecret`, for the scheme `signature`. */
  | 'signature'
  /** The field `oauth1`, with or without a token, for the scheme `oauth1`. */
  | 'oauth1'
  /** The field `opentok`, for the scheme `opentok`. */
  | 'opentok';

const fieldsByKind: Record<CredentialKind, readonly (keyof Fields)[]> = {
  'key-secret': ['apiKey', 'apiSecret'],
  application: ['applicationId', 'privateKey'],
  'application-id': ['applicationId'],
  signature: ['apiKey', 'signatureSecret', 'signatureMethod'],
  oauth1: ['oauth1'],
  opentok: ['opentok'],
};

/** The secret of each kind. `reveal` returns any of these secrets. Some secrets can be a rotation pair. */
const secretByKind: Partial<Record<CredentialKind, keyof Secrets>> = {
  'key-secret': 'apiSecret',
  application: 'privateKey',
  signature: 'signatureSecret',
  oauth1: 'oauth1',
  opentok: 'opentok',
};

const secretNames = new Set(Object.values(secretByKind));

/**
 * The credentials of a Nexmo account and application. Immutable. Secrets are in private fields, and only {@link
 * Credentials.reveal} returns them. Printing, serialising, spreading or cloning the credentials shows no secret.
 *
 * Checks the format of every field. Does not check whether the platform accepts the values.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`, `ERR_INVALID_APPLICATION_ID`,
 * `ERR_INVALID_OPTION`; for the private key `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`,
 * `ERR_KEY_IS_PUBLIC`, `ERR_KEY_PASSPHRASE_MISSING`, `ERR_KEY_PASSPHRASE_WRONG`, `ERR_KEY_FILE_NOT_FOUND`,
 * `ERR_KEY_FILE_IS_DIRECTORY`, `ERR_KEY_FILE_UNREADABLE`
 */
export class Credentials {
  /** The API key of the account. It is not secret. */
  readonly apiKey: string | undefined;
  /** The ID of the application. It is not secret. */
  readonly applicationId: string | undefined;
  /** The signature method of SMS. If none was given, it is `md5hash`. */
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
   * Returns a secret. Keep the secret out of logs. `privateKey` is returned as a `KeyObject`. For a rotation pair,
   * returns the current secret.
   *
   * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`; `ERR_INVALID_OPTION` if no secret has this name
   */
  reveal<Name extends keyof Secrets>(name: Name): Secrets[Name] {
    if (!secretNames.has(name)) {
      const names = [...secretNames].join(', ');
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `The name passed to reveal must be one of ${names}.`,
      );
    }
    const secret: unknown = this.#fields[name];
    if (secret === undefined) {
      throw new NexmoAuthError(
        'ERR_MISSING_CREDENTIAL',
        `The credentials lack ${name}. ${remedyOf(this)?.([name]) ?? `Pass it to new Credentials({ ${name} }).`}`,
      );
    }
    return currentOf(secret) as Secrets[Name];
  }

  /**
   * Whether all fields of a {@link CredentialKind} are set. Does not check whether the platform accepts the values.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for an unknown kind
   */
  has(kind: CredentialKind): boolean {
    return this.missing(kind).length === 0;
  }

  /**
   * The names of those fields of a kind that are not set.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for an unknown kind
   */
  missing(kind: CredentialKind): string[] {
    return fieldsByKind[requireKind(kind)].filter((field) => this.#fields[field] === undefined);
  }

  /**
   * A copy in which the rotation pair of a kind is swapped: the previous secret becomes the current secret. Undefined
   * if the secret is not a pair.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for an unknown kind
   */
  rotated(kind: CredentialKind): Credentials | undefined {
    const name = secretByKind[requireKind(kind)];
    const secret = name && this.#fields[name];
    return Array.isArray(secret) ? this.with({ [String(name)]: secret.toReversed() }) : undefined;
  }

  /**
   * Whether these credentials and other credentials have equal fields of a kind. Compares only the current secret of a
   * rotation pair.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for an unknown kind
   */
  equals(other: Credentials, kind: CredentialKind): boolean {
    return fieldsByKind[requireKind(kind)].every((name) =>
      isSame(currentOf(this.#fields[name]), currentOf(other.#fields[name])),
    );
  }

  /**
   * A copy with changed fields. `undefined` removes a field.
   *
   * @throws NexmoAuthError every code of the constructor
   */
  with(changes: CredentialsOptions): Credentials {
    const copy = new Credentials({ ...this.#fields, ...copyOptions(changes, 'The changes') });
    setRemedy(copy, remedyOf(this));
    return copy;
  }
}

function requireKind(kind: CredentialKind): CredentialKind {
  if (Object.hasOwn(fieldsByKind, kind)) return kind;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `The kind of credential must be one of ${Object.keys(fieldsByKind).join(', ')}.`,
  );
}

/** The current secret of a rotation pair. Returns any other value unchanged. */
function currentOf(secret: unknown): unknown {
  return Array.isArray(secret) ? secret[0] : secret;
}

function isSame(a: unknown, b: unknown): boolean {
  return types.isKeyObject(a) && types.isKeyObject(b) ? a.equals(b) : isDeepStrictEqual(a, b);
}

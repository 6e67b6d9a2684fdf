import type { KeyObject } from 'node:crypto';
import { kindOf, NexmoAuthError } from '../errors';
import { given, refuseUnknown, requireObject } from '../options';
import { parsePrivateKey, type PrivateKeyInput } from './private-key';

const signatureMethods = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;

/** How an SMS signature is made: `md5hash` is a plain hash, the others are HMACs. */
export type SignatureMethod = (typeof signatureMethods)[number];

/** The token pair is there once a user has approved. */
export type OAuth1Credentials = {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token?: string | undefined;
  readonly tokenSecret?: string | undefined;
};

export type CredentialsOptions = {
  apiKey?: string | undefined;
  /** A pair is `[current, previous]`, for the time in which a secret is rotated. */
  apiSecret?: string | readonly [current: string, previous: string] | undefined;
  applicationId?: string | undefined;
  /** PEM text, the same as bytes, a `KeyObject`, or the path of a PEM file. */
  privateKey?: PrivateKeyInput | undefined;
  /** Opens an encrypted `privateKey`; not kept. */
  passphrase?: string | Uint8Array | undefined;
  signatureSecret?: string | undefined;
  signatureMethod?: SignatureMethod | undefined;
  oauth1?: OAuth1Credentials | undefined;
};

/** The secrets that {@link Credentials.reveal} gives, by name. */
export type Secrets = {
  apiSecret: string;
  privateKey: KeyObject;
  signatureSecret: string;
  oauth1: OAuth1Credentials;
};

/** The sets of fields that a scheme may need. */
export type CredentialKind = 'key-secret' | 'application' | 'signature' | 'oauth1';

type Fields = Omit<CredentialsOptions, 'passphrase' | 'privateKey'> & {
  privateKey?: KeyObject | undefined;
};

const fieldsOf: Record<CredentialKind, readonly (keyof Fields)[]> = {
  'key-secret': ['apiKey', 'apiSecret'],
  application: ['applicationId', 'privateKey'],
  signature: ['apiKey', 'signatureSecret'],
  oauth1: ['oauth1'],
};

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
    this.#fields = check(options);
    this.apiKey = this.#fields.apiKey;
    this.applicationId = this.#fields.applicationId;
    this.signatureMethod = this.#fields.signatureMethod ?? 'md5hash';
    Object.freeze(this);
  }

  /**
   * The only way a secret leaves: keep it out of logs. `privateKey` gives the `KeyObject`; of a
   * rotation pair, `apiSecret` gives the current one.
   *
   * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`; `ERR_INVALID_OPTION` for a name that is no
   * secret
   */
  reveal<Name extends keyof Secrets>(name: Name): Secrets[Name] {
    const { apiSecret, privateKey, signatureSecret, oauth1 } = this.#fields;
    const secrets: Partial<Record<keyof Secrets, unknown>> = {
      apiSecret: Array.isArray(apiSecret) ? apiSecret[0] : apiSecret,
      privateKey,
      signatureSecret,
      oauth1,
    };
    if (!Object.hasOwn(secrets, name)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `reveal takes one of ${Object.keys(secrets).join(', ')}.`,
      );
    }
    const secret = secrets[name];
    if (secret === undefined) {
      throw new NexmoAuthError('ERR_MISSING_CREDENTIAL', `The credentials hold no ${name}.`);
    }
    return secret as Secrets[Name];
  }

  /**
   * Whether all fields of a kind are there.
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
    if (!Object.hasOwn(fieldsOf, kind)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `The kind of credential is one of ${Object.keys(fieldsOf).join(', ')}.`,
      );
    }
    return fieldsOf[kind].filter((field) => this.#fields[field] === undefined);
  }

  /**
   * A changed copy. A field set to `undefined` is left out of it.
   *
   * @throws NexmoAuthError what the constructor throws
   */
  with(changes: CredentialsOptions): Credentials {
    requireObject(changes, 'The changes');
    return new Credentials({ ...this.#fields, ...changes });
  }
}

function check(options: CredentialsOptions): Fields {
  requireObject(options, 'The credentials');
  const {
    apiKey,
    apiSecret,
    applicationId,
    privateKey,
    passphrase,
    signatureSecret,
    signatureMethod,
    oauth1,
    ...unknown
  } = options;
  refuseUnknown(unknown, 'the credentials');
  const phrase = given(passphrase, requirePassphrase);
  return {
    apiKey: given(apiKey, (value) => requireText(value, 'apiKey')),
    apiSecret: given(apiSecret, requireSecrets),
    applicationId: given(applicationId, requireApplicationId),
    privateKey: given(privateKey, (value) => parsePrivateKey(value, phrase)),
    signatureSecret: given(signatureSecret, (value) => requireText(value, 'signatureSecret')),
    signatureMethod: given(signatureMethod, requireMethod),
    oauth1: given(oauth1, requireOAuth1),
  };
}

export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} must be a string that is not empty; it is ${value === '' ? 'empty' : kindOf(value)}. Is the variable that it comes from set?`,
    );
  }
  if (/[\r\n\0\p{Surrogate}]/u.test(value)) {
    throw new NexmoAuthError(
      'ERR_CONTROL_CHARACTER',
      `${name} contains a line break, a NUL character or half a character. Remove it; text read from a file often ends in one, and trim() takes it off.`,
    );
  }
  return value;
}

function requireSecrets(value: unknown): string | readonly [string, string] {
  if (!Array.isArray(value)) return requireText(value, 'apiSecret');
  if (value.length !== 2) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      'apiSecret is one string, or the pair [current, previous].',
    );
  }
  return [requireText(value[0], 'apiSecret[0]'), requireText(value[1], 'apiSecret[1]')];
}

function requirePassphrase(value: string | Uint8Array): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_CREDENTIAL',
    `passphrase must be a string or a Buffer, not ${kindOf(value)}.`,
  );
}

/** The guide's own sample is no RFC 9562 UUID, so only the shape is asked for. */
function requireApplicationId(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    return value;
  }
  throw new NexmoAuthError(
    'ERR_INVALID_APPLICATION_ID',
    'applicationId must have the shape of a UUID, 8-4-4-4-12 hexadecimal digits, as the dashboard shows it.',
  );
}

export function requireMethod(value: SignatureMethod): SignatureMethod {
  if (signatureMethods.includes(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `signatureMethod must be one of ${signatureMethods.join(', ')}.`,
  );
}

function requireOAuth1(value: OAuth1Credentials): OAuth1Credentials {
  requireObject(value, 'oauth1');
  const { consumerKey, consumerSecret, token, tokenSecret, ...unknown } = value;
  refuseUnknown(unknown, 'oauth1');
  if ((token === undefined) !== (tokenSecret === undefined)) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      'oauth1.token and oauth1.tokenSecret come together: give both or neither.',
    );
  }
  return Object.freeze({
    consumerKey: requireText(consumerKey, 'oauth1.consumerKey'),
    consumerSecret: requireText(consumerSecret, 'oauth1.consumerSecret'),
    token: given(token, (text) => requireText(text, 'oauth1.token')),
    tokenSecret: given(tokenSecret, (text) => requireText(text, 'oauth1.tokenSecret')),
  });
}

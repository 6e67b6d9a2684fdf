import type { KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { copyOptions, mapOptional, refuseUnknown } from '../options';
import { parsePrivateKey, type PrivateKeyInput } from './private-key';
import { requireMethod, type SignatureMethod } from './signature-method';
import { isPadded, requireApiKey, requireSecret, requireText } from './text';

/** The keys and tokens of OAuth 1.0a. `token` and `tokenSecret` are missing until `OAuth1Flow` has got a token. */
export type OAuth1Credentials = {
  /** The key of your application (RFC 5849, section 1.1: client credentials). */
  readonly consumerKey: string;
  /** The secret that belongs to `consumerKey`. */
  readonly consumerSecret: string;
  /** The access token of a user or, until the user has granted access, the temporary token of `OAuth1Flow`. */
  readonly token?: string | undefined;
  /** The secret that belongs to `token`. */
  readonly tokenSecret?: string | undefined;
};

/** The key and secret of a project in OpenTok, which is the legacy Video API. */
export type OpenTokCredentials = {
  /** The API key of the project. */
  readonly apiKey: string;
  /** The secret that signs the tokens of the project. */
  readonly apiSecret: string;
};

/** One secret, or a rotation pair. If the platform refuses the current secret, the previous secret is tried. */
export type Rotatable<Secret> = Secret | readonly [current: Secret, previous: Secret];

/** The fields of an account and an application. All fields are optional. */
export type CredentialsOptions = {
  /** The API key of the account, as the dashboard shows it. */
  apiKey?: string | undefined;
  /** The API secret, or `[current, previous]` during a rotation. */
  apiSecret?: Rotatable<string> | undefined;
  /** The ID of the application. It has the shape of a UUID. */
  applicationId?: string | undefined;
  /** PEM text, its bytes, a `KeyObject`, or the path of a PEM file. */
  privateKey?: Rotatable<PrivateKeyInput> | undefined;
  /** Decrypts `privateKey` (both keys of a rotation pair). Is not stored. */
  passphrase?: string | Uint8Array | undefined;
  /** The signature secret, or `[current, previous]` during a rotation. */
  signatureSecret?: Rotatable<string> | undefined;
  /** The signature method in the account settings (default: `md5hash`). */
  signatureMethod?: SignatureMethod | undefined;
  /** The keys and tokens of OAuth 1.0a. */
  oauth1?: OAuth1Credentials | undefined;
  /** The API key and the secret of an OpenTok project. */
  opentok?: OpenTokCredentials | undefined;
};

/** The checked options. */
export type Fields = Omit<CredentialsOptions, 'passphrase' | 'privateKey' | 'signatureMethod'> & {
  privateKey?: Rotatable<KeyObject> | undefined;
  signatureMethod: SignatureMethod;
};

/** @throws NexmoAuthError every code of the constructor of `Credentials` */
export function checkFields(options: CredentialsOptions): Fields {
  const {
    apiKey,
    apiSecret,
    applicationId,
    privateKey,
    passphrase,
    signatureSecret,
    signatureMethod,
    oauth1,
    opentok,
    ...unknown
  } = options;
  refuseUnknown(unknown, 'the credentials');
  mapOptional(passphrase, requirePassphrase);
  return {
    apiKey: mapOptional(apiKey, (value) => requireApiKey(value, 'apiKey')),
    apiSecret: mapOptional(apiSecret, (value) => mapRotatable(value, 'apiSecret', requireSecret)),
    applicationId: mapOptional(applicationId, requireApplicationId),
    // No function here closes over the passphrase: an error keeps the functions of its call stack in memory.
    privateKey:
      privateKey === undefined
        ? undefined
        : mapRotatable(privateKey, 'privateKey', requireKey, passphrase),
    signatureSecret: mapOptional(signatureSecret, (value) =>
      mapRotatable(value, 'signatureSecret', requireSecret),
    ),
    signatureMethod: mapOptional(signatureMethod, (value) => requireMethod(value)) ?? 'md5hash',
    oauth1: mapOptional(oauth1, requireOAuth1),
    opentok: mapOptional(opentok, requireOpenTok),
  };
}

/** Applies a check to a secret, or to both secrets of a rotation pair. */
function mapRotatable<Secret, Checked, Options extends unknown[]>(
  value: Rotatable<Secret>,
  name: string,
  check: (secret: Secret, name: string, ...options: Options) => Checked,
  ...options: Options
): Rotatable<Checked> {
  if (!Array.isArray(value)) return check(value as Secret, name, ...options);
  const pair = value as readonly Secret[];
  if (pair.length !== 2) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} must be one secret or the pair [current, previous].`,
    );
  }
  return [
    check(pair[0] as Secret, `${name}[0]`, ...options),
    check(pair[1] as Secret, `${name}[1]`, ...options),
  ];
}

function requireKey(
  key: PrivateKeyInput,
  _name: string,
  passphrase: string | Uint8Array | undefined,
): KeyObject {
  return parsePrivateKey(key, passphrase);
}

function requirePassphrase(value: string | Uint8Array): void {
  if (typeof value === 'string' || types.isUint8Array(value)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_CREDENTIAL',
    `passphrase must be a string or a Buffer, not ${kindOf(value)}.`,
  );
}

/**
 * Checks only the shape of the ID, because the sample ID in the platform's guide is not a UUID as defined in RFC 9562.
 */
export function isApplicationId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

function requireApplicationId(value: unknown): string {
  if (isApplicationId(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_APPLICATION_ID',
    typeof value === 'string' && isPadded(value)
      ? 'applicationId has white space, a line break or an invisible character around it. Remove it. trim() removes white space and line breaks. To remove an invisible character (such as U+200B), retype the value.'
      : 'applicationId must have the shape of a UUID, 8-4-4-4-12 hexadecimal digits, as the dashboard shows it.',
  );
}

function requireOAuth1(value: OAuth1Credentials): OAuth1Credentials {
  const { consumerKey, consumerSecret, token, tokenSecret, ...unknown } = copyOptions(
    value,
    'oauth1',
  );
  refuseUnknown(unknown, 'oauth1');
  if ((token === undefined) !== (tokenSecret === undefined)) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      'oauth1.token and oauth1.tokenSecret belong together. Set both or neither.',
    );
  }
  return Object.freeze({
    consumerKey: requireSecret(consumerKey, 'oauth1.consumerKey'),
    consumerSecret: requireSecret(consumerSecret, 'oauth1.consumerSecret'),
    token: mapOptional(token, (text) => requireText(text, 'oauth1.token')),
    tokenSecret: mapOptional(tokenSecret, (text) => requireText(text, 'oauth1.tokenSecret')),
  });
}

function requireOpenTok(value: OpenTokCredentials): OpenTokCredentials {
  const { apiKey, apiSecret, ...unknown } = copyOptions(value, 'opentok');
  refuseUnknown(unknown, 'opentok');
  return Object.freeze({
    apiKey: requireSecret(apiKey, 'opentok.apiKey'),
    apiSecret: requireSecret(apiSecret, 'opentok.apiSecret'),
  });
}

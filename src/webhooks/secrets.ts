import { createSecretKey, type KeyObject } from 'node:crypto';
import { Credentials } from '../credentials/credentials';
import type { SignatureMethod } from '../credentials/signature-method';
import { requireSecret } from '../credentials/text';
import { Deadline } from '../deadline';
import { copyHint, kindOf, NexmoAuthError } from '../errors';
import { AuthInjector, attemptsOf } from '../injector/injector';

/** The signature secret of an account, or a list of secrets during a rotation. */
export type SignatureSecrets = string | readonly string[];

/**
 * The signature secrets, or a function that looks up the secrets of an account. The arguments of the function come from
 * the callback and are not verified. `apiKey` is `undefined` for an SMS callback that names no account. For an unknown
 * account, return `undefined`, `null`, an empty string or an empty list.
 *
 * `Credentials` supply their signature secret (during a rotation, both secrets) and their `signatureMethod`. With
 * `Credentials`, a callback that names another API key is refused. An `AuthInjector` supplies the credentials that it
 * uses, so that the verifier shares the injector's provider.
 */
export type WebhookSecrets = SignatureSecrets | Credentials | AuthInjector | SecretsLookup;

/** Looks up the secrets of an account. An unknown account has no secrets. */
export type SecretsLookup = {
  // Declared as a method, since TypeScript checks the parameters of methods less strictly. TypeScript then accepts a
  // function whose first parameter has the type `string`.
  lookUp(
    apiKey: string | undefined,
    applicationId?: string,
  ):
    | (SignatureSecrets | Credentials | null | undefined)
    | Promise<SignatureSecrets | Credentials | null | undefined>;
}['lookUp'];

/**
 * The HMAC keys of an account (at least one), and the signature method of its SMS callbacks if that method is known.
 */
export type AccountKeys = {
  keys: readonly KeyObject[];
  signatureMethod?: SignatureMethod;
};

export type KeyResolver = (
  apiKey: string | undefined,
  applicationId?: string,
) => AccountKeys | Promise<AccountKeys>;

const lookupErrors = {
  name: 'The function that looks up signature secrets',
  failed: 'ERR_WEBHOOK_SECRETS_FAILED',
  timeout: 'ERR_WEBHOOK_SECRETS_TIMEOUT',
  // Required by the type, but never used, since this deadline has no signal.
  aborted: 'ERR_WEBHOOK_SECRETS_FAILED',
} as const;

/**
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`,
 * `ERR_MISSING_CREDENTIAL`. The returned resolver throws `ERR_WEBHOOK_UNKNOWN_ACCOUNT`, `ERR_WEBHOOK_SECRETS_FAILED`,
 * `ERR_WEBHOOK_SECRETS_TIMEOUT`; `ERR_INVALID_CREDENTIAL` or `ERR_CONTROL_CHARACTER` for an invalid secret;
 * `ERR_MISSING_CREDENTIAL` for credentials without a signature secret; every NexmoAuthError of a provider
 */
export function createKeyResolver(
  secrets: WebhookSecrets,
  deadline: number | undefined,
): KeyResolver {
  const lookupDeadline = new Deadline({ deadline }, lookupErrors);
  if (secrets instanceof AuthInjector) {
    return createKeyResolver(() => attemptsOf(secrets).credentials(), deadline);
  }
  if (secrets instanceof Credentials) {
    // Throws at once if the signature secret is missing.
    accountOf(secrets, undefined);
    return (apiKey) => accountOf(secrets, apiKey);
  }
  if (typeof secrets === 'function') {
    const lookUp = async (apiKey?: string, applicationId?: string) => {
      // In a look-up by the user's function, other names could mean a file, a member of an object or one of a class.
      if (apiKey !== undefined && (!/^[\w-]{1,64}$/.test(apiKey) || apiKey in Function)) {
        throw unknownAccount('has an API key that no account can have');
      }
      const result = await lookupDeadline.waitFor(() => secrets(apiKey, applicationId));
      if (result instanceof Credentials) return accountOf(result, apiKey);
      const keys = requireSecrets(result)
        .filter(isPresent)
        .map((secret) => secretKey(secret, 'A secret from secrets()'));
      if (keys.length > 0) return { keys };
      throw unknownAccount(
        apiKey === undefined
          ? 'names no account (it has no api-key), and secrets(undefined) returned no secret'
          : 'names an account for which secrets() returned no secret',
      );
    };
    return (apiKey, applicationId) => lookUp(apiKey, applicationId).catch(rethrowMarked);
  }
  if (typeof secrets === 'string' || (Array.isArray(secrets) && secrets.length > 0)) {
    const keys = listOf(secrets).map((secret, index) =>
      secretKey(secret, typeof secrets === 'string' ? 'secrets' : `secrets[${index}]`),
    );
    return () => ({ keys });
  }
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `secrets must be the signature secret of the account, a list of signature secrets, Credentials, an AuthInjector or a function that looks them up, not ${kindOf(secrets)}.${copyHint(secrets, 'Credentials', 'AuthInjector')}`,
  );
}

/** The errors of look-ups that could not say whether an account has secrets. */
const failedLookups = new WeakSet<NexmoAuthError>();

/** Whether an error says that the secrets are unavailable, and so nothing about the callback. */
export function isFailedLookup(error: NexmoAuthError): boolean {
  return failedLookups.has(error);
}

function rethrowMarked(error: NexmoAuthError): never {
  if (error.code !== 'ERR_WEBHOOK_UNKNOWN_ACCOUNT') failedLookups.add(error);
  throw error;
}

/**
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`; `ERR_WEBHOOK_UNKNOWN_ACCOUNT` if the callback names another account
 */
function accountOf(credentials: Credentials, apiKey: string | undefined): AccountKeys {
  const apiKeys = new Set([apiKey, credentials.apiKey].filter((key) => key !== undefined));
  if (apiKeys.size > 1) throw unknownAccount('names another account than the credentials');
  const keys = [credentials, credentials.rotated('signature')]
    .filter((each) => each !== undefined)
    .map((each) => secretKey(each.reveal('signatureSecret'), 'signatureSecret'));
  return { keys, signatureMethod: credentials.signatureMethod };
}

/** @throws NexmoAuthError `ERR_WEBHOOK_SECRETS_FAILED` for a result of a wrong type */
function requireSecrets(result: unknown): readonly unknown[] {
  if (result == null || isPrototypeMember(result)) return [];
  const secrets = listOf(result);
  if (secrets.every((secret) => secret == null || typeof secret === 'string')) return secrets;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_SECRETS_FAILED',
    `The function that looks up signature secrets must return a string, a list of strings, Credentials, or undefined, but it returned ${kindOf(result)}.${copyHint(result, 'Credentials')}`,
  );
}

/**
 * Whether a value is an inherited member of a plain object. A lookup of `__proto__` or `constructor` returns such a
 * member.
 */
function isPrototypeMember(value: unknown): boolean {
  return typeof value === 'function' || value === Object.prototype;
}

function listOf(secrets: unknown): readonly unknown[] {
  return Array.isArray(secrets) ? secrets : [secrets];
}

function isPresent(secret: unknown): boolean {
  return secret !== undefined && secret !== null && secret !== '';
}

function secretKey(secret: unknown, name: string): KeyObject {
  if (typeof secret === 'string' && secret.includes('-----BEGIN')) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} looks like a PEM key. Pass the signature secret from the account settings instead: with a public key as the secret, anyone who has that key could sign.`,
    );
  }
  return createSecretKey(requireSecret(secret, name), 'utf8');
}

function unknownAccount(reason: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_UNKNOWN_ACCOUNT',
    `No signature secret was found for the callback: it ${reason}.`,
  );
}

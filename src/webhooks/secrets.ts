import { createSecretKey, type KeyObject } from 'node:crypto';
import { requireSecret } from '../credentials/text';
import { Deadline } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';

/** The signature secret of an account, or a list of secrets during a rotation. */
export type SignatureSecrets = string | readonly string[];

/**
 * The signature secrets, or a function that looks up the secrets of an account. The arguments of the function come from
 * the callback and are not verified. `apiKey` is `undefined` for an SMS callback that names no account. For an unknown
 * account, return `undefined`, `null`, an empty string or an empty list.
 */
export type WebhookSecrets = SignatureSecrets | SecretsLookup;

export type SecretsLookup = {
  // A method, since TypeScript checks its parameters less strictly: it accepts a function that takes only strings.
  lookUp(
    apiKey: string | undefined,
    applicationId?: string,
  ): SignatureSecrets | null | undefined | Promise<SignatureSecrets | null | undefined>;
}['lookUp'];

/** Returns the HMAC keys of an account, at least one key. */
export type KeyResolver = (
  apiKey: string | undefined,
  applicationId?: string,
) => readonly KeyObject[] | Promise<readonly KeyObject[]>;

const lookupErrors = {
  name: 'The function that looks up signature secrets',
  failed: 'ERR_WEBHOOK_SECRETS_FAILED',
  timeout: 'ERR_WEBHOOK_SECRETS_TIMEOUT',
  // Required by the type, but never used, since this deadline has no signal.
  aborted: 'ERR_WEBHOOK_SECRETS_FAILED',
} as const;

/**
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`. The
 * resolver throws `ERR_WEBHOOK_UNKNOWN_ACCOUNT`, `ERR_WEBHOOK_SECRETS_FAILED`, `ERR_WEBHOOK_SECRETS_TIMEOUT`,
 * and for an invalid secret `ERR_INVALID_CREDENTIAL` or `ERR_CONTROL_CHARACTER`
 */
export function createKeyResolver(
  secrets: WebhookSecrets,
  deadline: number | undefined,
): KeyResolver {
  const lookupDeadline = new Deadline({ deadline }, lookupErrors);
  if (typeof secrets === 'function') {
    return async (apiKey, applicationId) => {
      if (apiKey === '') throw unknownAccount('has an empty API key');
      const result = await lookupDeadline.waitFor(() => secrets(apiKey, applicationId));
      const keys = requireSecrets(result)
        .filter(isPresent)
        .map((secret) => secretKey(secret, 'A secret from secrets()'));
      if (keys.length > 0) return keys;
      throw unknownAccount(
        apiKey === undefined
          ? 'names no account (it has no api-key), and secrets(undefined) returned no secret'
          : 'names an account for which secrets() returned no secret',
      );
    };
  }
  if (typeof secrets === 'string' || (Array.isArray(secrets) && secrets.length > 0)) {
    const keys = listOf(secrets).map((secret, index) =>
      secretKey(secret, typeof secrets === 'string' ? 'secrets' : `secrets[${index}]`),
    );
    return () => keys;
  }
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `secrets must be the signature secret of the account, a list of signature secrets or a function that looks them up, not ${kindOf(secrets)}.`,
  );
}

/** @throws NexmoAuthError `ERR_WEBHOOK_SECRETS_FAILED` for a result of another type */
function requireSecrets(result: unknown): readonly unknown[] {
  if (result == null || isPrototypeMember(result)) return [];
  const secrets = listOf(result);
  if (secrets.every((secret) => secret == null || typeof secret === 'string')) return secrets;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_SECRETS_FAILED',
    `The function that looks up signature secrets must return a string, a list of strings, or undefined, but it returned ${kindOf(result)}.`,
  );
}

/** Whether a lookup in a plain object found only an inherited member, as it does for `__proto__` and `constructor`. */
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

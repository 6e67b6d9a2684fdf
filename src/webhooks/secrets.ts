import { createSecretKey, type KeyObject } from 'node:crypto';
import { requireSecret } from '../credentials/text';
import { Deadline } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';

/** A signature secret of an account, or several during a rotation. */
export type SignatureSecrets = string | readonly string[];

/**
 * The signature secrets, or a function that looks up those of an account. It is called with what an
 * unverified callback says: an SMS callback may name no account, and the function is then called with `undefined`.
 * Nothing, or an empty text or list, means that the account is unknown.
 */
export type WebhookSecrets = SignatureSecrets | SecretsLookup;

export type SecretsLookup = {
  // As a method, which a function that takes a string alone may stand for.
  lookUp(
    apiKey: string | undefined,
    applicationId?: string,
  ): SignatureSecrets | null | undefined | Promise<SignatureSecrets | null | undefined>;
}['lookUp'];

/** Gives the keys that a callback of an account may be signed with, one or more. */
export type KeyResolver = (
  apiKey: string | undefined,
  applicationId?: string,
) => readonly KeyObject[] | Promise<readonly KeyObject[]>;

const lookup = {
  name: 'The function that looks up signature secrets',
  failed: 'ERR_WEBHOOK_SECRETS_FAILED',
  timeout: 'ERR_WEBHOOK_SECRETS_TIMEOUT',
  // No signal is taken, so nothing can abort.
  aborted: 'ERR_WEBHOOK_SECRETS_FAILED',
} as const;

/**
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`; the
 * function that it gives `ERR_WEBHOOK_UNKNOWN_ACCOUNT`, `ERR_WEBHOOK_SECRETS_FAILED`,
 * `ERR_WEBHOOK_SECRETS_TIMEOUT` and for what was looked up the same as for what is given
 */
export function createKeyResolver(secrets: WebhookSecrets, deadline: number | undefined): KeyResolver {
  const waiting = new Deadline({ deadline }, lookup);
  if (typeof secrets === 'function') {
    return async (apiKey, applicationId) => {
      // An account without a name is nobody's, whatever a look-up makes of it.
      if (apiKey === '') throw unknownAccount('names an account of no characters');
      const found = await waiting.waitFor(() => secrets(apiKey, applicationId));
      const keys = foundOf(found)
        .filter(isPresent)
        .map((secret) => secretKey(secret, 'A secret that secrets() gives'));
      if (keys.length > 0) return keys;
      throw unknownAccount(
        apiKey === undefined
          ? 'names no account (it has no api-key), and secrets() was called with undefined'
          : 'names an account for which secrets() gives none',
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
    `secrets must be the signature secret of the account, a list of them or a function that looks them up, not ${kindOf(secrets)}.`,
  );
}

/** @throws NexmoAuthError `ERR_WEBHOOK_SECRETS_FAILED` for what is neither secrets nor nothing */
function foundOf(found: unknown): readonly unknown[] {
  if (found == null || isInherited(found)) return [];
  const secrets = listOf(found);
  if (secrets.every((secret) => secret == null || typeof secret === 'string')) return secrets;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_SECRETS_FAILED',
    `The function that looks up signature secrets must give a string, a list of strings, or nothing; it has given ${kindOf(found)}.`,
  );
}

/** What a table without such an account gives for names such as __proto__ and constructor. */
function isInherited(found: unknown): boolean {
  return typeof found === 'function' || found === Object.prototype;
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
      `${name} looks like a key in PEM form. Give the signature secret of the account settings: a public key is known to all.`,
    );
  }
  return createSecretKey(requireSecret(secret, name), 'utf8');
}

function unknownAccount(why: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_UNKNOWN_ACCOUNT',
    `There is no signature secret for the callback: it ${why}.`,
  );
}

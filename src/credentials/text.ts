import { kindOf, NexmoAuthError } from '../errors';

/** Cannot be sent in a header or signed. */
const unsendable = /[\r\n\0\p{Surrogate}]/u;

/** White space or an invisible character, such as U+200B or U+FEFF, at either end. */
const padding = /^[\s\p{Z}\p{Cc}\p{Cf}]|[\s\p{Z}\p{Cc}\p{Cf}]$/u;

export function isPadded(text: string): boolean {
  return padding.test(text);
}

/**
 * A text that can be sent and signed, such as a token as the platform gave it.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} must be a string that is not empty; it is ${value === '' ? 'empty' : kindOf(value)}. Is the variable that it comes from set?`,
    );
  }
  if (unsendable.test(value)) {
    throw new NexmoAuthError(
      'ERR_CONTROL_CHARACTER',
      /[\r\n]$/.test(value)
        ? `${name} ends in a line break, as text read from a file does. Strip it: readFileSync(path, 'utf8').trim().`
        : `${name} contains a line break, a NUL character or half a character. Remove it.`,
    );
  }
  return value;
}

/**
 * A key or a secret as people copy it. The platform would refuse one with white space around it, and its answer would
 * not say why.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function requireSecret(value: unknown, name: string): string {
  const secret = requireText(value, name);
  if (isPadded(secret)) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} has white space or an invisible character around it. Remove it: trim() strips spaces, and what copying added (such as U+200B) is best typed over.`,
    );
  }
  return secret;
}

/**
 * An API key, which HTTP Basic sends before a colon.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function requireApiKey(value: unknown, name: string): string {
  const key = requireSecret(value, name);
  if (!key.includes(':')) return key;
  throw new NexmoAuthError(
    'ERR_INVALID_CREDENTIAL',
    `${name} contains a colon, which HTTP Basic would take for the end of the key (RFC 7617, section 2). Were key and secret pasted together, as key:secret? Give the key as apiKey and the secret as apiSecret.`,
  );
}

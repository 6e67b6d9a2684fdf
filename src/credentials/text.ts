import { kindOf, NexmoAuthError } from '../errors';

/** Characters that cannot be sent in a header, or cannot be signed. */
const forbidden = /[\r\n\0\p{Surrogate}]/u;

/** White space or an invisible character, such as U+200B or U+FEFF, at either end. */
const padding = /^[\s\p{Z}\p{Cc}\p{Cf}]|[\s\p{Z}\p{Cc}\p{Cf}]$/u;

export function isPadded(text: string): boolean {
  return padding.test(text);
}

/**
 * Requires a string that can be sent and signed, such as a token from the platform.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} must be a non-empty string, but it is ${value === '' ? 'empty' : kindOf(value)}. Is the variable that it comes from set?`,
    );
  }
  if (forbidden.test(value)) {
    throw new NexmoAuthError(
      'ERR_CONTROL_CHARACTER',
      /[\r\n]$/.test(value)
        ? `${name} ends in a line break, as text from a file often does. Remove it, for example with readFileSync(path, 'utf8').trim().`
        : `${name} contains a line break, a NUL character or a lone surrogate. Remove it.`,
    );
  }
  return value;
}

/** The text that JavaScript makes of values that are no strings. Anyone can guess such a text. */
const placeholder = /^(?:undefined|null|NaN|\[object \w+\])$/;

/**
 * Requires a key or secret without surrounding white space. Such white space is easily copied by mistake, and the
 * platform would then refuse the value without saying why. Refuses the text of a missing value, such as `undefined`.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function requireSecret(value: unknown, name: string): string {
  const secret = requireText(value, name);
  if (isPadded(secret)) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} has white space or an invisible character around it. Remove it. trim() removes white space. To remove an invisible character (such as U+200B), retype the value.`,
    );
  }
  if (placeholder.test(secret)) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} is the text "${secret}", which JavaScript makes of a value that is no string. Is the variable that it comes from set?`,
    );
  }
  return secret;
}

/** More characters than any API key has. */
const maximumApiKeyLength = 64;

/**
 * Requires an API key of at most 64 characters without a colon, since HTTP Basic separates key and secret by a colon.
 *
 * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function requireApiKey(value: unknown, name: string): string {
  const key = requireSecret(value, name);
  if (key.includes('-----BEGIN')) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} is the text of a key (PEM), not an API key. Pass the text as privateKey.`,
    );
  }
  if (key.includes(':')) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} contains a colon, which would end the key in HTTP Basic (RFC 7617, section 2). Were key and secret pasted together, as key:secret? Pass the key as apiKey and the secret as apiSecret.`,
    );
  }
  if (key.length > maximumApiKeyLength) {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} has ${key.length} characters, more than any API key has. Is it a private key, a token or a signature? Pass the key that the dashboard shows.`,
    );
  }
  return key;
}

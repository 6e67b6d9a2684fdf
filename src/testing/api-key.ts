/** White space or an invisible character at either end. */
const padding = /^[\s\p{Z}\p{Cc}\p{Cf}]|[\s\p{Z}\p{Cc}\p{Cf}]$/u;

/**
 * Returns why the platform cannot have assigned this API key, as the end of a sentence that begins with `apiKey`.
 * Returns `undefined` for a valid key. Does not check secrets, since the library under test has to refuse a bad secret.
 */
export function apiKeyFault(apiKey: string): string | undefined {
  if (padding.test(apiKey)) {
    return 'has white space or an invisible character at one end. Remove it. trim() removes spaces and line breaks.';
  }
  return apiKey.includes(':')
    ? 'contains a colon, which ends the key in HTTP Basic (RFC 7617 section 2). If you pasted key:secret, pass key and secret separately.'
    : undefined;
}

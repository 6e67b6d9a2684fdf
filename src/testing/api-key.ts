/** White space or an invisible character at either end. */
const padding = /^[\s\p{Z}\p{Cc}\p{Cf}]|[\s\p{Z}\p{Cc}\p{Cf}]$/u;

/**
 * Checks whether the platform could have assigned this API key. If it could not, returns the reason: text to put after
 * `apiKey` to form a sentence. Does not check secrets. To refuse a bad secret is the task of the library under test.
 */
export function apiKeyFault(apiKey: string): string | undefined {
  if (padding.test(apiKey)) {
    return 'has white space or an invisible character at one end. Remove it. trim() removes spaces and line breaks.';
  }
  return apiKey.includes(':')
    ? 'contains a colon, which ends the key in HTTP Basic (RFC 7617 section 2). If you pasted key:secret, pass key and secret separately.'
    : undefined;
}

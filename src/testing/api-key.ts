/** White space or an invisible character at either end. */
const padding = /^[\s\p{Z}\p{Cc}\p{Cf}]|[\s\p{Z}\p{Cc}\p{Cf}]$/u;

/**
 * Why the platform gives no account such an API key: the rest of a sentence; undefined for one that it may give. A
 * secret may be any text here: the sandbox and its callbacks stand for the platform, and the library refuses it.
 */
export function apiKeyFault(apiKey: string): string | undefined {
  if (padding.test(apiKey)) {
    return 'has white space or an invisible character around it. Remove it: trim() strips spaces and line breaks.';
  }
  return apiKey.includes(':')
    ? 'contains a colon, which HTTP Basic would take for its end (RFC 7617, section 2). Were key and secret pasted together, as key:secret? Give them apart.'
    : undefined;
}

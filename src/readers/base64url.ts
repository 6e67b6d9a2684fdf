/**
 * Decodes base64url without padding (RFC 7515, section 2). Returns undefined for text that no encoder writes: text with
 * characters outside the alphabet, with an impossible length, or with non-zero pad bits (RFC 4648, section 3.5).
 * Therefore, no two texts give the same bytes.
 */
export function readBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

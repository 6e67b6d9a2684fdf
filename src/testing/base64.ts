/**
 * Decodes canonical base64 (RFC 4648 sections 3.5, 4 and 5), which has padding in `base64` but not in `base64url`, no
 * other characters, and only zeros in unused bits. Returns `undefined` for other text, even if `Buffer.from` decodes
 * it.
 */
export function decodeCanonical(
  text: string,
  encoding: 'base64' | 'base64url',
): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

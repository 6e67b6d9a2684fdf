/**
 * Decodes canonical base64 or base64url (RFC 4648 sections 3.5, 4 and 5). Canonical text has only characters of the
 * alphabet, padding in `base64` but not in `base64url`, and zeros in the unused bits. Returns `undefined` for all other
 * text, even if `Buffer.from` decodes it.
 */
export function decodeCanonical(
  text: string,
  encoding: 'base64' | 'base64url',
): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

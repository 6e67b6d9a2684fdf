/**
 * Decodes canonical base64 (RFC 4648 sections 3.5, 4 and 5): padding in `base64` and none in
 * `base64url`, no other characters, unused bits zero. Returns `undefined` for any other text, some of
 * which `Buffer.from` would decode.
 */
export function decodeCanonical(
  text: string,
  encoding: 'base64' | 'base64url',
): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

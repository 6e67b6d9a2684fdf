/**
 * Decodes base64 in its one canonical spelling (RFC 4648 sections 3.5, 4 and 5): with padding for
 * `base64` and without for `base64url`, no other characters, unused bits zero. Gives `undefined` for
 * any other spelling, which `Buffer.from` would accept.
 */
export function decodeCanonical(
  text: string,
  encoding: 'base64' | 'base64url',
): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

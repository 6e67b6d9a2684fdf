/**
 * Decodes base64url without padding (RFC 7515, section 2). Undefined for anything that an encoder does not
 * write: other characters, an impossible length, bits that are left over (RFC 4648, section 3.5). So no two
 * texts decode to the same bytes.
 */
export function readBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

export const jwtHeader = { alg: 'RS256', typ: 'JWT' } as const;

/** The JWS signing input of a token, which is ASCII (RFC 7515, section 5.1). */
export function signingInputOf(claims: object, header: object = jwtHeader): string {
  return `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
}

/** The token in compact serialization (RFC 7515, section 7.1). */
export function compactJws(signingInput: string, signature: Uint8Array): string {
  return `${signingInput}.${base64url(signature)}`;
}

function base64url(data: string | Uint8Array): string {
  return Buffer.from(data as string).toString('base64url');
}

import { kindOf, NexmoAuthError } from '../errors';
import { readBase64url } from '../readers/base64url';
import { decodeJsonPart } from './json';

/** The header and the claims of a token that was decoded, but not verified. */
export type DecodedJwt = {
  /** The header (RFC 7519, section 5). */
  header: Record<string, unknown>;
  /** The claims, which are not verified. */
  claims: Record<string, unknown>;
};

/**
 * Decodes a token WITHOUT verifying its signature, times or claims. Anyone can make a token with any content. Use
 * `verifyJwt` before you trust a token. Also accepts an Authorization header with `Bearer ` before the token.
 *
 * @throws NexmoAuthError `ERR_JWT_MALFORMED`
 */
export function decodeJwt(token: string): DecodedJwt {
  return decodeToken(typeof token === 'string' ? token.replace(bearerPrefix, '') : token);
}

/** Authentication schemes are case-insensitive (RFC 9110, section 11.1). */
export const bearerPrefix = /^Bearer +/i;

/** Decodes a token. Does not accept `Bearer ` before the token. */
export function decodeToken(token: string): DecodedJwt {
  const [header, claims, signature, ...rest] = typeof token === 'string' ? token.split('.', 4) : [];
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) {
    throw malformed(
      typeof token === 'string'
        ? 'it does not have three parts separated by dots'
        : `it is ${kindOf(token)}`,
    );
  }
  if (readBase64url(signature) === undefined) throw malformed('its signature is not base64url');
  return { header: decodePart(header, 'header'), claims: decodePart(claims, 'claims') };
}

function decodePart(part: string, name: 'header' | 'claims'): Record<string, unknown> {
  const value = decodeJsonPart(part);
  if (value !== undefined) return value;
  throw malformed(
    `its ${name} part is not a base64url-encoded JSON object in UTF-8 with unique names`,
  );
}

export function malformed(why: string): NexmoAuthError {
  return new NexmoAuthError('ERR_JWT_MALFORMED', `The text is not a JWT: ${why}.`);
}

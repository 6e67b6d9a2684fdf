import { type JwtPayload, verify } from 'jsonwebtoken';
import type { Account } from './account';
import { decodeCanonical } from './base64';
import { type CredentialFault, wrong } from './credential-fault';
import { readJsonObject } from './json-object';
import { hasRepeats } from './duplicates';

/** The rules of the guide, "JSON Web Tokens". It says nothing of an `iat` in the future: accepted. */
export function checkToken(token: string, account: Account): CredentialFault | undefined {
  const now = Math.floor(account.now() / 1000);
  if (account.publicKey === undefined) return wrong('the sandbox was given no publicKey');
  if (account.applicationId === undefined) return wrong('the sandbox was given no applicationId');
  const fault = encodingFault(token.split('.'));
  if (fault !== undefined) return wrong(fault);
  let claims: JwtPayload;
  try {
    const options = {
      algorithms: ['RS256' as const],
      clockTimestamp: now,
      complete: true as const,
    };
    const { header, payload } = verify(token, account.publicKey, options);
    if (header.typ !== 'JWT') return wrong('typ in the header is not JWT');
    if (Object.hasOwn(header, 'crit')) return wrong('crit in the header is not understood');
    claims = payload as JwtPayload;
  } catch (error) {
    return wrong((error as Error).message);
  }
  const { iat, jti, application_id: application } = claims;
  if (!Number.isSafeInteger(iat)) return wrong('iat is missing or no whole number of seconds');
  const exp = claims.exp ?? Number(iat) + 900;
  if (!Number.isSafeInteger(exp)) return wrong('exp is no whole number of seconds');
  if (typeof jti !== 'string' || jti === '') return wrong('jti is missing or no text');
  if (application !== account.applicationId) return wrong('application_id is not the application');
  if (exp <= now) return wrong('jwt expired');
  if (exp - Number(iat) < 30) return wrong('exp is less than 30 seconds after iat');
  if (exp - Number(iat) > 86_400) return wrong('exp is more than 24 hours after iat');
  return undefined;
}

const partNames = ['header', 'claims', 'signature'] as const;

/**
 * What jsonwebtoken would accept in the encoding of a token, and the standards do not: other spellings
 * of base64url (RFC 7515 section 2), bytes that are not UTF-8, repeated names (RFC 7519 section 4).
 */
function encodingFault(parts: readonly string[]): string | undefined {
  if (parts.length !== partNames.length) return 'jwt malformed';
  for (const [index, name] of partNames.entries()) {
    const bytes = decodeCanonical(String(parts[index]), 'base64url');
    if (bytes === undefined) return `the ${name} of the token is not canonical base64url`;
    if (name === 'signature') continue;
    const object = readJsonObject(bytes);
    if (object === undefined) return `the ${name} of the token is not a JSON object in UTF-8`;
    if ([object.names, ...object.nested].some(hasRepeats)) {
      return `the ${name} of the token has a member name more than once`;
    }
  }
  return undefined;
}

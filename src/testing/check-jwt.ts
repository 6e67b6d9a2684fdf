import { type JwtPayload, verify } from 'jsonwebtoken';
import type { Account } from './account';
import { decodeCanonical } from './base64';
import { hasDuplicates } from './duplicates';
import { parseJsonObject } from './json-object';
import { type Refusal, wrong } from './refusal-responses';

/**
 * Checks the rules of the guide "JSON Web Tokens". Accepts an `iat` in the future, which the guide does not mention.
 */
export function checkJwt(token: string, account: Account): Refusal | undefined {
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
    if (Object.hasOwn(header, 'crit')) return wrong('crit in the header is not supported');
    claims = payload as JwtPayload;
  } catch (error) {
    return wrong((error as Error).message);
  }
  const { iat, jti, application_id: application } = claims;
  if (!Number.isSafeInteger(iat)) return wrong('iat is missing or not a whole number of seconds');
  const exp = claims.exp ?? Number(iat) + 900;
  if (!Number.isSafeInteger(exp)) return wrong('exp is not a whole number of seconds');
  if (typeof jti !== 'string' || jti === '') return wrong('jti is missing or not a string');
  if (application !== account.applicationId) {
    return wrong('application_id does not match the application');
  }
  if (exp <= now) return wrong('jwt expired');
  if (exp - Number(iat) < 30) return wrong('exp is less than 30 seconds after iat');
  if (exp - Number(iat) > 86_400) return wrong('exp is more than 24 hours after iat');
  return undefined;
}

const partNames = ['header', 'claims', 'signature'] as const;

/**
 * Refuses encodings that jsonwebtoken accepts although the standards forbid them: base64url that is not canonical (RFC
 * 7515 section 2), bytes that are not UTF-8, and duplicate member names (RFC 7519 section 4).
 */
function encodingFault(parts: readonly string[]): string | undefined {
  if (parts.length !== partNames.length) return 'jwt malformed';
  for (const [index, name] of partNames.entries()) {
    const bytes = decodeCanonical(String(parts[index]), 'base64url');
    if (bytes === undefined) return `the ${name} of the token is not canonical base64url`;
    if (name === 'signature') continue;
    const object = parseJsonObject(bytes);
    if (object === undefined) return `the ${name} of the token is not a JSON object in UTF-8`;
    if ([object.names, ...object.nested].some(hasDuplicates)) {
      return `the ${name} of the token has a member name more than once`;
    }
  }
  return undefined;
}

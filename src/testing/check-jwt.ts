import { createSecretKey, type KeyObject } from 'node:crypto';
import { type JwtPayload, verify } from 'jsonwebtoken';
import type { Account } from './account';
import { decodeCanonical } from './base64';
import { hasDuplicates } from './duplicates';
import { parseJsonObject } from './json-object';
import { type Refusal, wrong } from './refusal-responses';

/**
 * Checks a token by the rules of the guide "JSON Web Tokens". Accepts an `iat` in the future, which the guide does not
 * mention.
 */
export function checkJwt(token: string, account: Account): Refusal | undefined {
  const { publicKey, applicationId } = account;
  if (publicKey === undefined) return wrong('the sandbox was given no publicKey');
  if (applicationId === undefined) return wrong('the sandbox was given no applicationId');
  const verified = verifyToken(token, { algorithm: 'RS256', key: publicKey }, account);
  if (verified.claims === undefined) return verified.refusal;
  const { iat, exp, application_id: application } = verified.claims;
  if (application !== applicationId) return wrong('application_id does not match the application');
  if (exp - iat < 30) return wrong('exp is less than 30 seconds after iat');
  if (exp - iat > 86_400) return wrong('exp is more than 24 hours after iat');
  return undefined;
}

/** Checks a token by the rules of the OpenTok REST API, "Authentication". */
export function checkOpenTokJwt(token: string, account: Account): Refusal | undefined {
  const { opentok } = account;
  if (opentok === undefined) return wrong('the sandbox was given no opentok');
  const key = createSecretKey(opentok.apiSecret, 'utf8');
  const verified = verifyToken(token, { algorithm: 'HS256', key }, account);
  if (verified.claims === undefined) return verified.refusal;
  const { iat, exp, iss, ist } = verified.claims;
  if (iss !== opentok.apiKey) return wrong('iss is not the key of the project');
  if (ist !== 'project') return wrong('ist is not "project"');
  if (exp <= iat) return wrong('exp is not after iat');
  const now = Math.floor(account.now() / 1000);
  if (Math.max(exp - iat, exp - now) > 300) return wrong('exp is more than 5 minutes after iat');
  return undefined;
}

type Verified =
  | { claims: JwtPayload & { iat: number; exp: number }; refusal?: never }
  | { claims?: never; refusal: Refusal };

const refused = (reason: string): Verified => ({ refusal: wrong(reason) });

/** Checks the parts that all tokens have: encoding, signature, header, `iat`, `exp` and `jti`. */
function verifyToken(
  token: string,
  { algorithm, key }: { algorithm: 'RS256' | 'HS256'; key: KeyObject },
  account: Account,
): Verified {
  const now = Math.floor(account.now() / 1000);
  const fault = encodingFault(token.split('.'));
  if (fault !== undefined) return refused(fault);
  let claims: JwtPayload;
  try {
    const options = { algorithms: [algorithm], clockTimestamp: now, complete: true as const };
    const { header, payload } = verify(token, key, options);
    if (header.typ !== 'JWT') return refused('typ in the header is not JWT');
    if (Object.hasOwn(header, 'crit')) return refused('crit in the header is not supported');
    claims = payload as JwtPayload;
  } catch (error) {
    return refused((error as Error).message);
  }
  const { iat, jti } = claims;
  if (!Number.isSafeInteger(iat)) return refused('iat is missing or not a whole number of seconds');
  const exp = claims.exp ?? Number(iat) + 900;
  if (!Number.isSafeInteger(exp)) return refused('exp is not a whole number of seconds');
  if (typeof jti !== 'string' || jti === '') return refused('jti is missing or not a string');
  if (exp <= now) return refused('jwt expired');
  return { claims: { ...claims, iat: Number(iat), exp } };
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

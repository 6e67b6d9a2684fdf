import { type JwtPayload, verify } from 'jsonwebtoken';
import type { Account } from './account';
import { type CredentialFault, wrong } from './credential-fault';

/** The rules of the guide, "JSON Web Tokens". It says nothing of an `iat` in the future: accepted. */
export function checkToken(token: string, account: Account): CredentialFault | undefined {
  const now = Math.floor(account.now() / 1000);
  if (account.publicKey === undefined) return wrong('the sandbox was given no publicKey');
  if (account.applicationId === undefined) return wrong('the sandbox was given no applicationId');
  let claims: JwtPayload;
  try {
    const options = {
      algorithms: ['RS256' as const],
      clockTimestamp: now,
      complete: true as const,
    };
    const { header, payload } = verify(token, account.publicKey, options);
    if (header.typ !== 'JWT') return wrong('typ in the header is not JWT');
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

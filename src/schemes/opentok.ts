import { createHmac } from 'node:crypto';
import type { Credentials } from '../credentials/credentials';
import { newJti } from '../jwt/jti';
import { compactJws, signingInputOf } from '../jwt/signing-input';
import type { AuthenticatedRequest, PlainRequest, SchemeContext } from './scheme';

const header = { alg: 'HS256', typ: 'JWT' };

/**
 * The lifetime of a token in seconds. The platform accepts at most 300. With 180, the platform's clock may be two
 * minutes ahead of or behind the local clock.
 */
const lifetime = 180;

/**
 * Adds the header `X-OPENTOK-AUTH` with a JWT that is signed with the secret of the project (OpenTok REST API,
 * "Authentication").
 */
export function opentok(
  request: PlainRequest,
  credentials: Credentials,
  { now }: SchemeContext,
): AuthenticatedRequest {
  const { apiKey, apiSecret } = credentials.reveal('opentok');
  const iat = now();
  const claims = { iss: apiKey, ist: 'project', iat, exp: iat + lifetime, jti: newJti() };
  const signingInput = signingInputOf(claims, header);
  const signature = createHmac('sha256', apiSecret).update(signingInput).digest();
  const token = compactJws(signingInput, signature);
  return {
    request: { ...request, headers: { ...request.headers, 'X-OPENTOK-AUTH': token } },
    secrets: [token],
  };
}

import type { Credentials } from '../credentials/credentials';
import type { AuthRequest, SchemeContext } from './scheme';

/** `Authorization: Bearer <JWT>` (RFC 6750, section 2.1; authentication guide, "JSON Web Tokens"). */
export function bearer(
  request: AuthRequest,
  _credentials: Credentials,
  { token }: SchemeContext,
): AuthRequest {
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token()}` } };
}

import type { Credentials } from '../credentials/credentials';
import {
  type AuthenticatedRequest,
  type PlainRequest,
  type SchemeContext,
  withAuthorization,
} from './scheme';

/** Adds `Authorization: Bearer <JWT>` (RFC 6750, section 2.1; authentication guide, "JSON Web Tokens"). */
export function bearer(
  request: PlainRequest,
  _credentials: Credentials,
  { token }: SchemeContext,
): AuthenticatedRequest {
  return { request: withAuthorization(request, `Bearer ${token}`), secrets: [token] };
}

import type { Credentials } from '../credentials/credentials';
import { type AuthenticatedRequest, type PlainRequest, withAuthorization } from './scheme';

/** Adds `Authorization: Basic base64(key:secret)`, in UTF-8 (RFC 7617, section 2). */
export function basic(request: PlainRequest, credentials: Credentials): AuthenticatedRequest {
  const secret = credentials.reveal('apiSecret');
  const pair = Buffer.from(`${String(credentials.apiKey)}:${secret}`).toString('base64');
  return { request: withAuthorization(request, `Basic ${pair}`), secrets: [pair, secret] };
}

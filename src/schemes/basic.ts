import type { Credentials } from '../credentials/credentials';
import { type PlainRequest, withAuthorization } from './scheme';

/** `Authorization: Basic base64(key:secret)`, in UTF-8 (RFC 7617, section 2). */
export function basic(request: PlainRequest, credentials: Credentials): PlainRequest {
  const pair = `${String(credentials.apiKey)}:${credentials.reveal('apiSecret')}`;
  const Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return withAuthorization(request, Authorization);
}

import type { Credentials } from '../credentials/credentials';
import { addToQuery } from './parameters';
import type { PlainRequest } from './scheme';

/** `api_key` and `api_secret` as query parameters (authentication guide, "Key and secret"). */
export function query(request: PlainRequest, credentials: Credentials): PlainRequest {
  return addToQuery(request, {
    api_key: String(credentials.apiKey),
    api_secret: credentials.reveal('apiSecret'),
  });
}

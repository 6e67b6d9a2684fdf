import type { Credentials } from '../credentials/credentials';
import type { PlainRequest } from './scheme';

/** `api_key` and `api_secret` as query parameters (authentication guide, "Key and secret"). */
export function query(request: PlainRequest, credentials: Credentials): PlainRequest {
  const credential = {
    api_key: String(credentials.apiKey),
    api_secret: credentials.reveal('apiSecret'),
  };
  const { params } = request;
  return {
    ...request,
    params:
      params instanceof URLSearchParams
        ? new URLSearchParams([...params, ...Object.entries(credential)])
        : { ...params, ...credential },
  };
}

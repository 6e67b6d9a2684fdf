import type { Credentials } from '../credentials/credentials';
import { NexmoAuthError } from '../errors';
import { addToBody } from './body';
import { addToQuery, refuseFields } from './parameters';
import type { AuthenticatedRequest, PlainRequest } from './scheme';

/** Adds `api_key` and `api_secret` as query parameters (authentication guide, "Key and secret"). */
export function query(request: PlainRequest, credentials: Credentials): AuthenticatedRequest {
  const parameters = keySecret(credentials);
  return { request: addToQuery(request, parameters), secrets: [parameters.api_secret] };
}

/**
 * Adds `api_key` and `api_secret` as fields of a form or JSON body (authentication guide, "Key and secret").
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body that is neither a form nor a JSON object, for a body in
 * another field than `data`, and for a method other than POST, PUT and PATCH
 */
export function body(request: PlainRequest, credentials: Credentials): AuthenticatedRequest {
  refuseFields(request, ['form', 'json', 'body']);
  if (/^(post|put|patch)$/i.test(String(request.method))) {
    const fields = keySecret(credentials);
    return { request: addToBody(request, fields), secrets: [fields.api_secret] };
  }
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    'The scheme body needs a POST, PUT or PATCH request, since other methods have no body.',
  );
}

function keySecret(credentials: Credentials): { api_key: string; api_secret: string } {
  return { api_key: String(credentials.apiKey), api_secret: credentials.reveal('apiSecret') };
}

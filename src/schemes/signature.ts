import type { Credentials } from '../credentials/credentials';
import { addToBody, bodyParameters } from './body';
import { addToQuery, queryParameters, refuseFields, requireUnique } from './parameters';
import type { AuthenticatedRequest, PlainRequest, SchemeContext } from './scheme';
import { signatureOf } from './sms-signature';

/**
 * Adds `api_key`, `timestamp` and `sig`, but not `api_secret` (guide "Signing messages"). Adds these parameters to the
 * body if the body has fields, and otherwise to the query. Signs all parameters of query and body.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` for a repeated name, or for a value that is not a single, well-formed
 * string; `ERR_INVALID_REQUEST` for a body that is neither a form nor a JSON object, and for parameters or a
 * body in another field than `params` and `data`
 */
export function signature(
  request: PlainRequest,
  credentials: Credentials,
  { now }: SchemeContext,
): AuthenticatedRequest {
  refuseFields(request, ['searchParams', 'query', 'form', 'json', 'body']);
  const body = bodyParameters(request);
  const parameters = [...queryParameters(request), ...body];
  const hasTimestamp = parameters.some(([name]) => name === 'timestamp');
  const added = {
    api_key: String(credentials.apiKey),
    ...(!hasTimestamp && { timestamp: String(now()) }),
  };
  const all = requireUnique([...parameters, ...Object.entries(added)]);
  const sig = signatureOf(all, credentials.reveal('signatureSecret'), credentials.signatureMethod);
  const add = body.length > 0 ? addToBody : addToQuery;
  return { request: add(request, { ...added, sig }), secrets: [sig] };
}

import { NexmoAuthError } from '../errors';
import { isFormData, isUrlSearchParams } from '../readers/brands';
import { isBytes, mayHoldFields, possibleFields } from '../schemes/body';
import type { HeaderValue, PlainRequest } from '../schemes/scheme';

const names = ['api_key', 'api_secret', 'sig', 'oauth_token', 'oauth_signature'];

/**
 * Refuses a request that brings a credential already, wherever one can stand: sending two would
 * leave to the server which of them counts.
 *
 * @throws NexmoAuthError `ERR_CREDENTIAL_PRESENT`; `ERR_HOST_NOT_ALLOWED` for a Host header of another
 * place
 */
export function refuseCredential(request: PlainRequest & { auth?: unknown }, url: URL): void {
  if (url.username !== '' || url.password !== '') throw present('user-info in its URL');
  if (request.auth != null) throw present('the auth option');
  for (const name in request.headers) refuseHeader(name, request.headers[name], url);
  if (url.search !== '') refuseFields(url.searchParams, 'its URL');
  if (request.params != null) refuseFields(request.params, 'params');
  if (request.data != null && (!isBytes(request.data) || mayHoldFields(request))) {
    for (const fields of possibleFields(request)) refuseFields(fields, 'data');
  }
}

function refuseHeader(name: string, value: HeaderValue, url: URL): void {
  const lower = name.toLowerCase();
  if (lower === 'authorization') throw present('an Authorization header');
  // Node's clients check the certificate against it, in place of the host that they connect to.
  if (lower === 'host' && value != null && String(value).toLowerCase() !== url.host) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'The Host header names another place than the URL, so no credential is attached. Leave it out.',
    );
  }
}

function refuseFields(fields: unknown, place: string): void {
  for (const name of names) {
    if (holds(fields, name, place)) throw present(`${name} in ${place}`);
  }
}

function present(where: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIAL_PRESENT',
    `The request already brings ${where}. Take it out: the right credential is attached for you.`,
  );
}

/** Clients leave out a parameter of null, but send it in a body. */
function holds(fields: unknown, name: string, place: string): boolean {
  if (typeof fields !== 'object' || fields === null) return false;
  if (isUrlSearchParams(fields) || isFormData(fields)) return fields.has(name);
  if (!Object.hasOwn(fields, name)) return false;
  const value = (fields as Record<string, unknown>)[name];
  return place === 'data' ? value !== undefined : value != null;
}

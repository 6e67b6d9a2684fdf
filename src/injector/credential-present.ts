import { NexmoAuthError } from '../errors';
import { possibleFields } from '../schemes/body';
import type { PlainRequest } from '../schemes/scheme';

const names = ['api_key', 'api_secret', 'sig', 'oauth_token', 'oauth_signature'];

/**
 * Refuses a request that brings a credential already, wherever one can stand: sending two would
 * leave to the server which of them counts.
 *
 * @throws NexmoAuthError `ERR_CREDENTIAL_PRESENT`
 */
export function refuseCredential(request: PlainRequest & { auth?: unknown }, url: URL): void {
  if (url.username !== '' || url.password !== '') throw present('user-info in its URL');
  if (request.auth != null) throw present('the auth option');
  const headers = Object.keys(request.headers);
  if (headers.some((name) => name.toLowerCase() === 'authorization')) {
    throw present('an Authorization header');
  }
  const places = {
    'its URL': url.searchParams,
    params: request.params,
    data: possibleFields(request.data),
  };
  for (const [place, fields] of Object.entries(places)) {
    const name = names.find((candidate) => holds(fields, candidate, place));
    if (name !== undefined) throw present(`${name} in ${place}`);
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
  if (fields instanceof URLSearchParams || fields instanceof FormData) return fields.has(name);
  if (!Object.hasOwn(fields, name)) return false;
  const value = (fields as Record<string, unknown>)[name];
  return place === 'data' ? value !== undefined : value != null;
}

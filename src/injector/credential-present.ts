import { NexmoAuthError } from '../errors';
import { reading } from '../options';
import { isBlob, isFormData, isStream, isUrlSearchParams } from '../readers/brands';
import {
  cookieNames,
  effectiveName,
  isCredentialHeader,
  isCredentialName,
} from '../readers/credential-name';
import { isBytes, mayHoldFields, possibleFields } from '../schemes/body';
import type { HeaderValue, PlainRequest } from '../schemes/scheme';

/**
 * Members of JSON bodies, by product, that are documented to hold data of the user's, or a token that is not for the
 * platform. Neither they nor their contents are a credential.
 */
const userMembers: Readonly<Partial<Record<string, readonly string[]>>> = {
  voice: ['headers', 'payload'],
  conversations: ['custom_data', 'body', 'headers'],
  users: ['custom_data'],
  messages: ['custom'],
  dispatch: ['custom'],
  video: ['headers'],
  'external-accounts': ['access_token'],
};

/**
 * Refuses a request that already has a credential, in any place that a server could read one from. With two
 * credentials, the server would decide which of them counts.
 *
 * @throws NexmoAuthError `ERR_CREDENTIAL_PRESENT`; `ERR_HOST_NOT_ALLOWED` for a Host header of another
 * host; `ERR_INVALID_REQUEST` for a getter that throws
 */
export function refuseCredential(
  request: PlainRequest & { auth?: unknown },
  url: URL,
  product: string,
): void {
  if (url.username !== '' || url.password !== '') throw present('user-info in its URL');
  if (request.auth != null) throw present('the auth option');
  for (const name in request.headers) refuseHeader(name, request.headers[name], url);
  if (url.search !== '') refuseFields(url.searchParams, 'its URL');
  if (request.params != null) refuseFields(request.params, 'params');
  if (request.data != null && (!isBytes(request.data) || mayHoldFields(request))) {
    const own = userMembers[product];
    for (const fields of possibleFields(request)) refuseFields(fields, 'data', own);
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
  if (value == null || value === false) return;
  if (isCredentialHeader(name)) throw present(`the header ${lower}`);
  if (lower === 'cookie' && cookieNames(String(value)).some(isCredentialName)) {
    throw present('a credential in its Cookie header');
  }
}

function refuseFields(fields: unknown, place: string, own: readonly string[] = []): void {
  const find = () => credentialIn([fields], place, own);
  const name = reading({ fields }, 'The request', find, 'ERR_INVALID_REQUEST');
  if (name !== undefined) throw present(`${name} in ${place}`);
}

/** The first name of a credential in values, at any depth. */
function credentialIn(
  values: readonly unknown[],
  place: string,
  own: readonly string[],
): string | undefined {
  const found = new Set(values);
  // A set also visits what is added meanwhile, and a value that contains itself once.
  for (const fields of found) {
    for (const [name, value] of membersOf(fields)) {
      if (!isSent(value, place)) continue;
      const effective = effectiveName(name, value);
      if (own.includes(name) && !isUrlSearchParams(fields) && !isFormData(fields)) continue;
      if (isCredentialName(effective)) return effective;
      if (typeof value === 'object') found.add(value);
    }
  }
  return undefined;
}

function membersOf(fields: unknown): Iterable<readonly [string, unknown]> {
  if (typeof fields !== 'object' || fields === null) return [];
  if (isUrlSearchParams(fields) || isFormData(fields)) return fields;
  return isBytes(fields) || isBlob(fields) || isStream(fields) ? [] : Object.entries(fields);
}

/** Clients leave out a parameter of null, but send it in a body. */
function isSent(value: unknown, place: string): boolean {
  return place === 'data' ? value !== undefined : value != null;
}

function present(where: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIAL_PRESENT',
    `The request already brings ${where}. Take it out: the right credential is attached for you.`,
  );
}

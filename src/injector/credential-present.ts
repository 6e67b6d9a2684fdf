import { NexmoAuthError } from '../errors';
import { isBlob, isFormData, isStream, isUrlSearchParams } from '../readers/brands';
import {
  cookieNames,
  effectiveName,
  isCredentialHeader,
  isCredentialName,
} from '../readers/credential-name';
import { isBytes, mayHoldFields, possibleFields } from '../schemes/body';
import type { HeaderValue, PlainRequest } from '../schemes/scheme';

/** Where a request has named fields. */
type Place = {
  name: string;
  fieldsOf: (request: PlainRequest, url: URL) => readonly unknown[];
  /** Clients leave out a parameter of null, but send a field of null in a body. */
  isSent: (value: unknown) => boolean;
  /** Fields, but not of a form, that are no credential. */
  allowed?: readonly string[];
};

const places: readonly Place[] = [
  {
    name: 'its URL',
    fieldsOf: (_request, url) => (url.search === '' ? [] : [url.searchParams]),
    isSent: () => true,
  },
  { name: 'params', fieldsOf: ({ params }) => [params], isSent: (value) => value != null },
  {
    name: 'data',
    fieldsOf: (request) => {
      const { data } = request;
      if (data == null || (isBytes(data) && !mayHoldFields(request))) return [];
      return possibleFields(request);
    },
    isSent: (value) => value !== undefined,
    // RFC 6750 has it in forms and queries; in JSON it is a field of external accounts.
    allowed: ['access_token'],
  },
];

/**
 * Refuses a request that already has a credential, in any place that a server could read one from. With two
 * credentials, the server would decide which of them counts.
 *
 * Does not look into the objects and lists inside of a body: the platform takes no credential from there, and they hold
 * data of the user's.
 *
 * @throws NexmoAuthError `ERR_CREDENTIAL_PRESENT`; `ERR_HOST_NOT_ALLOWED` for a Host header of another
 * host; `ERR_INVALID_REQUEST` for a getter that throws
 */
export function refuseCredential(request: PlainRequest & { auth?: unknown }, url: URL): void {
  if (url.username !== '' || url.password !== '') throw present('user-info in its URL');
  if (request.auth != null) throw present('the auth option');
  for (const name in request.headers) refuseHeader(name, request.headers[name], url);
  for (const place of places) {
    for (const fields of place.fieldsOf(request, url)) {
      const name = credentialIn(fields, place);
      if (name !== undefined) throw present(`${name} in ${place.name}`);
    }
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

/** The first name of a credential among fields. */
function credentialIn(fields: unknown, { isSent, allowed }: Place): string | undefined {
  const isForm = isUrlSearchParams(fields) || isFormData(fields);
  for (const [name, value] of isForm ? fields : entriesOf(fields)) {
    const effective = effectiveName(name, value);
    const isAllowed = !isForm && allowed?.includes(name) === true;
    if (!isAllowed && isSent(value) && isCredentialName(effective)) return effective;
  }
  return undefined;
}

function entriesOf(fields: unknown): [string, unknown][] {
  if (typeof fields !== 'object' || fields === null) return [];
  return isBytes(fields) || isBlob(fields) || isStream(fields) ? [] : Object.entries(fields);
}

function present(where: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIAL_PRESENT',
    `The request already brings ${where}. Take it out: the right credential is attached for you.`,
  );
}

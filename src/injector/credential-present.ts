import { NexmoAuthError, shownName } from '../errors';
import { lowerCaseAscii } from '../readers/ascii';
import { isBlob, isFormData, isStream, isUrlSearchParams } from '../readers/brands';
import {
  cookieNames,
  credentialNameIn,
  effectiveName,
  isCredentialHeader,
} from '../readers/credential-name';
import {
  isBytes,
  lowerCaseHeader,
  mayHoldFields,
  possibleFields,
  possibleParameters,
} from '../schemes/body';
import { decodedPath } from './decoded-path';
import { bodyFields, parameterFields } from './request';
import type { HeaderValue, PlainRequest } from '../schemes/scheme';

/** A part of a request that has named fields. */
type Part = {
  fieldsOf: (content: unknown, request: PlainRequest) => readonly unknown[];
  /** Whether clients send a field with this value: they omit null parameters, but send null fields of a body. */
  isSent: (value: unknown) => boolean;
  /** Names that are credentials only in a form. */
  allowed?: readonly string[];
};

const parameters: Part = {
  fieldsOf: (content) =>
    typeof content === 'string'
      ? possibleParameters(`&${content}`)
      : [content, ...nestedIn(content)],
  isSent: (value) => value != null,
};

const body: Part = {
  fieldsOf: (data, request) => {
    if (isBytes(data) && !mayHoldFields(request)) return [];
    const fields = possibleFields({ ...request, data });
    const contentType = lowerCaseHeader(request.headers, 'content-type');
    if (isFormData(data) && contentType.includes('json')) return [...fields, namesInJson(data)];
    return formType.test(contentType) ? [...fields, ...nestedIn(data)] : fields;
  },
  isSent: (value) => value !== undefined,
  // RFC 6750 defines this name for forms and queries only. In JSON, it is a field of the External Accounts API.
  allowed: ['access_token'],
};

/** axios writes an object as a form if the Content-Type contains one of these, whatever else it contains. */
const formType = /x-www-form-urlencoded|multipart\/form-data/;

/**
 * The names of a form as axios until 1.15 writes them if the Content-Type is that of JSON: it drops all characters but
 * ASCII letters, digits and `_`.
 */
function namesInJson(form: FormData): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(form, ([name, value]) => [String(/\w+/.exec(name)?.[0]), value]),
  );
}

const parts: ReadonlyMap<string, Part> = new Map([
  ...parameterFields.map((name) => [name, parameters] as const),
  ...bodyFields.map((name) => [name, body] as const),
]);

/** Options that axios, got and Node's `http.request` send as HTTP Basic. */
const credentialOptions = ['auth', 'username', 'password'];

/**
 * Refuses a request that already has a credential in any place where a server could read it. With two credentials, the
 * server would choose one. Searches nested objects only if clients send them as parameters such as `a[api_key]`, since
 * nested objects in JSON hold the user's data.
 *
 * @throws NexmoAuthError `ERR_CREDENTIAL_PRESENT`; `ERR_HOST_NOT_ALLOWED` for a Host header of another host;
 * `ERR_INVALID_REQUEST` for a getter that throws
 */
export function refuseCredential(request: PlainRequest, url: URL): void {
  if (url.username !== '' || url.password !== '') throw present('user-info in its URL');
  for (const name in request.headers) refuseHeader(name, request.headers[name], url);
  if (url.search !== '') {
    refuseFields(parameters, { where: 'its URL', content: url.search.slice(1), request });
  }
  // Servers that decode or rewrite the path may read its rest, after one of these characters, as parameters.
  const [, ...rest] = decodedPath(url.pathname).split(/[?#;&]/);
  if (rest.length > 0) {
    refuseFields(parameters, { where: 'its path', content: rest.join('&'), request });
  }
  for (const name in request) {
    const content: unknown = request[name as keyof PlainRequest];
    if (content == null) continue;
    if (credentialOptions.includes(name)) throw present(`the option ${name}`);
    const part = parts.get(name);
    if (part !== undefined) refuseFields(part, { where: name, content, request });
  }
}

function refuseFields(
  part: Part,
  { where, content, request }: { where: string; content: unknown; request: PlainRequest },
): void {
  for (const fields of part.fieldsOf(content, request)) {
    const name = credentialIn(fields, part);
    if (name !== undefined) throw present(`${name} in ${where}`);
  }
}

function refuseHeader(name: string, value: HeaderValue, url: URL): void {
  const lower = name.toLowerCase();
  if (lower === 'authorization') throw present('an Authorization header');
  // Node's clients verify the certificate against the Host header, not against the host that they connect to.
  if (lower === 'host' && value != null && lowerCaseAscii(String(value)) !== url.host) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'The Host header names another host than the URL, so no credential was attached. Leave it out.',
    );
  }
  if (value == null || value === false) return;
  if (isCredentialHeader(name)) throw present(`the header ${shownName(lower)}`);
  if (
    lower === 'cookie' &&
    cookieNames(String(value)).some((cookie) => credentialNameIn(cookie) !== undefined)
  ) {
    throw present('a credential in its Cookie header');
  }
}

/** The documented name of the first credential in the fields. */
function credentialIn(fields: unknown, { isSent, allowed }: Part): string | undefined {
  const isForm = isUrlSearchParams(fields) || isFormData(fields);
  for (const [name, value] of isForm ? fields : entriesOf(fields)) {
    const isAllowed = !isForm && allowed?.includes(name) === true;
    const found = credentialNameIn(effectiveName(name, value));
    if (found !== undefined && !isAllowed && isSent(value)) return found;
  }
  return undefined;
}

/** The objects inside parameters, at any depth. */
function nestedIn(parameters: unknown): unknown[] {
  const nested = objectsIn(parameters);
  if (nested.length === 0) return nested;
  const found = new Set(nested);
  // The loop also visits objects that it adds to the set, each once.
  for (const object of found) for (const inner of objectsIn(object)) found.add(inner);
  return [...found];
}

function objectsIn(fields: unknown): unknown[] {
  if (typeof fields !== 'object' || fields === null || isOpaque(fields)) return [];
  return Object.values(fields).filter((value) => typeof value === 'object');
}

function entriesOf(fields: unknown): [string, unknown][] {
  if (typeof fields !== 'object' || fields === null || isOpaque(fields)) return [];
  return Object.entries(fields);
}

function isOpaque(fields: object): boolean {
  return isBytes(fields) || isBlob(fields) || isStream(fields);
}

function present(where: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIAL_PRESENT',
    `The request already has ${where}. Remove it: the right credential is attached for you.`,
  );
}

import { types } from 'node:util';
import { kindOf, NexmoAuthError, shownName } from '../errors';
import { readOptions, requireObject } from '../options';
import {
  hasMethods,
  isBlob,
  isFormData,
  isIterable,
  isPlainObject,
  isStream,
  isUrlSearchParams,
} from '../readers/brands';
import { invalidInHeaderValue } from '../readers/header-value';
import { copyOf, copyOfForm, readOnce } from '../readers/read-once';
import { bytesOf, isBytes, isFields } from '../schemes/body';
import {
  type AuthRequest,
  credentialHeaders,
  type HeaderValue,
  type PlainRequest,
} from '../schemes/scheme';

/**
 * Copies a request and calls every getter once, so that the checked request is the one that is sent.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function readRequest<Given extends AuthRequest>(request: Given): WithUrl<Given> {
  if (kindOf(request) !== 'an object') throw noRequest();
  return readOptions(request, 'The request', copyFields, 'ERR_INVALID_REQUEST');
}

/**
 * Replaces the headers by a plain object, and the URL by the normalised URL.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function normalized<Given extends AuthRequest>(
  request: Given,
  url: URL,
): PlainRequest<Given> {
  const headers = readOptions(request, 'The headers', readHeaders, 'ERR_INVALID_REQUEST');
  return Object.assign(request, { url: url.href, headers }) as unknown as PlainRequest<Given>;
}

export type WithUrl<Given> = Given & { url: string };

function copyFields<Given extends AuthRequest>(request: Given): WithUrl<Given> {
  const copy = { ...request } as WithUrl<Given>;
  if (kindOf(copy.url) !== 'a string') {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      `The url of a request must be a string, not ${kindOf(copy.url)}. Convert a URL with String(url).`,
    );
  }
  if (
    [request, copy.params].some((fields) => fields != null && Object.hasOwn(fields, '__proto__'))
  ) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The request has a field named __proto__, which a copy cannot keep. Leave it out.',
    );
  }
  const fields = copy as Record<string, unknown>;
  for (const name in fields) {
    const read = readers.get(name);
    const value = fields[name];
    if (read === undefined || typeof value !== 'object' || value === null) continue;
    fields[name] = read(value, name);
  }
  if (copy.params != null && typeof copy.params !== 'object') throw noParameters('params');
  return copy;
}

/** The fields with query parameters or a form, in axios, got, ky and undici. `inject` does not know the client. */
export const parameterFields = ['params', 'searchParams', 'query', 'form'] as const;

/** The fields with a body, in axios, got, ky, undici and `fetch`. */
export const bodyFields = ['data', 'json', 'body'] as const;

const readers: ReadonlyMap<string, (value: object, name: string) => unknown> = new Map([
  ...parameterFields.map((name) => [name, readParameters] as const),
  ...bodyFields.map((name) => [name, readData] as const),
]);

/** Copies parameters, since the caller may change them while a provider or a signer is awaited. */
function readParameters(parameters: object, name: string): object {
  if (isUrlSearchParams(parameters)) {
    return new URLSearchParams([...requireGenuine(parameters, name)]);
  }
  if (isRecord(parameters)) return copyOf(parameters);
  throw noParameters(name);
}

function noParameters(name: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `${name} must be a plain object or URLSearchParams.`,
  );
}

/** Reads what a client will serialise of a body: the fields of the body, or the result of its `toJSON`. */
function readData(data: object, name: string): unknown {
  if (isBytes(data) || isStream(data)) return data;
  if (isUrlSearchParams(data) || isFormData(data) || isBlob(data)) {
    const genuine = requireGenuine(data, name);
    return isUrlSearchParams(genuine) ? new URLSearchParams([...genuine]) : genuine;
  }
  if (types.isBoxedPrimitive(data)) return data.valueOf();
  if (name === 'body') refuseConverted(data);
  const { toJSON } = data as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return isPlainObject(data) ? copyOf(data) : readOnce(data);
  const written: unknown = Reflect.apply(toJSON, data, ['']);
  if (typeof written !== 'object' || written === null || 'toJSON' in written) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      `The toJSON of ${name} must return an object that has no toJSON itself, so that the checked body is the one that is sent. Pass the values themselves.`,
    );
  }
  return readOnce(written);
}

/** Copies the bodies of a request, see `copyOfBody`. */
export function withOwnBodies<Given extends AuthRequest>(request: Given): Given {
  const fields = request as Record<string, unknown>;
  for (const name of bodyFields) {
    if (Object.hasOwn(fields, name)) fields[name] = copyOfBody(fields[name]);
  }
  return request;
}

/**
 * A copy of bytes or FormData, since the caller may change them while a provider or a signer is awaited. Any other body
 * is returned as it is. Bytes become a Buffer, since axios sends the whole ArrayBuffer of any other view.
 */
export function copyOfBody(body: unknown): unknown {
  if (isBytes(body)) return Buffer.from(bytesOf(body));
  return isFormData(body) && !isStream(body) && !types.isProxy(body) ? copyOfForm(body) : body;
}

/** Refuses a `body` that clients convert to text or send in parts. */
function refuseConverted(body: object): void {
  const isSerialised = isFields(body) && !Object.hasOwn(body, 'toString');
  // An iterator is a stream, and a list is not.
  if (isSerialised || hasMethods(body, 'next')) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    'body must be text, bytes, a form, a stream or a plain object. Clients convert other objects to text or send their parts, which was not checked. Join the parts of a list first.',
  );
}

function noRequest(): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_REQUEST', 'A request must be an object with a url.');
}

/**
 * Refuses a Proxy of URLSearchParams, FormData or a Blob, since the methods of these objects fail when they are called
 * on a Proxy.
 */
function requireGenuine<Value extends object>(value: Value, name: string): Value {
  if (!types.isProxy(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `${name} is a Proxy of a platform object, which cannot be read. Pass the object itself.`,
  );
}

/** @throws NexmoAuthError `ERR_INVALID_URL` */
export function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new NexmoAuthError(
      'ERR_INVALID_URL',
      'url must be absolute, with https: and a host: it decides which credential is attached.',
    );
  }
}

/** Reads the fields of a plain object or of `AxiosHeaders`. Iterates `Headers`, which have no fields. */
function readHeaders({ headers }: AuthRequest): Record<string, HeaderValue> {
  if (headers === undefined) return {};
  requireObject(headers, 'headers', 'ERR_INVALID_REQUEST');
  const own: unknown[] = Object.entries(headers);
  const entries = own.length === 0 && isIterable(headers) ? [...headers] : own;
  if (!entries.every(isEntry)) {
    throw new NexmoAuthError('ERR_INVALID_REQUEST', 'headers must be a plain object or Headers.');
  }
  for (const [name, value] of entries) requireHeader(name, value);
  const kept = entries.filter(([name, value]) => !isUnset(name, value));
  requireDistinct(kept);
  // A list is copied, since it may change while a provider or a signer is awaited.
  const copied = kept.map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]);
  return Object.fromEntries(copied) as Record<string, HeaderValue>;
}

/** A character that a header name may contain (RFC 9110, section 5.6.2). */
const tokenCharacter = /[\w!#$%&'*+.^`|~-]/;

/**
 * Refuses names that some clients trim, and values that some clients unpack or, as axios 1.16, change. Otherwise, the
 * header that is sent could differ from the checked header.
 */
function requireHeader(name: string, value: unknown): void {
  if (isSurrounded(name)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'A header name must have no white space or other characters around it, which some clients trim.',
    );
  }
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.some((each) => typeof each === 'string' && invalidInHeaderValue.test(each))) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      `The value of the header ${shownName(name)} has a control character or a character beyond Latin-1, which some clients remove. Leave it out or encode it.`,
    );
  }
  if (values.every(isScalar)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The value of the header ${shownName(name)} must be a string, a number or a list of strings. Pass plain headers, not the defaults of axios, which are grouped by method.`,
  );
}

/** Whether a name contains characters of a header name, but begins or ends with another character. */
function isSurrounded(name: string): boolean {
  if (/^[\w-]+$/.test(name) || !tokenCharacter.test(name)) return false;
  return ![name.at(0), name.at(-1)].every((end) => tokenCharacter.test(String(end)));
}

function isScalar(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/**
 * Refuses two headers with the same name: some clients send the first, some the last, and some send both. This includes
 * a header that is null or undefined: some clients then drop the other one.
 */
function requireDistinct(entries: readonly (readonly [string, HeaderValue])[]): void {
  const names = new Set<string>();
  for (const [name] of entries) {
    const lower = name.toLowerCase();
    if (names.has(lower)) {
      throw new NexmoAuthError(
        'ERR_INVALID_REQUEST',
        `The header ${shownName(lower)} is given twice, in different case. Remove one.`,
      );
    }
    names.add(lower);
  }
}

function isRecord(value: object): boolean {
  return kindOf(value) === 'an object' && !isIterable(value);
}

function isEntry(value: unknown): value is [string, HeaderValue] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

/**
 * Whether a header is for a credential, but the caller sets it to null or false. For axios, these values mean "do not
 * send", so axios would remove the header that this package adds.
 */
function isUnset(name: string, value: unknown): boolean {
  return credentialHeaders.includes(name.toLowerCase()) && (value == null || value === false);
}

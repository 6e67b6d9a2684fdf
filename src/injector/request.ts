import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { readOptions, requireObject } from '../options';
import { isBlob, isFormData, isStream, isUrlSearchParams } from '../readers/brands';
import { readOnce } from '../readers/read-once';
import { isBytes } from '../schemes/body';
import type { AuthRequest, HeaderValue, PlainRequest } from '../schemes/scheme';

/**
 * A copy in which every getter was called once, so that the request that is checked is the one that is sent.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function readRequest<Given extends AuthRequest>(request: Given): WithUrl<Given> {
  if (kindOf(request) !== 'an object') throw noRequest();
  return readOptions(request, 'The request', copyFields, 'ERR_INVALID_REQUEST');
}

/**
 * The copy with its headers in a plain object and its URL in normal form.
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
  if (kindOf(copy.url) !== 'a string') throw noRequest();
  const { params, data } = copy;
  if ([request, params].some((given) => given != null && Object.hasOwn(given, '__proto__'))) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'A request has a field named __proto__, which no copy of it could carry. Leave it out.',
    );
  }
  if (params != null) {
    if (!isUrlSearchParams(params) && !isRecord(params)) {
      throw new NexmoAuthError(
        'ERR_INVALID_REQUEST',
        'params must be an object of named values, or URLSearchParams.',
      );
    }
    copy.params = isUrlSearchParams(params) ? requireGenuine(params, 'params') : readOnce(params);
  }
  if (typeof data === 'object' && data !== null) copy.data = readData(data);
  return copy;
}

/** What JSON is written of an object, and clients send of one: its fields, or what its `toJSON` gives. */
function readData(data: object): unknown {
  if (isBytes(data) || isStream(data)) return data;
  if (isUrlSearchParams(data) || isFormData(data) || isBlob(data)) {
    return requireGenuine(data, 'data');
  }
  if (types.isBoxedPrimitive(data)) return data.valueOf();
  const { toJSON } = data as { toJSON?: unknown };
  if (typeof toJSON !== 'function') return readOnce(data);
  const written: unknown = Reflect.apply(toJSON, data, ['']);
  if (typeof written !== 'object' || written === null || 'toJSON' in written) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'data has a toJSON that gives no object without one, so the body that is checked may not be the one that is sent. Give the values themselves.',
    );
  }
  return readOnce(written);
}

function noRequest(): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_REQUEST', 'A request is an object with a url.');
}

/** The methods of a platform object fail on a proxy of it. */
function requireGenuine<Value extends object>(value: Value, name: string): Value {
  if (!types.isProxy(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `${name} is a Proxy of a platform object, which cannot be read. Give that object itself.`,
  );
}

/** @throws NexmoAuthError `ERR_INVALID_URL` */
export function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new NexmoAuthError(
      'ERR_INVALID_URL',
      'url must be absolute, with https: and a host, for it decides which credential may leave.',
    );
  }
}

/** AxiosHeaders keep headers as own fields, as plain objects do; fetch's Headers are iterable only. */
function readHeaders({ headers }: AuthRequest): Record<string, HeaderValue> {
  if (headers === undefined) return {};
  requireObject(headers, 'headers', 'ERR_INVALID_REQUEST');
  const own: unknown[] = Object.entries(headers);
  const entries = own.length === 0 && isIterable(headers) ? [...headers] : own;
  if (!entries.every(isEntry)) {
    throw new NexmoAuthError('ERR_INVALID_REQUEST', 'headers must be an object or Headers.');
  }
  for (const [name, value] of entries) requireHeader(name, value);
  const set = entries.filter(([name, value]) => !isUnset(name, value));
  requireDistinct(set);
  return Object.fromEntries(set);
}

/** RFC 9110, section 5.6.2. */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/** Some clients trim a name or look into an object, so that another header is sent than the one that was checked. */
function requireHeader(name: string, value: unknown): void {
  if (!token.test(name)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The name of a header must be letters, digits and hyphens, without white space around it.',
    );
  }
  if ([value].flat().every((each) => each == null || !/object|function/.test(typeof each))) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The value of the header ${name} is no text, number or list of texts. Give the headers themselves, not those of axios's defaults by method.`,
  );
}

/** Clients differ in whether they send the first of two, the last or both. */
function requireDistinct(entries: readonly (readonly [string, HeaderValue])[]): void {
  const names = new Set<string>();
  for (const [name, value] of entries) {
    const lower = name.toLowerCase();
    if (value == null || value === false) continue;
    if (names.has(lower)) {
      throw new NexmoAuthError(
        'ERR_INVALID_REQUEST',
        `The header ${lower} is there twice, in different case: leave one out.`,
      );
    }
    names.add(lower);
  }
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function isRecord(value: object): boolean {
  return kindOf(value) === 'an object' && !isIterable(value);
}

function isEntry(value: unknown): value is [string, HeaderValue] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

/** axios spells "do not send this header" as null or false, which would also drop ours. */
function isUnset(name: string, value: unknown): boolean {
  return name.toLowerCase() === 'authorization' && (value == null || value === false);
}

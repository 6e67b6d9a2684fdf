import { kindOf, NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import { isUrlSearchParams } from '../readers/brands';
import type { AuthRequest, HeaderValue, PlainRequest } from '../schemes/scheme';

/**
 * A copy with its headers in a plain object and its URL in normal form.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function copyRequest<Given extends AuthRequest>(
  request: Given,
  url: URL,
): PlainRequest<Given> {
  // Several times as fast as spreading into an object that has some of the fields, as V8 does it.
  const copy = { url: url.href, headers: copyHeaders(request.headers) };
  return Object.assign({}, request, copy) as unknown as PlainRequest<Given>;
}

/** @throws NexmoAuthError `ERR_INVALID_REQUEST` */
export function checkRequest(request: AuthRequest): void {
  if (kindOf(request) !== 'an object' || typeof request.url !== 'string') {
    throw new NexmoAuthError('ERR_INVALID_REQUEST', 'A request is an object with a url.');
  }
  const { params } = request;
  if ([request, params].some((given) => given != null && Object.hasOwn(given, '__proto__'))) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'A request has a field named __proto__, which no copy of it could carry. Leave it out.',
    );
  }
  if (params != null && !isUrlSearchParams(params) && !isRecord(params)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'params must be an object of named values, or URLSearchParams.',
    );
  }
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
function copyHeaders(headers: object | undefined): Record<string, HeaderValue> {
  if (headers === undefined) return {};
  requireObject(headers, 'headers', 'ERR_INVALID_REQUEST');
  const own: unknown[] = Object.entries(headers);
  const entries = own.length === 0 && isIterable(headers) ? [...headers] : own;
  if (!entries.every(isEntry)) {
    throw new NexmoAuthError('ERR_INVALID_REQUEST', 'headers must be an object or Headers.');
  }
  return Object.fromEntries(entries.filter(([name, value]) => !isUnset(name, value)));
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

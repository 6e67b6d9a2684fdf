import { stringify } from 'node:querystring';
import { ReadableStream } from 'node:stream/web';
import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { bytesOfChunk, copyBody, type FetchBody } from '../http/fetch-body';
import { startedStream } from '../http/streamed-body';
import { type Changes, withCredential } from '../http/wire-request';
import {
  hasMethods,
  isFormData,
  isIterable,
  isReadableStream,
  isStream,
  isUrlSearchParams,
} from '../readers/brands';
import { isBytes } from '../schemes/body';

/** The options of `dispatch` that this package reads. */
export type DispatchOptions = Readonly<{
  origin?: string | URL | null | undefined;
  path?: unknown;
  query?: object | null | undefined;
  method?: unknown;
  headers?: unknown;
  body?: unknown;
  servername?: unknown;
}>;

export type HeaderPair = readonly [name: string, value: unknown];

/** The options of a request to which a credential has been attached. */
export type SentOptions = DispatchOptions & {
  origin: string;
  headers: Readonly<Record<string, unknown>>;
  maxRedirections: 0;
};

/**
 * The URL of a request. Undefined for a CONNECT, for a `path` that does not begin with `/` (such as the absolute URL in
 * a request to a proxy), and for an origin that is not a URL.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` if the request has no origin, or if it has a `query` and its `path`
 * contains `?` or `#`
 */
export function urlOf({ origin, path, query, method }: DispatchOptions): string | undefined {
  if (method === 'CONNECT' || typeof path !== 'string' || !path.startsWith('/')) return undefined;
  if (origin == null || origin === '') {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The request has no origin, as with a Client or a Pool of undici, so its product is unknown. Compose the interceptor with an Agent.',
    );
  }
  const text = String(origin);
  if (!URL.canParse(text)) return undefined;
  if (query && /[?#]/.test(path)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The option query needs a path without ? and #, as undici requires. Put all parameters into path, or all into query.',
    );
  }
  const parameters = query ? stringify(query as NodeJS.Dict<string>) : '';
  return new URL(text).origin + path + (parameters === '' ? '' : `?${parameters}`);
}

/**
 * The headers of a request as a list of pairs. Takes headers in every form that undici accepts.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function headerPairs(headers: unknown): HeaderPair[] {
  const pairs: unknown[] = Array.isArray(headers) ? pairsIn(headers) : entriesOf(headers);
  if (!pairs.every(isPair)) throw invalidHeaders(headers);
  // Undici sends no header for undefined, and an empty header for null. A list is copied, since it may change.
  return pairs.flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? [...(value as unknown[])] : (value ?? '')]];
  });
}

function pairsIn(list: readonly unknown[]): unknown[] {
  if (list.every(Array.isArray)) return [...list];
  return list.flatMap((_, index) => (index % 2 === 0 ? [list.slice(index, index + 2)] : []));
}

function entriesOf(headers: unknown): unknown[] {
  if (isIterable(headers)) return Array.from(headers);
  if (headers == null) return [];
  if (typeof headers === 'object') return Object.entries(headers);
  throw invalidHeaders(headers);
}

function isPair(value: unknown): value is HeaderPair {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function invalidHeaders(headers: unknown): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `headers must be an object, a list of names and values in turn, or an iterable of pairs. It is ${kindOf(headers)}.`,
  );
}

/**
 * The body of a request. An iterable with a Content-Length may be read into memory before it is sent, since `fetch`
 * passes every body as an iterable. A scheme can then read the text, and a retry can send the body again. Node streams
 * are sent unchanged.
 */
export function bodyOf(body: unknown, headers: readonly HeaderPair[]): FetchBody | undefined {
  if (body == null) return undefined;
  if (hasMethods(body, 'pipe') || !isChunked(body)) return copyBody(body);
  const whole = joined(body);
  if (whole !== undefined) return { content: whole };
  const content = isReadableStream(body)
    ? body
    : ReadableStream.from(body as AsyncIterable<unknown>);
  const hasLength = headers.some(([name]) => name.toLowerCase() === 'content-length');
  if (hasLength) return { content, isFromRequest: true, takesAnyChunk: true };
  return { content: startedStream(content) };
}

/** The bytes of a list, a Set or an object of text, which undici sends in one go. Undefined for any other body. */
function joined(body: unknown): Uint8Array | undefined {
  if (!Array.isArray(body) && !types.isSet(body) && !types.isStringObject(body)) return undefined;
  const chunks = Array.from(body as Iterable<unknown>, bytesOfChunk);
  return chunks.every((chunk) => chunk !== undefined) ? Buffer.concat(chunks) : undefined;
}

function isChunked(body: unknown): boolean {
  const isWhole = isBytes(body) || isFormData(body) || isUrlSearchParams(body);
  return isStream(body) || (isIterable(body) && !isWhole);
}

/** Returns the options of a request with its credential attached. */
export function sentOptions(
  options: DispatchOptions,
  headers: readonly HeaderPair[],
  changes: Changes,
): SentOptions {
  const sent = withCredential(headers, changes);
  const { origin, pathname, search, protocol } = new URL(sent.url);
  const pairs = sent.headers as readonly HeaderPair[];
  return {
    ...options,
    origin,
    path: pathname + search,
    // The path contains the parameters of `query`.
    query: null,
    // Removes a Host header from an `http:` request. Undici adds the same header itself, and `watchForProxy` recognises
    // a ProxyAgent by the Host header that the ProxyAgent adds.
    headers: byName(pairs.filter(([name]) => protocol === 'https:' || !/^host$/i.test(name))),
    body: sent.body,
    // An interceptor between `authInterceptor` and the network must not follow redirects: the redirected requests would
    // contain the credential.
    maxRedirections: 0,
  };
}

/** Headers in the form that most dispatchers and interceptors understand. A repeated header has a list of values. */
function byName(pairs: readonly HeaderPair[]): Record<string, unknown> {
  const headers = new Map<string, { name: string; values: unknown[] }>();
  for (const [name, value] of pairs) {
    const header = headers.get(name.toLowerCase()) ?? { name, values: [] };
    header.values.push(...[value].flat());
    headers.set(name.toLowerCase(), header);
  }
  const entries = Array.from(headers.values(), ({ name, values }) => [
    name,
    values.length === 1 ? values[0] : values,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

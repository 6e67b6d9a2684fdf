import { stringify } from 'node:querystring';
import { ReadableStream } from 'node:stream/web';
import { kindOf, NexmoAuthError } from '../errors';
import { copyBody, type FetchBody } from '../http/fetch-body';
import { type Changes, withCredential } from '../http/wire-request';
import { hasMethods, isFormData, isIterable, isStream, isUrlSearchParams } from '../readers/brands';
import { isBytes } from '../schemes/body';

/** The options of `dispatch` that an interceptor reads. */
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

/** The options with which a request with a credential is sent. */
export type SentOptions = DispatchOptions & {
  origin: string;
  headers: Readonly<Record<string, unknown>>;
  maxRedirections: 0;
};

/**
 * The URL of a request. Undefined for a request that has none: a CONNECT, or one whose target is an absolute URL, as for
 * a proxy.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` without an origin, or for a path and a `query` that undici refuses
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
      'The option query needs a path without ? and #, as undici requires. Put all parameters into one of them.',
    );
  }
  const parameters = query ? stringify(query as NodeJS.Dict<string>) : '';
  return new URL(text).origin + path + (parameters === '' ? '' : `?${parameters}`);
}

/**
 * The headers of a request as a list of pairs, in any form that undici accepts.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function headerPairs(headers: unknown): HeaderPair[] {
  const pairs: unknown[] = Array.isArray(headers) ? pairsIn(headers) : entriesOf(headers);
  if (!pairs.every(isPair)) throw invalidHeaders(headers);
  // Undici sends no header for undefined, and an empty one for null.
  return pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value ?? '']]));
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
 * The body of a request. An iterable with a Content-Length may be read before it is sent, since `fetch` passes every
 * body as an iterable. A scheme can then read the text, and a retry can send it again. Node streams are sent as they
 * are.
 */
export function bodyOf(body: unknown, headers: readonly HeaderPair[]): FetchBody | undefined {
  if (body == null) return undefined;
  if (hasMethods(body, 'pipe') || !isChunked(body)) return copyBody(body);
  const content = ReadableStream.from(body as AsyncIterable<unknown>);
  const hasLength = headers.some(([name]) => name.toLowerCase() === 'content-length');
  return { content, ...(hasLength && { isFromRequest: true }) };
}

function isChunked(body: unknown): boolean {
  const isWhole = isBytes(body) || isFormData(body) || isUrlSearchParams(body);
  return isStream(body) || (isIterable(body) && !isWhole);
}

/** The options with which a request with its credential is sent. */
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
    // The path contains it.
    query: null,
    // Removes a Host header from an `http:` request, since undici adds the same one, and `send` recognises a ProxyAgent
    // by the Host header that it adds.
    headers: byName(pairs.filter(([name]) => protocol === 'https:' || !/^host$/i.test(name))),
    body: sent.body,
    // An interceptor between this one and the network must not follow redirects: they would take the credential along.
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

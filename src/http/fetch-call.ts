import { kindOf, NexmoAuthError } from '../errors';
import { isReadableStream, isRequest, isUrl } from '../readers/brands';
import { enumerableNames } from '../readers/enumerable-names';
import { copyBody, type FetchBody } from './fetch-body';
import { copyFetchHeaders, type FetchHeaders } from './fetch-headers';

export type FetchInput = Parameters<typeof fetch>[0];
export type FetchInit = Parameters<typeof fetch>[1];

/** The arguments of `fetch`, read once and copied. Later changes of the originals have no effect, as in `fetch`. */
export type FetchCall = {
  method: unknown;
  url: string;
  headers: FetchHeaders;
  body: FetchBody | undefined;
  signal: AbortSignal | null | undefined;
  /** The other fields of `init` and of a Request. */
  options: Readonly<Record<string, unknown>>;
};

/** Fields that `fetch` takes from a Request, also if there is an `init` (Fetch standard). */
const inheritedNames = [
  ...['method', 'headers', 'signal', 'mode', 'credentials', 'cache', 'redirect', 'integrity'],
  'keepalive',
];
/** Fields that `fetch` takes from a Request if there is no `init`. */
const requestNames = [...inheritedNames, 'referrer', 'referrerPolicy'];
/** The options that node-fetch adds. */
const nodeFetchNames = [
  ...['agent', 'compress', 'counter', 'follow', 'highWaterMark', 'insecureHTTPParser', 'size'],
  'timeout',
];
const initNames = requestNames.concat(nodeFetchNames, [
  'body',
  'duplex',
  'window',
  'priority',
  'dispatcher',
]);

/**
 * The URL of the first argument of `fetch`. It may be relative or invalid if the argument is a string.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for an object that is neither a Request nor a URL and whose string form
 * is not an absolute URL. A `fetch` of another library may accept such an object, and would send the request without a
 * credential
 */
export function inputUrl(input: unknown): string {
  if (isRequest(input)) return input.url;
  const text = String(input);
  if (typeof input !== 'object' || input === null || isUrl(input) || URL.canParse(text))
    return text;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The first argument of fetch must be a string, a URL or a Request. It is ${kindOf(input)} of another class.`,
  );
}

/** An absolute URL without its fragment, like the `url` of a Request or a Response. */
export function withoutHash(text: string): string {
  // Assigning `hash` would parse the URL once more.
  return String(new URL(text).href.split('#', 1)[0]);
}

/**
 * Reads the arguments of `fetch`. Fields of `init` override the fields of a Request.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 * @throws TypeError, as `fetch` does, for a Request whose body was used
 */
export function readFetchCall(url: string, input: FetchInput, init: FetchInit): FetchCall {
  const request = isRequest(input) ? input : undefined;
  const overrides = readInit(init);
  const names = Object.keys(overrides).length === 0 ? requestNames : inheritedNames;
  // A Request of another library, such as node-fetch, keeps the options of that library in fields of its own.
  const ownNames = Object.keys(request ?? {}).filter((name) => name !== 'body');
  const inherited = readFields(request, [...names, ...ownNames]);
  const { method = 'GET', headers, body, signal, ...options } = { ...inherited, ...overrides };
  return {
    url,
    method,
    headers: copyFetchHeaders(headers),
    body: body == null ? request && unusedBody(request) : copyBody(body),
    signal: signal as AbortSignal | null | undefined,
    options,
  };
}

/**
 * Reads the own and the inherited fields of `init`, and the getters that `fetch` knows, since `init` may be an instance
 * of a class. Of a Request, only these getters and its own fields: its methods are enumerable too.
 */
function readInit(init: unknown): Record<string, unknown> {
  if (init == null) return {};
  if (typeof init === 'object' || typeof init === 'function')
    return readFields(init, [
      ...(isRequest(init) ? Object.keys(init) : enumerableNames(init)),
      ...initNames,
    ]);
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The second argument of fetch must be an object, not ${kindOf(init)}.`,
  );
}

/** Of these options, node-fetch ignores falsy values. */
const ignoredIfFalsy = ['agent', 'size', 'timeout'];

/** Reads each field once. Leaves out undefined fields, and what node-fetch ignores. */
function readFields(object: object | undefined, names: readonly string[]): Record<string, unknown> {
  if (object === undefined) return {};
  const fields = [...new Set(names)].map((name) => [name, Reflect.get(object, name)] as const);
  const isGiven = ([name, value]: readonly [string, unknown]) =>
    ignoredIfFalsy.includes(name) ? Boolean(value) : value !== undefined;
  return Object.fromEntries(fields.filter(isGiven));
}

/** @throws TypeError with the message of undici */
function unusedBody(request: Request): FetchBody | undefined {
  const body = request.body as ReadableStream | null | undefined;
  if (request.bodyUsed || body?.locked === true) {
    throw new TypeError(
      'Cannot construct a Request with a Request object that has already been used.',
    );
  }
  return body === null
    ? undefined
    : { content: isReadableStream(body) ? body : request, isFromRequest: true };
}

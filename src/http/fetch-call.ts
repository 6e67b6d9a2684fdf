import { kindOf, NexmoAuthError } from '../errors';
import { isReadableStream, isRequest, isUrl } from '../readers/brands';
import { copyBody, type FetchBody } from './fetch-body';
import { copyFetchHeaders, type FetchHeaders } from './fetch-headers';

export type FetchInput = Parameters<typeof fetch>[0];
export type FetchInit = Parameters<typeof fetch>[1];

/** A call of `fetch`, read once and copied: what the caller changes afterwards has no effect, as with `fetch`. */
export type FetchCall = {
  method: unknown;
  url: string;
  headers: FetchHeaders;
  body: FetchBody | undefined;
  signal: AbortSignal | null | undefined;
  /** All other fields. */
  options: Readonly<Record<string, unknown>>;
};

/** Fields of a `Request` that `fetch` takes over, the last two only without `init` (constructor of Request). */
const lastingFields = [
  ...['method', 'headers', 'signal', 'mode', 'credentials', 'cache', 'redirect', 'integrity'],
  'keepalive',
];
const requestFields = [...lastingFields, 'referrer', 'referrerPolicy'];
const initFields = [...requestFields, 'body', 'duplex', 'window', 'priority', 'dispatcher'];

/**
 * The URL of the first argument of `fetch`.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for an object that is neither a Request nor has an absolute URL as its
 * text: another `fetch` might know it, and would send it without a credential
 */
export function urlOf(input: unknown): string {
  if (isRequest(input)) return input.url;
  const text = String(input);
  if (typeof input !== 'object' || input === null || isUrl(input) || URL.canParse(text))
    return text;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The first argument of fetch must be a string, a URL or a Request, not ${kindOf(input)} of another class.`,
  );
}

/** A URL as a Request or a Response shows it. */
export function withoutHash(text: string): string {
  const url = new URL(text);
  url.hash = '';
  return url.href;
}

/**
 * What `fetch` reads of its arguments: a field of `init` stands before that of a `Request`.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 * @throws TypeError as `fetch` does, for a Request whose body was used
 */
export function fetchCall(url: string, input: FetchInput, init: FetchInit): FetchCall {
  const request = isRequest(input) ? input : undefined;
  const ofInit = fieldsOfInit(init);
  const names = Object.keys(ofInit).length === 0 ? requestFields : lastingFields;
  const ofRequest = fieldsOf(request, names);
  const { method = 'GET', headers, body, signal, ...options } = { ...ofRequest, ...ofInit };
  return {
    url,
    method,
    headers: copyFetchHeaders(headers),
    body: body == null ? request && bodyOfRequest(request) : copyBody(body),
    signal: signal as AbortSignal | null | undefined,
    options,
  };
}

/** Own fields, and inherited ones that `fetch` knows: `init` may be a `Request`, or of a class of the caller's. */
function fieldsOfInit(init: unknown): Record<string, unknown> {
  if (init == null) return {};
  if (typeof init === 'object' || typeof init === 'function')
    return fieldsOf(init, [...Object.keys(init), ...initFields]);
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The second argument of fetch must be an object, not ${kindOf(init)}.`,
  );
}

/** Those that are not undefined, each read once. */
function fieldsOf(object: object | undefined, names: readonly string[]): Record<string, unknown> {
  const fields = [...new Set(names)].map(
    (name) => [name, Reflect.get(object ?? {}, name)] as const,
  );
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/** @throws TypeError with the text of undici's */
function bodyOfRequest(request: Request): FetchBody | undefined {
  const body = request.body as ReadableStream | null | undefined;
  if (request.bodyUsed || body?.locked === true) {
    throw new TypeError(
      'Cannot construct a Request with a Request object that has already been used.',
    );
  }
  return body === null
    ? undefined
    : { content: isReadableStream(body) ? body : request, isOfRequest: true };
}

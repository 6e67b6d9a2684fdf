import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import { kindOf, NexmoAuthError, shownName } from '../errors';
import { requireObject } from '../options';
import { isPlainObject } from '../readers/brands';
import { enumerableNames } from '../readers/enumerable-names';
import { type BodyType, bodyTypeOf } from '../readers/media-type';
import { bytesOf } from '../schemes/body';
import { formParametersOf, type Parameter } from '../schemes/parameters';

/** Node's `request.headers`, or the `Headers` of a `Request`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** The bytes of a body. A string is encoded as UTF-8. */
export type RawBytes = Uint8Array | ArrayBuffer | string;

/** The bytes as they arrived, or a function that reads them when they are needed. */
export type RawBody = RawBytes | (() => RawBytes | Promise<RawBytes>);

/** A callback as it arrived. */
export type WebhookRequest = {
  /** The HTTP method. */
  method: string;
  /** An absolute URL or a path, with the query as it arrived. */
  url: string;
  /** The headers as they arrived. */
  headers: WebhookHeaders;
  /** Not needed for GET. A string is encoded as UTF-8. */
  rawBody?: RawBody | undefined;
};

/**
 * Checks that the argument is a request. Refuses a parsed body that looks like a request: a sender could put `method`,
 * `url` and `headers` of a genuine callback into a body, and a handler would trust the body's other fields.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function requireRequest(request: WebhookRequest): void {
  requireObject(request, 'The request', 'ERR_INVALID_REQUEST');
  requireObject(request.headers, 'The headers of the request', 'ERR_INVALID_REQUEST');
  if (typeof request.method !== 'string' || typeof request.url !== 'string') {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The request must be { method, url, headers, rawBody }, with method and url as strings.',
    );
  }
  const unknown = enumerableNames(request).find((name) => !requestFields.has(name));
  if (unknown === undefined || isServerRequest(request)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The request has an unknown field ${shownName(unknown)}, so it could be a parsed body. Pass only { method, url, headers, rawBody }. For parsed parameters, call verifySmsParams().`,
  );
}

const requestFields = new Set(['method', 'url', 'headers', 'rawBody']);

/**
 * Whether the object is a `Request`, a request of Node, or a framework's wrapper of Node's request. A parsed body is
 * none of these. Uploads in it are streams whose fields a parser may set, so the stream in a plain object must be of
 * Node's own class.
 */
function isServerRequest(request: object): boolean {
  if (Object.prototype.toString.call(request) === '[object Request]') return true;
  const { raw, req } = request as { raw?: unknown; req?: unknown };
  return [request, raw, req].some(isPlainObject(request) ? isNodesRequest : isLikeNodesRequest);
}

function isNodesRequest(value: unknown): boolean {
  if (!isLikeNodesRequest(value)) return false;
  const { IncomingMessage } = process.getBuiltinModule('node:http');
  const { Http2ServerRequest } = process.getBuiltinModule('node:http2');
  return value instanceof IncomingMessage || value instanceof Http2ServerRequest;
}

function isLikeNodesRequest(value: unknown): boolean {
  const { pipe, method, headers } = (value ?? {}) as Partial<IncomingMessage>;
  return (
    typeof pipe === 'function' && typeof method === 'string' && kindOf(headers) === 'an object'
  );
}

function isBinary(content: unknown): content is Uint8Array | ArrayBuffer {
  return types.isUint8Array(content) || types.isAnyArrayBuffer(content);
}

/** Whether the method is GET or HEAD. Such callbacks have their parameters in the query. */
export function isGetOrHead({ method }: WebhookRequest): boolean {
  return /^(get|head)$/i.test(method);
}

/** The fields of a server's request that show a body. `stream` is from Node's HTTP/2, where no header announces a body. */
type ServerRequest = { body?: unknown; stream?: { endAfterHeaders?: boolean } };

/** The fields of a framework's wrapper. Fastify has Node's request as `raw`, Koa as `req`. */
type Wrapper = {
  raw?: ServerRequest;
  req?: ServerRequest;
  /** Only in the context of Koa, whose own `body` is the response. */
  request?: ServerRequest;
};

/**
 * Refuses a GET or HEAD with a body. A handler may read that body, but the signature does not cover it.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TAMPERED`, and any error of the function `rawBody`
 */
export async function requireNoBody(request: WebhookRequest): Promise<void> {
  const { headers, rawBody, raw, req, request: parsed } = request as WebhookRequest & Wrapper;
  refuseAnnouncedBody(headers);
  const streams = [request as ServerRequest, raw, req].map((each) => each?.stream);
  if (streams.some((stream) => stream?.endAfterHeaders === false)) throw bodyOnGet();
  if (!isEmpty((parsed ?? (request as ServerRequest)).body)) throw bodyOnGet();
  const content: unknown = typeof rawBody === 'function' ? await rawBody() : rawBody;
  if (!isEmpty(content)) throw bodyOnGet();
}

/** Refuses a GET or HEAD whose headers announce a body. A `Request` hides that body, but the handler may get it. */
export function refuseAnnouncedBody(headers: WebhookHeaders): void {
  const length = headerValue(headers, 'content-length') ?? 0;
  if (Number(length) === 0 && headerValue(headers, 'transfer-encoding') === undefined) return;
  throw bodyOnGet();
}

/**
 * Whether a parsed body is empty. Body parsers set `undefined`, `null` or `{}` for a missing body. Objects of a class,
 * such as a stream, FormData or a Map, do not show their content as fields, so they count as content.
 */
function isEmpty(content: unknown): boolean {
  if (content == null || content === '') return true;
  if (isBinary(content)) return content.byteLength === 0;
  return isPlainObject(content) && Object.keys(content).length === 0;
}

/**
 * The parameters of the query, in the received order.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_MALFORMED` for a URL that frameworks parse in different ways, and for a header
 * that would change a URL that frameworks build
 */
export function readQueryParameters({ url, headers }: WebhookRequest): Parameter[] {
  requirePlainHost(headers);
  const query = queryOf(url);
  try {
    if (!isSplitElsewhere(url) && !isAmbiguousForm(query)) return formParametersOf(query);
  } catch {
    // The query is not percent-encoded UTF-8.
  }
  throw new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    'The URL of the callback has no path, or it has ??, #, ;, ]=, %5D=, non-ASCII characters, an empty or unnamed query parameter, or a query that is not percent-encoded UTF-8. Frameworks parse such a URL differently, and the platform does not send it.',
  );
}

/** Whether some frameworks start or end the query of a URL at another place. */
export function isSplitElsewhere(url: string): boolean {
  return /[#;]|[^\x21-\x7E]/.test(url) || !hasPath(url);
}

/** The query of a URL, as it arrived. Empty if there is none. */
export function queryOf(url: string): string {
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}

/** The headers from which frameworks build the URL of a request, such as `ctx.URL` of Koa. */
const originHeaders = ['host', 'x-forwarded-host', 'x-forwarded-proto'];

/**
 * Refuses a callback whose host or protocol has a character that no host has, such as `?`. In a URL that is built from
 * it, the query would be another.
 */
function requirePlainHost(headers: WebhookHeaders): void {
  const odd = originHeaders.find((name) =>
    /[^\w.:[\], -]/.test(String(headerValue(headers, name) ?? '')),
  );
  if (odd === undefined) return;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    `The header ${odd} of the callback has characters that no host has. Frameworks that build a URL from it would see another query than the signed one.`,
  );
}

/**
 * Whether a URL is a path or an absolute `http` URL with a path. In other URLs, older routers of Fastify (find-my-way
 * before 9.10) end the host at the first slash of the query. Over HTTP/2, Node passes on any text as the path if the
 * scheme is not `http` or `https`.
 */
function hasPath(url: string): boolean {
  return /^(https?:\/\/[^/?]+)?\//i.test(url);
}

/**
 * Whether parsers read a form in different ways. Some drop a byte-order mark or a question mark at the start, as
 * `URLSearchParams` does. Some separate parameters at `;`. Parsers with a limit of 1,000 parameters also count empty
 * parameters, and drop all parameters after the limit. Some drop parameters without a name. The parser of the package
 * qs ends a name at the first `]=` or `%5D=`, even after an earlier `=`.
 */
export function isAmbiguousForm(form: string): boolean {
  return /^[?\uFEFF&=]|;|&[&=]|&$|(\]|%5D)=/i.test(form);
}

/** The value of a header, or a list of values if there are several. Ignores the case of names. */
export function headerValue(headers: WebhookHeaders, name: string): string | string[] | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  const names = Object.keys(headers).filter((key) => key.toLowerCase() === name);
  const values = names.flatMap((key) => headers[key] ?? []);
  return values.length > 1 ? values : values[0];
}

/** The body's type according to `Content-Type`. `ambiguous` if there are several such headers. */
export function bodyTypeIn(headers: WebhookHeaders): BodyType {
  const value = headerValue(headers, 'content-type') ?? '';
  return typeof value === 'string' ? bodyTypeOf(value) : 'ambiguous';
}

/**
 * Recognises `Headers` by the method `get`, not with `instanceof`: undici, node-fetch and other realms each have their
 * own class `Headers`.
 */
function isHeaders(headers: WebhookHeaders): headers is Headers {
  return typeof headers.get === 'function';
}

/** @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`, `ERR_INVALID_REQUEST`, and any error of the function `rawBody` */
export async function readRawBody({ rawBody }: WebhookRequest): Promise<Uint8Array | string> {
  const content: unknown = typeof rawBody === 'function' ? await rawBody() : rawBody;
  return requireBytes(content);
}

/** @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`, `ERR_INVALID_REQUEST` (see `bytesOf`) */
export function requireBytes(content: unknown): Uint8Array | string {
  if (typeof content === 'string') return content;
  if (isBinary(content)) return bytesOf(content);
  throw bodyParsedError(`Pass the bytes as rawBody. ${rawBodyHint}`);
}

function bodyOnGet(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_TAMPERED',
    'The callback is a GET or HEAD with a body. The signature does not cover it, and the platform does not send it.',
  );
}

/** @param hint how a program can keep the bytes */
export function bodyParsedError(hint: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_BODY_PARSED',
    `The bytes of the body are missing, because it was already read or parsed. The signature covers the bytes as they arrived, so the callback cannot be verified. ${hint}`,
  );
}

const rawBodyHint = [
  'The adapters nexmo-auth/express, /fastify, /koa, /hono and /request keep them.',
  'Without an adapter: in Nest with rawBody: true, Google Cloud Functions and Firebase: request.rawBody;',
  "in Express: app.use(path, express.raw({ type: '*/*' })) before express.json(), then request.body;",
  "in Fastify: addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body)), then request.body;",
  'in Koa: read context.req before any body parser;',
  'in Hono: await context.req.arrayBuffer(); with a Request: await request.arrayBuffer().',
].join(' ');

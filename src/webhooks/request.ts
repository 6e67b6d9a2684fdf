import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import { type BodyType, bodyTypeOf } from '../readers/media-type';
import { formParametersOf, type Parameter } from '../schemes/parameters';

/** Headers as Node gives them (`request.headers`), or those of a `Request`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>;

export type RawBytes = Uint8Array | ArrayBuffer | string;

/** The bytes as they arrived, or a function that reads them once they are needed. */
export type RawBody = RawBytes | (() => RawBytes | Promise<RawBytes>);

/** A callback as it arrived. */
export type WebhookRequest = {
  method: string;
  /** Absolute or from the path on, with the query as it arrived. */
  url: string;
  headers: WebhookHeaders;
  /** Not needed for GET. A string is taken for UTF-8. */
  rawBody?: RawBody | undefined;
};

/**
 * Refuses everything but a request, and a parsed body that looks like one: a sender who writes `method`, `url` and
 * `headers` into a body must not choose what is verified, while a handler reads further fields of it.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function requireRequest(request: WebhookRequest): void {
  requireObject(request, 'The request', 'ERR_INVALID_REQUEST');
  requireObject(request.headers, 'The headers of the request', 'ERR_INVALID_REQUEST');
  if (typeof request.method !== 'string' || typeof request.url !== 'string') {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'A webhook is verified by { method, url, headers, rawBody }: method and url must be strings.',
    );
  }
  const unknown = enumerableNames(request).find((name) => !requestFields.has(name));
  if (unknown === undefined || isServerRequest(request)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The request has a field ${unknown} and could be a parsed body, which its sender wrote. Give { method, url, headers, rawBody } and nothing else; parameters that were parsed are verified by verifySmsParams().`,
  );
}

const requestFields = new Set(['method', 'url', 'headers', 'rawBody']);

/** Own and inherited: what copies parsed JSON with Object.assign may set the prototype of the copy. */
export function enumerableNames(value: object): string[] {
  const names: string[] = [];
  for (const name in value) names.push(name);
  return names;
}

/** Whether it is a `Request`, or Node's request or a framework's around it. No parser of bodies makes a stream. */
function isServerRequest(request: object): boolean {
  const { raw, req } = request as { raw?: unknown; req?: unknown };
  return (
    Object.prototype.toString.call(request) === '[object Request]' ||
    [request, raw, req].some(
      (each) => typeof (each as { pipe?: unknown } | null)?.pipe === 'function',
    )
  );
}

function isBinary(content: unknown): content is Uint8Array | ArrayBuffer {
  return types.isUint8Array(content) || types.isAnyArrayBuffer(content);
}

/** GET and HEAD, where the parameters are in the query. */
export function hasNoBody({ method }: WebhookRequest): boolean {
  return /^(get|head)$/i.test(method);
}

/**
 * Refuses a body on a GET or HEAD: no signature covers it, but a handler may read it.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TAMPERED`, and what a function given as `rawBody` throws
 */
export async function requireNoBody({ rawBody }: WebhookRequest): Promise<void> {
  const content: unknown = typeof rawBody === 'function' ? await rawBody() : rawBody;
  if (isEmpty(content)) return;
  throw new NexmoAuthError('ERR_WEBHOOK_TAMPERED', 'A body was added to a GET or HEAD.');
}

/** Body parsers leave `undefined`, `null` or `{}` where there is no body. */
function isEmpty(content: unknown): boolean {
  if (content == null || content === '') return true;
  if (isBinary(content)) return content.byteLength === 0;
  return kindOf(content) === 'an object' && Object.keys(content).length === 0;
}

/**
 * The parameters of the query, in the order in which they arrived.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_MALFORMED` for a URL that frameworks read in different ways
 */
export function readQueryParameters({ url }: WebhookRequest): Parameter[] {
  const start = url.indexOf('?');
  const query = start === -1 ? '' : url.slice(start + 1);
  try {
    if (!/[#;]|[^\x21-\x7E]/.test(url) && !hasEmptyParameter(query)) return formParametersOf(query);
  } catch {
    // Frameworks differ in what they make of such a query.
  }
  throw new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    'The URL of the callback holds # or ; or characters other than ASCII, or a query with && or a parameter without a name, or that is not percent-encoded UTF-8. Frameworks read it differently, and the platform does not send it.',
  );
}

/**
 * Parsers that stop after a thousand parameters count empty ones, and so would lose others behind them. Some leave out
 * one that has a value and no name.
 */
export function hasEmptyParameter(form: string): boolean {
  return /^[&=]|&[&=]|&$/.test(form);
}

/** The value of a header, or all of its values where it came more than once. */
export function headerValue(headers: WebhookHeaders, name: string): string | string[] | undefined {
  if (isHeaders(headers)) return headers.get(name) ?? undefined;
  if (Object.hasOwn(headers, name)) return headers[name];
  return Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
}

/** By the Content-Type; `ambiguous` where there are several. */
export function bodyTypeIn(headers: WebhookHeaders): BodyType {
  const value = headerValue(headers, 'content-type') ?? '';
  return typeof value === 'string' ? bodyTypeOf(value) : 'ambiguous';
}

/** By its shape, since there are several classes of that name: undici's, node-fetch's, another realm's. */
function isHeaders(headers: WebhookHeaders): headers is Headers {
  return typeof headers.get === 'function';
}

/**
 * The bytes of the body.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`, and what a function given as `rawBody` throws
 */
export async function readRawBody({ rawBody }: WebhookRequest): Promise<Uint8Array | string> {
  const content: unknown = typeof rawBody === 'function' ? await rawBody() : rawBody;
  return requireBytes(content);
}

/** @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED` */
export function requireBytes(content: unknown): Uint8Array | string {
  if (typeof content === 'string') return content;
  if (isBinary(content)) return types.isUint8Array(content) ? content : new Uint8Array(content);
  throw bodyParsedError(`Give the bytes as rawBody. ${howToGetBytes}`);
}

/** @param whatToDo by the user, so that the bytes are there */
export function bodyParsedError(whatToDo: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_BODY_PARSED',
    `The bytes of the body are not there: it was read or parsed before. The signature covers the bytes as they arrived, so the callback cannot be verified. ${whatToDo}`,
  );
}

const howToGetBytes = [
  'The adapters nexmo-auth/express, /fastify, /koa, /hono and /request keep them.',
  'By hand, in Nest with rawBody: true, Google Cloud Functions and Firebase: request.rawBody;',
  "in Express: app.use(path, express.raw({ type: '*/*' })) before express.json(), then request.body;",
  "in Fastify: addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body)), then request.body;",
  'in Koa: read context.req before any body parser;',
  'in Hono: await context.req.arrayBuffer(); with a Request: await request.arrayBuffer().',
].join(' ');

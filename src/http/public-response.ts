import { finished, Readable } from 'node:stream';
import { isReadableStream, platformClassOf } from '../readers/brands';
import { detachedResponseBody, detachedWebStream, type Sanitize } from './detached-stream';
import { bufferLimit } from './fetch-body';
import { failedStream, heldStream, tooLarge } from './held-stream';
import {
  cancelStream,
  failedNodeStream,
  firstChunks,
  nodeStreamOf,
  readChunks,
} from './node-stream';
import { copyOfHeaders } from './fetch-headers';
import { redact, redactName } from '../injector/redact';

/** The fields that a copy of a Response cannot get from its constructor. */
type ResponseFields = Pick<
  Response,
  'url' | 'status' | 'statusText' | 'ok' | 'type' | 'redirected'
>;

type PublicResponseOptions = {
  /** The URL that was sent. */
  wireUrl: string;
  /** The URL that the caller passed. */
  callerUrl: string;
  secrets: readonly string[];
  sanitize: Sanitize;
  /** Whether Node's own `fetch` made the response. If so, the request cannot be reached from the response's body. */
  isNative: boolean;
};

type View = {
  sanitize: Sanitize;
  /** Undefined if the fields of the Response itself are right. */
  fields: ResponseFields | undefined;
  /**
   * The original Response of a copy. undici cancels the body of a Response that is garbage-collected, so this reference
   * keeps the original alive.
   */
  source?: Response;
  /** The Response whose methods read the body. While it is undefined, the public Response reads its own body. */
  reader: Response | undefined;
};

/** What the methods of a public Response need. */
const views = new WeakMap<object, View>();

/**
 * A Response without secrets. Redacts secrets in the status text, in headers and in errors that are thrown while the
 * body is read. The bytes of the body stay as they are.
 *
 * Returns the Response itself if Node's own `fetch` made it and its URL, status text and headers have no secret.
 * Otherwise returns a copy, not a clone, since a clone keeps the URL with the credential.
 */
export function publicResponse(
  response: Response,
  { wireUrl, callerUrl, secrets, sanitize, isNative }: PublicResponseOptions,
): Response {
  const { status, ok, type, redirected } = response;
  const prototype = publicResponsePrototype(Object.getPrototypeOf(response) as Response);
  const statusText = redact(response.statusText, secrets);
  const headers = publicHeaders(response.headers, secrets);
  const isClean = headers === undefined && statusText === response.statusText;
  if (isNative && isClean && wireUrl === callerUrl) {
    views.set(response, { sanitize, fields: undefined, reader: undefined });
    return Object.setPrototypeOf(response, prototype) as Response;
  }
  const copy = responseLike(response, isNative ? response.body : detachedBody(response, sanitize), {
    // The constructor of Response accepts only a status from 200 to 599, and no status text beyond Latin-1.
    status: status >= 200 && status <= 599 ? status : 200,
    headers: headers ?? response.headers,
  });
  const url = response.url === wireUrl ? callerUrl : redact(response.url, secrets);
  const fields = { url, status, statusText, ok, type, redirected };
  views.set(copy, { sanitize, fields, source: response, reader: isNative ? undefined : copy });
  makeImmutable(copy.headers);
  return Object.setPrototypeOf(copy, prototype) as Response;
}

/**
 * Reads the body of a public Response as text. The caller can still read the body afterwards. If reading fails, the
 * caller gets the same error. A body of more than `limit` bytes fails. Does not use `clone`: if only one of two clones
 * of node-fetch is read, it stops at 16 KiB and gets no errors.
 *
 * @throws NexmoAuthError `ERR_RESPONSE_TOO_LARGE`; any error of the body
 */
export async function peekText(response: Response, limit: number): Promise<string> {
  const view = viewOf(response);
  const { headers } = response;
  const { timeout = 0 } = response as NodeFetchLimits;
  const body = response.body as (ReadableStream & AsyncIterable<Uint8Array>) | null;
  if (body === null) return '';
  const isOfNode = !isReadableStream(body);
  const bodyLike = (content: unknown, limits: NodeFetchLimits = {}) =>
    responseLike(response, content, { headers, ...limits });
  try {
    const chunks = firstChunks(body, limit);
    const bytes =
      timeout === 0
        ? await readChunks(chunks)
        : // The client refuses a body that is larger than `size` when the caller reads it.
          new Uint8Array(await bodyLike(Readable.from(chunks), { size: 0 }).arrayBuffer());
    if (bytes.length > limit) throw tooLarge(limit);
    view.reader = bodyLike(isOfNode ? nodeStreamOf(bytes) : bytes);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if (isOfNode) cancelStream(body);
    view.reader = bodyLike(isOfNode ? failedNodeStream(error) : failedStream(error));
    throw error;
  }
}

/** Holds a body that is a web stream, up to `bufferLimit` bytes. The caller can still read the body. */
export function holdBody(response: Response, signal: AbortSignal): void {
  const view = viewOf(response);
  const { body, headers } = response;
  if (!isReadableStream(body)) return;
  view.reader = responseLike(response, heldStream(body, bufferLimit, signal), { headers });
}

/** The limits of node-fetch: bytes of the body, and milliseconds for reading the body. 0 means no limit. */
type NodeFetchLimits = { size?: number; timeout?: number };

/** A Response of the same class. The own fields of a Response are the limits of node-fetch. */
function responseLike(
  response: Response,
  body: unknown,
  init: ResponseInit & NodeFetchLimits,
): Response {
  const Platform = platformClassOf(response) as typeof Response;
  const limits = Object.fromEntries(Object.entries(response));
  return new Platform(body as ConstructorParameters<typeof Response>[0], { ...limits, ...init });
}

function detachedBody(response: Response, sanitize: Sanitize): unknown {
  const { body } = response;
  return isReadableStream(body)
    ? detachedWebStream(() => response.body as ReadableStream, sanitize)
    : detachedResponseBody(body, sanitize);
}

/** A copy of the headers with secrets redacted. Undefined if the headers contain no secret. */
function publicHeaders(headers: Headers, secrets: readonly string[]): Headers | undefined {
  const pairs = [...headers].map(([name, value]) => {
    const publicName = redactName(name, secrets);
    const publicValue = redact(value, secrets);
    const isClean = publicName === name && publicValue === value;
    return { name, isClean, publicName, publicValue };
  });
  const names = new Set(pairs.flatMap(({ name, isClean }) => (isClean ? [] : [name])));
  if (names.size === 0) return undefined;
  const copy = copyOfHeaders(headers);
  for (const name of names) copy.delete(name);
  for (const { name, publicName, publicValue } of pairs) {
    if (names.has(name)) copy.append(publicName, publicValue);
  }
  return copy;
}

/** The methods that read the body. `bytes` is missing in older versions of undici. */
const bodyMethods = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

const fieldNames = ['url', 'status', 'statusText', 'ok', 'type', 'redirected'] as const;

/**
 * The prototypes of public Responses and of their headers. The key is the prototype from which the public prototype
 * inherits.
 */
const publicPrototypes = new WeakMap<object, object>();

const noView: View = { sanitize: (error) => error, fields: undefined, reader: undefined };

/** The view of a public Response, or of an object that inherits from one. */
function viewOf(response: object): View {
  let object: object | null = response;
  while (object !== null && !views.has(object))
    object = Object.getPrototypeOf(object) as object | null;
  return (object && views.get(object)) ?? noView;
}

/**
 * The prototype of all public Responses of a class. It holds the getters and methods, since own properties of a
 * Response would appear in `Object.keys`.
 */
function publicResponsePrototype(prototype: Response): Response {
  return inheriting(prototype, () => {
    const original = (name: string, response: Response): unknown =>
      Reflect.get(prototype, name, response);
    const readerOf = (response: Response) => viewOf(response).reader ?? response;

    const fields = fieldNames.map((name) =>
      getter(name, (response) => {
        const { fields: changed } = viewOf(response);
        return changed === undefined ? original(name, response) : changed[name];
      }),
    );
    const methods = bodyMethods.map((name) =>
      method(name, async (response) => {
        try {
          return await (original(name, response) as () => Promise<unknown>).call(
            readerOf(response),
          );
        } catch (error) {
          throw viewOf(response).sanitize(error);
        }
      }),
    );
    /** Detaches the body when the property `body` is first read, so that errors of this stream are sanitised too. */
    const body = (response: Response): unknown => {
      const view = viewOf(response);
      const current = original('body', readerOf(response)) as ReadableStream | null;
      if (view.reader !== undefined) return current;
      if (current === null || current.locked || response.bodyUsed) return current;
      const { headers } = response;
      const detached = detachedWebStream(
        () => original('body', response) as ReadableStream,
        view.sanitize,
      );
      view.reader = responseLike(response, detached, { headers });
      return original('body', view.reader);
    };
    const clone = (response: Response): Response => {
      const reader = readerOf(response);
      const source = original('body', reader);
      const copy = prototype.clone.call(reader);
      const isOfNode = source instanceof Readable;
      if (isOfNode) {
        failWith(source, [reader, copy].map((each) => original('body', each)) as Readable[]);
      }
      const view = viewOf(response);
      const { url, status, statusText, ok, type, redirected } = response;
      const isSame = reader === response && view.fields === undefined;
      views.set(copy, {
        sanitize: view.sanitize,
        fields: isSame ? undefined : { url, status, statusText, ok, type, redirected },
        reader: isOfNode ? copy : undefined,
      });
      if (!isSame) makeImmutable(copy.headers);
      return Object.setPrototypeOf(copy, Object.getPrototypeOf(response) as object) as Response;
    };
    return Object.assign(
      {},
      ...fields,
      ...methods.filter((descriptor) => Object.keys(descriptor).every((name) => name in prototype)),
      getter('body', body),
      getter('bodyUsed', (response) => original('bodyUsed', readerOf(response))),
      method('clone', clone),
    ) as PropertyDescriptorMap;
  });
}

/**
 * Makes the two streams that `clone` of node-fetch pipes a body into fail if that body fails. `pipe` does not do so, and
 * node-fetch does it only for a Response of its own. If nobody listens, the error does not end the process.
 */
function failWith(source: Readable, copies: readonly Readable[]): void {
  for (const copy of copies) copy.on('error', () => undefined);
  finished(source, { writable: false }, (error) => {
    if (error) for (const copy of copies) copy.destroy(error);
  });
}

/** Makes headers immutable, as the headers of a Response from the network are. */
function makeImmutable(headers: Headers): void {
  const prototype = Object.getPrototypeOf(headers) as Headers;
  const guards = () => ['append', 'set', 'delete'].map((name) => method(name, immutable));
  const guarded = inheriting(
    prototype,
    () => Object.assign({}, ...guards()) as PropertyDescriptorMap,
  );
  Object.setPrototypeOf(headers, guarded);
}

function immutable(): never {
  throw new TypeError('immutable');
}

/** An object that inherits from the prototype and has these properties. Made once for each prototype. */
function inheriting<Of extends object>(prototype: Of, properties: () => PropertyDescriptorMap): Of {
  const known = publicPrototypes.get(prototype);
  if (known !== undefined) return known as Of;
  const derived = Object.create(prototype, properties()) as Of;
  publicPrototypes.set(prototype, derived);
  return derived;
}

function getter(name: string, get: (response: Response) => unknown): PropertyDescriptorMap {
  return {
    [name]: {
      get(this: Response) {
        return get(this);
      },
      enumerable: true,
      configurable: true,
    },
  };
}

function method(name: string, call: (response: Response) => unknown): PropertyDescriptorMap {
  const value = {
    [name](this: Response) {
      return call(this);
    },
  }[name];
  return { [name]: { value, enumerable: true, configurable: true, writable: true } };
}

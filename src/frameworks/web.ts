import { Readable } from 'node:stream';
import type { BodyChunks } from '../webhooks/read-body';
import type { IncomingCallback, RefusalResponse } from '../webhooks/receiver';
import { bodyParsedError, isGetOrHead } from '../webhooks/request';

type WebRequestOptions = {
  /** What the user can do about a request that was already read. */
  hint: string;
  source: IncomingCallback['source'];
  /** What the server passes beside the request. */
  context: readonly unknown[];
  /** Returns the bytes of a request that was already read, if its reader keeps them. */
  cachedBody?: () => Promise<Uint8Array | undefined>;
};

/** Reads a callback from a `Request`. */
export function fromWebRequest(
  request: Request,
  { hint, source, context, cachedBody = () => Promise.resolve(undefined) }: WebRequestOptions,
): IncomingCallback {
  const { method, url, headers } = request;
  return {
    source,
    method,
    url,
    headers,
    body: async (): Promise<BodyChunks> => {
      // A GET or HEAD can have a body that a `Request` does not show, but a handler can read it from Node's request.
      // So that body is verified too.
      const hidden = isGetOrHead(request) ? nodeRequestIn([request, ...context]) : undefined;
      if (hidden !== undefined) return unreadBody(hidden, hint);
      if (!request.bodyUsed && request.body?.locked !== true) return chunksOf(request.body);
      const bytes = await cachedBody();
      if (bytes === undefined) throw bodyParsedError(hint);
      return [bytes];
    },
  };
}

/** Node's request. `stream` is from HTTP/2. */
type NodeRequest = Readable & { stream?: { endAfterHeaders?: boolean } };

/** The fields that lead to Node's request in the objects that servers pass beside a `Request`. */
const fieldNames = [
  'env', // @hono/node-server: env.incoming
  'incoming',
  'req', // @whatwg-node/server: req, in Fastify: req.raw
  'raw',
  'runtime', // srvx: runtime.node.req
  'node', // h3: node.req
  'nativeEvent', // SolidStart: nativeEvent.node.req
  'platform', // SvelteKit: platform.req
  'request', // Hattip: platform.request
  'incomingMessage', // Qwik City: platform.incomingMessage
  'context', // loaders of Remix: context.req
  'ctx', // this and the next: usual names in servers of one's own
  'event',
  'rawRequest',
  'nodeRequest',
  'nodeReq',
];

/** The maximum number of objects that are searched. */
const maximumObjects = 1000;

/** Node's request, which servers pass beside the `Request`, as a field of it, or as a field of such a field. */
function nodeRequestIn(holders: readonly unknown[]): NodeRequest | undefined {
  const found = new Set(holders.filter(isObject));
  // The loop also visits the objects that it adds to the set.
  for (const holder of found) {
    if (holder instanceof Readable) return holder;
    for (const name of fieldNames) {
      const value = fieldOf(holder, name);
      if (isObject(value) && found.size < maximumObjects) found.add(value);
    }
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The value of a field. Undefined if its getter throws, as `event` of Hono's context does. */
function fieldOf(holder: object, name: string): unknown {
  try {
    return Reflect.get(holder, name) as unknown;
  } catch {
    return undefined;
  }
}

/** Refuses a body over HTTP/2 that was already read. Over HTTP/1.1, the headers would announce it. */
function unreadBody(request: NodeRequest, hint: string): NodeRequest {
  if (request.readableDidRead && request.stream?.endAfterHeaders === false) {
    throw bodyParsedError(hint);
  }
  return request;
}

/** Copies a request that was read. The copy has an unread body. */
export function withBody(request: Request, body: Uint8Array): Request {
  if (isGetOrHead(request)) return request;
  try {
    return new Request(request, { body });
  } catch {
    // The request is from another library, or a proxy of a `Request`, as in Next.js.
    const { url, method, headers, signal } = request;
    return new Request(url, { method, headers, body, signal });
  }
}

/**
 * The response to a refused request. The server that called the handler must read what is left of the request's body.
 */
export function toResponse({ status, code }: RefusalResponse): Response {
  return Response.json({ code }, { status });
}

/**
 * The response to send after the replay guard was updated: the refusal, if there is one, or the handler's response. If
 * the sender has left meanwhile, the body is dropped, since a server would cancel it in the turn of a read (see
 * `cancelStream`).
 */
export function responseToSend(
  request: Request,
  response: Response,
  refusal: RefusalResponse | undefined,
): Response {
  const isAborted = (request as Partial<Request>).signal?.aborted === true;
  if (refusal === undefined && !isAborted) return response;
  cancelStream(response.body);
  if (refusal !== undefined) return toResponse(refusal);
  const { status, headers } = response;
  return response.body === null ? response : new Response(null, { status, headers });
}

/**
 * Cancels a stream in a later turn of the event loop. In the turn of a read, `cancel` ends the process if the stream is
 * from `Readable.toWeb`: the Node stream still gives the chunk, but the web stream no longer takes it.
 */
export function cancelStream(body: ReadableStream | null): void {
  setTimeout(() => {
    // `cancel` rejects if the stream has failed, or is locked (then it belongs to its reader).
    body?.cancel().catch(() => undefined);
  }, 0);
}

/** The chunks of a body. If they are not read to the end, the body is cancelled, but not at once. */
async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  try {
    yield* body.values({ preventCancel: true });
  } finally {
    cancelStream(body);
  }
}

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
      if (!request.bodyUsed && request.body?.locked !== true) return request.body ?? [];
      const bytes = await cachedBody();
      if (bytes === undefined) throw bodyParsedError(hint);
      return [bytes];
    },
  };
}

/** Node's request. `stream` is from HTTP/2. */
type NodeRequest = Readable & { stream?: { endAfterHeaders?: boolean } };

/** Where servers for `Request` handlers pass Node's request: as a field of an object, or of an object in it. */
const nodeRequestPaths = [
  [],
  ['incoming'], // @hono/node-server
  ['env', 'incoming'], // Hono's context
  ['req'], // @whatwg-node/server
  ['raw'], // Fastify
  ['node', 'req'], // h3
  ['nativeEvent', 'node', 'req'], // SolidStart
  ['platform', 'req'], // SvelteKit
  ['runtime', 'node', 'req'], // srvx
];

/** Node's request, which servers pass beside the `Request`, or as a field of it. */
function nodeRequestIn(holders: readonly unknown[]): NodeRequest | undefined {
  const requests = holders.flatMap((holder) =>
    nodeRequestPaths.map((path) => path.reduce(fieldOf, holder)),
  );
  return requests.find((each): each is NodeRequest => each instanceof Readable);
}

function fieldOf(holder: unknown, name: string): unknown {
  return (Object(holder) as Record<string, unknown>)[name];
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
  return isGetOrHead(request) ? request : new Request(request, { body });
}

/**
 * The response to a refused request. The server that called the handler must read what is left of the request's body.
 */
export function toResponse({ status, code }: RefusalResponse): Response {
  return Response.json({ code }, { status });
}

/** Replaces the handler's response, which is discarded. */
export function replaceResponse(response: Response, refusal: RefusalResponse): Response {
  cancelStream(response.body);
  return toResponse(refusal);
}

export function cancelStream(body: ReadableStream | null): void {
  // `cancel` rejects if the stream has failed, or is locked (then it belongs to its reader).
  body?.cancel().catch(() => undefined);
}

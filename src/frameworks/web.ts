import type { BodyChunks } from '../webhooks/read-body';
import type { IncomingCallback, RefusalResponse } from '../webhooks/receiver';
import { bodyParsedError, hasNoBody } from '../webhooks/request';

/**
 * Reads a callback from a `Request`.
 *
 * @param hint what the user can do about a request that was already read
 * @param cachedBody gives the bytes of a request that was already read, if its reader keeps them
 */
export function fromWebRequest(
  request: Request,
  hint: string,
  source: object,
  cachedBody: () => Promise<Uint8Array | undefined> = () => Promise.resolve(undefined),
): IncomingCallback {
  const { method, url, headers } = request;
  return {
    source,
    method,
    url,
    headers,
    body: async (): Promise<BodyChunks> => {
      if (!request.bodyUsed && request.body?.locked !== true) return request.body ?? [];
      const bytes = await cachedBody();
      if (bytes === undefined) throw bodyParsedError(hint);
      return [bytes];
    },
  };
}

/** A copy of a request that was read, with an unread body. */
export function withBody(request: Request, body: Uint8Array): Request {
  return hasNoBody(request) ? request : new Request(request, { body });
}

/** Does not read the rest of the request's body: the server has to. */
export function toResponse({ status, code }: RefusalResponse): Response {
  return Response.json({ code }, { status });
}

/** Replaces the handler's response, which is discarded. */
export function replaceResponse(response: Response, refusal: RefusalResponse): Response {
  cancelStream(response.body);
  return toResponse(refusal);
}

export function cancelStream(body: ReadableStream | null): void {
  // A locked stream belongs to its reader; a failed one needs no cancelling.
  body?.cancel().catch(() => undefined);
}

import type { BodyChunks } from '../webhooks/read-body';
import type { IncomingCallback, Refusal } from '../webhooks/receiver';
import { bodyParsedError, hasNoBody } from '../webhooks/request';

/**
 * A callback as a `Request`.
 *
 * @param hint what to do about one that was read before
 * @param kept the bytes of one that was read before, where its reader keeps them
 */
export function incomingOf(
  request: Request,
  hint: string,
  carrier: object,
  kept: () => Promise<Uint8Array | undefined> = () => Promise.resolve(undefined),
): IncomingCallback {
  const { method, url, headers } = request;
  return {
    carrier,
    method,
    url,
    headers,
    body: async (): Promise<BodyChunks> => {
      if (!request.bodyUsed && request.body?.locked !== true) return request.body ?? [];
      const bytes = await kept();
      if (bytes === undefined) throw bodyParsedError(hint);
      return [bytes];
    },
  };
}

/** A request whose body was read, with that body once more. */
export function withBody(request: Request, body: Uint8Array): Request {
  return hasNoBody(request) ? request : new Request(request, { body });
}

/** The answer in place of the handler's. Whoever serves it deals with a body that is not read to its end. */
export function answerOf({ status, code }: Refusal): Response {
  return Response.json({ code }, { status });
}

/** The same after the handler has answered, whose answer is not to be sent. */
export function inPlaceOf(answer: Response, refusal: Refusal): Response {
  cancelStream(answer.body);
  return answerOf(refusal);
}

/** Cancels what is not to be sent. */
export function cancelStream(body: ReadableStream | null): void {
  // Who has locked it holds on to it, and one that has failed is done with.
  body?.cancel().catch(() => undefined);
}

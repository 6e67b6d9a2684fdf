import { finished, PassThrough, Readable } from 'node:stream';

/**
 * A response body that leads back to nothing: Node's own carries the request, with its path and
 * headers, in `req`. Errors pass through `clean`.
 */
export function detachedResponseBody(body: unknown, clean: (error: unknown) => unknown): unknown {
  if (body instanceof ReadableStream) return body.pipeThrough(new TransformStream());
  if (!(body instanceof Readable)) return body;
  const detached = new PassThrough();
  finished(body, { writable: false }, (error) => {
    if (error) detached.destroy(clean(error) as Error);
  });
  detached.once('close', () => body.destroy());
  return body.pipe(detached);
}

/** A request body that is read from the caller's stream without being linked from it. */
export function detachedRequestBody(body: unknown): unknown {
  return body instanceof Readable ? Readable.from(body, { objectMode: false }) : body;
}

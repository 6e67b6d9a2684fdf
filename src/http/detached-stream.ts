import { finished, PassThrough, Readable } from 'node:stream';

type Clean = (error: unknown) => unknown;

/**
 * A response body that leads back to nothing: Node's own carries the request, with its path and
 * headers, in `req`. Its errors pass through `clean`.
 */
export function detachedResponseBody(body: unknown, clean: Clean): unknown {
  if (body instanceof ReadableStream) return detachedWebStream(body, clean);
  return body instanceof Readable ? detachedNodeStream(body, clean) : body;
}

/** A request body that is read from the caller's stream without being linked from it. */
export function detachedRequestBody(body: unknown): unknown {
  const isStream = typeof (body as Partial<Readable> | undefined)?.pipe === 'function';
  // The form-data package brings headers of its own, and leads nowhere.
  return isStream && !('getHeaders' in (body as object))
    ? new Readable().wrap(body as Readable)
    : body;
}

function detachedNodeStream(body: Readable, clean: Clean): Readable {
  const detached = new PassThrough();
  finished(body, { writable: false }, (error) => {
    if (error) detached.destroy(clean(error) as Error);
  });
  detached.once('close', () => body.destroy());
  // As with Node's own answers, an error that nobody listens for is no reason to crash.
  detached.on('error', () => undefined);
  return body.pipe(detached);
}

function detachedWebStream(body: ReadableStream, clean: Clean): ReadableStream {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const chunk = await reader.read();
          if (chunk.done) controller.close();
          else controller.enqueue(chunk.value);
        } catch (error) {
          controller.error(clean(error));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

import { finished, PassThrough, Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { isReadableStream } from '../readers/brands';

type Clean = (error: unknown) => unknown;

/**
 * A response body that leads back to nothing: Node's own carries the request, with its path and
 * headers, in `req`. Its errors pass through `clean`.
 */
export function detachedResponseBody(body: unknown, clean: Clean): unknown {
  if (isReadableStream(body)) return detachedWebStream(() => body, clean);
  return body instanceof Readable ? detachedNodeStream(body, clean) : body;
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

/** What a reader gives. */
export type Chunk = { done: boolean; value?: unknown };

type Source = { read: () => Promise<Chunk>; cancel: (reason: unknown) => Promise<void> };

/**
 * A stream of the same kind that takes no reader before it is read. Until then it holds what `body` closes over: undici
 * cancels a stream once the garbage collector has taken its Response.
 */
export function detachedWebStream(body: () => ReadableStream, clean: Clean): ReadableStream {
  let reader: ReadableStreamDefaultReader<unknown> | undefined;
  const read = async () => {
    try {
      return await (reader ??= body().getReader()).read();
    } catch (error) {
      throw clean(error);
    }
  };
  const cancel = (reason: unknown) => (reader ?? body()).cancel(reason);
  return pulledStream({ read, cancel }, isByteStream(body()));
}

/** A stream that reads its source only as it is read itself. */
export function pulledStream({ read, cancel }: Source, isOfBytes = false): ReadableStream {
  if (!isOfBytes) {
    const pull = async (controller: ReadableStreamDefaultController<unknown>) => {
      const { done, value } = await read();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }
  const pull = async (controller: ReadableByteStreamController) => {
    const { done, value } = await readBytes(read);
    // Its memory is handed over, and others may use it: a clone, Node's pool of small Buffers.
    if (!done) controller.enqueue(new Uint8Array(value as Uint8Array));
    else {
      controller.close();
      controller.byobRequest?.respond(0);
    }
  };
  return new ReadableStream({ type: 'bytes', pull, cancel });
}

/** The next chunk that is not empty: a stream of bytes takes no empty one. */
async function readBytes(read: Source['read']): Promise<Chunk> {
  for (;;) {
    const chunk = await read();
    if (chunk.done || (chunk.value as Uint8Array).byteLength > 0) return chunk;
  }
}

function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

import { finished, PassThrough, Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { isReadableStream } from '../readers/brands';
import { destroyWithSources } from './node-stream';

export type Sanitize = (error: unknown) => unknown;

/**
 * A response body without a reference to the request. Node's response bodies have the request, with its path and
 * headers, in `req`. Errors of the body pass through `sanitize`.
 */
export function detachedResponseBody(body: unknown, sanitize: Sanitize): unknown {
  if (isReadableStream(body)) return detachedWebStream(() => body, sanitize);
  return body instanceof Readable ? detachedNodeStream(body, sanitize) : body;
}

function detachedNodeStream(body: Readable, sanitize: Sanitize): Readable {
  const detached = new PassThrough();
  // A body that was already read emits no further event.
  if (body.readableEnded) detached.destroy(new TypeError('The body was already read.'));
  finished(body, { writable: false }, (error) => {
    if (error) detached.destroy(sanitize(error) as Error);
  });
  detached.once('close', () => destroyWithSources(body));
  // As with Node's IncomingMessage, an error without a listener does not end the process.
  detached.on('error', () => undefined);
  // Not `body.pipe(detached)`, since the event `unpipe` of `detached` would show the body.
  body.on('data', (chunk: Uint8Array) => {
    if (!detached.write(chunk)) body.pause();
  });
  body.once('end', () => detached.end());
  detached.on('drain', () => body.resume());
  return detached;
}

/** The result of `ReadableStreamDefaultReader.read`. */
export type Chunk = { done: boolean; value?: unknown };

export type Source = { read: () => Promise<Chunk>; cancel: (reason: unknown) => Promise<void> };

/**
 * A stream that reads from the stream that `body` returns. The first read locks that source. If the source is a byte
 * stream, the returned stream is also a byte stream. Until the first read, the closure `body` keeps the Response of the
 * source alive, since undici cancels an unread stream when its Response is garbage-collected. The first read drops the
 * closure, so that a reader of the source does not keep the Response alive.
 */
export function detachedWebStream(body: () => ReadableStream, sanitize: Sanitize): ReadableStream {
  const isOfBytes = isByteStream(body());
  let source: (() => ReadableStream) | undefined = body;
  let reader: ReadableStreamDefaultReader<unknown> | undefined;
  const open = () => {
    reader ??= (source as () => ReadableStream)().getReader();
    source = undefined;
    return reader;
  };
  const read = async () => {
    try {
      return await open().read();
    } catch (error) {
      throw sanitize(error);
    }
  };
  const cancel = async (reason: unknown) => open().cancel(reason);
  return pulledStream({ read, cancel }, isOfBytes);
}

/**
 * A stream that reads its source only when somebody reads the stream. So it does not notice if its source fails between
 * two reads. Its `cancel` succeeds then too: `fetch` cancels the body of an aborted request and does not catch the
 * error, which would end the process.
 */
export function pulledStream({ read, ...source }: Source, isOfBytes = false): ReadableStream {
  const cancel = async (reason: unknown) => {
    try {
      await source.cancel(reason);
    } catch {
      // The source has failed, so there is nothing to cancel.
    }
  };
  // The module is loaded only when it is needed. Loading it takes more than a fifth of the time that loading this
  // package takes.
  const { ReadableStream } = process.getBuiltinModule('node:stream/web');
  if (!isOfBytes) {
    const pull = async (controller: ReadableStreamDefaultController<unknown>) => {
      const { done, value } = await read();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }
  const pull = async (controller: ReadableByteStreamController) => {
    const { done, value } = await readNonEmpty(read);
    // A copy: `enqueue` transfers the chunk's memory, which a clone of the body or Node's Buffer pool may still use.
    if (!done) controller.enqueue(new Uint8Array(value as Uint8Array));
    else {
      controller.close();
      controller.byobRequest?.respond(0);
    }
  };
  return new ReadableStream({ type: 'bytes', pull, cancel });
}

/** Reads the next chunk that is not empty, since a byte stream accepts no empty chunk. */
async function readNonEmpty(read: Source['read']): Promise<Chunk> {
  for (;;) {
    const chunk = await read();
    if (chunk.done || (chunk.value as Uint8Array).byteLength > 0) return chunk;
  }
}

export function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

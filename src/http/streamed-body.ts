import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasMethods, isReadableStream, isStream } from '../readers/brands';
import { pulledStream, type Source } from './detached-stream';

/**
 * Starts to read a web stream or another async iterable, and returns one that gives the same chunks. It may read from a
 * Node stream that fails while a credential is awaited. Before the first read, nobody listens for such an error, so the
 * error would end the process. Any other body is returned unchanged, as is a stream that cannot be read.
 */
export function startedStream(body: unknown): unknown {
  if (isReadableStream(body)) return isUnread(body) ? startedWebStream(body) : body;
  // For a Node stream, see `failureOf`.
  const isLazy = isStream(body) && !hasMethods(body, 'pipe');
  return isLazy ? startedIterable(body as AsyncIterable<unknown>) : body;
}

function startedWebStream(stream: ReadableStream): ReadableStream {
  const { read, cancel } = sourceOf(stream);
  return pulledStream({ read: readsFirst(read), cancel });
}

/**
 * Reads and cancels a web stream. Cancels it in a later turn of the event loop. In the turn of a read, `cancel` ends the
 * process if a Node stream is behind the web stream: the Node stream still gives a chunk or its end, but the web stream
 * no longer takes it.
 */
export function sourceOf(stream: ReadableStream): Source {
  const reader = stream.getReader() as ReadableStreamDefaultReader<unknown>;
  return {
    read: () => reader.read(),
    cancel: async (reason) => {
      await nextTurn();
      await reader.cancel(reason);
    },
  };
}

function startedIterable(body: AsyncIterable<unknown>): AsyncIterableIterator<unknown> {
  const iterator = body[Symbol.asyncIterator]();
  const next = readsFirst(async () => iterator.next());
  const started: AsyncIterableIterator<unknown> = {
    next,
    return: async (value: unknown) => (await iterator.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]: () => started,
  };
  return started;
}

/** Calls `read` at once, for the first call of the returned function. */
function readsFirst<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let first: Promise<Result> | undefined = read();
  first.catch(() => undefined);
  return () => {
    const result = first ?? read();
    first = undefined;
    return result;
  };
}

function isUnread(stream: ReadableStream): boolean {
  return !stream.locked && !Readable.isDisturbed(stream as never);
}

/**
 * Rejects if a Node stream fails while a credential is awaited: the client listens for its errors only later. Never
 * settles for any other body. Starts to read the stream, since it may read from another stream that fails. Does not
 * start a request of Node, which would block its connection if it is not read to the end.
 */
export function failureOf(body: unknown): Promise<never> {
  const failure = new Promise<never>((_resolve, reject) => {
    if (!hasMethods(body, 'on', 'pipe')) return;
    const stream = body as Readable;
    stream.on('error', reject);
    // Streams of old packages have no `read`.
    if (hasMethods(body, 'read') && !(body instanceof IncomingMessage)) stream.read(0);
  });
  failure.catch(() => undefined);
  return failure;
}

/** Cancels a body that will not be sent, as `fetch` does. */
export function cancelBody(body: unknown, reason: unknown): void {
  if (!isStream(body)) return;
  const stream = body as Partial<Readable & AsyncGenerator>;
  void (async () => {
    await (isReadableStream(body)
      ? body.cancel(reason)
      : (stream.destroy?.() ?? stream.return?.(undefined)));
  })().catch(() => undefined);
}

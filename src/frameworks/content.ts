// The content of a response.
import type { Readable } from 'node:stream';
import { isUnsendable } from '../webhooks/receiver';
import { cancelStream } from './web';

/** Recognises a `Response` of another realm too, as Fastify does. */
export function isResponse(content: unknown): content is Response {
  return Object.prototype.toString.call(content) === '[object Response]';
}

/** Whether the content is a `Response` or a stream of Node or of the web. */
export function isStream(content: unknown): boolean {
  const { pipe, getReader } = (content ?? {}) as Partial<Readable & ReadableStream>;
  return Boolean(pipe ?? getReader) || isResponse(content);
}

/** Whether a stream or `Response` was not read and has not failed. Any other content is intact. */
export function isIntact(content: unknown): boolean {
  if (isUnsendable(content)) return false;
  if (!isStream(content)) return true;
  const { destroyed = false, readableEnded, errored } = content as Partial<Readable>;
  return errored == null && (!destroyed || readableEnded === true);
}

/**
 * Starts to read a stream or `Response`, and returns the content to send instead. While the replay guard is updated, the
 * framework does not listen for the errors of a stream yet. Without a listener, an error of a Node stream ends the
 * process. The Node stream may be behind a web stream that has no listener either before its first read. The framework
 * gets the error all the same when it reads the content.
 */
export function startReading(content: unknown): unknown {
  tolerateErrors(content);
  if (!isIntact(content)) return content;
  if (isResponse(content)) {
    if (content.body !== null) readOnce(content.clone().body);
    return content;
  }
  const { tee } = (content ?? {}) as Partial<ReadableStream>;
  if (typeof tee !== 'function') return content;
  const [toSend, toRead] = tee.call(content);
  readOnce(toRead);
  return toSend;
}

/** Starts to read a stream, and cancels it in the next turn of the event loop, once its source was asked for a chunk. */
function readOnce(stream: ReadableStream | null): void {
  const reader = stream?.getReader();
  reader?.read().catch(() => undefined);
  setTimeout(() => {
    reader?.cancel().catch(() => undefined);
  }, 0);
}

/** Keeps the process alive if a stream of Node fails before the framework listens for its errors. */
export function tolerateErrors(content: unknown): void {
  const stream = content as Partial<Readable> | null | undefined;
  if (typeof stream?.on === 'function') stream.on('error', () => undefined);
}

/** Destroys or cancels the streams of a response that is not sent. */
export function discard(payload: unknown): void {
  if (isResponse(payload)) discard(payload.body);
  const stream = payload as Partial<Readable & ReadableStream> | null | undefined;
  if (typeof stream?.destroy === 'function') stream.destroy();
  if (typeof stream?.cancel === 'function') cancelStream(stream as ReadableStream);
}

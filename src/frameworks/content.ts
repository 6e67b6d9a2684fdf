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
 * Keeps the process alive if a Node stream fails before the framework listens for its errors. The returned function
 * gives that error, which some streams, such as those of readable-stream 3, do not keep for a later reader.
 */
export function watchErrors(content: unknown): () => Error | undefined {
  const stream = content as Partial<Readable> | null | undefined;
  let failure: Error | undefined;
  if (typeof stream?.on === 'function') {
    stream.on('error', (error) => {
      failure ??= error;
    });
    // The stream may read from another stream that fails.
    stream.read?.(0);
  }
  return () => failure;
}

/** Destroys or cancels the streams of a response that is not sent. */
export function discard(payload: unknown): void {
  if (isResponse(payload)) discard(payload.body);
  const stream = payload as Partial<Readable & ReadableStream> | null | undefined;
  if (typeof stream?.destroy === 'function') stream.destroy();
  if (typeof stream?.cancel === 'function') cancelStream(stream as ReadableStream);
}

// The content of a response.
import type { Readable } from 'node:stream';
import { isUnsendable } from '../webhooks/receiver';

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
 * Keeps the process alive if a stream of Node fails before the framework listens for its errors. The framework gets the
 * error all the same when it reads the stream.
 */
export function tolerateErrors(content: unknown): void {
  const stream = content as Partial<Readable> | null | undefined;
  if (typeof stream?.on === 'function') stream.on('error', () => undefined);
}

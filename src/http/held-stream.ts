import type { ReadableStream } from 'node:stream/web';
import { NexmoAuthError } from '../errors';
import { pulledStream } from './detached-stream';
import { firstChunks, readChunks } from './node-stream';

/**
 * Reads a web stream into memory, and returns a stream that gives the same bytes or the same error. Undici 6 and 7 end
 * the process if a connection closes while a part of its response is unread. Stops reading if the signal aborts.
 */
export async function heldStream(
  stream: ReadableStream,
  limit: number,
  signal: AbortSignal,
): Promise<ReadableStream> {
  try {
    const chunksRead = firstChunks(stream as AsyncIterable<Uint8Array>, limit, signal);
    const bytes = await readChunks(chunksRead);
    if (bytes.length > limit) throw tooLarge(limit);
    const chunks = bytes.length > 0 ? [bytes] : [];
    const read = () => Promise.resolve({ done: chunks.length === 0, value: chunks.shift() });
    return pulledStream({ read, cancel: () => Promise.resolve() });
  } catch (error) {
    return failedStream(error);
  }
}

/** A stream that fails when it is read. Until then, it can be cancelled without an error. */
export function failedStream(error: unknown): ReadableStream {
  const reason = error as Error;
  const read = () => Promise.reject(reason);
  return pulledStream({ read, cancel: () => Promise.resolve() });
}

export function tooLarge(limit: number): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_RESPONSE_TOO_LARGE',
    `The response has more than ${limit / 1024 ** 2} MiB. It is read in advance, because it refuses the credential or is searched for a refusal. If such a response is genuine, remove the product's refusal, or the subscriber of nexmo-auth:request:refused.`,
  );
}

import type { ReadableStream } from 'node:stream/web';
import { types } from 'node:util';
import { NexmoAuthError } from '../errors';
import { ByteBuffer } from '../readers/byte-buffer';
import { type Chunk, isByteStream, pulledStream, type Source } from './detached-stream';
import { sourceOf } from './streamed-body';

/**
 * Cancels the source of a held stream that is garbage-collected. Undici does so for a response that nobody reads, but
 * not if a part of it was read.
 */
const sources = new FinalizationRegistry(abandon);

function abandon(source: Source): void {
  source.cancel(undefined).catch(() => undefined);
}

/**
 * Reads a web stream into memory until the signal aborts. Returns a stream that gives the same bytes or the same error:
 * first the bytes in memory, then the rest. It fails if more than `limit` bytes are in memory.
 *
 * @param end ends the response, if cancelling the stream would wait for a pending read
 */
export function heldStream(
  body: ReadableStream,
  limit: number,
  signal: AbortSignal,
  end?: () => void,
): ReadableStream {
  const isOfBytes = isByteStream(body);
  const source = endable(sourceOf(body), end);
  let held = new ByteBuffer();

  async function hold(): Promise<void> {
    while (!signal.aborted) {
      const { done, value } = await source.read();
      if (done) return;
      // `fetch` accepts no other chunk either.
      if (!types.isUint8Array(value)) throw new TypeError('A chunk is not a Uint8Array.');
      held.append(value);
      if (held.length <= limit) continue;
      abandon(source);
      throw tooLarge(limit);
    }
  }
  const holding = hold();
  holding.catch(() => undefined);

  async function read(): Promise<Chunk> {
    if (held.length === 0) await holding;
    if (held.length === 0) return source.read();
    const { bytes } = held;
    held = new ByteBuffer();
    return { done: false, value: bytes };
  }
  const stream = pulledStream({ read, cancel: source.cancel }, isOfBytes);
  sources.register(stream, source);
  return stream;
}

function endable({ read, cancel }: Source, end: () => void = () => undefined): Source {
  return {
    read,
    cancel: async (reason) => {
      end();
      await cancel(reason);
    },
  };
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

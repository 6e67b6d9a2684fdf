import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ByteBuffer } from '../readers/byte-buffer';

/**
 * The first chunks of a Node stream or a web stream, until they have more than `limit` bytes. Cancels the rest, one turn
 * after the last read: in the turn of a read, that would end the process if a Node stream is behind a web stream.
 */
export async function* firstChunks(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void> {
  let length = 0;
  for await (const chunk of stream) {
    yield chunk;
    length += chunk.length;
    if (length <= limit) continue;
    await nextTurn();
    return;
  }
}

/** The bytes of all chunks. */
export async function readChunks(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const buffer = new ByteBuffer();
  for await (const chunk of chunks) buffer.append(Buffer.from(chunk));
  return buffer.bytes;
}

/** Releases a body that nobody will read: a Node stream, a web stream, or neither. */
export function cancelStream(stream: unknown): unknown {
  const body = stream as Partial<Readable & ReadableStream> | null | undefined;
  return stream instanceof Readable
    ? destroyWithSources(stream)
    : (body?.destroy?.() ?? body?.cancel?.());
}

/** Also destroys the streams that are piped into the stream, since the first of them holds the connection. */
export function destroyWithSources(stream: Readable): Readable {
  return stream.on('unpipe', destroyWithSources).destroy();
}

export function nodeStreamOf(bytes: Uint8Array): Readable {
  return Readable.from(bytes.length > 0 ? [bytes] : [], { objectMode: false });
}

/** A stream that fails when it is read. If nobody listens, its error does not end the process. */
export function failedNodeStream(error: unknown): Readable {
  const failed = new Readable({
    read() {
      this.destroy(error as Error);
    },
  });
  return failed.on('error', () => undefined);
}

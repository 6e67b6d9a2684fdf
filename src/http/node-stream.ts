import { Readable } from 'node:stream';
import { isReadableStream } from '../readers/brands';
import { ByteBuffer } from '../readers/byte-buffer';

/** Whether a value is a Node stream, or a stream that is read in the same way, such as that of minipass. */
export function isNodeStream(value: unknown): value is AsyncIterable<Uint8Array> {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value && !isReadableStream(value);
}

/** Reads a Node stream to its end, or until it has given more than `limit` bytes. */
export async function readNodeStream(
  stream: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array> {
  const buffer = new ByteBuffer();
  for await (const chunk of stream) {
    buffer.append(Buffer.from(chunk));
    if (buffer.length > limit) break;
  }
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

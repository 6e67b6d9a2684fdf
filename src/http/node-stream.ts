import { Readable } from 'node:stream';
import { isReadableStream } from '../readers/brands';

/** Whether a value is a Node stream, or a stream that is read in the same way, such as that of minipass. */
export function isNodeStream(value: unknown): value is AsyncIterable<Uint8Array> {
  if (typeof value !== 'object' || value === null) return false;
  return Symbol.asyncIterator in value && !isReadableStream(value);
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

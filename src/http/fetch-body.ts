import { URLSearchParams } from 'node:url';
import { types } from 'node:util';
import {
  isBlob,
  isFormData,
  isReadableStream,
  isStream,
  isUrlSearchParams,
} from '../readers/brands';
import { ByteBuffer } from '../readers/byte-buffer';
import { copyOfForm } from '../readers/read-once';
import { bytesOf, isBytes, mayHoldFields } from '../schemes/body';
import { type Chunk, pulledStream } from './detached-stream';
import { sourceOf, startedStream } from './streamed-body';

/**
 * The limit, in bytes, up to which a Blob or the body of a Request is read into memory. A larger Blob is sent without
 * being searched for credentials. A larger body of a Request is sent in chunks, and only once.
 */
export const bufferLimit = 16 * 1024 * 1024;

/**
 * A body, and the Content-Type that `fetch` derives from it. As in axios, a string gets no type (see `typedHeaders`).
 */
export type FetchBody = {
  content: unknown;
  type?: string;
  isFromRequest?: true;
  /** Whether the client sends chunks that are text or any view, as undici does. `fetch` takes only Uint8Arrays. */
  takesAnyChunk?: true;
};

/** The bytes of a chunk of text or bytes, as undici sends it. Undefined for any other chunk, which undici refuses. */
export function bytesOfChunk(chunk: unknown): Uint8Array | undefined {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return isBytes(chunk) ? bytesOf(chunk) : undefined;
}

/** Copies a body at the call, as `fetch` does, since the caller may change the original while a token is signed. */
export function copyBody(body: unknown): FetchBody {
  // A stream cannot be copied.
  if (isStream(body)) return { content: startedStream(body) };
  // `fetch` itself rejects a symbol.
  if (typeof body === 'symbol') return { content: body };
  if (isBlob(body)) return { content: body, type: body.type };
  if (isBytes(body)) return { content: bytesOf(body).slice() };
  if (isFormData(body)) return { content: copyOfForm(body), type: 'multipart/form-data' };
  if (!isUrlSearchParams(body)) return { content: String(body) };
  const type = 'application/x-www-form-urlencoded;charset=UTF-8';
  return { content: new URLSearchParams(String(body)), type };
}

/**
 * Reads a body if necessary. Returns the `content` to send, and the `data` that is searched for credentials and that
 * schemes extend. For a Blob that may hold fields, `data` is its bytes. For any other body, `data` is the content.
 */
export async function readFetchBody(
  body: FetchBody | undefined,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | null | undefined,
): Promise<{ content: unknown; data: unknown }> {
  const { content, isFromRequest = false, takesAnyChunk = false } = body ?? {};
  const outgoing = isFromRequest
    ? await readRequestBody({ content, takesAnyChunk }, signal)
    : content;
  const isSearched = isBlob(outgoing) && outgoing.size <= bufferLimit && mayHoldFields({ headers });
  return { content: outgoing, data: isSearched ? await readBlob(outgoing) : outgoing };
}

async function readRequestBody(
  { content, takesAnyChunk }: { content: unknown; takesAnyChunk: boolean },
  signal: AbortSignal | null | undefined,
): Promise<unknown> {
  if (isReadableStream(content)) return bufferBody(content, takesAnyChunk, signal);
  // The Request comes from a library without streams.
  const bytes = new Uint8Array(await (content as Request).arrayBuffer());
  return bytes.length === 0 ? undefined : bytes;
}

export async function readBlob(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * Reads a stream into memory. If the stream exceeds the limit or fails, returns a stream that repeats the bytes already
 * read and continues with the rest.
 */
async function bufferBody(
  stream: ReadableStream,
  takesAnyChunk: boolean,
  signal: AbortSignal | null | undefined,
): Promise<Uint8Array | ReadableStream> {
  const { read, cancel } = sourceOf(stream);
  const buffer = new ByteBuffer();
  const others: unknown[] = [];
  const replay = () => {
    const replayed = [buffer.bytes, ...others].values();
    return pulledStream({
      read: async (): Promise<Chunk> => {
        const { done, value } = replayed.next();
        return done ? read() : { done: false, value };
      },
      cancel,
    });
  };
  try {
    while (buffer.length <= bufferLimit && others.length === 0) {
      const { done, value } = await read();
      if (done) return buffer.bytes;
      if (signal?.aborted === true) {
        cancel(signal.reason).catch(() => undefined);
        break;
      }
      const bytes = takesAnyChunk || types.isUint8Array(value) ? bytesOfChunk(value) : undefined;
      // Some versions of `fetch` send a chunk that is a string. Any other chunk is rejected.
      if (bytes === undefined) others.push(value);
      else buffer.append(bytes);
    }
    return replay();
  } catch {
    return replay();
  }
}

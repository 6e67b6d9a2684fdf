import { URLSearchParams } from 'node:url';
import {
  isBlob,
  isFormData,
  isReadableStream,
  isStream,
  isUrlSearchParams,
  platformClassOf,
} from '../readers/brands';
import { onAbort } from '../deadline';
import { isBytes, mayHoldFields } from '../schemes/body';
import { type Chunk, pulledStream } from './detached-stream';

/**
 * The most bytes of a `Request`'s body, or of a `Blob`, that are read into memory. A body is larger: it is sent
 * untouched, in chunks, and only once.
 */
export const bufferLimit = 16 * 1024 * 1024;

/** What `fetch` sends as a body, and the Content-Type that it gives it. Text has none, as in axios: see `typedHeaders`. */
export type FetchBody = { content: unknown; type?: string; isOfRequest?: true };

/** A copy, as `fetch` takes it at the call: the caller may change the original while a token is made. */
export function copyBody(body: unknown): FetchBody {
  // What `fetch` refuses stays as it is.
  if (isStream(body) || typeof body === 'symbol') return { content: body };
  if (isBlob(body)) return { content: body, type: body.type };
  if (isBytes(body)) return { content: bytesOf(body).slice() };
  if (isFormData(body)) return { content: copyForm(body), type: 'multipart/form-data' };
  if (!isUrlSearchParams(body)) return { content: String(body) };
  const type = 'application/x-www-form-urlencoded;charset=UTF-8';
  return { content: new URLSearchParams(String(body)), type };
}

function bytesOf(body: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
    : new Uint8Array(body);
}

function copyForm(form: FormData): FormData {
  const copy = new (platformClassOf(form) as typeof FormData)();
  for (const [name, value] of form.entries()) copy.append(name, value);
  return copy;
}

/**
 * What is sent, and what schemes and the search for credentials see of it: the body of a `Request` and a `Blob` that may
 * hold fields as their bytes, all else as it is.
 */
export async function readFetchBody(
  body: FetchBody | undefined,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | null | undefined,
): Promise<{ content: unknown; data: unknown }> {
  const { content, isOfRequest = false } = body ?? {};
  const sent = isOfRequest ? await bodyOfRequest(content, signal) : content;
  const isSearched = isBlob(sent) && sent.size <= bufferLimit && mayHoldFields({ headers });
  return { content: sent, data: isSearched ? await bytesOfBlob(sent) : sent };
}

async function bodyOfRequest(
  content: unknown,
  signal: AbortSignal | null | undefined,
): Promise<unknown> {
  if (isReadableStream(content)) return bufferedBody(content, signal);
  // A Request of a library that has no stream of it.
  const bytes = new Uint8Array(await (content as Request).arrayBuffer());
  return bytes.length === 0 ? undefined : bytes;
}

async function bytesOfBlob(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * The bytes of a stream, or if they are more than the limit or cannot be read, a stream that begins with those that
 * were read.
 */
async function bufferedBody(
  stream: ReadableStream,
  signal: AbortSignal | null | undefined,
): Promise<Uint8Array | ReadableStream> {
  const reader = stream.getReader() as ReadableStreamDefaultReader<unknown>;
  const forget = onAbort(signal, () => {
    reader.cancel(signal?.reason).catch(() => undefined);
  });
  const chunks: unknown[] = [];
  const replayed = () =>
    pulledStream({
      read: async (): Promise<Chunk> => {
        return chunks.length > 0 ? { done: false, value: chunks.shift() } : reader.read();
      },
      cancel: (reason) => reader.cancel(reason),
    });
  try {
    for (let length = 0; length <= bufferLimit;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(chunks as Uint8Array[]);
      chunks.push(value);
      // Not a number for what is no bytes, at which `fetch` fails.
      length += Number((value as Partial<Uint8Array> | undefined)?.byteLength);
    }
    return replayed();
  } catch {
    return replayed();
  } finally {
    forget();
  }
}

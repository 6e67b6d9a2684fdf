import type { ReadableStream } from 'node:stream/web';
import { isReadableStream } from '../readers/brands';
import {
  cancelSource,
  type Chunk,
  isByteStream,
  pulledNodeStream,
  pulledStream,
  type Source,
} from './detached-stream';
import { cancelStream } from './node-stream';
import { sourceOf } from './streamed-body';

/** The body of a response whose beginning is read before the caller gets the response. */
export class PeekedBody {
  readonly #source: Source;
  readonly #streamOf: (source: Source) => unknown;
  #isWhole = false;
  #failure: { reason: Error } | undefined;

  /** @param body a web stream, or a stream that is read as a Node stream */
  constructor(body: ReadableStream | AsyncIterable<unknown>) {
    if (isReadableStream(body)) {
      const isOfBytes = isByteStream(body);
      this.#source = sourceOf(body);
      this.#streamOf = (source) => pulledStream(source, isOfBytes);
    } else {
      const iterator = body[Symbol.asyncIterator]();
      const read = async () => (await iterator.next()) as Chunk;
      const cancel = () => Promise.resolve(void cancelStream(body));
      this.#source = { read, cancel };
      this.#streamOf = pulledNodeStream;
    }
  }

  /** Whether the head was read, and was the whole body. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** A body of the first chunks, until they have more than `limit` bytes. */
  head(limit: number): unknown {
    let length = 0;
    const read = async (): Promise<Chunk> => {
      if (length > limit) return { done: true };
      const chunk = await this.#read();
      if (chunk.done) this.#isWhole = true;
      else length += (chunk.value as Uint8Array).length;
      return chunk;
    };
    return this.#streamOf({ read, cancel: () => Promise.resolve() });
  }

  /** A body of these bytes, and then of all that the head has not read. */
  after(bytes: Uint8Array): unknown {
    const { read, cancel } = this.#source;
    let isFirst = bytes.length > 0;
    const readAll = (): Promise<Chunk> => {
      const chunk = isFirst ? Promise.resolve({ done: false, value: bytes }) : read();
      isFirst = false;
      return chunk;
    };
    return this.#streamOf({ read: readAll, cancel });
  }

  /** Cancels the body, and returns one that fails: with the body's own error, if there is one. */
  failed(error: unknown): unknown {
    void cancelSource(this.#source, error);
    const { reason } = this.#failure ?? { reason: error as Error };
    const read = () => Promise.reject(reason);
    return this.#streamOf({ read, cancel: () => Promise.resolve() });
  }

  async #read(): Promise<Chunk> {
    try {
      return await this.#source.read();
    } catch (error) {
      this.#failure = { reason: error as Error };
      throw error;
    }
  }
}

/**
 * Bytes in one growing buffer. A list of the chunks of a body would take a hundred times as much memory if each chunk
 * has one byte.
 */
export class ByteBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All bytes. Valid until the next call of `append`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  append(chunk: Uint8Array): void {
    const end = this.#length + chunk.length;
    if (end > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.bytes], Math.max(end, 2 * this.#length));
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = end;
  }
}

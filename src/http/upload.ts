import { Readable, Writable } from 'node:stream';

type Clean = (error: unknown) => unknown;

/** Whether what a body is piped into can be found from it; streams as old as form-data keep no list. */
export function isLinkingStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body && '_readableState' in body;
}

/**
 * A streamed body that is sent through a stream in place of the caller's: what the caller's is piped
 * into can be found from it, so it must not be the request with the credential.
 *
 * The caller's stream is piped at once, since it may flow, end or fail while a credential is fetched;
 * a chunk is kept until it is asked for. Both streams end, fail and are given up together. Chunks stay
 * as they are.
 */
export class Upload {
  readonly #source: Readable;
  readonly #sink: Writable;
  #detached: Readable | undefined;
  /** Hands over the next chunk, or the end. */
  #next: ((detached: Readable) => void) | undefined;
  #isRead = false;
  #isWanted = false;
  #isEnded = false;
  #failure: { error?: Error | undefined } | undefined;

  constructor(source: Readable) {
    this.#source = source;
    this.#sink = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write: (chunk, _encoding, callback) => {
        this.#offer(chunk, callback);
      },
      final: (callback) => {
        // Of a stream that had ended before, this is the only event.
        this.#isEnded = true;
        this.#offer(null, callback);
      },
    });
    source.once('end', () => (this.#isEnded = true));
    source.once('close', () => {
      if (!this.#isEnded) this.#fail();
    });
    source.on('error', (error) => {
      this.#fail(error);
    });
    source.pipe(this.#sink);
  }

  /** The stream to send; errors that come from the request pass through `clean`. */
  detached(clean: Clean): Readable {
    const detached = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read: () => {
        this.#isRead = true;
        this.#isWanted = true;
        if (this.#failure === undefined) this.#deliver(detached);
        else detached.destroy(this.#failure.error);
      },
      destroy: (error, callback) => {
        const isOpen = !this.#isEnded && this.#failure === undefined;
        if (isOpen) this.#source.destroy(clean(error) as Error | undefined);
        callback(error);
      },
    });
    this.#detached = detached;
    // A request that is over leaves the caller's stream as free as if it had been piped into that.
    return Object.assign(detached, {
      unpipe: (destination?: NodeJS.WritableStream) => {
        this.#source.unpipe(this.#sink);
        return Readable.prototype.unpipe.call(detached, destination);
      },
    });
  }

  #offer(chunk: unknown, callback: () => void): void {
    this.#next = (detached) => {
      detached.push(chunk);
      callback();
    };
    if (this.#detached !== undefined) this.#deliver(this.#detached);
  }

  #deliver(detached: Readable): void {
    const next = this.#next;
    if (next === undefined || !this.#isWanted) return;
    this.#isWanted = false;
    this.#next = undefined;
    next(detached);
  }

  /** Nobody listens for the error of a stream that is not read yet: it is told at the first read. */
  #fail(error?: Error): void {
    this.#failure ??= { error };
    if (this.#isRead) this.#detached?.destroy(this.#failure.error);
  }
}

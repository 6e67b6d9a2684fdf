import { Readable, Writable } from 'node:stream';
import { hasMethods } from '../readers/brands';
import type { Sanitize } from './detached-stream';

/**
 * Whether a body is a stream that keeps a list of its destinations. Such a stream has `unpipe`, as those of Node and of
 * the package minipass have. Old streams, such as form-data, have neither.
 */
export function tracksDestinations(body: unknown): body is Readable {
  return hasMethods(body, 'pipe', 'unpipe');
}

/**
 * Sends the caller's stream through a second stream. A stream keeps a list of its destinations. If the caller's stream
 * were piped directly into the request, it would refer to the request and thereby to the credential.
 *
 * The caller's stream may flow, end or fail while a credential is fetched. Therefore it is piped at once into a sink,
 * which holds each chunk until the second stream reads the chunk. Both streams end, fail and are destroyed together.
 */
export class Upload {
  readonly #source: Readable;
  readonly #sink: Writable;
  #detached: Readable | undefined;
  /** Pushes the held chunk, or the end of the stream. */
  #push: ((detached: Readable) => void) | undefined;
  #isRead = false;
  #isPulled = false;
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
        // A stream that had already ended emits no 'end'.
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

  /** The stream to send. Errors of the request pass through `sanitize` to the caller's stream. */
  detached(sanitize: Sanitize): Readable {
    const detached = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read: () => {
        this.#isRead = true;
        this.#isPulled = true;
        if (this.#failure === undefined) this.#deliver(detached);
        else detached.destroy(this.#failure.error);
      },
      destroy: (error, callback) => {
        const isOpen = !this.#isEnded && this.#failure === undefined;
        if (isOpen) this.#source.destroy(sanitize(error) as Error | undefined);
        callback(error);
      },
    });
    this.#detached = detached;
    // When a request ends, it calls `unpipe` of its body. This override also unpipes the caller's stream.
    return Object.assign(detached, {
      unpipe: (destination?: NodeJS.WritableStream) => {
        this.#source.unpipe(this.#sink);
        return Readable.prototype.unpipe.call(detached, destination);
      },
    });
  }

  #offer(chunk: unknown, callback: () => void): void {
    this.#push = (detached) => {
      detached.push(chunk);
      callback();
    };
    if (this.#detached !== undefined) this.#deliver(this.#detached);
  }

  #deliver(detached: Readable): void {
    const push = this.#push;
    if (push === undefined || !this.#isPulled) return;
    this.#isPulled = false;
    this.#push = undefined;
    push(detached);
  }

  /** Stores the error until the first read, since nobody listens for it before. */
  #fail(error?: Error): void {
    this.#failure ??= { error };
    if (this.#isRead) this.#detached?.destroy(this.#failure.error);
  }
}

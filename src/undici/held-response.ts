import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { bufferLimit } from '../http/fetch-body';
import { tooLarge } from '../http/held-stream';
import type { ResponseSummary } from '../http/refusal';
import { mapOptional } from '../options';
import { ByteBuffer } from '../readers/byte-buffer';
import type { Exchange } from './exchange';
import type { Controller, NamedValues } from './handler';

/** Passes an event of the response to the exchange. */
type PassEvent = () => void;

/** Passes a part of the body to the exchange. */
type PassBytes = (bytes: Uint8Array) => void;

type Events = { status: number; headers: NamedValues; start: PassEvent; passBytes: PassBytes };

/** The decoders of the supported content codings (RFC 9110, section 8.4.1). */
const decoders = new Map<string, (bytes: Buffer, options: object) => Promise<Buffer>>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** A response that the caller does not get before `release`, since the request may be retried. */
export class HeldResponse {
  readonly #exchange: Exchange;
  readonly #controller: Controller;
  readonly #status: number;
  readonly #headers: NamedValues;
  /** Passes status and headers to the caller. */
  readonly #start: PassEvent;
  readonly #passBytes: PassBytes;
  /** The bytes that the caller has not received yet. */
  #held = new ByteBuffer();
  /** Passes the end of the response, or its error, to the caller. */
  #passEnd: PassEvent | undefined;
  #isReleased = false;
  /** Whether the whole body is in memory. */
  #isWhole = false;
  #text: Promise<string | undefined> | undefined;
  /** Resolves when the body ends, fails, or has more than `bufferLimit` bytes. */
  readonly #stopped: Promise<void>;
  #stop!: () => void;

  constructor(
    exchange: Exchange,
    controller: Controller,
    { status, headers, start, passBytes }: Events,
  ) {
    this.#exchange = exchange;
    this.#controller = controller;
    this.#status = status;
    this.#headers = headers;
    this.#start = start;
    this.#passBytes = passBytes;
    this.#stopped = new Promise((resolve) => (this.#stop = resolve));
  }

  summary(): ResponseSummary {
    const { date } = this.#headers;
    return { status: this.#status, date: mapOptional(date, String), body: () => this.#body() };
  }

  /** Passes the response to the caller. */
  release(): void {
    this.#isReleased = true;
    const { bytes } = this.#held;
    this.#held = new ByteBuffer();
    this.#start();
    if (bytes.length > 0) this.#passBytes(bytes);
    this.#passEnd?.();
    this.#exchange.resumeUnlessPaused();
  }

  /** Ends the transfer of a response that nobody will read. */
  discard(): void {
    if (this.#passEnd === undefined)
      this.#controller.abort(new Error('The request is sent again.'));
  }

  /**
   * Keeps bytes before the release. Does not pause: undici 6 and 7 end the process if a connection closes while a part
   * of its response is unread. So a response that is held for long fails beyond twice the limit.
   */
  receive(chunk: Uint8Array): void {
    if (this.#isReleased) {
      this.#passBytes(chunk);
      return;
    }
    this.#held.append(chunk);
    if (this.#held.length > bufferLimit) this.#stop();
    if (this.#held.length > 2 * bufferLimit) this.#controller.abort(tooLarge(2 * bufferLimit));
  }

  end(passEnd: PassEvent): void {
    this.#isWhole = true;
    this.#finish(passEnd);
  }

  fail(error: unknown): void {
    const fail = () => {
      this.#exchange.fail(error);
    };
    // The `fetch` of undici loses an error that comes in the same turn as the start of the response.
    this.#finish(this.#isReleased ? fail : () => setImmediate(fail));
  }

  #finish(passEnd: PassEvent): void {
    if (this.#isReleased) passEnd();
    else this.#passEnd = passEnd;
    this.#stop();
  }

  #body(): Promise<string | undefined> {
    return (this.#text ??= this.#read());
  }

  /**
   * Reads a JSON or XML body as text. Returns undefined for a body of another type, a body of more than `bufferLimit`
   * bytes, and a body that cannot be read.
   */
  async #read(): Promise<string | undefined> {
    if (!/json|xml/i.test(String(this.#headers['content-type']))) return undefined;
    await this.#stopped;
    if (!this.#isWhole) return undefined;
    const { bytes } = this.#held;
    const coding = String(this.#headers['content-encoding'] ?? 'identity').toLowerCase();
    if (coding === 'identity') return bytes.toString();
    // The caller gets the body still encoded, so a decoding error is not reported to the caller.
    const decoded = decoders.get(coding)?.(bytes, { maxOutputLength: bufferLimit });
    return decoded?.then(String, () => undefined);
  }
}

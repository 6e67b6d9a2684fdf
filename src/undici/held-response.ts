import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { bufferLimit } from '../http/fetch-body';
import type { ResponseSummary } from '../http/refusal';
import { mapOptional } from '../options';
import type { Exchange } from './exchange';
import type { Controller, NamedValues } from './handler';

/** Passes an event of the response to the exchange. */
type PassEvent = (exchange: Exchange) => void;

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
  /** The events after the headers. */
  readonly #held: PassEvent[] = [];
  #isReleased = false;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** Whether the whole body is in memory. */
  #isWhole = false;
  #text: Promise<string | undefined> | undefined;
  /** Ends the wait for the body. */
  #stopReading: () => void = () => undefined;

  constructor(
    exchange: Exchange,
    controller: Controller,
    { status, headers, start }: { status: number; headers: NamedValues; start: PassEvent },
  ) {
    this.#exchange = exchange;
    this.#controller = controller;
    this.#status = status;
    this.#headers = headers;
    this.#start = start;
    controller.pause();
  }

  summary(): ResponseSummary {
    const { date } = this.#headers;
    return { status: this.#status, date: mapOptional(date, String), body: () => this.#body() };
  }

  /** Passes the response to the caller. */
  release(): void {
    this.#isReleased = true;
    this.#chunks.length = 0;
    this.#start(this.#exchange);
    for (const passEvent of this.#held.splice(0)) passEvent(this.#exchange);
    this.#exchange.resumeUnlessPaused();
  }

  /** Ends the transfer of a response that nobody will read. */
  discard(): void {
    if (!this.#isWhole) this.#controller.abort(new Error('The request is sent again.'));
  }

  receive(chunk: Uint8Array, passEvent: PassEvent): void {
    this.#pass(passEvent);
    if (this.#isReleased) return;
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    if (this.#length <= bufferLimit) return;
    this.#controller.pause();
    this.#stopReading();
  }

  end(passEvent: PassEvent): void {
    this.#isWhole = true;
    this.#pass(passEvent);
    this.#stopReading();
  }

  fail(error: unknown): void {
    this.#pass((exchange) => {
      exchange.fail(error);
    });
    this.#stopReading();
  }

  #pass(passEvent: PassEvent): void {
    if (this.#isReleased) passEvent(this.#exchange);
    else this.#held.push(passEvent);
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
    if (!this.#isWhole) {
      await new Promise<void>((resolve) => {
        this.#stopReading = resolve;
        this.#controller.resume();
      });
    }
    if (!this.#isWhole) return undefined;
    const bytes = Buffer.concat(this.#chunks);
    const coding = String(this.#headers['content-encoding'] ?? 'identity').toLowerCase();
    if (coding === 'identity') return bytes.toString();
    // The caller gets the body still encoded, so a decoding error is not reported to the caller.
    const decoded = decoders.get(coding)?.(bytes, { maxOutputLength: bufferLimit });
    return decoded?.then(String, () => undefined);
  }
}

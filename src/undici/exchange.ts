import type { Controller, Handler } from './handler';

type Event = (handler: Handler) => void;

/**
 * The handler of a caller, and the controller that it gets. Both stay the same while the request waits for its credential
 * and is sent, once or twice.
 */
export class Exchange implements Controller {
  rawHeaders: unknown = null;
  rawTrailers: unknown = null;
  readonly #handler: Handler;
  readonly #abortion = new AbortController();
  /** The controller of the request that is being sent. */
  #current: Controller | undefined;
  /** Events that a paused handler has not received. */
  readonly #pending: Event[] = [];
  #isPaused = false;
  #isOver = false;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  get signal(): AbortSignal {
    return this.#abortion.signal;
  }

  get aborted(): boolean {
    return this.signal.aborted;
  }

  get reason(): unknown {
    return (this.signal.reason as unknown) ?? null;
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  abort(reason?: unknown): void {
    if (this.#isOver || this.aborted) return;
    this.#abortion.abort(reason);
    // The client rejects with an error of its own if there is no reason.
    this.#current?.abort(reason);
    this.fail(this.reason);
  }

  pause(): void {
    this.#isPaused = true;
    this.#current?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#flush();
    this.resumeUnlessPaused();
  }

  resumeUnlessPaused(): void {
    if (!this.#isPaused) this.#current?.resume();
  }

  /** Gives the handler this controller before the request is sent, so that the caller can abort the wait. */
  start(): void {
    this.notify((handler) => handler.onRequestStart?.(this, undefined));
  }

  /** Sends with another controller from now on. Handlers accept several starts: undici repeats failed requests. */
  sendWith(controller: Controller, context: unknown): void {
    this.#current = controller;
    if (this.aborted) controller.abort(this.reason);
    else this.notify((handler) => handler.onRequestStart?.(this, context));
  }

  /** Passes an event to the handler, even if it is paused. */
  notify(event: Event): void {
    if (this.#isOver) return;
    try {
      event(this.#handler);
    } catch (error) {
      this.#current?.abort(error);
      this.fail(error);
    }
  }

  /** Passes an informational response to the handler. Undici ignores a pause during such a response. */
  inform(event: Event): void {
    const isPaused = this.#isPaused;
    this.notify(event);
    this.#isPaused = isPaused;
  }

  /** Passes an event to the handler as soon as it is not paused. */
  deliver(event: Event): void {
    this.#pending.push(event);
    this.#flush();
  }

  complete(event: Event): void {
    this.deliver((handler) => {
      event(handler);
      this.#isOver = true;
    });
  }

  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pending.length = 0;
    this.#handler.onResponseError?.(this, error as Error);
  }

  #flush(): void {
    while (!this.#isPaused) {
      const event = this.#pending.shift();
      if (event === undefined) return;
      this.notify(event);
    }
  }
}

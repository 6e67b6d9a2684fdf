import type { Controller, Handler } from './handler';

/** Calls a method of the handler. */
type HandlerCall = (handler: Handler) => void;

/**
 * Holds the caller's handler, and is the controller that this handler receives. The handler keeps the same controller
 * while the request waits for its credential and is sent, even if the request is sent twice.
 */
export class Exchange implements Controller {
  rawHeaders: unknown = null;
  rawTrailers: unknown = null;
  readonly #handler: Handler;
  readonly #abortController = new AbortController();
  /** The controller of the request that is being sent. */
  #current: Controller | undefined;
  /** The calls that a paused handler has not received yet. */
  readonly #pending: HandlerCall[] = [];
  #isPaused = false;
  #isOver = false;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  get signal(): AbortSignal {
    return this.#abortController.signal;
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
    this.#abortController.abort(reason);
    // Passes on the argument, not `this.reason`: if the argument is undefined, the client rejects with its own error.
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

  /**
   * Gives the handler this controller before the request is sent, so that the caller can abort the wait for the
   * credential.
   */
  start(): void {
    this.notify((handler) => handler.onRequestStart?.(this, undefined));
  }

  /**
   * Uses another controller from now on. A handler accepts several calls of `onRequestStart`, since undici repeats
   * failed requests.
   */
  sendWith(controller: Controller, context: unknown): void {
    this.#current = controller;
    if (this.aborted) controller.abort(this.reason);
    else this.notify((handler) => handler.onRequestStart?.(this, context));
  }

  /** Calls the handler at once, even if the handler is paused. */
  notify(call: HandlerCall): void {
    if (this.#isOver) return;
    try {
      call(this.#handler);
    } catch (error) {
      this.#current?.abort(error);
      this.fail(error);
    }
  }

  /**
   * Passes an informational response to the handler. A call of `pause` during such a response has no effect, as in
   * undici.
   */
  inform(call: HandlerCall): void {
    const isPaused = this.#isPaused;
    this.notify(call);
    this.#isPaused = isPaused;
  }

  /** Calls the handler as soon as the handler is not paused. */
  deliver(call: HandlerCall): void {
    this.#pending.push(call);
    this.#flush();
  }

  complete(call: HandlerCall): void {
    this.deliver((handler) => {
      call(handler);
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
      const call = this.#pending.shift();
      if (call === undefined) return;
      this.notify(call);
    }
  }
}

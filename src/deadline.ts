import { NexmoAuthError, type NexmoAuthErrorCode } from './errors';
import { isAbortSignal } from './readers/brands';
import { isOwnError, mapOptional, requireDuration } from './options';

/** How long to wait for a function that you pass, such as a credentials provider or a signer. */
export type DeadlineOptions = {
  /** Seconds to wait for one answer (at least 1; default: 10). */
  deadline?: number | undefined;
  /** When this signal aborts, pending and later calls are rejected. */
  signal?: AbortSignal | undefined;
};

/** The name of a user callback and the error codes for its failure, timeout and abort. */
export type CallbackErrors = {
  name: string;
  failed: NexmoAuthErrorCode;
  timeout: NexmoAuthErrorCode;
  aborted: NexmoAuthErrorCode;
};

/** One call of a user callback. Has `aborted` and `throwIfAborted`, as an AbortSignal has. */
export class Call {
  #reason: NexmoAuthError | undefined;
  #controller: AbortController | undefined;
  #reject!: (reason: NexmoAuthError) => void;

  /** Rejects when the call aborts. */
  readonly whenAborted = new Promise<never>((_resolve, reject) => {
    this.#reject = reject;
  });

  /**
   * A signal for the callback. Its AbortController is created at the first read, since creating one costs more than the
   * rest of a call.
   */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  throwIfAborted(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  abort(reason: NexmoAuthError): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#reject(reason);
  }
}

/** Waits for a user callback up to a deadline. Does not pass on the text of the callback's own errors. */
export class Deadline {
  readonly seconds: number;
  readonly #signal: AbortSignal | undefined;
  readonly #errors: CallbackErrors;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor({ deadline, signal }: DeadlineOptions, errors: CallbackErrors) {
    this.seconds = mapOptional(deadline, requireDeadline) ?? 10;
    this.#signal = mapOptional(signal, requireSignal);
    this.#errors = errors;
  }

  /**
   * Returns the result of the callback. The callback's `Call` aborts at the deadline, or with the user's signal. With
   * `inBackground`, the timer does not keep Node running.
   *
   * @throws NexmoAuthError Rejects with one of the codes in `CallbackErrors`, or with a NexmoAuthError that the
   * callback throws
   */
  async waitFor(callback: (call: Call) => unknown, inBackground = false): Promise<unknown> {
    const { name, timeout, aborted } = this.#errors;
    const call = new Call();
    const abort = (code: NexmoAuthErrorCode, problem: string) => {
      call.abort(new NexmoAuthError(code, `${name} ${problem}.`));
    };
    const timer = setTimeout(() => {
      abort(timeout, `did not answer within ${this.seconds} seconds`);
    }, this.seconds * 1000);
    if (inBackground) timer.unref();
    const removeListener = onAbort(this.#signal, () => {
      abort(aborted, 'was aborted by the signal');
    });
    try {
      return await Promise.race([call.whenAborted, this.#resultOf(callback, call)]);
    } finally {
      clearTimeout(timer);
      removeListener();
    }
  }

  async #resultOf(callback: (call: Call) => unknown, call: Call): Promise<unknown> {
    try {
      call.throwIfAborted();
      return await callback(call);
    } catch (error) {
      throw isOwnError(error) ? error : this.#failure(error);
    }
  }

  /** The error for a failure. The thrown value may quote a secret, so the message shows only the class name. */
  #failure(error: unknown): NexmoAuthError {
    const name = errorName(error);
    const shown = /^\w+(Error|Exception)$/.test(name) ? ` (${name})` : '';
    return new NexmoAuthError(
      this.#errors.failed,
      `${this.#errors.name} failed${shown}. Its own error may hold a secret, so it is not passed on. Log that error where it is thrown.`,
    );
  }
}

/** The name of an error's class. Empty if a getter throws. */
function errorName(error: unknown): string {
  try {
    return String((error as { name?: unknown } | null)?.name);
  } catch {
    return '';
  }
}

type AbortListeners = { callbacks: Set<() => void>; callAll: () => void };

const listenersBySignal = new WeakMap<AbortSignal, AbortListeners>();

/**
 * Calls back when the signal aborts, or at once if it has already aborted. Returns a function that removes the
 * callback. All callbacks of a signal share one listener, since Node warns about more than ten listeners.
 */
export function onAbort(signal: AbortSignal | null | undefined, callback: () => void): () => void {
  if (signal == null) return () => undefined;
  if (signal.aborted) callback();
  const { callbacks, callAll } = listenersBySignal.get(signal) ?? listenTo(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0) return;
    listenersBySignal.delete(signal);
    signal.removeEventListener('abort', callAll);
  };
}

function listenTo(signal: AbortSignal): AbortListeners {
  const callbacks = new Set<() => void>();
  const callAll = () => {
    for (const callback of callbacks) callback();
  };
  signal.addEventListener('abort', callAll);
  const listeners = { callbacks, callAll };
  listenersBySignal.set(signal, listeners);
  return listeners;
}

/** Limits the deadline to the maximum of Node's timers (2^31 - 1 milliseconds). */
function requireDeadline(deadline: number): number {
  return Math.min(requireDuration(deadline, 'deadline'), 2_147_483);
}

function requireSignal(signal: AbortSignal): AbortSignal {
  if (isAbortSignal(signal)) return signal;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'signal must be an AbortSignal.');
}

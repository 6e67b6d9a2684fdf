import { NexmoAuthError, type NexmoAuthErrorCode } from './errors';
import { isAbortSignal } from './readers/brands';
import { mapOptional, isOwnError, requireDuration } from './options';

export type DeadlineOptions = {
  /** Seconds (at least 1) after which one that has not answered is given up; 10 by default. */
  deadline?: number | undefined;
  /** Ends all waiting, that which is under way too. */
  signal?: AbortSignal | undefined;
};

/** Code of the user's that is waited for, and the codes of what may become of that. */
export type CallbackErrors = {
  name: string;
  failed: NexmoAuthErrorCode;
  timeout: NexmoAuthErrorCode;
  aborted: NexmoAuthErrorCode;
};

/** Waits for code of the user's, but not for ever, and passes on nothing that it says in its errors. */
export class Deadline {
  readonly #seconds: number;
  readonly #signal: AbortSignal | undefined;
  readonly #errors: CallbackErrors;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor({ deadline, signal }: DeadlineOptions, errors: CallbackErrors) {
    this.#seconds = mapOptional(deadline, requireDeadline) ?? 10;
    this.#signal = mapOptional(signal, requireSignal);
    this.#errors = errors;
  }

  /**
   * What `ask` gives. The signal that it is called with aborts at the deadline, or with the user's.
   * A deadline `inBackground`, where nobody waits, does not keep Node running.
   *
   * @throws NexmoAuthError the three codes, and such errors of `ask`
   */
  async waitFor(ask: (signal: AbortSignal) => unknown, inBackground = false): Promise<unknown> {
    const { name, timeout, aborted } = this.#errors;
    const controller = new AbortController();
    const { signal } = controller;
    const stop = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as NexmoAuthError);
      });
    });
    const give = (code: NexmoAuthErrorCode, what: string) => {
      controller.abort(new NexmoAuthError(code, `${name} ${what}.`));
    };
    const timer = setTimeout(() => {
      give(timeout, `has not answered within ${this.#seconds} seconds`);
    }, this.#seconds * 1000);
    if (inBackground) timer.unref();
    const forget = onAbort(this.#signal, () => {
      give(aborted, 'is no longer waited for: the abort signal ended that');
    });
    try {
      return await Promise.race([stop, this.#answerOf(ask, signal)]);
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  async #answerOf(ask: (signal: AbortSignal) => unknown, signal: AbortSignal): Promise<unknown> {
    try {
      signal.throwIfAborted();
      return await ask(signal);
    } catch (error) {
      throw isOwnError(error) ? error : this.#failure(error);
    }
  }

  /** What was thrown may quote a secret, so only the name of its kind is told. */
  #failure(error: unknown): NexmoAuthError {
    const kind = kindOfError(error);
    const told = /^\w+(Error|Exception)$/.test(kind) ? ` (${kind})` : '';
    return new NexmoAuthError(
      this.#errors.failed,
      `${this.#errors.name} failed${told}. Its own error may hold a secret and is not passed on: log it there.`,
    );
  }
}

/** Reading it may throw, and then what is thrown is again an error of the user's. */
function kindOfError(error: unknown): string {
  try {
    return String((error as { name?: unknown } | null)?.name);
  } catch {
    return '';
  }
}

type Waiting = { calls: Set<() => void>; tellAll: () => void };

const waitingAt = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls when a signal aborts, or at once if it has aborted, until what it gives is called. All who
 * wait at one signal share a listener, since Node warns of more than ten.
 */
export function onAbort(signal: AbortSignal | null | undefined, call: () => void): () => void {
  if (signal == null) return () => undefined;
  if (signal.aborted) call();
  const { calls, tellAll } = waitingAt.get(signal) ?? startWaiting(signal);
  calls.add(call);
  return () => {
    calls.delete(call);
    if (calls.size > 0) return;
    waitingAt.delete(signal);
    signal.removeEventListener('abort', tellAll);
  };
}

function startWaiting(signal: AbortSignal): Waiting {
  const calls = new Set<() => void>();
  const tellAll = () => {
    for (const call of calls) call();
  };
  signal.addEventListener('abort', tellAll);
  const waiting = { calls, tellAll };
  waitingAt.set(signal, waiting);
  return waiting;
}

/** At most what Node's timers can wait for. */
function requireDeadline(deadline: number): number {
  return Math.min(requireDuration(deadline, 'deadline'), 2_147_483);
}

function requireSignal(signal: AbortSignal): AbortSignal {
  if (isAbortSignal(signal)) return signal;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'signal must be an AbortSignal.');
}

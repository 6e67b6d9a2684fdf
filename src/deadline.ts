import { NexmoAuthError, type NexmoAuthErrorCode } from './errors';
import { given, requireSeconds } from './options';

export type DeadlineOptions = {
  /** Seconds (at least 1) after which one that has not answered is given up; 10 by default. */
  deadline?: number | undefined;
  /** Ends all waiting, that which is under way too. */
  signal?: AbortSignal | undefined;
};

/** Code of the user's that is waited for, and the codes of what may become of that. */
export type Asked = {
  name: string;
  failed: NexmoAuthErrorCode;
  timeout: NexmoAuthErrorCode;
  aborted: NexmoAuthErrorCode;
};

/** Waits for code of the user's, but not for ever, and passes on nothing that it says in its errors. */
export class Deadline {
  readonly #seconds: number;
  readonly #signal: AbortSignal | undefined;
  readonly #asked: Asked;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor({ deadline, signal }: DeadlineOptions, asked: Asked) {
    this.#seconds = given(deadline, requireDeadline) ?? 10;
    this.#signal = given(signal, requireSignal);
    this.#asked = asked;
  }

  /**
   * What `ask` gives. The signal that it is called with aborts at the deadline, or with the user's.
   *
   * @throws NexmoAuthError the three codes, and such errors of `ask`
   */
  async waitFor(ask: (signal: AbortSignal) => unknown): Promise<unknown> {
    const { name, timeout, aborted } = this.#asked;
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
    const abort = () => {
      give(aborted, 'is no longer waited for: the abort signal ended that');
    };
    const timer = setTimeout(() => {
      give(timeout, `has not answered within ${this.#seconds} seconds`);
    }, this.#seconds * 1000);
    this.#signal?.addEventListener('abort', abort);
    if (this.#signal?.aborted === true) abort();
    try {
      return await Promise.race([stop, this.#answerOf(ask, signal)]);
    } finally {
      clearTimeout(timer);
      this.#signal?.removeEventListener('abort', abort);
    }
  }

  async #answerOf(ask: (signal: AbortSignal) => unknown, signal: AbortSignal): Promise<unknown> {
    try {
      signal.throwIfAborted();
      return await ask(signal);
    } catch (error) {
      throw error instanceof NexmoAuthError ? error : this.#failure(error);
    }
  }

  /** What was thrown may quote a secret, so only the name of its kind is told. */
  #failure(error: unknown): NexmoAuthError {
    const kind = String((error as { name?: unknown } | null)?.name);
    const told = /^\w+(Error|Exception)$/.test(kind) ? ` (${kind})` : '';
    return new NexmoAuthError(
      this.#asked.failed,
      `${this.#asked.name} failed${told}. Its own error may hold a secret and is not passed on: log it there.`,
    );
  }
}

/** At most what Node's timers can wait for. */
function requireDeadline(deadline: number): number {
  if (requireSeconds(deadline, 'deadline') > 0) return Math.min(deadline, 2_147_483);
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'deadline must be at least 1 second.');
}

function requireSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'signal must be an AbortSignal.');
}

import { createHash } from 'node:crypto';
import { type CallbackErrors, Deadline } from '../deadline';
import { NexmoAuthError } from '../errors';
import type { ReplayGuard } from './replay-guard';

/** That a callback is its holder's to handle and nobody else's, until one of the two is called. */
export type Handling = {
  /**
   * It was handled: the same will be refused with `ERR_WEBHOOK_HANDLED`.
   *
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`: the same may be accepted once more
   */
  confirm: () => Promise<void>;
  /** It was not handled: the same will be accepted. Never rejects, for a claim ends by itself. */
  release: () => Promise<void>;
};

export type HandlingTimes = {
  /** Seconds within which a handler is done. */
  lease: number;
  /** Seconds for which it is remembered what was handled. */
  memory: number;
};

const callbackErrors: CallbackErrors = {
  name: 'The replay guard',
  failed: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  timeout: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  aborted: 'ERR_REPLAY_GUARD_UNAVAILABLE',
};

/** Claims callbacks at a replay guard. */
export class Handlings {
  readonly #guard: ReplayGuard;
  readonly #times: HandlingTimes;
  readonly #deadline: Deadline;

  constructor(guard: ReplayGuard, times: HandlingTimes, deadline: number | undefined) {
    this.#guard = guard;
    this.#times = times;
    this.#deadline = new Deadline({ deadline }, callbackErrors);
  }

  /**
   * @param identity what callbacks have in common if they are the same, and only then
   * @throws NexmoAuthError `ERR_WEBHOOK_PENDING`, `ERR_WEBHOOK_HANDLED`, `ERR_REPLAY_GUARD_UNAVAILABLE`
   */
  async start(identity: readonly string[]): Promise<Handling> {
    const id = createHash('sha256').update(JSON.stringify(identity)).digest('base64url');
    const { lease, memory } = this.#times;
    const endOfLease = performance.now() + lease * 1000;
    refuseUnlessNew(await this.#claim(id));
    let isSettled = false;
    return {
      confirm: async () => {
        await this.#answerOf(() => this.#guard.confirm(id, memory));
        isSettled = true;
      },
      release: async () => {
        // Afterwards the claim may be another's.
        if (isSettled || performance.now() >= endOfLease) return;
        isSettled = true;
        await this.#release(id);
      },
    };
  }

  async #claim(id: string): Promise<unknown> {
    let claim: Promise<unknown> | undefined;
    try {
      return await this.#answerOf(() => (claim = this.#guard.claim(id, this.#times.lease)));
    } catch (error) {
      // One that succeeds after it was given up would keep the platform's next attempt waiting.
      claim?.then(
        (state) => (state === 'new' ? this.#release(id) : undefined),
        () => undefined,
      );
      throw error;
    }
  }

  async #release(id: string): Promise<void> {
    await this.#answerOf(() => this.#guard.release(id)).catch(() => undefined);
  }

  async #answerOf(ask: () => Promise<unknown>): Promise<unknown> {
    try {
      return await this.#deadline.waitFor(ask);
    } catch (error) {
      const { code, message } = error as NexmoAuthError;
      if (code === 'ERR_REPLAY_GUARD_UNAVAILABLE') throw error;
      throw unavailable(`The replay guard failed: ${message}`);
    }
  }
}

function refuseUnlessNew(state: unknown): void {
  switch (state) {
    case 'new':
      return;
    case 'pending':
      throw new NexmoAuthError(
        'ERR_WEBHOOK_PENDING',
        'The same callback is being handled. Answer 503, and the platform sends it again, in case that fails.',
      );
    case 'done':
      throw new NexmoAuthError(
        'ERR_WEBHOOK_HANDLED',
        'The same callback was handled before. Answer 200 without handling it, and it is not sent again.',
      );
    default:
      throw unavailable("The replay guard gave something else than 'new', 'pending' or 'done'.");
  }
}

function unavailable(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_REPLAY_GUARD_UNAVAILABLE', message);
}

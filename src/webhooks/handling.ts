import { createHash } from 'node:crypto';
import { Deadline } from '../deadline';
import { NexmoAuthError } from '../errors';
import type { ReplayGuard } from './replay-guard';

const asked = {
  name: 'The replay guard',
  failed: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  timeout: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  // No signal is taken, so nothing can abort.
  aborted: 'ERR_REPLAY_GUARD_UNAVAILABLE',
} as const;

/** That a callback is handled by its holder and nobody else, until one of the two is called. */
export type Handling = {
  /** The callback was handled: the same will be refused with `ERR_WEBHOOK_HANDLED`. */
  confirm(): Promise<void>;
  /** It was not handled: the same will be accepted. Never rejects, for a claim ends by itself. */
  release(): Promise<void>;
};

export type HandlingTimes = {
  /** Seconds within which a handler is done. */
  lease: number;
  /** Seconds for which what was handled is remembered. */
  memory: number;
  /** Seconds within which the guard answers. */
  deadline: number | undefined;
};

/** Claims callbacks at a replay guard. */
export class Handlings {
  readonly #guard: ReplayGuard;
  readonly #times: HandlingTimes;
  readonly #waiting: Deadline;

  constructor(guard: ReplayGuard, times: HandlingTimes) {
    this.#guard = guard;
    this.#times = times;
    this.#waiting = new Deadline({ deadline: times.deadline }, asked);
  }

  /**
   * @param identity what two callbacks have in common if and only if they are the same
   * @throws NexmoAuthError `ERR_WEBHOOK_PENDING`, `ERR_WEBHOOK_HANDLED`,
   * `ERR_REPLAY_GUARD_UNAVAILABLE`
   */
  async start(identity: readonly string[]): Promise<Handling> {
    const id = createHash('sha256').update(JSON.stringify(identity)).digest('base64url');
    const { lease, memory } = this.#times;
    const endOfLease = performance.now() + lease * 1000;
    refuseUnlessNew(await this.#claim(id));
    return {
      confirm: async () => {
        await this.#waiting.waitFor(() => this.#guard.confirm(id, memory));
      },
      release: async () => {
        // After that, the claim may be another's.
        if (performance.now() < endOfLease) await this.#release(id);
      },
    };
  }

  async #claim(id: string): Promise<unknown> {
    let claim: Promise<unknown> | undefined;
    try {
      return await this.#waiting.waitFor(() => (claim = this.#guard.claim(id, this.#times.lease)));
    } catch (error) {
      // One that succeeds after all would only keep the platform from trying again.
      claim?.then(
        (state) => (state === 'new' ? this.#release(id) : undefined),
        () => undefined,
      );
      throw error;
    }
  }

  async #release(id: string): Promise<void> {
    await this.#waiting.waitFor(() => this.#guard.release(id)).catch(() => undefined);
  }
}

function refuseUnlessNew(state: unknown): void {
  if (state === 'new') return;
  if (state === 'pending') {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_PENDING',
      'The same callback is being handled. Answer 503, and the platform sends it again in case that fails.',
    );
  }
  if (state === 'done') {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_HANDLED',
      'The same callback was handled before. Answer 200 without handling it, so that it is not sent again.',
    );
  }
  throw new NexmoAuthError(
    'ERR_REPLAY_GUARD_UNAVAILABLE',
    "The replay guard gave something else than 'new', 'pending' or 'done'.",
  );
}

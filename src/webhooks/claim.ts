import { createHash } from 'node:crypto';
import { type CallbackErrors, Deadline } from '../deadline';
import { NexmoAuthError } from '../errors';
import { type ReplayGuard, requireReplayGuard } from './replay-guard';

/**
 * A claim on an accepted callback. Copies of the callback are refused while the claim lasts, and after the claim is
 * confirmed.
 */
export type Claim = {
  /**
   * Records that the callback was handled. Copies are then refused with `ERR_WEBHOOK_HANDLED`.
   *
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE` if recording failed; a copy may then be accepted
   */
  confirm: () => Promise<void>;
  /**
   * Gives up the claim of a callback that was not handled, so that a copy is accepted. Never rejects: if the release
   * fails, the claim ends with its lease.
   */
  release: () => Promise<void>;
};

/** Equal for copies of one callback, different for different callbacks. */
export type CallbackIdentity = readonly string[];

/** Durations in seconds: how long a claim is leased, and how long a confirmed callback is remembered. */
export type ClaimTimes = { lease: number; memory: number };

const unguarded: Claim = { confirm: () => Promise.resolve(), release: () => Promise.resolve() };

/** Whether a replay guard holds the claim. Otherwise, confirming and releasing do nothing. */
export function isGuarded({ confirm }: Claim): boolean {
  return confirm !== unguarded.confirm;
}

const guardErrors: CallbackErrors = {
  name: 'The replay guard',
  failed: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  timeout: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  aborted: 'ERR_REPLAY_GUARD_UNAVAILABLE',
};

/** Claims callbacks with a replay guard. Without a guard, every claim succeeds. */
export class ReplayProtection {
  readonly #guard: ReplayGuard | undefined;
  readonly #times: ClaimTimes;
  readonly #deadline: Deadline;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(guard: ReplayGuard | undefined, times: ClaimTimes, deadline: number | undefined) {
    this.#guard = guard === undefined ? undefined : requireReplayGuard(guard);
    this.#deadline = new Deadline({ deadline }, guardErrors);
    // The claim of a copy may reach the guard as late as the deadline.
    this.#times = { ...times, memory: times.memory + this.#deadline.seconds };
  }

  /**
   * Claims a callback until its handler is done, at most for the lease.
   *
   * @throws NexmoAuthError `ERR_WEBHOOK_PENDING`, `ERR_WEBHOOK_HANDLED`, `ERR_REPLAY_GUARD_UNAVAILABLE`
   */
  claim(identity: CallbackIdentity): Promise<Claim> {
    return this.#claim(identity, this.#times.lease);
  }

  /**
   * Records a callback as handled. The claim lasts as long as the record. So if confirming fails, copies are refused
   * all the same, but as pending.
   *
   * @throws NexmoAuthError the same as `claim`
   */
  async record(identity: CallbackIdentity): Promise<void> {
    const { confirm } = await this.#claim(identity, this.#times.memory);
    await confirm().catch(() => undefined);
  }

  async #claim(identity: CallbackIdentity, lease: number): Promise<Claim> {
    const guard = this.#guard;
    if (guard === undefined) return unguarded;
    const id = createHash('sha256').update(JSON.stringify(identity)).digest('base64url');
    const leaseEnd = performance.now() + lease * 1000;
    requireNew(await this.#claimId(guard, id, lease, leaseEnd));
    // Another process may hold the claim by now.
    if (performance.now() >= leaseEnd) {
      throw guardUnavailable('The replay guard answered only after the lease had ended.');
    }
    let isSettled = false;
    return {
      confirm: async () => {
        await this.#call(() => guard.confirm(id, this.#times.memory));
        isSettled = true;
      },
      release: async () => {
        // After the lease, another process may hold the claim.
        if (isSettled || performance.now() >= leaseEnd) return;
        isSettled = true;
        await this.#release(guard, id);
      },
    };
  }

  async #claimId(
    guard: ReplayGuard,
    id: string,
    lease: number,
    leaseEnd: number,
  ): Promise<unknown> {
    let claim: Promise<unknown> | undefined;
    try {
      return await this.#call(() => (claim = Promise.resolve(guard.claim(id, lease))));
    } catch (error) {
      // Releases a claim that succeeds after the deadline. Otherwise, the platform's next attempt would be refused.
      claim?.then(
        (state) =>
          state === 'new' && performance.now() < leaseEnd ? this.#release(guard, id) : undefined,
        () => undefined,
      );
      throw error;
    }
  }

  async #release(guard: ReplayGuard, id: string): Promise<void> {
    await this.#call(() => guard.release(id)).catch(() => undefined);
  }

  async #call(method: () => Promise<unknown>): Promise<unknown> {
    try {
      return await this.#deadline.waitFor(method);
    } catch (error) {
      const { code, message } = error as NexmoAuthError;
      if (code === 'ERR_REPLAY_GUARD_UNAVAILABLE') throw error;
      throw guardUnavailable(`The replay guard failed: ${message}`);
    }
  }
}

function requireNew(state: unknown): void {
  switch (state) {
    case 'new':
      return;
    case 'pending':
      throw new NexmoAuthError(
        'ERR_WEBHOOK_PENDING',
        'A copy of this callback is being handled. Respond with 503, so that the platform sends it again in case the handler fails.',
      );
    case 'done':
      throw new NexmoAuthError(
        'ERR_WEBHOOK_HANDLED',
        'This callback was already handled. Respond with 200 without handling it again, so that the platform stops sending it.',
      );
    default:
      throw guardUnavailable(
        "claim() of the replay guard must resolve to 'new', 'pending' or 'done', but it resolved to another value.",
      );
  }
}

function guardUnavailable(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_REPLAY_GUARD_UNAVAILABLE', message);
}

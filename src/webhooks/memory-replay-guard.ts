/* eslint @typescript-eslint/require-await: off -- the methods reject rather than throw */
import { NexmoAuthError } from '../errors';
import {
  type Clock,
  millisecondsOf,
  refuseUnknown,
  requireClock,
  requireCount,
  requireDuration,
  requireObject,
} from '../options';
import { type ReplayGuard, requireId } from './replay-guard';

/** The options of `MemoryReplayGuard`. */
export type MemoryReplayGuardOptions = {
  /**
   * Maximum number of callbacks to remember (default: 100,000, which take less than 20 MiB with the IDs of a
   * `WebhookVerifier`, and less than 80 MiB with IDs of the maximum length, 256 characters).
   */
  maxEntries?: number | undefined;
  now?: Clock | undefined;
};

/** The expiry of each ID, in milliseconds since the epoch. */
type Expiries = Map<string, number>;

/**
 * A replay guard in the memory of this process. It does not know which callbacks other processes accept, and forgets
 * everything at a restart.
 *
 * Use the clock of the verifier: an entry then never expires too early, unless the clock is set forward and back. A
 * full guard refuses new callbacks with `ERR_REPLAY_GUARD_UNAVAILABLE`. The adapters then respond with 503, and the
 * platform tries again.
 */
export class MemoryReplayGuard implements ReplayGuard {
  readonly #claimed: Expiries = new Map();
  readonly #confirmed: Expiries = new Map();
  /** No entry expires before this time. */
  #earliestExpiry = Infinity;
  readonly #maxEntries: number;
  readonly #now: Clock;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(options: MemoryReplayGuardOptions = {}) {
    requireObject(options, 'The options of MemoryReplayGuard');
    const { maxEntries = 100_000, now = Date.now, ...unknown } = options;
    refuseUnknown(unknown, 'the options of MemoryReplayGuard');
    this.#maxEntries = requireCount(maxEntries, 'maxEntries');
    this.#now = requireClock(now);
  }

  /**
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE` if it is full; `ERR_INVALID_OPTION` for an invalid ID, lease
   * or clock
   */
  async claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'> {
    const key = requireId(id);
    const { now, expiry } = this.#period(leaseSeconds, 'leaseSeconds');
    if (isUnexpired(this.#confirmed.get(key), now)) return 'done';
    if (isUnexpired(this.#claimed.get(key), now)) return 'pending';
    this.#makeRoom(now);
    this.#put(this.#claimed, key, expiry);
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID, duration or clock */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const key = requireId(id);
    const { expiry } = this.#period(ttlSeconds, 'ttlSeconds');
    this.#claimed.delete(key);
    this.#put(this.#confirmed, key, expiry);
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID */
  async release(id: string): Promise<void> {
    this.#claimed.delete(requireId(id));
  }

  /** Milliseconds since the epoch. */
  #period(seconds: number, name: string): { now: number; expiry: number } {
    const duration = requireDuration(seconds, name) * 1000;
    const now = millisecondsOf(this.#now);
    return { now, expiry: now + duration };
  }

  #put(entries: Expiries, id: string, expiry: number): void {
    // Deletes first, so that entries with the same duration are in the order of their expiry.
    entries.delete(id);
    entries.set(id, expiry);
    this.#earliestExpiry = Math.min(this.#earliestExpiry, expiry);
  }

  #makeRoom(now: number): void {
    deleteLeadingExpired(this.#claimed, now);
    deleteLeadingExpired(this.#confirmed, now);
    if (this.#isFull() && now >= this.#earliestExpiry) this.#deleteExpired(now);
    if (!this.#isFull()) return;
    throw new NexmoAuthError(
      'ERR_REPLAY_GUARD_UNAVAILABLE',
      `The replay guard is full: it remembers ${this.#maxEntries} callbacks, and no entry has expired yet. Raise maxEntries, lower maxAge, or use a RedisReplayGuard.`,
    );
  }

  #isFull(): boolean {
    return this.#claimed.size + this.#confirmed.size >= this.#maxEntries;
  }

  #deleteExpired(now: number): void {
    this.#earliestExpiry = Infinity;
    for (const entries of [this.#claimed, this.#confirmed]) {
      for (const [id, expiry] of entries) {
        if (expiry <= now) entries.delete(id);
        else this.#earliestExpiry = Math.min(this.#earliestExpiry, expiry);
      }
    }
  }
}

function deleteLeadingExpired(entries: Expiries, now: number): void {
  for (const [id, expiry] of entries) {
    if (expiry > now) return;
    entries.delete(id);
  }
}

function isUnexpired(expiry: number | undefined, now: number): boolean {
  return expiry !== undefined && expiry > now;
}

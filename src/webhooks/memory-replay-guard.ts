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
   * Maximum number of callbacks to remember (default: 100,000). By default, the guard takes less than 20 MiB with the
   * IDs of a `WebhookVerifier`, and less than 80 MiB with IDs of the maximum length of 256 characters.
   */
  maxEntries?: number | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
};

/**
 * A replay guard in the memory of this process. It does not know which callbacks other processes accept, and forgets
 * everything at a restart.
 *
 * Give the guard the same `now` as the verifier. A confirmed callback is then not forgotten too early, unless that clock
 * is set forward and back. A lease ends early if that clock is set forward. Without `now`, leases are measured by the
 * time since the process started, not by the system clock. A full guard refuses new callbacks with
 * `ERR_REPLAY_GUARD_UNAVAILABLE`. The adapters then respond with 503, and the platform tries again.
 */
export class MemoryReplayGuard implements ReplayGuard {
  readonly #claimed: ExpiringIds;
  readonly #confirmed: ExpiringIds;
  readonly #maxEntries: number;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(options: MemoryReplayGuardOptions = {}) {
    requireObject(options, 'The options of MemoryReplayGuard');
    const { maxEntries = 100_000, now = Date.now, ...unknown } = options;
    refuseUnknown(unknown, 'the options of MemoryReplayGuard');
    this.#maxEntries = requireCount(maxEntries, 'maxEntries');
    const clock = requireClock(now);
    const readClock = (): number => millisecondsOf(clock);
    // A lease must not end early if the system clock is set forward while a callback is being handled.
    this.#claimed = new ExpiringIds(now === Date.now ? () => performance.now() : readClock);
    this.#confirmed = new ExpiringIds(readClock);
  }

  /**
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE` if the guard is full; `ERR_INVALID_OPTION` for an invalid ID,
   * lease or clock
   */
  async claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'> {
    const key = requireId(id);
    const lease = requireDuration(leaseSeconds, 'leaseSeconds');
    if (this.#confirmed.has(key)) return 'done';
    if (this.#claimed.has(key)) return 'pending';
    this.#makeRoom();
    this.#claimed.add(key, lease);
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID, duration or clock */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const key = requireId(id);
    this.#confirmed.add(key, requireDuration(ttlSeconds, 'ttlSeconds'));
    this.#claimed.delete(key);
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID */
  async release(id: string): Promise<void> {
    this.#claimed.delete(requireId(id));
  }

  #makeRoom(): void {
    this.#claimed.deleteLeadingExpired();
    this.#confirmed.deleteLeadingExpired();
    if (this.#isFull()) {
      this.#claimed.deleteExpired();
      this.#confirmed.deleteExpired();
    }
    if (!this.#isFull()) return;
    throw new NexmoAuthError(
      'ERR_REPLAY_GUARD_UNAVAILABLE',
      `The replay guard is full: it remembers ${this.#maxEntries} callbacks, and no entry has expired yet. Raise maxEntries, lower maxAge, or use a RedisReplayGuard.`,
    );
  }

  #isFull(): boolean {
    return this.#claimed.size + this.#confirmed.size >= this.#maxEntries;
  }
}

/** IDs and the times at which they expire, in milliseconds of the clock `now`. */
class ExpiringIds {
  readonly #expiries = new Map<string, number>();
  /** No ID expires before this time. */
  #earliestExpiry = Infinity;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#expiries.size;
  }

  has(id: string): boolean {
    const now = this.#now();
    const expiry = this.#expiries.get(id);
    return expiry !== undefined && expiry > now;
  }

  add(id: string, seconds: number): void {
    const expiry = this.#now() + seconds * 1000;
    // Deletes the old entry first, so that entries with the same duration are in the order of their expiry.
    this.#expiries.delete(id);
    this.#expiries.set(id, expiry);
    this.#earliestExpiry = Math.min(this.#earliestExpiry, expiry);
  }

  delete(id: string): void {
    this.#expiries.delete(id);
  }

  /** Deletes the expired IDs that come before the first ID that has not expired. */
  deleteLeadingExpired(): void {
    const now = this.#now();
    for (const [id, expiry] of this.#expiries) {
      if (expiry > now) return;
      this.#expiries.delete(id);
    }
  }

  deleteExpired(): void {
    const now = this.#now();
    if (now < this.#earliestExpiry) return;
    this.#earliestExpiry = Infinity;
    for (const [id, expiry] of this.#expiries) {
      if (expiry <= now) this.#expiries.delete(id);
      else this.#earliestExpiry = Math.min(this.#earliestExpiry, expiry);
    }
  }
}

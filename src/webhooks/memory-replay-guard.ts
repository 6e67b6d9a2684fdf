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
 * Give the guard the same `now` as the verifier. A confirmed callback is then remembered as long as a copy is valid,
 * unless that clock is first past the end of that time (by itself, or since it was set forward) and is then set back. A
 * clock that is set back during a handler, and is right again later, does no harm while the lease lasts. A lease ends
 * early if that clock is set forward. Without `now`, leases are measured by the time since the process started, not by
 * the system clock. A full guard refuses new callbacks with `ERR_REPLAY_GUARD_UNAVAILABLE`. The adapters then respond
 * with 503, and the platform tries again.
 */
export class MemoryReplayGuard implements ReplayGuard {
  readonly #claimed: ExpiringIds;
  readonly #confirmed: ExpiringIds;
  readonly #maxEntries: number;
  readonly #now: () => number;
  /** The clock of leases. A lease must not end early if the system clock is set forward during a handler. */
  readonly #leaseClock: () => number;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(options: MemoryReplayGuardOptions = {}) {
    requireObject(options, 'The options of MemoryReplayGuard');
    const { maxEntries = 100_000, now = Date.now, ...unknown } = options;
    refuseUnknown(unknown, 'the options of MemoryReplayGuard');
    this.#maxEntries = requireCount(maxEntries, 'maxEntries');
    const clock = requireClock(now);
    this.#now = () => millisecondsOf(clock);
    this.#leaseClock = now === Date.now ? () => performance.now() : this.#now;
    this.#claimed = new ExpiringIds(this.#leaseClock);
    this.#confirmed = new ExpiringIds(this.#now);
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
    const expiry = this.#leaseClock() + lease * 1000;
    this.#claimed.add(key, { expiry, claimedAt: this.#now() });
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID, duration or clock */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const key = requireId(id);
    const ttl = requireDuration(ttlSeconds, 'ttlSeconds');
    const now = this.#now();
    const claimedAt = this.#claimed.claimTime(key) ?? now;
    // If the clock was set back since the claim, it may be right again before the copies are too old.
    this.#confirmed.add(key, { expiry: Math.max(now, claimedAt) + ttl * 1000 });
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

/** In milliseconds: the end of the entry by the clock of the list, and for a claim its time by the clock of the guard. */
type Entry = { expiry: number; claimedAt?: number };

/** IDs that expire. */
class ExpiringIds {
  readonly #entries = new Map<string, Entry>();
  /** No ID expires before this time. */
  #earliestExpiry = Infinity;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(id: string): boolean {
    const now = this.#now();
    const entry = this.#entries.get(id);
    return entry !== undefined && entry.expiry > now;
  }

  claimTime(id: string): number | undefined {
    return this.#entries.get(id)?.claimedAt;
  }

  add(id: string, entry: Entry): void {
    // Deletes the old entry first, so that entries with the same duration are in the order of their expiry.
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    this.#earliestExpiry = Math.min(this.#earliestExpiry, entry.expiry);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** Deletes the expired IDs that come before the first ID that has not expired. */
  deleteLeadingExpired(): void {
    const now = this.#now();
    for (const [id, { expiry }] of this.#entries) {
      if (expiry > now) return;
      this.#entries.delete(id);
    }
  }

  deleteExpired(): void {
    const now = this.#now();
    if (now < this.#earliestExpiry) return;
    this.#earliestExpiry = Infinity;
    for (const [id, { expiry }] of this.#entries) {
      if (expiry <= now) this.#entries.delete(id);
      else this.#earliestExpiry = Math.min(this.#earliestExpiry, expiry);
    }
  }
}

/* eslint @typescript-eslint/require-await: off -- async methods reject where they would throw */
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

export type MemoryReplayGuardOptions = {
  /**
   * Callbacks to remember at most; 100,000 by default. These take less than 20 MiB with the IDs of a
   * `WebhookVerifier`, and less than 80 MiB with IDs of 256 characters, the longest that are taken.
   */
  maxEntries?: number | undefined;
  now?: Clock | undefined;
};

/** When an entry ends, in milliseconds since the epoch. */
type Ends = Map<string, number>;

/**
 * Remembers callbacks within this process: for one that is alone. It forgets all when it ends.
 *
 * It never forgets a callback before its time, by the clock: let that be the verifier's, and not be set
 * forward and back again. When it is full, it refuses new ones with
 * `ERR_REPLAY_GUARD_UNAVAILABLE`; the adapters answer 503 to that, and the platform tries again.
 */
export class MemoryReplayGuard implements ReplayGuard {
  readonly #claimed: Ends = new Map();
  readonly #confirmed: Ends = new Map();
  /** Before that, nothing ends. */
  #earliestEnd = Infinity;
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
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE` when it is full; `ERR_INVALID_OPTION` for an
   * invalid ID, lease or clock
   */
  async claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'> {
    const key = requireId(id);
    const { now, end } = this.#span(leaseSeconds, 'leaseSeconds');
    if (isLive(this.#confirmed.get(key), now)) return 'done';
    if (isLive(this.#claimed.get(key), now)) return 'pending';
    this.#makeRoom(now);
    this.#put(this.#claimed, key, end);
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID, duration or clock */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const key = requireId(id);
    const { end } = this.#span(ttlSeconds, 'ttlSeconds');
    this.#claimed.delete(key);
    this.#put(this.#confirmed, key, end);
  }

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` for an invalid ID */
  async release(id: string): Promise<void> {
    this.#claimed.delete(requireId(id));
  }

  /** The next so many seconds, in milliseconds since the epoch. */
  #span(seconds: number, name: string): { now: number; end: number } {
    const length = requireDuration(seconds, name) * 1000;
    const now = millisecondsOf(this.#now);
    return { now, end: now + length };
  }

  #put(entries: Ends, id: string, end: number): void {
    // Put last, so that entries stand in the order in which they end, as long as they live equally long.
    entries.delete(id);
    entries.set(id, end);
    this.#earliestEnd = Math.min(this.#earliestEnd, end);
  }

  #makeRoom(now: number): void {
    dropEndedInFront(this.#claimed, now);
    dropEndedInFront(this.#confirmed, now);
    if (this.#isFull() && now >= this.#earliestEnd) this.#dropAllEnded(now);
    if (!this.#isFull()) return;
    throw new NexmoAuthError(
      'ERR_REPLAY_GUARD_UNAVAILABLE',
      `The replay guard is full: it remembers ${this.#maxEntries} callbacks, none of which may be forgotten yet. Raise maxEntries, lower maxAge, or use a RedisReplayGuard.`,
    );
  }

  #isFull(): boolean {
    return this.#claimed.size + this.#confirmed.size >= this.#maxEntries;
  }

  #dropAllEnded(now: number): void {
    this.#earliestEnd = Infinity;
    for (const entries of [this.#claimed, this.#confirmed]) {
      for (const [id, end] of entries) {
        if (end <= now) entries.delete(id);
        else this.#earliestEnd = Math.min(this.#earliestEnd, end);
      }
    }
  }
}

function dropEndedInFront(entries: Ends, now: number): void {
  for (const [id, end] of entries) {
    if (end > now) return;
    entries.delete(id);
  }
}

function isLive(end: number | undefined, now: number): boolean {
  return end !== undefined && end > now;
}

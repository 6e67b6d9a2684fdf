import { type Clock, millisecondsOf } from '../options';

/** Credentials are replaced at most this long before their expiry, in milliseconds. */
const longestMargin = 60_000;

/**
 * The expiry of credentials. A monotonic clock also measures the lifetime, so that credentials expire on time even if
 * the system clock is set back.
 */
export class Expiry {
  readonly #now: Clock;
  readonly #monotonic: Clock;
  readonly #end: number;
  readonly #monotonicEnd: number;
  readonly #margin: number;

  /** @param at - in seconds since the epoch */
  constructor(at: number, now: Clock, monotonic: Clock) {
    this.#now = now;
    this.#monotonic = monotonic;
    this.#end = at * 1000;
    const lifetime = this.#end - millisecondsOf(now);
    this.#monotonicEnd = monotonic() + lifetime;
    this.#margin = Math.min(longestMargin, lifetime / 5);
  }

  isOver(): boolean {
    return this.#remaining() <= 0;
  }

  /**
   * Whether the credentials should be replaced. True in the last fifth of their lifetime, or in the last minute if a
   * minute is shorter.
   */
  isNear(): boolean {
    return this.#remaining() <= this.#margin;
  }

  #remaining(): number {
    return Math.min(this.#end - millisecondsOf(this.#now), this.#monotonicEnd - this.#monotonic());
  }
}

import type { Clock } from '../options';

/** Bounds of the interval between two attempts, in seconds. */
const shortest = 1;
const longest = 300;

/** Exponential back-off. After each failed attempt, the interval until the next attempt doubles. */
export class BackOff {
  readonly #clock: Clock;
  #interval = 0;
  #end = -Infinity;

  /** @param clock - must be monotonic */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the next attempt is allowed. */
  isOver(): boolean {
    return this.#clock() >= this.#end;
  }

  /** Starts the next interval. */
  grow(): void {
    this.#interval = Math.min(Math.max(shortest, 2 * this.#interval), longest);
    this.#end = this.#clock() + this.#interval * 1000;
  }

  /** Ends the interval. The next interval is again the shortest. */
  reset(): void {
    this.#interval = 0;
    this.#end = -Infinity;
  }
}

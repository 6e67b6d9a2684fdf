import type { Clock } from '../options';

/** Seconds. */
const shortest = 1;
const longest = 300;

/** Intervals between attempts that do not succeed: each is twice as long as the one before. */
export class BackOff {
  readonly #steady: Clock;
  #interval = 0;
  #end = -Infinity;

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  /** Whether the next attempt may be made. */
  isOver(): boolean {
    return this.#steady() >= this.#end;
  }

  /** Starts the next interval. */
  grow(): void {
    this.#interval = Math.min(Math.max(shortest, 2 * this.#interval), longest);
    this.#end = this.#steady() + this.#interval * 1000;
  }

  /** Ends the interval; the next one is the shortest again. */
  reset(): void {
    this.#interval = 0;
    this.#end = -Infinity;
  }
}

import type { NexmoAuthError } from '../errors';
import { invalid, isSeconds } from './options';

/**
 * Returns a clock that calls `now` and checks each result, which must be milliseconds that a `Date` can hold.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if `now` is not a function. The returned clock throws the same error for
 * a bad result
 */
export function checkedClock(now: unknown): () => number {
  if (typeof now !== 'function') throw invalidClock();
  const clock = now as () => unknown;
  return () => {
    const time = clock();
    if (typeof time === 'number' && !Number.isNaN(new Date(time).valueOf())) {
      refuseSeconds(time);
      return time;
    }
    // Without this handler, an async clock that fails would cause an unhandled rejection.
    Promise.resolve(time).catch(() => undefined);
    throw invalidClock();
  };
}

/**
 * Reads a clock that returns milliseconds. Returns whole seconds since the epoch.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function nowInSeconds(now: () => number): number {
  const milliseconds = typeof now === 'function' ? now() : NaN;
  refuseSeconds(milliseconds);
  const time = Math.floor(milliseconds / 1000);
  if (isSeconds(time)) return time;
  throw invalidClock();
}

/**
 * Refuses a number that, in seconds, is a time from 2001 to 2096. In milliseconds, the same number would be in January
 * or February 1970.
 */
function refuseSeconds(time: number): void {
  if (time >= 1e9 && time < 4e9) {
    throw invalid('now seems to return seconds. It must return milliseconds, as Date.now does.');
  }
}

function invalidClock(): NexmoAuthError {
  return invalid('now must be a function that returns milliseconds, as Date.now does.');
}

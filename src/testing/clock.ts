import type { NexmoAuthError } from '../errors';
import { invalid, isSeconds } from './options';

/**
 * Wraps a clock. Each call checks that the result is milliseconds that a `Date` can hold.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if `now` is not a function; the returned clock throws it for a bad result
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
    // Without this, an async clock that fails would cause an unhandled rejection.
    Promise.resolve(time).catch(() => undefined);
    throw invalidClock();
  };
}

/**
 * The time of a clock that returns milliseconds, in whole seconds since the epoch.
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
 * Refuses a number that is a time from 2001 to 2096 in seconds. In milliseconds, it would be in January or February
 * 1970.
 */
function refuseSeconds(time: number): void {
  if (time >= 1e9 && time < 4e9) {
    throw invalid('now seems to return seconds. It must return milliseconds, as Date.now does.');
  }
}

function invalidClock(): NexmoAuthError {
  return invalid('now must be a function that returns milliseconds, as Date.now does.');
}

import { NexmoAuthError } from '../errors';

/**
 * Wraps a clock so that each call checks its result: milliseconds that a `Date` can hold.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if `now` is not a function. The returned clock throws it
 * for any other result
 */
export function checkedClock(now: unknown): () => number {
  if (typeof now !== 'function') throw invalidClock();
  const clock = now as () => unknown;
  return () => {
    const time = clock();
    if (typeof time === 'number' && !Number.isNaN(new Date(time).valueOf())) {
      if (isInSeconds(time)) throw clockInSeconds();
      return time;
    }
    // Otherwise an async clock that fails would be an unhandled rejection.
    Promise.resolve(time).catch(() => undefined);
    throw invalidClock();
  };
}

/** From 2001 to 2096 in seconds. In milliseconds, that would be January or February 1970. */
export function isInSeconds(time: number): boolean {
  return time >= 1e9 && time < 4e9;
}

export function clockInSeconds(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'now seems to return seconds. It must return milliseconds since the epoch, as Date.now does.',
  );
}

export function invalidClock(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'now must be a function that returns milliseconds since the epoch, as Date.now does.',
  );
}

import { NexmoAuthError } from '../errors';

/**
 * A clock whose every reading is checked to be milliseconds that a `Date` can hold.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` for anything but a function; so does the clock itself,
 * for a reading of any other form
 */
export function checkedClock(now: unknown): () => number {
  if (typeof now !== 'function') throw invalid();
  const clock = now as () => unknown;
  return () => {
    const time = clock();
    if (typeof time === 'number' && !Number.isNaN(new Date(time).valueOf())) {
      if (isInSeconds(time)) throw inSeconds();
      return time;
    }
    // An async clock that fails would otherwise be an unhandled rejection.
    Promise.resolve(time).catch(() => undefined);
    throw invalid();
  };
}

/** From 2001 to 2096 in seconds, which is January or February 1970 in milliseconds. */
export function isInSeconds(time: number): boolean {
  return time >= 1e9 && time < 4e9;
}

export function inSeconds(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'now seems to give seconds. It must give milliseconds since the epoch, as Date.now does.',
  );
}

function invalid(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'now must be a function that returns milliseconds since the epoch, as Date.now does.',
  );
}

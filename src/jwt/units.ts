/** Bounds of a token's lifetime, in seconds. */
export type Lifetime = { minimum: number; maximum: number };

/** The year 5138 in seconds, or the year 1973 in milliseconds. */
const maximumTime = 1e11;

/** The year 2001 in seconds. No duration is that long. */
const minimumTime = 1e9;

/** Whether a time that should be in seconds is in milliseconds. */
export function isInMilliseconds(time: number): boolean {
  return time >= maximumTime;
}

/** A hint for an error message: the likely mistake behind a time out of bounds. */
export function timeHint(name: string, time: number): string {
  if (isInMilliseconds(time)) {
    return ` ${name} seems to be in milliseconds. Divide it by 1000, as in Math.floor(Date.now() / 1000).`;
  }
  return name === 'exp' && time < minimumTime
    ? ` exp is a time in seconds since the epoch. For a duration, pass ttl: ${time}.`
    : '';
}

/** A hint for an error message: the likely mistake behind a duration out of bounds. */
export function durationHint(seconds: number, { minimum, maximum }: Lifetime): string {
  const isWithin = (other: number) => other >= minimum && other <= maximum;
  const hint = (unit: string, other: number) =>
    isWithin(other)
      ? ` ttl is in seconds. If you meant ${unit}, pass ttl: ${other}.`
      : ' ttl is in seconds.';
  if (seconds < minimum) return hint('minutes', seconds * 60);
  if (seconds >= minimumTime) return ' ttl is a duration in seconds. For a time, pass exp.';
  return hint('milliseconds', Math.floor(seconds / 1000));
}

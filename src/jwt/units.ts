/** Bounds of a token's lifetime, in seconds. */
export type Lifetime = { minimum: number; maximum: number };

/** In seconds, this is the year 5138; in milliseconds, 1973. */
const maximumTime = 1e11;

/** In seconds, this is the year 2001. No duration is as long. */
const minimumTime = 1e9;

/** Whether a time that should be in seconds is in milliseconds. */
export function isInMilliseconds(time: number): boolean {
  return time >= maximumTime;
}

/** A hint for an error message: the likely mistake behind a time out of bounds. */
export function timeHint(name: string, time: number): string {
  if (isInMilliseconds(time)) {
    return ` ${name} seems to be in milliseconds: divide it by 1000, as in Math.floor(Date.now() / 1000).`;
  }
  return name === 'exp' && time < minimumTime
    ? ` exp is a time in seconds since the epoch; for a duration, give ttl: ${time}.`
    : '';
}

/** A hint for an error message: the likely mistake behind a duration out of bounds. */
export function durationHint(seconds: number, { minimum, maximum }: Lifetime): string {
  const isWithin = (other: number) => other >= minimum && other <= maximum;
  const hint = (unit: string, other: number) =>
    isWithin(other)
      ? ` ttl is in seconds; if you meant ${unit}, give ttl: ${other}.`
      : ' ttl is in seconds.';
  if (seconds < minimum) return hint('minutes', seconds * 60);
  if (seconds >= minimumTime) return ' ttl is a duration in seconds; for a time, give exp.';
  return hint('milliseconds', Math.floor(seconds / 1000));
}

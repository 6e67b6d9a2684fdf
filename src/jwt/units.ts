/** How long a token may live: bounds in seconds. */
export type Lifetime = { minimum: number; maximum: number };

/** In seconds, the year 5138; in milliseconds, 1973. */
const maximumTime = 1e11;

/** In seconds, 2001. Durations are shorter. */
const minimumTime = 1e9;

/** Whether a time is in milliseconds where seconds belong. */
export function isInMilliseconds(time: number): boolean {
  return time >= maximumTime;
}

/** What was probably meant by a time that is out of bounds, to be added to a message. */
export function timeHint(name: string, time: number): string {
  if (isInMilliseconds(time)) {
    return ` ${name} seems to be in milliseconds: divide it by 1000, as in Math.floor(Date.now() / 1000).`;
  }
  return name === 'exp' && time < minimumTime
    ? ` exp is a time in seconds since the epoch; for a duration, give ttl: ${time}.`
    : '';
}

/** The same for a duration. */
export function durationHint(seconds: number, { minimum, maximum }: Lifetime): string {
  const isWithin = (other: number) => other >= minimum && other <= maximum;
  const hint = (unit: string, other: number) =>
    isWithin(other)
      ? ` ttl is in seconds; if that was meant in ${unit}, give ttl: ${other}.`
      : ' ttl is in seconds.';
  if (seconds < minimum) return hint('minutes', seconds * 60);
  if (seconds >= minimumTime) return ' ttl is a duration in seconds; for a time, give exp.';
  return hint('milliseconds', Math.floor(seconds / 1000));
}

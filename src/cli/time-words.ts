const units: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** A duration in its largest unit, such as `4 minutes`. Drops the remainder. */
export function durationInWords(seconds: number): string {
  const [size, name] = units.find(([unit]) => seconds >= unit) ?? [1, 'second'];
  const count = Math.floor(seconds / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** A time relative to now, such as `in 4 minutes` or `2 hours ago`. `time` and `now` are in seconds. */
export function relativeTime(time: number, now: number): string {
  if (time === now) return 'now';
  return time > now ? `in ${durationInWords(time - now)}` : `${durationInWords(now - time)} ago`;
}

/** A time in ISO 8601, or undefined if JavaScript has no date for it. */
export function isoTime(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('.000Z', 'Z');
}

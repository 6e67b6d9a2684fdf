import { kindOf, NexmoAuthError } from './errors';

/** Milliseconds since the epoch, as `Date.now` gives them. */
export type Clock = () => number;

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireObject(value: unknown, what: string): void {
  if (kindOf(value) !== 'an object') {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      `${what} must be an object of named fields, not ${kindOf(value)}.`,
    );
  }
}

/** Takes what is left of an object once all known fields are out: a mistyped name is not ignored. */
export function refuseUnknown(rest: object, what: string, hint = ''): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      `There is no field "${name}" in ${what}.${hint}`,
    );
  }
}

/** Applies a rule to a value that may be left out. */
export function given<Value, Checked>(
  value: Value | undefined,
  rule: (value: Value) => Checked,
): Checked | undefined {
  return value === undefined ? undefined : rule(value);
}

export function requireClock(now: unknown): Clock {
  if (typeof now === 'function') return now as Clock;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'now must be a function, such as Date.now.');
}

/** Whole seconds since the epoch (NumericDate, RFC 7519, section 2). */
export function secondsOf(now: Clock): number {
  const time: unknown = now();
  const seconds = typeof time === 'number' ? Math.floor(time / 1000) : NaN;
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'now must give milliseconds since the epoch, as Date.now does.',
  );
}

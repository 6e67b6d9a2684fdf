import { kindOf, NexmoAuthError, type NexmoAuthErrorCode } from './errors';

/** Milliseconds since the epoch, as `Date.now` gives them. */
export type Clock = () => number;

/** Milliseconds that only ever advance, whatever the system's clock is set to. */
export const monotonicClock: Clock = () => performance.now();

/** @throws NexmoAuthError with the code, `ERR_INVALID_OPTION` by default */
export function requireObject(
  value: unknown,
  what: string,
  code: NexmoAuthErrorCode = 'ERR_INVALID_OPTION',
): void {
  if (kindOf(value) === 'an object') return;
  throw new NexmoAuthError(
    code,
    `${what} must be an object of named fields, not ${kindOf(value)}.`,
  );
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

/**
 * Reads an object of the user's. What a getter or a proxy in it throws may hold a secret, and is not
 * passed on.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` for what is no object; with the code, by default the
 * same, for what cannot be read; and such errors of `read`
 */
export function readOptions<Options, Read>(
  options: Options,
  what: string,
  read: (options: Options) => Read,
  code: NexmoAuthErrorCode = 'ERR_INVALID_OPTION',
): Read {
  try {
    requireObject(options, what);
    return read(options);
  } catch (error) {
    if (isOwnError(error)) throw error;
    throw new NexmoAuthError(code, `${what} cannot be read: a getter or a proxy in it throws.`);
  }
}

/**
 * A copy of an object of the user's, in which every getter was called once.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` for what is no object; with the code, by default the same, for what
 * cannot be read
 */
export function copyOptions<Options extends object>(
  options: Options,
  what: string,
  code?: NexmoAuthErrorCode,
): Options {
  return readOptions(options, what, (given) => ({ ...given }), code);
}

/** Whether an error is one of this package, to which nobody has added a cause. Some cannot even be looked at. */
export function isOwnError(error: unknown): error is NexmoAuthError {
  try {
    return error instanceof NexmoAuthError && !('cause' in error);
  } catch {
    return false;
  }
}

/** Applies a rule to a value that may be left out. */
export function mapOptional<Value, Checked>(
  value: Value | undefined,
  rule: (value: Value) => Checked,
): Checked | undefined {
  return value === undefined ? undefined : rule(value);
}

export function requireClock(now: unknown): Clock {
  if (typeof now === 'function') return now as Clock;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'now must be a function, such as Date.now.');
}

/** Whether a value is a whole number of seconds that is not negative. */
export function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireSeconds(value: unknown, name: string): number {
  if (isSeconds(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${name} must be a whole number of seconds that is not negative.`,
  );
}

/**
 * As `requireSeconds`, for what would be of no use with none.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function requireDuration(value: unknown, name: string): number {
  const seconds = requireSeconds(value, name);
  if (seconds > 0) return seconds;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `${name} must be at least 1 second.`);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireCount(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `${name} must be a whole number, at least 1.`);
}

/** The clock in whole seconds since the epoch (NumericDate, RFC 7519, section 2). */
export function secondsOf(now: Clock): number {
  return Math.floor(millisecondsOf(now) / 1000);
}

/**
 * The clock in milliseconds since the epoch.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` for a clock that gives something else
 */
export function millisecondsOf(now: Clock): number {
  const time = timeOf(now);
  const isTime = typeof time === 'number' && isSeconds(Math.floor(time / 1000));
  if (isTime && (now === Date.now || !isInSeconds(time))) return time;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    isTime
      ? `now gives ${time}, which seems to be in seconds. It must give milliseconds since the epoch, as Date.now does.`
      : `now must give milliseconds since the epoch, as Date.now does; it gives ${kindOf(time)}.`,
  );
}

/** What a clock throws may hold a secret, and is not passed on. */
function timeOf(now: Clock): unknown {
  try {
    return now();
  } catch (error) {
    if (isOwnError(error)) throw error;
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'now throws. It must give milliseconds since the epoch, as Date.now does.',
    );
  }
}

/** From 2001 to 2096 in seconds, which is January or February 1970 in milliseconds. */
function isInSeconds(time: number): boolean {
  return time >= 1e9 && time < 4e9;
}

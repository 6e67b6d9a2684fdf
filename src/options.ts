import { kindOf, NexmoAuthError, type NexmoAuthErrorCode, shownName } from './errors';

/** Returns milliseconds since the epoch, like `Date.now`. */
export type Clock = () => number;

/** Milliseconds since the process started. Changes of the system clock do not affect it. */
export const monotonicClock: Clock = () => performance.now();

/** @throws NexmoAuthError with `code` (default: `ERR_INVALID_OPTION`) */
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

/**
 * Throws if `unknown` has a field, so that a mistyped name is not ignored. `unknown` holds the fields that are left
 * after the known fields were taken out.
 */
export function refuseUnknown(unknown: object, what: string, hint = ''): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      `There is no field "${shownName(name)}" in ${what}.${hint}`,
    );
  }
}

/**
 * Reads an options object. Replaces an error that a getter or a proxy throws, since that error may hold a secret.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if `options` is not an object; `code` if `options` cannot be read; every
 * NexmoAuthError of `read`
 */
export function readOptions<Options, Result>(
  options: Options,
  what: string,
  read: (options: Options) => Result,
  code: NexmoAuthErrorCode = 'ERR_INVALID_OPTION',
): Result {
  try {
    requireObject(options, what);
    return read(options);
  } catch (error) {
    if (isOwnError(error)) throw error;
    throw new NexmoAuthError(
      code,
      `${what} cannot be read, because a getter or a proxy in it throws.`,
    );
  }
}

/**
 * A shallow copy of an options object. Calls every getter once. Includes inherited fields and getters, for example those
 * of a class, since an option must not be ignored. Does not include methods.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if `options` is not an object; `code` if `options` cannot be read
 */
export function copyOptions<Options extends object>(
  options: Options,
  what: string,
  code?: NexmoAuthErrorCode,
): Options {
  const copy = (readable: Options) =>
    Object.fromEntries(
      [...fieldNames(readable)].map((name) => [name, Reflect.get(readable, name)]),
    );
  return readOptions(options, what, copy, code) as Options;
}

/** The names of all fields and getters, own and inherited. Does not include those of `Object.prototype`. */
function fieldNames(options: object): Set<string> {
  const names = new Set<string>();
  let holder: object | null = options;
  // Recognises Object.prototype of every realm.
  while (holder !== null && !Object.hasOwn(holder, 'isPrototypeOf')) {
    for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (field.enumerable === true || field.get !== undefined) names.add(name);
    }
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  return names;
}

/** Whether an error is a NexmoAuthError without a cause. False for a proxy that throws when it is inspected. */
export function isOwnError(error: unknown): error is NexmoAuthError {
  try {
    return error instanceof NexmoAuthError && !('cause' in error);
  } catch {
    return false;
  }
}

/** Applies a function to a value, unless the value is undefined. */
export function mapOptional<Value, Result>(
  value: Value | undefined,
  map: (value: Value) => Result,
): Result | undefined {
  return value === undefined ? undefined : map(value);
}

export function requireClock(now: unknown): Clock {
  if (typeof now === 'function') return now as Clock;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'now must be a function, such as Date.now.');
}

/** Whether a value is a non-negative integer. */
export function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireSeconds(value: unknown, name: string): number {
  if (isSeconds(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${name} must be a whole number of seconds, at least 0.`,
  );
}

/**
 * Requires a duration of at least 1 second.
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

/** The time of a clock in whole seconds since the epoch (NumericDate, RFC 7519, section 2). */
export function secondsOf(now: Clock): number {
  return Math.floor(millisecondsOf(now) / 1000);
}

/**
 * The time of a clock in milliseconds since the epoch.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if the clock throws, or does not return milliseconds
 */
export function millisecondsOf(now: Clock): number {
  const time = readClock(now);
  const isTime = typeof time === 'number' && isSeconds(Math.floor(time / 1000));
  if (isTime && (now === Date.now || !looksLikeSeconds(time))) return time;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    isTime
      ? `now returned ${time}, which seems to be in seconds. It must return milliseconds since the epoch, like Date.now.`
      : `now must return milliseconds since the epoch, like Date.now, but it returned ${kindOf(time)}.`,
  );
}

/** Reads the clock. Replaces an error that the clock throws, since that error may hold a secret. */
function readClock(now: Clock): unknown {
  try {
    return now();
  } catch {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'now threw an error. It must return milliseconds since the epoch, like Date.now.',
    );
  }
}

/** Whether a time, read as seconds, is in the years 2001 to 2096. Read as milliseconds, it would be in early 1970. */
function looksLikeSeconds(time: number): boolean {
  return time >= 1e9 && time < 4e9;
}

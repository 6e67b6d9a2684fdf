import { kindOf, NexmoAuthError } from '../errors';
import { apiKeyFault } from './api-key';

export function invalid(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_OPTION', message);
}

/** Whether a value is an object with named fields. Returns false for a Map and for any other iterable. */
export function isRecord(value: unknown): value is object {
  return kindOf(value) === 'an object' && !(Symbol.iterator in (value as object));
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireRecord(value: unknown, name: string): void {
  if (!isRecord(value)) throw invalid(`${name} must be an object of named fields.`);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` if there are unknown options */
export function refuseUnknownOptions(unknown: object, owner: string): void {
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw invalid(`${owner} has no option ${JSON.stringify(name)}.`);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireOneOf(value: unknown, choices: readonly string[], name: string): void {
  if (choices.includes(value as string)) return;
  throw invalid(`${name} must be one of ${choices.join(', ')}.`);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` unless the value is a non-empty string without a lone surrogate */
export function requireString(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value)) return value;
  throw invalid(`${name} must be a non-empty, well-formed string.`);
}

/** @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER` */
export function requireCredential(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} must be a non-empty string. Check that the variable that it comes from is set.`,
    );
  }
  if (/[\r\n\0\p{Surrogate}]/u.test(value)) {
    throw new NexmoAuthError(
      'ERR_CONTROL_CHARACTER',
      `${name} contains a line break, a NUL character or a lone surrogate. Remove it. trim() removes the line break at the end of a file.`,
    );
  }
  const fault = name === 'apiKey' ? apiKeyFault(value) : undefined;
  if (fault !== undefined) throw new NexmoAuthError('ERR_INVALID_CREDENTIAL', `apiKey ${fault}`);
  return value;
}

/**
 * The smallest number that is read as milliseconds. In seconds, it is a time in the year 5138. In milliseconds, it is
 * a time in the year 1973.
 */
const millisecondsFrom = 1e11;

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireSeconds(value: unknown, name: string): number {
  if (isSeconds(value) && value < millisecondsFrom) return value;
  const hint = Number(value) >= millisecondsFrom ? ' It seems to be in milliseconds.' : '';
  throw invalid(`${name} must be a whole number of seconds since the epoch.${hint}`);
}

export function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

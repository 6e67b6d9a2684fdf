import { kindOf, NexmoAuthError } from '../../errors';
import { apiKeyFault } from '../api-key';
import { inSeconds, isInSeconds } from '../clock';

export function invalid(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_OPTION', message);
}

/** Whether it has named fields. A map or the like would be read as an object without any. */
export function isRecord(value: unknown): value is object {
  return kindOf(value) === 'an object' && !(Symbol.iterator in (value as object));
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireRecord(value: unknown, what: string): void {
  if (!isRecord(value)) throw invalid(`${what} must be an object of named fields.`);
}

/** Takes what is left once all known options are out: a mistyped name is not ignored. */
export function refuseUnknown(rest: object, owner: string): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw invalid(`${owner} has no option ${JSON.stringify(name)}.`);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` for what is none of the choices */
export function requireChoice(value: unknown, choices: readonly string[], name: string): void {
  if (!choices.includes(value as string)) throw invalid(`${name} is one of ${choices.join(', ')}.`);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` for what is no text, empty, or holds half a character */
export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && !/\p{Surrogate}/u.test(value)) return value;
  throw invalid(`${name} must be a text that is not empty, of whole characters.`);
}

/** @throws NexmoAuthError `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER` */
export function requireCredential(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new NexmoAuthError(
      'ERR_INVALID_CREDENTIAL',
      `${name} must be a text that is not empty. Is the variable that it comes from set?`,
    );
  }
  if (/[\r\n\0\p{Surrogate}]/u.test(value)) {
    throw new NexmoAuthError(
      'ERR_CONTROL_CHARACTER',
      `${name} contains a line break, a NUL character or half a character. Remove it: trim() strips the one that text from a file ends in.`,
    );
  }
  const fault = name === 'apiKey' ? apiKeyFault(value) : undefined;
  if (fault !== undefined) throw new NexmoAuthError('ERR_INVALID_CREDENTIAL', `apiKey ${fault}`);
  return value;
}

/** In seconds, the year 5138; in milliseconds, 1973. */
const inMilliseconds = 1e11;

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireSeconds(value: unknown, name: string): number {
  if (isSeconds(value) && value < inMilliseconds) return value;
  const hint = Number(value) >= inMilliseconds ? ' It seems to be in milliseconds.' : '';
  throw invalid(`${name} must be a whole number of seconds since the epoch.${hint}`);
}

/**
 * What a clock of milliseconds says, in whole seconds since the epoch.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function secondsOf(now: () => number): number {
  const reading = typeof now === 'function' ? now() : NaN;
  if (isInSeconds(reading)) throw inSeconds();
  const time = Math.floor(reading / 1000);
  if (isSeconds(time)) return time;
  throw invalid('now must be a function that gives milliseconds since the epoch, as Date.now.');
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

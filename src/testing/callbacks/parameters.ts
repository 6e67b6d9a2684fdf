import { NexmoAuthError } from '../../errors';
import { isRecord } from './options';

export type Parameter = [name: string, value: string];

/** What is sent as a text; `undefined` is not sent. */
export type ParameterValue = string | number | boolean | undefined;

/** @throws NexmoAuthError `ERR_INVALID_PARAMETER` for what is no single, whole text */
export function parametersOf(fields: unknown, name: string): Parameter[] {
  if (isUrlSearchParams(fields)) return [...fields];
  if (!isRecord(fields)) throw unfit(`${name} must be an object of named values.`);
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => [field, textOf(field, value)]);
}

/** Servers differ in which of two they read, and no documentation says how they are signed. */
export function requireUnique(parameters: readonly Parameter[]): void {
  const names = new Set(parameters.map(([name]) => name));
  if (names.size < parameters.length) {
    throw unfit('A parameter is there twice, and it is not documented how that is signed.');
  }
}

export function formOf(parameters: readonly Parameter[]): string {
  return new URLSearchParams(parameters).toString();
}

function textOf(name: string, value: unknown): string {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  if (isScalar && !/\p{Surrogate}/u.test(name + String(value))) return String(value);
  throw unfit(
    `The parameter ${JSON.stringify(name)} must be a text, a number or a boolean, of whole characters.`,
  );
}

/** By its brand, since realms differ in the class. */
function isUrlSearchParams(fields: unknown): fields is URLSearchParams {
  return Object.prototype.toString.call(fields) === '[object URLSearchParams]';
}

function unfit(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_PARAMETER', message);
}

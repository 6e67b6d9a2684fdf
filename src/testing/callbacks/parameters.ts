import { NexmoAuthError } from '../../errors';
import { isRecord } from '../options';

export type Parameter = [name: string, value: string];

/** A value that is sent as a string. `undefined` omits the parameter. */
export type ParameterValue = string | number | boolean | undefined;

/** @throws NexmoAuthError `ERR_INVALID_PARAMETER` for a value other than a well-formed string, number or boolean */
export function readParameters(fields: unknown, name: string): Parameter[] {
  if (isUrlSearchParams(fields)) return [...fields];
  if (!isRecord(fields)) throw invalidParameter(`${name} must be an object of named values.`);
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => [field, parameterText(field, value)]);
}

/**
 * Refuses repeated parameters. Servers differ in which value they read, and the guide "Signed webhooks" does not say
 * how to sign a repeated parameter.
 */
export function requireUnique(parameters: readonly Parameter[]): void {
  const names = new Set(parameters.map(([name]) => name));
  if (names.size < parameters.length) {
    throw invalidParameter(
      'A GET must not repeat a query parameter, because the guide does not say how to sign it.',
    );
  }
}

export function encodeForm(parameters: readonly Parameter[]): string {
  return new URLSearchParams(parameters).toString();
}

function parameterText(name: string, value: unknown): string {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  if (isScalar && !/\p{Surrogate}/u.test(name + String(value))) return String(value);
  throw invalidParameter(
    `The parameter ${JSON.stringify(name)} must be a well-formed string, a number or a boolean.`,
  );
}

/** Compares the name that `toString` shows, since `URLSearchParams` of another realm is another class. */
function isUrlSearchParams(fields: unknown): fields is URLSearchParams {
  return Object.prototype.toString.call(fields) === '[object URLSearchParams]';
}

function invalidParameter(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_PARAMETER', message);
}

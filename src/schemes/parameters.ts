import { kindOf, NexmoAuthError } from '../errors';
import { isUrlSearchParams } from '../readers/brands';
import type { PlainRequest } from './scheme';

/** A name and its value, as the server will read them. */
export type Parameter = readonly [name: string, value: string];

/**
 * Named values as a server will read them; undefined and null are not sent.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` for lists, objects and half characters
 */
export function parametersOf(fields: object): Parameter[] {
  const entries = isUrlSearchParams(fields) ? [...fields] : Object.entries(fields);
  return entries
    .filter(([, value]) => value != null)
    .map(([name, value]) => [wellFormed(name, name), wellFormed(scalar(value, name), name)]);
}

/** The parameters of the URL and of `params`, in the order in which they are sent. */
export function queryParameters({ url, params }: PlainRequest): Parameter[] {
  const inUrl = url.includes('?') ? formParametersOf(new URL(url).search.slice(1)) : [];
  return [...inUrl, ...parametersOf(params ?? {})];
}

/**
 * The parameters of a form-encoded text.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` where it is not percent-encoded UTF-8: servers
 * differ in what they read there
 */
export function formParametersOf(text: string): Parameter[] {
  try {
    decodeURIComponent(text);
  } catch {
    throw new NexmoAuthError(
      'ERR_INVALID_PARAMETER',
      'The parameters are not percent-encoded UTF-8: a % itself is written as %25.',
    );
  }
  // Behind a &, a question mark in front is part of a name, as it is for servers.
  return parametersOf(new URLSearchParams(`&${text}`));
}

export function addToQuery(request: PlainRequest, added: Record<string, string>): PlainRequest {
  const { params } = request;
  // Object.assign is many times as fast as spreading a second object, which V8 does property by property.
  const extended = isUrlSearchParams(params)
    ? new URLSearchParams([...params, ...Object.entries(added)])
    : Object.assign({}, params, added);
  return { ...request, params: extended };
}

/** Clients differ in how they send lists, objects, NaN and Infinity, so what the server reads cannot be told. */
function scalar(value: unknown, name: string): string {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (isNumber || ['string', 'boolean', 'bigint'].includes(typeof value)) return String(value);
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The parameter ${name} must be a text, a finite number or a boolean, not ${kindOf(value)}.`,
  );
}

/** Half a character (a lone surrogate) would be sent as another one than the one that was signed. */
function wellFormed(text: string, name: string): string {
  // The first test is the faster one, and enough for nearly every text.
  if (!/[\uD800-\uDFFF]/.test(text) || !/\p{Surrogate}/u.test(text)) return text;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The parameter ${name.replace(/\p{Surrogate}/gu, '?')} holds half a character (a lone surrogate): it was cut in the middle.`,
  );
}

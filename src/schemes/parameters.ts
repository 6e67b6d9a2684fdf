import { kindOf, NexmoAuthError, shownName } from '../errors';
import { isUrlSearchParams } from '../readers/brands';
import type { PlainRequest } from './scheme';

/** A parameter as the server will read it. */
export type Parameter = readonly [name: string, value: string];

/**
 * Converts fields to parameters. Leaves out undefined and null, as HTTP clients do.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` for lists, objects and lone surrogates
 */
export function parametersOf(fields: object): Parameter[] {
  const entries = isUrlSearchParams(fields) ? [...fields] : Object.entries(fields);
  return entries
    .filter(([, value]) => value != null)
    .map(([name, value]) => [wellFormed(name, name), wellFormed(scalar(value, name), name)]);
}

/**
 * Refuses fields in which got, ky or undici look for parameters or a body. A scheme reads only `params` and `data`, so
 * it would neither sign nor extend such a field.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function refuseFields(request: PlainRequest, names: readonly string[]): void {
  const found = names.find((name) => Reflect.get(request, name) != null);
  if (found === undefined) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `This scheme signs or extends only params and data, not ${found}. Pass the content of ${found} as params or data, and give your client the params and data that inject returns.`,
  );
}

/** The parameters in the order in which they are sent: first the URL's parameters, then `params`. */
export function queryParameters({ url, params }: PlainRequest): Parameter[] {
  const inUrl = url.includes('?') ? formParametersOf(new URL(url).search.slice(1)) : [];
  return [...inUrl, ...parametersOf(params ?? {})];
}

/**
 * Parses form-encoded parameters.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` unless the text is percent-encoded UTF-8, since servers decode any
 * other text in different ways
 */
export function formParametersOf(text: string): Parameter[] {
  if (!isPercentEncoded(text)) {
    throw new NexmoAuthError(
      'ERR_INVALID_PARAMETER',
      'The parameters must be percent-encoded UTF-8. Write a percent sign as %25.',
    );
  }
  // Without the `&`, URLSearchParams would strip a leading question mark, which servers read as part of a name.
  return parametersOf(new URLSearchParams(`&${text}`));
}

/** Whether all percent signs of a text belong to percent-encoded UTF-8 (RFC 3986, section 2.1). */
export function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** @throws NexmoAuthError `ERR_INVALID_PARAMETER` for a repeated name */
export function requireUnique(parameters: readonly Parameter[]): readonly Parameter[] {
  const names = new Set<string>();
  const repeated = parameters.find(([name]) => names.size === names.add(name).size);
  if (repeated === undefined) return parameters;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The parameter ${shownName(repeated[0])} occurs twice. The guide does not say how to sign that. Remove one of the two.`,
  );
}

export function addToQuery(request: PlainRequest, added: Record<string, string>): PlainRequest {
  const { params } = request;
  // Object.assign is many times faster than spreading a second object.
  const extended = isUrlSearchParams(params)
    ? new URLSearchParams([...params, ...Object.entries(added)])
    : Object.assign({}, params, added);
  return { ...request, params: extended };
}

/** Refuses lists, objects, NaN and Infinity: clients serialise them differently, so the sent text is unknown. */
function scalar(value: unknown, name: string): string {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (isNumber || ['string', 'boolean', 'bigint'].includes(typeof value)) return String(value);
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The parameter ${shownName(name)} must be a string, a finite number or a boolean, not ${kindOf(value)}.`,
  );
}

/** Refuses a lone surrogate: it would be sent as U+FFFD, which is not what was signed. */
function wellFormed(text: string, name: string): string {
  // For nearly all text, the first test is enough, and it is faster.
  if (!/[\uD800-\uDFFF]/.test(text) || !/\p{Surrogate}/u.test(text)) return text;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The parameter ${shownName(name)} contains a lone surrogate, which means that a character was cut in half.`,
  );
}

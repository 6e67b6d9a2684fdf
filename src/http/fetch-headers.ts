import { kindOf, NexmoAuthError } from '../errors';
import { isHeaders, isIterable, platformClassOf } from '../readers/brands';
import type { HeaderValue } from '../schemes/scheme';

/**
 * Headers in the form that the caller of `fetch` chose: a `Headers` object, a list of pairs or an object. A `Headers`
 * object is not converted, since the case of its names would be lost. In the other forms, `fetch` itself validates
 * names and values.
 */
export type FetchHeaders = Headers | readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * Copies headers in any form that `fetch` accepts. Converts names and values to text at once, since the text of an
 * object may change. Does not check names and values.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function copyFetchHeaders(headers: unknown = {}): FetchHeaders {
  if (isHeaders(headers)) return copyOfHeaders(headers);
  if (isIterable(headers)) {
    return Array.from(headers, (pair) => (isIterable(pair) ? Array.from(pair, textOf) : pair));
  }
  if (typeof headers === 'object' && headers !== null) {
    // Keeps symbols, which `fetch` refuses.
    const copy: Record<string, unknown> = { ...headers };
    for (const [name, value] of Object.entries(copy)) copy[name] = textOf(value);
    return copy;
  }
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `headers must be a Headers object, a list of pairs or an object. It is ${kindOf(headers)}.`,
  );
}

/** The text that `fetch` sends. `fetch` itself refuses a symbol. */
function textOf(value: unknown): unknown {
  return typeof value === 'symbol' ? value : String(value);
}

/** Header values by lower-case name. Joins repeated headers, as `fetch` does. */
export function headersByName(headers: FetchHeaders): Record<string, string> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairsOf(headers)) {
    const key = String(name).toLowerCase();
    const list = values.get(key);
    if (list === undefined) values.set(key, [String(value).trim()]);
    else list.push(String(value).trim());
  }
  return Object.fromEntries(Array.from(values, ([name, list]) => [name, list.join(', ')]));
}

/** Copies headers and applies the changes that a scheme made: the differences between `before` and `after`. */
export function withChanges(
  headers: FetchHeaders,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, HeaderValue>>,
): FetchHeaders {
  const remaining = new Set(Object.keys(after).map((name) => name.toLowerCase()));
  const removed = Object.keys(before).filter((name) => !remaining.has(name));
  const changed = Object.entries(after)
    .filter(([name, value]) => before[name.toLowerCase()] !== value)
    .map(([name, value]) => [name, String(value)] as const);
  if (isHeaders(headers)) {
    const copy = copyOfHeaders(headers);
    for (const name of removed) copy.delete(name);
    for (const [name, value] of changed) copy.set(name, value);
    return copy;
  }
  const replaced = new Set([...removed, ...changed.map(([name]) => name.toLowerCase())]);
  const isUnchanged = (name: unknown) => !replaced.has(String(name).toLowerCase());
  if (isList(headers))
    return [...headers.filter((pair) => !isPair(pair) || isUnchanged(pair[0])), ...changed];
  const copy: Record<string, unknown> = { ...headers };
  for (const name of Object.keys(copy)) if (!isUnchanged(name)) Reflect.deleteProperty(copy, name);
  return Object.assign(copy, Object.fromEntries(changed));
}

function pairsOf(headers: FetchHeaders): readonly (readonly unknown[])[] {
  if (isHeaders(headers)) return [...headers];
  return isList(headers) ? headers.filter(isPair) : Object.entries(headers);
}

function isPair(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isList(headers: FetchHeaders): headers is readonly unknown[] {
  return Array.isArray(headers);
}

/** Copies headers into an object of the same class, which may belong to another copy of undici. */
export function copyOfHeaders(headers: Headers): Headers {
  return new (platformClassOf(headers) as typeof Headers)(headers);
}

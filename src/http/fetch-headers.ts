import { kindOf, NexmoAuthError } from '../errors';
import { isHeaders, isIterable, platformClassOf } from '../readers/brands';
import type { HeaderValue } from '../schemes/scheme';

/**
 * Headers in the form that the caller of `fetch` chose: a `Headers` object, a list of pairs or an object. A `Headers`
 * object is not converted, since it preserves the case of names. `fetch` validates names and values of the other forms.
 */
export type FetchHeaders = Headers | readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * Copies headers in any form that `fetch` accepts. Does not check names and values.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function copyFetchHeaders(headers: unknown = {}): FetchHeaders {
  if (isHeaders(headers)) return copyOfHeaders(headers);
  if (isIterable(headers)) {
    return Array.from(headers, (pair) => (isIterable(pair) ? Array.from(pair) : pair));
  }
  if (typeof headers === 'object' && headers !== null) return { ...headers };
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `headers must be a Headers object, a list of pairs or an object. It is ${kindOf(headers)}.`,
  );
}

/** Header values by lower-case name. Joins repeated headers, as `fetch` does. */
export function headersByName(headers: FetchHeaders): Record<string, string> {
  const byName: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of pairsOf(headers)) {
    const key = String(name).toLowerCase();
    byName[key] = [...(key in byName ? [byName[key]] : []), String(value).trim()].join(', ');
  }
  return { ...byName };
}

/** Copies headers and applies the changes that a scheme made: the differences between `before` and `after`. */
export function withChanges(
  headers: FetchHeaders,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, HeaderValue>>,
): FetchHeaders {
  const remaining = new Set(Object.keys(after).map((name) => name.toLowerCase()));
  const removed = Object.keys(before).filter((name) => !remaining.has(name));
  const set = Object.entries(after)
    .filter(([name, value]) => before[name.toLowerCase()] !== value)
    .map(([name, value]) => [name, String(value)] as const);
  if (isHeaders(headers)) {
    const copy = copyOfHeaders(headers);
    for (const name of removed) copy.delete(name);
    for (const [name, value] of set) copy.set(name, value);
    return copy;
  }
  const replaced = new Set([...removed, ...set.map(([name]) => name.toLowerCase())]);
  const isUnchanged = (name: unknown) => !replaced.has(String(name).toLowerCase());
  if (isList(headers))
    return [...headers.filter((pair) => !isPair(pair) || isUnchanged(pair[0])), ...set];
  const copy: Record<string, unknown> = { ...headers };
  for (const name of Object.keys(copy)) if (!isUnchanged(name)) Reflect.deleteProperty(copy, name);
  return Object.assign(copy, Object.fromEntries(set));
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

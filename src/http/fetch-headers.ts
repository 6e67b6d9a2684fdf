import { kindOf, NexmoAuthError } from '../errors';
import { isHeaders, isIterable, platformClassOf } from '../readers/brands';
import type { HeaderValue } from '../schemes/scheme';

/**
 * Headers as a caller of `fetch` gave them. `Headers` stay such, since they know the case in which names are sent; the
 * rest is a list of pairs or an object, which `fetch` has to check.
 */
export type FetchHeaders = Headers | readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * A copy of what `fetch` takes for headers.
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
    `headers must be Headers, a list of pairs or an object, not ${kindOf(headers)}.`,
  );
}

/** By their names in lower case, repeated ones joined as `fetch` does. */
export function headersByName(headers: FetchHeaders): Record<string, string> {
  const byName: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of pairsOf(headers)) {
    const key = String(name).toLowerCase();
    byName[key] = [...(key in byName ? [byName[key]] : []), String(value).trim()].join(', ');
  }
  return { ...byName };
}

/** A copy with the difference between two sets of headers, such as before and after a scheme. */
export function withDifference(
  headers: FetchHeaders,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, HeaderValue>>,
): FetchHeaders {
  const kept = new Set(Object.keys(after).map((name) => name.toLowerCase()));
  const removed = Object.keys(before).filter((name) => !kept.has(name));
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
  const isLeft = (name: unknown) => !replaced.has(String(name).toLowerCase());
  if (isList(headers))
    return [...headers.filter((pair) => !isPair(pair) || isLeft(pair[0])), ...set];
  const copy: Record<string, unknown> = { ...headers };
  for (const name of Object.keys(copy)) if (!isLeft(name)) Reflect.deleteProperty(copy, name);
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

/** Of the same class, which may be that of another undici. */
export function copyOfHeaders(headers: Headers): Headers {
  return new (platformClassOf(headers) as typeof Headers)(headers);
}

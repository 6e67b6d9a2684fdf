import { kindOf, NexmoAuthError } from '../errors';
import { isHeaders, isIterable } from '../readers/brands';
import type { HeaderValue } from '../schemes/scheme';

type HeaderPair = readonly unknown[];

/** Headers as a caller of `fetch` gave them. `Headers` stay such, since they know the case in which names are sent. */
export type FetchHeaders = Headers | readonly HeaderPair[];

/**
 * A copy of what `fetch` takes for headers.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`
 */
export function copyFetchHeaders(headers: unknown = []): FetchHeaders {
  if (isHeaders(headers)) return copyOf(headers);
  if (typeof headers !== 'object' || headers === null) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      `headers must be Headers, a list of pairs or an object, not ${kindOf(headers)}.`,
    );
  }
  if (!isIterable(headers)) return Object.entries(headers);
  return Array.from(headers, (pair) => (isIterable(pair) ? Array.from(pair) : [pair]));
}

/** By their names in lower case, repeated ones joined as `fetch` does. */
export function headersByName(headers: FetchHeaders): Record<string, string> {
  const byName = new Map<string, string>();
  for (const [name, value] of headers as Iterable<HeaderPair>) {
    const key = String(name).toLowerCase();
    const before = byName.get(key);
    const text = String(value).trim();
    byName.set(key, before === undefined ? text : `${before}, ${text}`);
  }
  return Object.fromEntries(byName);
}

/** A copy with the difference between two sets of headers, such as before and after a scheme. */
export function withDifference(
  headers: FetchHeaders,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, HeaderValue>>,
): FetchHeaders {
  const kept = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(kept, name));
  const set = Object.entries(after)
    .filter(([name, value]) => before[name.toLowerCase()] !== value)
    .map(([name, value]) => [name, String(value)] as const);
  if (isHeaders(headers)) {
    const copy = copyOf(headers);
    for (const name of removed) copy.delete(name);
    for (const [name, value] of set) copy.set(name, value);
    return copy;
  }
  const replaced = [...removed, ...set.map(([name]) => name.toLowerCase())];
  return [...headers.filter(([name]) => !replaced.includes(String(name).toLowerCase())), ...set];
}

/** Of the same class, which may be that of another undici. */
function copyOf(headers: Headers): Headers {
  return new (headers.constructor as typeof Headers)(headers);
}

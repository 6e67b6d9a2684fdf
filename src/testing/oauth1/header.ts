import { parseAuthorization } from '../authorization-header';
import type { Parameter } from './signature';

/**
 * Parses `Authorization: OAuth name="value", …` (RFC 5849 section 3.5.1) strictly. Returns `undefined` for a duplicate
 * name, an extra comma or a value that is not percent-encoded. Returns an empty map for another scheme. Omits `realm`,
 * which is not signed.
 */
export function parseOAuth1Header(authorization: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  const { scheme, credentials } = parseAuthorization(authorization);
  if (scheme !== 'oauth1') return parameters;
  const names = new Set<string>();
  const pattern = /\s*([^\s=",]+)="((?:[^"\\]|\\.)*)"\s*(,|$)/y;
  let separator: string | undefined;
  do {
    const match = pattern.exec(credentials);
    if (match === null) return undefined;
    const [name, value] = [String(match[1]), String(match[2])];
    separator = match[3];
    if (names.has(name)) return undefined;
    names.add(name);
    if (name.toLowerCase() === 'realm') continue;
    const parameter = decodeParameter(name, value);
    if (parameter === undefined || parameters.has(parameter[0])) return undefined;
    parameters.set(...parameter);
  } while (separator === ',');
  return parameters;
}

function decodeParameter(name: string, value: string): Parameter | undefined {
  if (!/^(?:[\w.~-]|%[\da-f]{2})*$/i.test(name + value)) return undefined;
  try {
    return [decodeURIComponent(name), decodeURIComponent(value)];
  } catch {
    return undefined; // The encoded bytes are not UTF-8.
  }
}

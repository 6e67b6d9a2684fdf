import { readAuthorization } from '../authorization-header';
import type { Parameter } from './signature';

/**
 * Reads `Authorization: OAuth name="value", …` (RFC 5849 section 3.5.1) to the letter: a value
 * that is not percent-encoded, a name that comes twice, a comma too many make it `undefined`.
 * `realm` is left out, as it is of the signature. Another header holds no parameters.
 */
export function parseHeader(authorization: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  const { scheme, credentials } = readAuthorization(authorization);
  if (scheme !== 'oauth1') return found;
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
    const parameter = decode(name, value);
    if (parameter === undefined || found.has(parameter[0])) return undefined;
    found.set(...parameter);
  } while (separator === ',');
  return found;
}

function decode(name: string, value: string): Parameter | undefined {
  if (!/^(?:[\w.~-]|%[\da-f]{2})*$/i.test(name + value)) return undefined;
  try {
    return [decodeURIComponent(name), decodeURIComponent(value)];
  } catch {
    return undefined; // Encoded bytes that are not UTF-8.
  }
}

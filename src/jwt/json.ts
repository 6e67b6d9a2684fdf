import { kindOf, NexmoAuthError } from '../errors';
import { readBase64url } from '../readers/base64url';
import { readJson } from '../readers/json';
import { readUtf8 } from '../readers/utf8';

const maximumDepth = 64;

/**
 * Copies a JSON value. Refuses values that JSON cannot represent (undefined, functions, NaN, dates): `JSON.stringify`
 * would drop or change them, so that a claim would be missing or wrong.
 *
 * @throws NexmoAuthError `ERR_CLAIM_INVALID`, with the path of the value
 */
export function requireJson(value: unknown, path: string, depth = 0): unknown {
  if (depth > maximumDepth) {
    throw invalid(path, `is circular, or nested deeper than ${maximumDepth} levels`);
  }
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => requireJson(item, `${path}[${index}]`, depth + 1));
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        requireJson(item, `${path}.${name}`, depth + 1),
      ]),
    );
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Number.isFinite(value)) return value;
  throw invalid(path, `is ${kindOf(value)}, which JSON cannot represent`);
}

/**
 * Decodes the header or payload of a JWT: base64url (RFC 7515, section 2) of UTF-8 (RFC 7519, section 7.2) that
 * contains a JSON object with unique member names (RFC 7519, section 4). Returns undefined for any other text.
 */
export function decodeJsonPart(part: string): Record<string, unknown> | undefined {
  const bytes = readBase64url(part);
  const text = bytes && readUtf8(bytes);
  const reading = text === undefined ? undefined : readJson(text);
  if (reading === undefined || reading.repeatedName !== undefined) return undefined;
  return kindOf(reading.value) === 'an object'
    ? (reading.value as Record<string, unknown>)
    : undefined;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function invalid(path: string, why: string): NexmoAuthError {
  return new NexmoAuthError('ERR_CLAIM_INVALID', `${path} ${why}.`);
}

import { kindOf, NexmoAuthError } from '../errors';
import { readBase64url } from '../readers/base64url';
import { readJson } from '../readers/json';
import { readUtf8 } from '../readers/utf8';

const maximumDepth = 64;

/**
 * A copy of a value that JSON can hold in full. `JSON.stringify` drops or changes what it cannot
 * write (undefined, functions, NaN, dates); here that is an error, so no claim gets lost.
 *
 * @throws NexmoAuthError `ERR_CLAIM_INVALID`, naming the place
 */
export function requireJson(value: unknown, place: string, depth = 0): unknown {
  if (depth > maximumDepth) {
    throw invalid(place, `is circular, or nested deeper than ${maximumDepth} levels`);
  }
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => requireJson(item, `${place}[${index}]`, depth + 1));
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        requireJson(item, `${place}.${name}`, depth + 1),
      ]),
    );
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Number.isFinite(value)) return value;
  throw invalid(place, `is ${kindOf(value)}, which JSON cannot hold`);
}

/**
 * The JSON object in a part of a token. Undefined where there is none: for other characters than base64url
 * (RFC 7515, section 2), for bytes that are not UTF-8 (RFC 7519, section 7.2), and for a member name that occurs
 * twice (RFC 7519, section 4).
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

function invalid(place: string, why: string): NexmoAuthError {
  return new NexmoAuthError('ERR_CLAIM_INVALID', `${place} ${why}.`);
}

import { kindOf, NexmoAuthError } from '../errors';

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

/** The JSON object in a part of a token (base64url, RFC 7515, section 2), or undefined where there is none. */
export function objectIn(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return kindOf(value) === 'an object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function invalid(place: string, why: string): NexmoAuthError {
  return new NexmoAuthError('ERR_CLAIM_INVALID', `${place} ${why}.`);
}

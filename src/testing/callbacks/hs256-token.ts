import { createHmac } from 'node:crypto';
import { invalid } from '../options';

/**
 * Signs a JWT (RFC 7519) with HS256. Claims that are `undefined` are omitted.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` for claims that have no JSON form
 */
export function hs256Token(claims: object, secret: string): string {
  const signingInput = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encodePart).join('.');
  const signature = createHmac('sha256', secret).update(signingInput).digest('base64url');
  return `${signingInput}.${signature}`;
}

function encodePart(part: object): string {
  return Buffer.from(stringifyJson(part, 'A claim')).toString('base64url');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` for a value without a JSON form, such as a cycle or a bigint */
export function stringifyJson(value: object, name: string): string {
  try {
    const json: unknown = JSON.stringify(value);
    if (typeof json === 'string') return json;
  } catch {
    // The error is not passed on as a cause, because its message may quote the value.
  }
  throw invalid(`${name} cannot be written as JSON.`);
}

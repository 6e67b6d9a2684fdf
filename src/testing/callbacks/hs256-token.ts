import { createHmac } from 'node:crypto';
import { invalid } from './options';

/**
 * A JWT of these claims (RFC 7519), without those that are undefined.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` for claims that are no JSON
 */
export function hs256Token(claims: object, secret: string): string {
  const signingInput = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encoded).join('.');
  const signature = createHmac('sha256', secret).update(signingInput).digest('base64url');
  return `${signingInput}.${signature}`;
}

function encoded(part: object): string {
  return Buffer.from(jsonOf(part, 'A claim')).toString('base64url');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` for what has no JSON, such as a circle or a bigint */
export function jsonOf(value: object, name: string): string {
  try {
    const json: unknown = JSON.stringify(value);
    if (typeof json === 'string') return json;
  } catch {
    // What is thrown may quote the value.
  }
  throw invalid(`${name} cannot be written as JSON.`);
}

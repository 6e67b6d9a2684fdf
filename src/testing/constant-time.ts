import { timingSafeEqual } from 'node:crypto';

/**
 * Compares a value with a secret, in a time that reveals only the length of the secret. A value that
 * is not a string equals no secret.
 */
export function isEqual(given: unknown, expected: string | undefined): boolean {
  if (typeof given !== 'string' || expected === undefined) return false;
  // In UTF-8, lone surrogates would all become U+FFFD.
  const [left, right] = [Buffer.from(given, 'utf16le'), Buffer.from(expected, 'utf16le')];
  return left.length === right.length && timingSafeEqual(left, right);
}

import { timingSafeEqual } from 'node:crypto';

/**
 * Compares a value with a secret. The time that this takes reveals only the length of the secret. A value that is not a
 * string equals no secret.
 */
export function equalsSecret(value: unknown, secret: string | undefined): boolean {
  if (typeof value !== 'string' || secret === undefined) return false;
  // In UTF-8, all lone surrogates would become U+FFFD.
  const [left, right] = [Buffer.from(value, 'utf16le'), Buffer.from(secret, 'utf16le')];
  return left.length === right.length && timingSafeEqual(left, right);
}

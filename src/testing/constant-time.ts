import { timingSafeEqual } from 'node:crypto';

/**
 * Compares a value with a secret. The time taken reveals only the secret's length. Only a string can equal a secret.
 */
export function equalsSecret(value: unknown, secret: string | undefined): boolean {
  if (typeof value !== 'string' || secret === undefined) return false;
  // UTF-16 keeps lone surrogates distinct. In UTF-8, all of them would become U+FFFD.
  const [left, right] = [Buffer.from(value, 'utf16le'), Buffer.from(secret, 'utf16le')];
  return left.length === right.length && timingSafeEqual(left, right);
}

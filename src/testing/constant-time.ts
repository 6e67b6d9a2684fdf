import { timingSafeEqual } from 'node:crypto';

/** Compares what was given with a secret, in a time that tells nothing of the secret but its length. */
export function isEqual(given: unknown, expected: string | undefined): boolean {
  const [left, right] = [Buffer.from(String(given)), Buffer.from(String(expected))];
  return expected !== undefined && left.length === right.length && timingSafeEqual(left, right);
}

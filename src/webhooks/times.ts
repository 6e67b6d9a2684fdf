import { NexmoAuthError } from '../errors';

/**
 * Limits in seconds: the maximum age of a callback, and the maximum difference between the local clock and the
 * platform's clock.
 */
export type TimeLimits = { maxAge: number; tolerance: number };

/**
 * Checks the times of a callback, in seconds since the epoch.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TOO_OLD`, `ERR_WEBHOOK_FROM_FUTURE`
 */
export function requireRecent(
  { iat, exp, nbf = iat }: { iat: number; exp?: unknown; nbf?: unknown },
  now: number,
  { maxAge, tolerance }: TimeLimits,
): void {
  const expiry = Math.min(iat + maxAge, exp === undefined ? Infinity : Number(exp) - 1);
  if (now > expiry + tolerance) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_TOO_OLD',
      `The callback was signed ${now - iat} seconds ago and expired ${now - expiry} seconds ago (maxAge is ${maxAge}). Is this machine's clock right?`,
    );
  }
  const start = Math.max(iat, Number(nbf));
  if (now < start - tolerance) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_FROM_FUTURE',
      `The callback is ${start - now} seconds ahead of this machine's clock. Is that clock right? To tolerate a larger difference, raise clockTolerance.`,
    );
  }
}

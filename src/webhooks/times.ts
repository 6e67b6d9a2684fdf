import { NexmoAuthError } from '../errors';

/** Seconds: how old a callback may be, and how far the platform's clock may be ahead of this one or behind it. */
export type TimeLimits = { maxAge: number; ahead: number; behind: number };

/**
 * Checks the times of a callback, in seconds since the epoch.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TOO_OLD`, `ERR_WEBHOOK_FROM_FUTURE`
 */
export function requireRecent(
  { iat, exp, nbf = iat }: { iat: number; exp?: unknown; nbf?: unknown },
  now: number,
  { maxAge, ahead, behind }: TimeLimits,
): void {
  const end = Math.min(iat + maxAge, exp === undefined ? Infinity : Number(exp) - 1);
  if (now > end + behind) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_TOO_OLD',
      `The callback was signed ${now - iat} seconds ago, and is ${now - end} seconds past its end; maxAge is ${maxAge}. Is this machine's clock right?`,
    );
  }
  const start = Math.max(iat, Number(nbf));
  if (now < start - ahead) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_FROM_FUTURE',
      `The callback is ${start - now} seconds ahead of this machine's clock. Is that right? clockTolerance allows for clocks that differ.`,
    );
  }
}

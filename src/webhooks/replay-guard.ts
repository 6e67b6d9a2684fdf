import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';

/**
 * Remembers which callbacks were accepted, so that each callback is handled once. Several processes need a guard with
 * shared storage, such as `RedisReplayGuard`.
 *
 * Each method must settle within the verifier's `deadline`. If a guard does not know the state of a callback, `claim`
 * must reject, not resolve to `'new'`.
 */
export type ReplayGuard = {
  /**
   * Claims a callback in one atomic step. Of any number of concurrent calls, exactly one resolves to `'new'`. The claim
   * expires after `leaseSeconds`, in case the process dies. `'pending'` means that another call holds the claim.
   * `'done'` means that the callback was confirmed.
   */
  claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'>;
  /** Records for `ttlSeconds` that the callback was handled. */
  confirm(id: string, ttlSeconds: number): Promise<void>;
  /**
   * Gives up the claim that this guard made, so that the callback can be claimed again. Must not give up the claim of
   * another process, which may have claimed the callback after the lease expired.
   */
  release(id: string): Promise<void>;
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireReplayGuard(guard: ReplayGuard): ReplayGuard {
  requireObject(guard, 'replayGuard');
  const missing = methods.find((name) => typeof guard[name] !== 'function');
  if (missing === undefined) return guard;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `replayGuard must have a method ${missing}().`);
}

/**
 * Checks and copies an ID. An ID may be a slice of a longer string. Without the copy, V8 would keep that whole string
 * in memory.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function requireId(id: unknown): string {
  if (typeof id === 'string' && id.length <= 256) return JSON.parse(JSON.stringify(id)) as string;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The ID of a callback must be a string of at most 256 characters. Hash a longer ID.',
  );
}

const methods = ['claim', 'confirm', 'release'] as const;

import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';

/**
 * Remembers which callbacks were accepted, so that each is handled once. Several processes need a guard
 * with shared storage, such as `RedisReplayGuard`.
 *
 * Each method must settle within the verifier's `deadline`. A guard that does not know the state must
 * reject, never resolve to `'new'`.
 */
export type ReplayGuard = {
  /**
   * Claims a callback in one atomic step: of any number of concurrent calls, one gets `'new'`. The claim
   * expires after the lease, in seconds, in case its process dies. `'pending'`: another call holds the
   * claim. `'done'`: the callback was confirmed.
   */
  claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'>;
  /** Records for `ttlSeconds` that the callback was handled. */
  confirm(id: string, ttlSeconds: number): Promise<void>;
  /**
   * Gives up the claim that this guard made, so that the callback can be claimed again. If the lease has expired and
   * another process has claimed the callback since, must not give up that claim.
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
 * Gives a copy of an ID: V8 would keep alive the whole string that the ID is a slice of.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function requireId(id: unknown): string {
  if (typeof id === 'string' && id.length <= 256) return JSON.parse(JSON.stringify(id)) as string;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The ID of a callback must be a string of at most 256 characters. Hash a longer one.',
  );
}

const methods = ['claim', 'confirm', 'release'] as const;

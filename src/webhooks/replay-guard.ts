import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';

/**
 * Remembers which callbacks were accepted, so that each is handled once. One that several processes
 * share has to live outside of them.
 *
 * Each method settles within seconds. What cannot be told is an error, never `'new'`.
 */
export type ReplayGuard = {
  /**
   * Claims a callback for whoever asks, in one atomic step: of any number who ask at once, one gets
   * `'new'`. The claim ends by itself after the lease, in seconds, in case its holder dies.
   * `'pending'` is claimed by someone else, `'done'` was confirmed.
   */
  claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'>;
  /** The callback was handled: keeps that for so many seconds. */
  confirm(id: string, ttlSeconds: number): Promise<void>;
  /** The callback was not handled: gives the claim up, unless another holds one by now. */
  release(id: string): Promise<void>;
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireReplayGuard(guard: ReplayGuard): ReplayGuard {
  requireObject(guard, 'replayGuard');
  const missing = methods.find((name) => typeof guard[name] !== 'function');
  if (missing === undefined) return guard;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `replayGuard must have a method ${missing}.`);
}

/**
 * A callback's ID, as a copy: V8 would keep the whole text that it was cut out of.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function requireId(id: unknown): string {
  if (typeof id === 'string' && id.length <= 256) return JSON.parse(JSON.stringify(id)) as string;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The ID of a callback must be a string of at most 256 characters. Hash what is longer.',
  );
}

const methods = ['claim', 'confirm', 'release'] as const;

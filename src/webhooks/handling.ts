import { createHash } from 'node:crypto';
import { NexmoAuthError } from '../errors';
import type { ReplayGuard } from './replay-guard';

/** That a callback is its holder's to handle and nobody else's, until one of the two is called. */
export type Handling = {
  /**
   * It was handled: the same will be refused with `ERR_WEBHOOK_HANDLED`.
   *
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`: the same may be accepted once more
   */
  confirm: () => Promise<void>;
  /** It was not handled: the same will be accepted. Never rejects, for a claim ends by itself. */
  release: () => Promise<void>;
};

export type HandlingTimes = {
  /** Seconds within which a handler is done. */
  lease: number;
  /** Seconds for which it is remembered what was handled. */
  memory: number;
};

/**
 * Claims a callback at the guard.
 *
 * @param identity what callbacks have in common if they are the same, and only then
 * @throws NexmoAuthError `ERR_WEBHOOK_PENDING`, `ERR_WEBHOOK_HANDLED`, `ERR_REPLAY_GUARD_UNAVAILABLE`
 */
export async function startHandling(
  guard: ReplayGuard,
  { lease, memory }: HandlingTimes,
  identity: readonly string[],
): Promise<Handling> {
  const id = createHash('sha256').update(JSON.stringify(identity)).digest('base64url');
  const endOfLease = performance.now() + lease * 1000;
  refuseUnlessNew(await answerOf(() => guard.claim(id, lease)));
  return {
    confirm: () => answerOf(() => guard.confirm(id, memory)),
    release: async () => {
      // Later the claim may be another's.
      if (performance.now() >= endOfLease) return;
      await answerOf(() => guard.release(id)).catch(() => undefined);
    },
  };
}

/** An error of the guard's may quote what it connects with, and is not passed on. */
async function answerOf<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof NexmoAuthError && error.code === 'ERR_REPLAY_GUARD_UNAVAILABLE')
      throw error;
    throw unavailable(
      'The replay guard failed. Its own error may hold a secret and is not passed on: log it there.',
    );
  }
}

function refuseUnlessNew(state: unknown): void {
  switch (state) {
    case 'new':
      return;
    case 'pending':
      throw new NexmoAuthError(
        'ERR_WEBHOOK_PENDING',
        'The same callback is being handled. Answer 503, and the platform sends it again, in case that fails.',
      );
    case 'done':
      throw new NexmoAuthError(
        'ERR_WEBHOOK_HANDLED',
        'The same callback was handled before. Answer 200 without handling it, and it is not sent again.',
      );
    default:
      throw unavailable("The replay guard gave something else than 'new', 'pending' or 'done'.");
  }
}

function unavailable(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_REPLAY_GUARD_UNAVAILABLE', message);
}

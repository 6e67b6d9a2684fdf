import { randomUUID } from 'node:crypto';
import { type CallbackErrors, Deadline, type DeadlineOptions } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';
import { refuseUnknown, requireDuration, requireObject } from '../options';
import { warnOnce } from '../warnings';
import { commandSender, type RedisClient, type SendCommand, sendRepeatable } from './redis-client';
import { type ReplayGuard, requireId } from './replay-guard';

export type RedisReplayGuardOptions = Pick<DeadlineOptions, 'signal'> & {
  /** What the keys begin with; `nexmo-auth:replay:` by default. */
  prefix?: string | undefined;
  /** Seconds (at least 1) after which a Redis that has not answered is given up; 2 by default. */
  deadline?: number | undefined;
};

const callbackErrors: CallbackErrors = {
  name: 'The Redis of the replay guard',
  failed: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  timeout: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  aborted: 'ERR_REPLAY_GUARD_UNAVAILABLE',
};

/** Stands where an attempt did, which is a UUID. */
const done = 'done';

/**
 * Claims that this guard can release; the oldest is dropped first and then ends with its lease. They
 * take less than 80 MiB, with IDs of 256 characters.
 */
const maximumAttempts = 100_000;

/** What deletes a key if its value is the expected one. */
const script =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end";

/**
 * A replay guard for any number of processes, in a Redis of version 7 or later. The client is yours:
 * connect it, listen to its `error` event, close it.
 *
 * A claim is one command, `SET key attempt PX lease NX GET`, with an attempt of its own: where the reply
 * was lost and the command sent again, by the client or the guard, it is still `'new'`. A Redis that
 * refuses, cannot be reached or does not answer before the deadline is an error. A claim that was given
 * up like that is released when the client has done with it.
 *
 * What Redis forgets is accepted again:
 * - in a crash, unless it has `appendonly yes` and `appendfsync always`;
 * - in a fail-over, what the replica had not got;
 * - when it is full and evicts keys. That is reported at the first claim by `process.emitWarning`, with
 *   the code `NEXMO_AUTH_REPLAY_GUARD_EVICTS`, where the client's user may ask for `INFO`.
 *
 * Leases end by the clock of Redis, whether or not the handler has ended: let them be longer than it
 * takes and two deadlines.
 *
 * The client's user needs what `ACL SETUSER` calls `+set +get +del +eval ~nexmo-auth:replay:*`, and
 * `+info` for the warning.
 */
export class RedisReplayGuard implements ReplayGuard {
  readonly #send: SendCommand;
  readonly #prefix: string;
  readonly #deadline: Deadline;
  readonly #attempts = new Map<string, { attempt: string; end: number }>();
  #hasAskedPolicy = false;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(client: RedisClient, options: RedisReplayGuardOptions = {}) {
    this.#send = commandSender(client);
    requireObject(options, 'The options of RedisReplayGuard');
    const { prefix = 'nexmo-auth:replay:', deadline = 2, signal, ...unknown } = options;
    refuseUnknown(unknown, 'the options of RedisReplayGuard');
    this.#prefix = requirePrefix(prefix);
    this.#deadline = new Deadline({ deadline, signal }, callbackErrors);
  }

  /** @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION` */
  async claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'> {
    const own = requireId(id);
    const lease = milliseconds(leaseSeconds, 'leaseSeconds');
    const attempt = randomUUID();
    this.#forgetEnded();
    const holder = await this.#deadline.waitFor((signal) =>
      this.#holder(this.#prefix + own, attempt, lease, signal),
    );
    if (!this.#hasAskedPolicy) void this.#reportEviction();
    if (holder !== attempt) return holder === done ? 'done' : 'pending';
    this.#attempts.set(own, { attempt, end: performance.now() + lease });
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION` */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const ttl = milliseconds(ttlSeconds, 'ttlSeconds');
    this.#attempts.delete(requireId(id));
    await this.#ask(this.#prefix + id, (key) => ['SET', key, done, 'PX', String(ttl)]);
  }

  /**
   * Releases what this guard has claimed, and neither what another has nor what is confirmed. Do not
   * release after the lease: by its ID alone, that cannot be told from a later claim of this guard.
   *
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION`
   */
  async release(id: string): Promise<void> {
    const own = this.#attempts.get(requireId(id));
    if (own === undefined) return;
    this.#attempts.delete(id);
    await this.#ask(this.#prefix + id, (key) => deletion(key, own.attempt));
  }

  #ask(key: string, command: (key: string) => string[]): Promise<unknown> {
    return this.#deadline.waitFor((signal) =>
      sendRepeatable(this.#send, command(key), key, signal),
    );
  }

  /** The attempt that holds the claim after this one, or `done`. */
  async #holder(key: string, attempt: string, lease: number, signal: AbortSignal): Promise<string> {
    const end = performance.now() + lease;
    const claim = ['SET', key, attempt, 'PX', String(lease), 'NX', 'GET'];
    try {
      const before = await sendRepeatable(this.#send, claim, key, signal);
      signal.throwIfAborted();
      if (performance.now() < end) return before ?? attempt;
      throw new NexmoAuthError(
        'ERR_REPLAY_GUARD_UNAVAILABLE',
        'The Redis of the replay guard has answered after the lease. Let leases be longer than the deadline.',
      );
    } catch (error) {
      // It may have got through all the same. If this does not, the lease ends it.
      sendRepeatable(this.#send, deletion(key, attempt), key).catch(() => undefined);
      throw error;
    }
  }

  /** From the first on, as they mostly end in the order in which they began. Makes room for one more. */
  #forgetEnded(): void {
    for (const [id, { end }] of this.#attempts) {
      if (end > performance.now() && this.#attempts.size < maximumAttempts) return;
      this.#attempts.delete(id);
    }
  }

  async #reportEviction(): Promise<void> {
    this.#hasAskedPolicy = true;
    const info = await this.#send(['INFO', 'memory']).catch(() => null);
    const [, policy = 'noeviction'] = /^maxmemory_policy:([\w-]+)/m.exec(info ?? '') ?? [];
    if (policy === 'noeviction') return;
    warnOnce(
      'NEXMO_AUTH_REPLAY_GUARD_EVICTS',
      policy,
      `The Redis of the replay guard evicts keys when it is full (${policy}), and what it forgets is accepted again. Run: redis-cli CONFIG SET maxmemory-policy noeviction`,
    );
  }
}

function deletion(key: string, attempt: string): string[] {
  return ['EVAL', script, '1', key, attempt];
}

function milliseconds(seconds: number, name: string): number {
  return requireDuration(seconds, name) * 1000;
}

function requirePrefix(prefix: string): string {
  if (typeof prefix === 'string') return prefix;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `prefix must be a text, not ${kindOf(prefix)}.`);
}

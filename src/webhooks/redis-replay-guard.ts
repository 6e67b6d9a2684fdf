import { randomUUID } from 'node:crypto';
import { type CallbackErrors, Deadline, type DeadlineOptions } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';
import { refuseUnknown, requireDuration, requireObject } from '../options';
import { warnOnce } from '../warnings';
import { commandSender, type RedisClient, type SendCommand, sendIdempotent } from './redis-client';
import { type ReplayGuard, requireId } from './replay-guard';

export type RedisReplayGuardOptions = Pick<DeadlineOptions, 'signal'> & {
  /** The prefix of all keys; `nexmo-auth:replay:` by default. */
  prefix?: string | undefined;
  /** Seconds (at least 1) within which Redis must answer; 2 by default. */
  deadline?: number | undefined;
};

const redisErrors: CallbackErrors = {
  name: 'The Redis of the replay guard',
  failed: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  timeout: 'ERR_REPLAY_GUARD_UNAVAILABLE',
  aborted: 'ERR_REPLAY_GUARD_UNAVAILABLE',
};

/** The value of a confirmed key. The value of a claimed key is the UUID of its owner. */
const done = 'done';

/**
 * Maximum number of claims that this guard can release. Older claims expire with their lease. They take less
 * than 80 MiB, with IDs of 256 characters.
 */
const maximumClaims = 100_000;

/** Deletes a key if it has the expected value. */
const compareAndDelete =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end";

/**
 * A replay guard for any number of processes, in Redis 7 or later. Does not manage the client: connect it,
 * listen to its `error` event, close it.
 *
 * A claim is one command, `SET key owner PX lease NX GET`, with a random owner: if the reply is lost and the
 * client or the guard sends the command again, the claim is still `'new'`. A Redis that refuses, cannot be
 * reached or does not answer before the deadline is an error; the guard then releases a claim that Redis may
 * have made.
 *
 * A callback that Redis loses is accepted again. Redis loses keys:
 * - in a crash, unless it has `appendonly yes` and `appendfsync always`;
 * - in a fail-over, if they were not replicated yet;
 * - if it is full and evicts keys. The first claim reports that by `process.emitWarning` with the code
 *   `NEXMO_AUTH_REPLAY_GUARD_EVICTS`, if the client's user may call `INFO`.
 *
 * Leases expire by the clock of Redis, even if the handler still runs: a lease must be longer than the handler
 * takes, plus two deadlines.
 *
 * The client's user needs the permissions `+set +get +del +eval ~nexmo-auth:replay:*` (`ACL SETUSER`), and
 * `+info` for the warning.
 */
export class RedisReplayGuard implements ReplayGuard {
  readonly #sendCommand: SendCommand;
  readonly #prefix: string;
  readonly #deadline: Deadline;
  readonly #claims = new Map<string, { owner: string; expiry: number }>();
  #hasCheckedEviction = false;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(client: RedisClient, options: RedisReplayGuardOptions = {}) {
    this.#sendCommand = commandSender(client);
    requireObject(options, 'The options of RedisReplayGuard');
    const { prefix = 'nexmo-auth:replay:', deadline = 2, signal, ...unknown } = options;
    refuseUnknown(unknown, 'the options of RedisReplayGuard');
    this.#prefix = requirePrefix(prefix);
    this.#deadline = new Deadline({ deadline, signal }, redisErrors);
  }

  /** @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION` */
  async claim(id: string, leaseSeconds: number): Promise<'new' | 'pending' | 'done'> {
    const ownId = requireId(id);
    const lease = milliseconds(leaseSeconds, 'leaseSeconds');
    const owner = randomUUID();
    this.#deleteExpired();
    const value = await this.#deadline.waitFor((signal) =>
      this.#setOwner(this.#prefix + ownId, owner, lease, signal),
    );
    if (!this.#hasCheckedEviction) void this.#reportEviction();
    if (value !== owner) return value === done ? 'done' : 'pending';
    this.#claims.set(ownId, { owner, expiry: performance.now() + lease });
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION` */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const ttl = milliseconds(ttlSeconds, 'ttlSeconds');
    this.#claims.delete(requireId(id));
    await this.#send(this.#prefix + id, (key) => ['SET', key, done, 'PX', String(ttl)]);
  }

  /**
   * Releases a claim of this guard. Does not release claims of other guards or confirmed callbacks. Do not
   * call it after the lease: it would release a later claim of this guard on the same ID.
   *
   * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION`
   */
  async release(id: string): Promise<void> {
    const claim = this.#claims.get(requireId(id));
    if (claim === undefined) return;
    this.#claims.delete(id);
    await this.#send(this.#prefix + id, (key) => deleteIfOwned(key, claim.owner));
  }

  #send(key: string, command: (key: string) => string[]): Promise<unknown> {
    return this.#deadline.waitFor((signal) =>
      sendIdempotent(this.#sendCommand, command(key), key, signal),
    );
  }

  /** Sets the owner of a key without a value. Gives the value that the key has then: an owner or `done`. */
  async #setOwner(key: string, owner: string, lease: number, signal: AbortSignal): Promise<string> {
    const expiry = performance.now() + lease;
    const command = ['SET', key, owner, 'PX', String(lease), 'NX', 'GET'];
    try {
      const previous = await sendIdempotent(this.#sendCommand, command, key, signal);
      signal.throwIfAborted();
      if (performance.now() < expiry) return previous ?? owner;
      throw new NexmoAuthError(
        'ERR_REPLAY_GUARD_UNAVAILABLE',
        'The Redis of the replay guard answered after the lease. Make the lease longer than the deadline.',
      );
    } catch (error) {
      // Redis may have set the owner. If the deletion fails as well, the key expires with the lease.
      sendIdempotent(this.#sendCommand, deleteIfOwned(key, owner), key).catch(() => undefined);
      throw error;
    }
  }

  /** Deletes leading expired claims (most expire in order of insertion), and the oldest if there is no room. */
  #deleteExpired(): void {
    for (const [id, { expiry }] of this.#claims) {
      if (expiry > performance.now() && this.#claims.size < maximumClaims) return;
      this.#claims.delete(id);
    }
  }

  async #reportEviction(): Promise<void> {
    this.#hasCheckedEviction = true;
    const info = await this.#sendCommand(['INFO', 'memory']).catch(() => null);
    const [, policy = 'noeviction'] = /^maxmemory_policy:([\w-]+)/m.exec(info ?? '') ?? [];
    if (policy === 'noeviction') return;
    warnOnce(
      'NEXMO_AUTH_REPLAY_GUARD_EVICTS',
      policy,
      `The Redis of the replay guard evicts keys when it is full (${policy}), so a copy of a callback can be accepted. Run: redis-cli CONFIG SET maxmemory-policy noeviction`,
    );
  }
}

function deleteIfOwned(key: string, owner: string): string[] {
  return ['EVAL', compareAndDelete, '1', key, owner];
}

function milliseconds(seconds: number, name: string): number {
  return requireDuration(seconds, name) * 1000;
}

function requirePrefix(prefix: string): string {
  if (typeof prefix === 'string') return prefix;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `prefix must be a string, not ${kindOf(prefix)}.`);
}

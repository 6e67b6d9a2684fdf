import { randomUUID } from 'node:crypto';
import { type Call, type CallbackErrors, Deadline } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';
import { refuseUnknown, requireDuration, requireObject } from '../options';
import { warnOnce } from '../warnings';
import { commandSender, type RedisClient, type SendCommand, sendIdempotent } from './redis-client';
import { type ReplayGuard, requireId } from './replay-guard';

/** The options of `RedisReplayGuard`. */
export type RedisReplayGuardOptions = {
  /**
   * The prefix of all keys (default: `nexmo-auth:replay:`). A client of `ioredis` puts its own `keyPrefix` in front of
   * it. A client of `redis` does not.
   */
  prefix?: string | undefined;
  /** Seconds within which Redis must answer (at least 1; default: 2). */
  deadline?: number | undefined;
  /**
   * When this signal aborts, pending and later calls are rejected. Abort it only after all handlers have responded: a
   * callback that cannot be confirmed is handled again.
   */
  signal?: AbortSignal | undefined;
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
 * The maximum number of claims that a guard remembers in order to release them. With IDs of 256 characters, these
 * claims take less than 80 MiB. Older claims cannot be released, but they expire with their lease.
 */
const maximumClaims = 100_000;

/** A Lua script that deletes a key if it has the expected value. */
const compareAndDeleteScript =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end";

/**
 * A replay guard that stores its data in Redis 7 or later, for any number of processes. The guard does not manage the
 * client: you connect it, listen to its `error` event, and close it.
 *
 * A claim is one command, `SET key owner PX lease NX GET`, where `owner` is a new UUID. If the reply is lost and the
 * client or the guard sends the command again, Redis returns the same UUID, so the claim is still `'new'`. If Redis
 * refuses the command, cannot be reached or misses the deadline, the call rejects. The guard then tries to release the
 * claim, in case Redis has stored the claim.
 *
 * If Redis loses the key of a callback, the callback is accepted again. Redis loses keys:
 * - in a crash, unless Redis has `appendonly yes` and `appendfsync always`;
 * - in a fail-over, if the keys were not replicated yet;
 * - too early, if the system clock of Redis is set forward;
 * - if Redis is full and its policy evicts keys. If the Redis user of the client is allowed to call `INFO`, the first
 *   claim checks the policy, and warns with `process.emitWarning` and the code `NEXMO_AUTH_REPLAY_GUARD_EVICTS`.
 *
 * Leases expire by the clock of Redis, even if the handler still runs. Choose a lease that is longer than the running
 * time of the handler plus two deadlines.
 *
 * The Redis user of the client needs the permissions `+set +get +del +eval ~nexmo-auth:replay:*` (`ACL SETUSER`), and
 * `+info` for the warning. With a `keyPrefix` of `ioredis`, put it in front of `nexmo-auth`.
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
    const idCopy = requireId(id);
    const lease = milliseconds(leaseSeconds, 'leaseSeconds');
    const owner = randomUUID();
    this.#makeRoom();
    const value = await this.#deadline.waitFor((call) =>
      this.#setOwner(this.#prefix + idCopy, owner, lease, call),
    );
    if (!this.#hasCheckedEviction) void this.#warnIfEvicting();
    if (value !== owner) return value === done ? 'done' : 'pending';
    this.#claims.set(idCopy, { owner, expiry: performance.now() + lease });
    return 'new';
  }

  /** @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_INVALID_OPTION` */
  async confirm(id: string, ttlSeconds: number): Promise<void> {
    const ttl = milliseconds(ttlSeconds, 'ttlSeconds');
    this.#claims.delete(requireId(id));
    const command = (key: string) => ['set', key, done, 'PX', String(ttl)];
    const reply = await this.#send(this.#prefix + id, command);
    if (reply === 'OK') return;
    throw new NexmoAuthError(
      'ERR_REPLAY_GUARD_UNAVAILABLE',
      'The Redis of the replay guard did not store a confirmation at once. Give the guard a client on which no transaction (MULTI) is open.',
    );
  }

  /**
   * Releases a claim of this guard. Does not release a claim of another guard or a confirmed callback. Do not call
   * `release` after the lease has expired: it would release a later claim of this guard on the same ID.
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
    return this.#deadline.waitFor((call) =>
      sendIdempotent(this.#sendCommand, command(key), key, call),
    );
  }

  /** Sets the owner if the key does not exist. Returns the value that the key has afterwards: an owner or `done`. */
  async #setOwner(key: string, owner: string, lease: number, call: Call): Promise<string> {
    const expiry = performance.now() + lease;
    const command = ['set', key, owner, 'PX', String(lease), 'NX', 'GET'];
    try {
      const previous = await sendIdempotent(this.#sendCommand, command, key, call);
      call.throwIfAborted();
      if (performance.now() < expiry) return previous ?? owner;
      throw new NexmoAuthError(
        'ERR_REPLAY_GUARD_UNAVAILABLE',
        'The Redis of the replay guard answered after the lease had expired. Make the lease longer than the deadline.',
      );
    } catch (error) {
      // Redis may have set the owner. If the deletion also fails, the key expires with the lease.
      sendIdempotent(this.#sendCommand, deleteIfOwned(key, owner), key).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Deletes expired claims from the front of the map (most claims expire in order of insertion). If the map is full,
   * also deletes the oldest claim.
   */
  #makeRoom(): void {
    for (const [id, { expiry }] of this.#claims) {
      if (expiry > performance.now() && this.#claims.size < maximumClaims) return;
      this.#claims.delete(id);
    }
  }

  async #warnIfEvicting(): Promise<void> {
    this.#hasCheckedEviction = true;
    const info = await this.#sendCommand(['info', 'memory']).catch(() => null);
    const [, policy = 'noeviction'] = /^maxmemory_policy:([\w-]+)/m.exec(info ?? '') ?? [];
    if (policy === 'noeviction') return;
    warnOnce(
      'NEXMO_AUTH_REPLAY_GUARD_EVICTS',
      policy,
      `The Redis of the replay guard evicts keys when it is full (${policy}), so the guard may accept a copy of a callback. Run: redis-cli CONFIG SET maxmemory-policy noeviction`,
    );
  }
}

function deleteIfOwned(key: string, owner: string): string[] {
  return ['eval', compareAndDeleteScript, '1', key, owner];
}

function milliseconds(seconds: number, name: string): number {
  return requireDuration(seconds, name) * 1000;
}

function requirePrefix(prefix: string): string {
  if (typeof prefix === 'string') return prefix;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `prefix must be a string, not ${kindOf(prefix)}.`);
}

import { NexmoAuthError } from '../errors';

/**
 * A client of `ioredis` (5 or 6: `Redis` or `Cluster`), or of `redis` (5 or 6: `createClient`,
 * `createClientPool`, `createCluster` or `createSentinel`), as far as it is used.
 */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> }
  | { sendCommand(isReadonly: boolean, args: string[]): Promise<unknown> }
  | { sendCommand(key: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown> };

/** Sends a command and gives the reply as text. A cluster finds the node for it by the key. */
export type SendCommand = (command: string[], key?: string) => Promise<string | null>;

type Reply = Promise<string | Buffer | null>;

type AnyClient = {
  call(...command: string[]): Reply;
  sendCommand(...args: unknown[]): Reply;
};

/** By a method that the clients further down have not: how a command is sent. */
const dialects: [
  method: string,
  send: (to: AnyClient, command: string[], key?: string) => Reply,
][] = [
  // ioredis. First, since it has a sendCommand too, which takes something else.
  ['call', (client, command) => client.call(...command)],
  // createCluster, createSentinel, and the others of redis
  ['nodeClient', (client, command, key) => client.sendCommand(key, false, command)],
  ['getMasterNode', (client, command) => client.sendCommand(false, command)],
  ['sendCommand', (client, command) => client.sendCommand(command)],
];

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function commandSender(client: RedisClient): SendCommand {
  const any = Object(client) as AnyClient & Record<string, unknown>;
  // A function has a call too, by which it would be taken for ioredis.
  const dialect =
    typeof client === 'object' && dialects.find(([method]) => typeof any[method] === 'function');
  if (!dialect) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'client must be a client of ioredis, which has a method call, or of redis, which has sendCommand.',
    );
  }
  const [, send] = dialect;
  return async (command, key) => {
    const reply = await send(any, command, key);
    return reply === null ? null : String(reply);
  };
}

/**
 * Sends a command that may be carried out twice. After a failure that can be the loss of the reply
 * alone, it is sent once more, unless the signal has aborted; ioredis does that by itself, redis does not.
 *
 * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`
 */
export async function sendIdempotent(
  send: SendCommand,
  command: string[],
  key: string,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    return await send(command, key);
  } catch (error) {
    if (refusalOf(error) !== undefined || signal?.aborted === true) throw unavailable(error);
  }
  return await send(command, key).catch((error: unknown) => {
    throw unavailable(error);
  });
}

/** The word that an error reply of Redis begins with. Undefined for what the client itself says. */
function refusalOf(error: unknown): string | undefined {
  const message = String((error as { message?: unknown } | null)?.message);
  return /^([A-Z]{2,20})(?: |$)/.exec(message)?.[1];
}

const advice: Readonly<Partial<Record<string, string>>> = {
  OOM: 'it is full. Give it more memory (maxmemory)',
  READONLY: 'it is a read-only replica. Connect the client to the primary',
  MASTERDOWN: 'it is a replica without its primary. Connect the client to the primary',
  NOREPLICAS: 'it has fewer replicas than min-replicas-to-write. Bring them back',
  MISCONF: 'it cannot write to its disk. See its log',
  LOADING: 'it has not read its data yet. That passes',
  BUSY: 'it is busy with a script. See to it with SCRIPT KILL',
  MOVED: 'it is part of a cluster. Use Cluster of ioredis, or createCluster of redis',
  NOAUTH: 'it asks for a password. Give the client the right one',
  WRONGPASS: 'it does not take the password of the client. Give the client the right one',
  NOPERM: 'the user of the client may not. Allow it SET, GET, DEL and EVAL on keys of the prefix',
  WRONGTYPE: 'something else is under the key. Give the guard a prefix of its own',
  ERR: 'it may be too old for the command. Use Redis 7 or later',
};

/** What failed, without the client's own words, which can hold the command or the password. */
function unavailable(error: unknown): NexmoAuthError {
  const refusal = refusalOf(error);
  return new NexmoAuthError(
    'ERR_REPLAY_GUARD_UNAVAILABLE',
    refusal === undefined
      ? "The Redis of the replay guard cannot be reached. See that it runs and that the client is connected; the client's own error event says more."
      : `The Redis of the replay guard refuses (${refusal}): ${advice[refusal] ?? 'look this word up in its documentation'}.`,
  );
}

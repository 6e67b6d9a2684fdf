import { NexmoAuthError } from '../errors';

/**
 * The methods of a Redis client that this package calls. The client may come from `ioredis` 5 or 6 (`Redis`, `Cluster`)
 * or from `redis` 5 or 6 (`createClient`, `createClientPool`, `createCluster`, `createSentinel`).
 */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> }
  | { sendCommand(isReadonly: boolean, args: string[]): Promise<unknown> }
  | { sendCommand(key: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown> };

/**
 * Sends a command and returns the reply as text. A cluster chooses the node by the key. The name of the command is in
 * lower case: for a name in capitals, ioredis below 5.9 leaves out the `keyPrefix` of the client.
 */
export type SendCommand = (command: string[], key?: string) => Promise<string | null>;

type Reply = Promise<string | Buffer | null>;

type PipelineResults = [[error: Error | null, reply: Awaited<Reply>]];

type AnyClient = {
  readonly options?: { readonly enableAutoPipelining?: boolean };
  call(...command: string[]): Reply;
  pipeline(): { call(...command: string[]): { exec(): Promise<PipelineResults> } };
  sendCommand(...args: unknown[]): Reply;
};

/** How each kind of client sends a command. The first kind whose method exists is used. */
const clientKinds: [
  method: string,
  send: (to: AnyClient, command: string[], key?: string) => Reply,
][] = [
  // ioredis comes first, since its clients also have a method `sendCommand`, but with other arguments.
  [
    'call',
    (client, command) =>
      client.options?.enableAutoPipelining === true
        ? callInPipeline(client, command)
        : client.call(...command),
  ],
  // redis: createCluster, then createSentinel, then the other clients
  ['nodeClient', (client, command, key) => client.sendCommand(key, false, command)],
  ['getMasterNode', (client, command) => client.sendCommand(false, command)],
  ['sendCommand', (client, command) => client.sendCommand(command)],
];

/**
 * Sends a command in a pipeline of its own. With `enableAutoPipelining`, some versions of ioredis 5 send commands of
 * `call` to the wrong node of a cluster, or lose the name of the command.
 */
async function callInPipeline(client: AnyClient, command: string[]): Reply {
  const results = await client
    .pipeline()
    .call(...command)
    .exec();
  const [error, reply] = results[0];
  if (error !== null) throw error;
  return reply;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function commandSender(client: RedisClient): SendCommand {
  const anyClient = Object(client) as AnyClient & Record<string, unknown>;
  // Functions have a method `call`, like the clients of ioredis, but are not clients.
  const kind =
    typeof client === 'object' &&
    clientKinds.find(([method]) => typeof anyClient[method] === 'function');
  if (!kind) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'client must be a client of ioredis (with a method call) or of redis (with a method sendCommand).',
    );
  }
  const [, send] = kind;
  return async (command, key) => {
    const reply = await send(anyClient, command, key);
    if (reply === null) return null;
    if (['string', 'number'].includes(typeof reply) || Buffer.isBuffer(reply)) return String(reply);
    throw new NexmoAuthError(
      'ERR_REPLAY_GUARD_UNAVAILABLE',
      'The client of the replay guard returned no reply of Redis. Pass a client, not a pipeline, a transaction or a client in legacy mode.',
    );
  };
}

/**
 * Sends an idempotent command. If the client fails without an error reply of Redis, perhaps only the reply was lost.
 * The command is then sent once more, unless the call has been aborted. By default, a client of `ioredis` itself
 * repeats a command after such a failure, but a client of `redis` does not.
 *
 * @throws NexmoAuthError `ERR_REPLAY_GUARD_UNAVAILABLE`
 */
export async function sendIdempotent(
  send: SendCommand,
  command: string[],
  key: string,
  call?: { aborted: boolean },
): Promise<string | null> {
  try {
    return await send(command, key);
  } catch (error) {
    if (errorReplyCode(error) !== undefined || call?.aborted === true)
      throw redisUnavailable(error);
  }
  return await send(command, key).catch((error: unknown) => {
    throw redisUnavailable(error);
  });
}

/** The code at the start of an error reply of Redis. Undefined for an error of the client itself. */
function errorReplyCode(error: unknown): string | undefined {
  const message = String((error as { message?: unknown } | null)?.message);
  return /^([A-Z]{2,20})(?: |$)/.exec(message)?.[1];
}

/** The cause and the remedy of each Redis error code. */
const remedies: Readonly<Partial<Record<string, string>>> = {
  OOM: 'it is full. Raise its maxmemory',
  READONLY: 'it is a read-only replica. Connect the client to the primary',
  MASTERDOWN: 'it is a replica without its primary. Connect the client to the primary',
  NOREPLICAS: 'it has fewer replicas than min-replicas-to-write. Restore them',
  MISCONF: 'it cannot write to its disk. See its log',
  LOADING: 'it is still loading its data. Try again later',
  BUSY: 'it is running a long script. Stop the script with SCRIPT KILL',
  MOVED: 'it is part of a cluster. Use Cluster of ioredis, or createCluster of redis',
  NOAUTH: 'it requires a password. Give the client the right password',
  WRONGPASS: 'it rejects the password of the client. Give the client the right password',
  NOPERM:
    'the user of the client lacks permission. Allow it SET, GET, DEL and EVAL on the keys with the prefix',
  WRONGTYPE: 'the key holds a value of another program. Give the guard its own prefix',
  ERR: 'it may be too old for the command. Use Redis 7 or later',
};

/**
 * Returns an error without the text of the client's error, since that text can contain the command or the password.
 */
function redisUnavailable(error: unknown): NexmoAuthError {
  if (error instanceof NexmoAuthError) return error;
  const code = errorReplyCode(error);
  return new NexmoAuthError(
    'ERR_REPLAY_GUARD_UNAVAILABLE',
    code === undefined
      ? "The Redis of the replay guard cannot be reached. Check that it runs and that the client is connected; the client's error event has the details."
      : `The Redis of the replay guard refused the command (${code}): ${remedies[code] ?? 'see this code in the documentation of Redis'}.`,
  );
}

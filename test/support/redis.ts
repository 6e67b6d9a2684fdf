import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidatesOnPath, failIfRequired, isProgram } from './programs';

/**
 * The path of redis-server: `REDIS_SERVER_PATH`, or else the first one on the `PATH`. Undefined if there is
 * none.
 *
 * @throws Error if there is none and `CI` or `NEXMO_AUTH_REQUIRE_ALL` is set
 */
export function findRedis(env: NodeJS.ProcessEnv): string | undefined {
  const paths = env['REDIS_SERVER_PATH']
    ? [env['REDIS_SERVER_PATH']]
    : candidatesOnPath(['redis-server'], env);
  const found = paths.find(isProgram);
  if (found === undefined) failIfRequired(advice, env);
  return found;
}

export const advice =
  'No redis-server was found: apt-get install redis-server, or set REDIS_SERVER_PATH to one of version 7 or later.';

export type RedisServer = {
  port: number;
  /** Kills the server, as a crash does. */
  kill: () => Promise<void>;
  /** Starts it again on the same port, with its files. */
  start: () => Promise<void>;
  pause: () => void;
  resume: () => void;
  /** Kills it and removes its files. */
  stop: () => Promise<void>;
};

/**
 * Starts a Redis on loopback, in a folder of its own, and waits until it is ready.
 *
 * @param config lines of `redis.conf`; a line that begins with `sentinel` starts a sentinel
 */
export async function startRedis(program: string, ...config: string[]): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-redis-'));
  const file = join(folder, 'redis.conf');
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'save ""', ...config];
  writeFileSync(file, lines.join('\n'));
  const args = config.some((line) => line.startsWith('sentinel')) ? [file, '--sentinel'] : [file];
  let server: ChildProcess | undefined;

  const kill = async () => {
    if (server === undefined) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    server = undefined;
    await ended;
  };
  const start = async () => {
    server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await untilReady(server);
  };
  const remove = () => {
    rmSync(folder, { recursive: true });
  };
  await start().catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    port,
    kill,
    start,
    pause: () => server?.kill('SIGSTOP'),
    resume: () => server?.kill('SIGCONT'),
    stop: async () => {
      await kill();
      remove();
    },
  };
}

async function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (/Ready to accept connections|\+monitor master/.test(log)) resolve();
    });
    server.once('exit', () => {
      reject(new Error(`redis-server ended:\n${log}`));
    });
  });
}

/**
 * A free port below the ephemeral ports of the system, so that it stays free while a Redis is down. The port 10,000
 * above it, which a cluster uses too, is also below them.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_000, 20_000);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return freePort();
  }
  server.close();
  await once(server, 'close');
  return port;
}

export type ReplyDroppingProxy = {
  port: number;
  /** Drops the next `count` replies, and closes the connection each time. */
  dropReplies: (count: number) => void;
  close: () => void;
};

/**
 * A proxy between client and Redis that drops replies on request. It drops only replies to commands that contain
 * `text`, so that the handshake works.
 */
export async function startReplyDroppingProxy(
  redisPort: number,
  text: string,
): Promise<ReplyDroppingProxy> {
  const sockets = new Set<Socket>();
  let toDrop = 0;
  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1');
    const end = () => {
      client.destroy();
      redis.destroy();
    };
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    let isDropping = false;
    client.on('data', (commands) => {
      isDropping = toDrop > 0 && commands.includes(text);
      redis.write(commands);
    });
    redis.on('data', (reply) => {
      if (isDropping) {
        toDrop -= 1;
        end();
      } else client.write(reply);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    dropReplies: (count) => (toDrop = count),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

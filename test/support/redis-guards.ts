import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  RedisReplayGuard,
  type RedisReplayGuardOptions,
} from '../../src/webhooks/redis-replay-guard';
import { describeIfFound } from './programs';
import { advice, findRedis, type RedisServer, startRedis } from './redis';
import type { OpenedClient } from './redis-clients';

const program = findRedis(process.env);

/** `describe` for tests that need a Redis. */
export const describeWithRedis = (file: string) =>
  describeIfFound(program, `the replay guard in Redis (${file})`, advice);

/** Functions that run after each test, in reverse order. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0).reverse()) await close();
});

export async function redis(...config: string[]): Promise<RedisServer> {
  const server = await startRedis(String(program), ...config);
  cleanups.push(server.stop);
  return server;
}

export function createGuard(
  { client, close }: OpenedClient,
  options?: RedisReplayGuardOptions,
): RedisReplayGuard {
  cleanups.push(close);
  return new RedisReplayGuard(client, options);
}

/** Claims until the result is `new`, for at most 10 seconds. Resolves to the last result. */
export async function claimUntilNew(guard: RedisReplayGuard, id: string): Promise<string> {
  const start = performance.now();
  for (;;) {
    const state = await guard.claim(id, 60).catch(String);
    if (state === 'new' || performance.now() - start > 10_000) return state;
    await wait(10);
  }
}

/** Sends a command by a separate client. */
export async function sendTo(port: number, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(port);
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

/** Deletes the key of a claim, as Redis does when its lease ends. */
export async function endLease({ port }: RedisServer, id: string): Promise<void> {
  expect(await sendTo(port, 'DEL', `nexmo-auth:replay:${id}`)).toBe(1);
}

/** A guard whose Redis is empty, and the commands that the guard sends. */
export function createGuardOfEmptyRedis() {
  const commands: string[] = [];
  const client = {
    call: (command: string) => {
      commands.push(command);
      return Promise.resolve(null);
    },
  };
  return { guard: new RedisReplayGuard(client), commands };
}

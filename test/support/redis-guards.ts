import { setTimeout as wait } from 'node:timers/promises';
import {
  RedisReplayGuard,
  type RedisReplayGuardOptions,
} from '../../src/webhooks/redis-replay-guard';
import { describeWith } from './programs';
import { advice, findRedis, type RedisServer, startRedis } from './redis';
import type { OpenedClient } from './redis-clients';

const program = findRedis(process.env);

/** A `describe` of what needs a Redis. */
export const describeWithRedis = (file: string) =>
  describeWith(program, `the replay guard in Redis (${file})`, advice);

/** What a test has opened, in that order. It is closed after the test. */
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

/** Claims until the claim is new, which it must be before long; gives what it was then. */
export async function claimUntilNew(guard: RedisReplayGuard, id: string): Promise<string> {
  const start = performance.now();
  for (;;) {
    const state = await guard.claim(id, 60).catch(String);
    if (state === 'new' || performance.now() - start > 10_000) return state;
    await wait(10);
  }
}

/** A guard whose Redis has nothing under any key, and the commands that it was sent. */
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

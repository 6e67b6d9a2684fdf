import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RedisReplayGuard } from '../../src/webhooks/redis-replay-guard';
import { bundle as makeProgram } from '../support/bundle';
import type { RedisServer } from '../support/redis';
import type { ClaimerCommand } from '../support/redis-claimer';
import { openClient } from '../support/redis-clients';
import {
  describeWithRedis,
  createGuard,
  createGuardOfEmptyRedis,
  redis,
  cleanups,
  claimUntilNew,
} from '../support/redis-guards';
import { root } from '../support/run';

// docs/threat-model.md#data-kept-too-long
test('a guard can release its last 100,000 claims; older ones expire with their lease', async () => {
  const { guard, commands } = createGuardOfEmptyRedis();
  for (let id = 0; id <= 100_000; id += 1) await guard.claim(String(id), 3600);
  commands.length = 0;
  await guard.release('0');
  expect(commands).toEqual([]);
  await guard.release('1');
  await guard.release('100000');
  expect(commands).toEqual(['eval', 'eval']);
});

describeWithRedis(__filename).each(Object.entries(openClient))(
  'by a client of %s',
  (name, open) => {
    describe('many processes', () => {
      let folder: string;
      let bundle: string;
      beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-claimer-'));
        bundle = join(folder, 'claimer.cjs');
        makeProgram('redis-claimer.ts', bundle, ['ioredis', 'redis']);
      });
      afterAll(() => {
        rmSync(folder, { recursive: true });
      });

      function claimer({ port }: RedisServer): ChildProcess {
        const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
        const child = fork(bundle, [name, String(port)], { env, execArgv: [] });
        cleanups.push(() => child.kill('SIGKILL'));
        return child;
      }
      async function order(child: ChildProcess, what: ClaimerCommand): Promise<string[]> {
        child.send(what);
        const [states] = (await once(child, 'message')) as [string[]];
        return states;
      }
      const count = (states: string[][], counted: string) =>
        states.flat().filter((state) => state === counted).length;

      test('claim one callback 1,000 times at once and get it once', async () => {
        const server = await redis();
        const claimers = Array.from({ length: 4 }, () => claimer(server));
        await Promise.all(claimers.map((child) => order(child, { claim: ['first'], lease: 60 })));

        const claim = Array.from({ length: 250 }, () => 'id');
        const all = () => Promise.all(claimers.map((child) => order(child, { claim, lease: 60 })));
        const states = await all();
        expect([count(states, 'new'), count(states, 'pending')]).toEqual([1, 999]);
        expect(count(await all(), 'pending')).toBe(1000);

        const holders = claimers.filter((_child, index) => states[index]?.includes('new'));
        for (const holder of holders) await order(holder, { confirm: 'id' });
        expect(count(await all(), 'done')).toBe(1000);
      });

      test('one of which dies after a claim: another claims the callback after the lease', async () => {
        const server = await redis();
        const child = claimer(server);
        expect(await order(child, { claim: ['id'], lease: 1 })).toEqual(['new']);
        child.kill('SIGKILL');
        const guard = createGuard(open(server.port));
        expect(await guard.claim('id', 60)).toBe('pending');
        expect(await claimUntilNew(guard, 'id')).toBe('new');
      });
    });

    test('no callback is accepted twice or lost when Redis crashes 50 times under load', async () => {
      const server = await redis('appendonly yes', 'appendfsync always');
      const guards = [1, 2, 3].map(() => createGuard(open(server.port), { deadline: 1 }));
      const confirmed: string[] = [];
      const claimed = new Set<string>();

      /** Seconds: longer than a claim, the handler and a confirmation can take. */
      const lease = 5;
      /** At the first delivery, the handler fails for an ID that ends in 7, and dies for an ID that ends in 4. */
      async function receive(
        guard: RedisReplayGuard,
        id: string,
        delivery: number,
      ): Promise<boolean> {
        const state = await guard.claim(id, lease);
        if (state !== 'new') return state === 'done';
        claimed.add(id);
        await wait(Math.random() * 20);
        if (delivery === 1 && id.endsWith('7')) await guard.release(id);
        if (delivery === 1 && /[47]$/.test(id)) return false;
        await guard.confirm(id, 600);
        confirmed.push(id);
        return true;
      }
      /** Delivers until the callback is handled, as the platform does. */
      async function deliver(id: string): Promise<void> {
        for (let delivery = 1; ; delivery += 1) {
          const [guard] = guards.splice(0, 1) as [RedisReplayGuard];
          guards.push(guard);
          const isHandled = await receive(guard, id, delivery).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'ERR_REPLAY_GUARD_UNAVAILABLE' });
            return false;
          });
          if (isHandled) return;
          await wait(Math.random() * 100);
        }
      }

      const deliveries: Promise<void>[] = [];
      const ids: string[] = [];
      for (let crash = 0; crash < 50; crash += 1) {
        const fresh = Array.from({ length: 10 }, (_, index) => `${crash}-${index}`);
        ids.push(...fresh);
        deliveries.push(...[...fresh, ...fresh].map(deliver));
        await wait(50 + Math.random() * 100);
        await server.kill();
        await server.start();
      }
      await Promise.all(deliveries);

      expect(confirmed.length).toBe(new Set(confirmed).size);
      expect([...claimed].sort()).toEqual([...ids].sort());
      const guard = createGuard(open(server.port));
      const states = await Promise.all(ids.map((id) => guard.claim(id, 60)));
      expect(new Set(states)).toEqual(new Set(['done']));
    }, 120_000);
  },
);

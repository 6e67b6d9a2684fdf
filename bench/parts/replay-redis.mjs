import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { runConcurrently } from '../concurrency.mjs';
import { withRedis } from '../redis.mjs';
import { atLeast, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { measureTurns } from '../turns.mjs';
import { perSecond, time } from '../units.mjs';

export const title = 'A replay guard in Redis';
export const meaning =
  'What `RedisReplayGuard` costs beyond the two commands that any such guard must send for a webhook.';
export const note =
  '`claim` and `confirm` of a new ID by `RedisReplayGuard`, 64 in flight, with `ioredis` and a Redis on the loopback interface. The floor is `SET … PX … NX GET` and `SET … PX …` by the same client.';

const batch = 640;

export async function run(effort) {
  const rows = await withRedis(async (port) => {
    const client = new Redis(port, '127.0.0.1');
    const guard = new nexmoAuth.RedisReplayGuard(client);
    const runs = {
      floor: async () => {
        const key = `floor:${randomUUID()}`;
        await client.set(key, 'owner', 'PX', 60_000, 'NX', 'GET');
        await client.set(key, 'done', 'PX', 60_000);
      },
      ours: async () => {
        const id = randomUUID();
        await guard.claim(id, 60);
        await guard.confirm(id, 60);
      },
    };
    try {
      const batches = Object.entries(runs).map(([name, each]) => [
        name,
        () => runConcurrently(batch, 64, each),
      ]);
      const { floor, ours } = await measureTurns(Object.fromEntries(batches), effort, batch);
      return [
        row({
          ...{ what: '`claim` and `confirm`', unit: perSecond },
          ...{ measured: ours.rate, floor: floor.rate },
          target: atLeast(0.9, ratio(ours.rate, floor.rate), ' × the floor'),
        }),
        row({
          ...{ what: '`claim` and `confirm`, processor time of the client', unit: time },
          ...{ measured: ours.effort, floor: floor.effort },
        }),
      ];
    } finally {
      client.disconnect();
    }
  });
  return rows ?? [];
}

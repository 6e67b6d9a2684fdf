import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Redis } from 'ioredis';
import { runInterleaved } from '../interleave.mjs';
import { withRedis } from '../redis.mjs';
import { atLeast, row } from '../row.mjs';
import { median, ratio } from '../series.mjs';
import { number, perSecond } from '../units.mjs';

export const title = 'Several processes on one Redis';
export const meaning =
  'Whether more processes accept more webhooks per second, although all of them claim in the same Redis.';
export const note = `1 to 4 processes verify webhooks of 1 KiB with a \`RedisReplayGuard\`, each with 64 in flight. The floor is linear growth: the rate of one process, times the number of processes. It is at most what the ${availableParallelism()} processors could do if each webhook took the processor time (of the process and of Redis) that it takes with one process.`;

export async function run({ requests, rounds }) {
  const rows = await withRedis(async (port) => {
    const script = new URL('../children/webhook-worker.mjs', import.meta.url);
    const workers = Array.from({ length: 4 }, () => fork(script, [String(port)]));
    const redis = new Redis(port, '127.0.0.1');
    try {
      const contestants = Object.fromEntries([1, 2, 3, 4].map((count) => [count, count]));
      const measured = await runInterleaved(contestants, Math.ceil(rounds / 2), (count) =>
        measure(redis, workers.slice(0, count), requests),
      );
      return Object.entries(measured).map(([count, runs]) =>
        rowOf(Number(count), runs, measured[1]),
      );
    } finally {
      redis.disconnect();
      for (const worker of workers) worker.kill();
    }
  });
  return rows ?? [];
}

/** Webhooks per second, nanoseconds of processor time for each, and the share of a processor that Redis takes. */
async function measure(redis, workers, requests) {
  await toEach(workers, requests);
  const before = await processorTime(redis);
  const start = performance.now();
  const used = await toEach(workers, 'go');
  const nanoseconds = (performance.now() - start) * 1e6;
  const ofRedis = (await processorTime(redis)) - before;
  const webhooks = workers.length * requests;
  const sum = used.reduce((total, each) => total + each, ofRedis);
  return {
    rate: webhooks / (nanoseconds / 1e9),
    effort: sum / webhooks,
    share: ofRedis / nanoseconds,
  };
}

function rowOf(count, runs, single) {
  const rate = runs.map((run) => run.rate);
  const linear = single.map((run) =>
    Math.min(count * run.rate, availableParallelism() / (run.effort / 1e9)),
  );
  const share = number(100 * median(runs.map((run) => run.share)));
  return row({
    what: `${count} ${count === 1 ? 'process' : 'processes'}, Redis takes ${share} % of a processor`,
    ...{ unit: perSecond, measured: rate, floor: linear },
    ...(count > 1 && { target: atLeast(0.8, ratio(rate, linear), ' × linear') }),
  });
}

/** Sends each worker a message. Returns their answers. */
async function toEach(workers, message) {
  const answers = workers.map(async (worker) => {
    const answered = once(worker, 'message');
    worker.send(message);
    const [answer] = await answered;
    return answer;
  });
  return Promise.all(answers);
}

/** Nanoseconds of processor time that Redis has used. */
async function processorTime(redis) {
  const info = await redis.info('cpu');
  const seconds = ['user', 'sys'].map((kind) =>
    Number(new RegExp(`^used_cpu_${kind}:([\\d.]+)`, 'm').exec(info)[1]),
  );
  return seconds.reduce((sum, each) => sum + each) * 1e9;
}

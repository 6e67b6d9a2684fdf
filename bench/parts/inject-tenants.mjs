import { fork } from 'node:child_process';
import { once } from 'node:events';
import { atMost, row } from '../row.mjs';
import { median } from '../series.mjs';
import { bytes, time } from '../units.mjs';

export const title = 'A request of one of many tenants';
export const meaning =
  'Whether a platform with a key and secret for each of its customers pays more for a request, or for a customer, when it has more of them.';
export const note =
  '`inject` with 1, 1,000, 10,000 and 100,000 injectors in one process, each with credentials of its own; each request is of another tenant. The floor is one tenant. Memory is the JavaScript heap for each tenant, and its floor is 1,000 tenants.';

const counts = [1, 1000, 10_000, 100_000];

export async function run({ rounds }) {
  const measured = [];
  for (const count of counts) measured.push(await measure(count, rounds));
  const [one, thousand] = measured;
  const largest = measured.at(-1);
  return [
    ...measured.map(({ series }, index) =>
      row({
        ...{ what: `a request, ${name(counts[index])}`, unit: time },
        ...{ measured: series, floor: one.series },
        ...(index > 0 && {
          target: atMost(1.25, median(series) / median(one.series), ' × one tenant'),
        }),
      }),
    ),
    row({
      ...{ what: `memory, ${name(counts.at(-1))}`, unit: bytes },
      ...{ measured: [largest.used], floor: [thousand.used] },
      target: atMost(1.05, largest.used / thousand.used, ' × 1,000 tenants'),
    }),
  ];
}

const name = (count) => `${count.toLocaleString('en')} ${count === 1 ? 'tenant' : 'tenants'}`;

async function measure(count, rounds) {
  const script = new URL('../children/inject-tenants.mjs', import.meta.url);
  const child = fork(script, [String(count), String(rounds * 3)], { execArgv: ['--expose-gc'] });
  const [result] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`The process with ${name(count)} ended without a result.`);
    }),
  ]);
  return result;
}

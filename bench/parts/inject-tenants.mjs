import { fork } from 'node:child_process';
import { once } from 'node:events';
import { atMost, row } from '../row.mjs';
import { runInterleaved } from '../interleave.mjs';
import { ratio } from '../series.mjs';
import { bytes, time } from '../units.mjs';

export const title = 'A request of one of many tenants';
export const meaning =
  'Whether a platform with a key and secret for each of its customers pays more for a request, or for a customer, when it has more of them.';
export const note =
  '`inject` with 1, 1,000, 10,000 and 100,000 injectors in one process, each with credentials of its own; each request is of another tenant. The floor is one tenant. Memory is the JavaScript heap for each tenant, and its floor is 1,000 tenants.';

const counts = [1, 1000, 10_000, 100_000];

export async function run({ rounds }) {
  const contestants = Object.fromEntries(counts.map((count) => [count, count]));
  const measured = await runInterleaved(contestants, Math.ceil(rounds / 3), measure);
  const pick = (count, figure) => measured[count].map((result) => result[figure]);
  const [one, thousand, largest] = [counts[0], counts[1], counts.at(-1)];
  return [
    ...counts.map((count) =>
      row({
        ...{ what: `a request, ${name(count)}`, unit: time },
        ...{ measured: pick(count, 'request'), floor: pick(one, 'request') },
        ...(count > 1 && {
          target: atMost(
            1.25,
            ratio(pick(count, 'request'), pick(one, 'request')),
            ' × one tenant',
          ),
        }),
      }),
    ),
    row({
      ...{ what: `memory, ${name(largest)}`, unit: bytes },
      ...{ measured: pick(largest, 'used'), floor: pick(thousand, 'used') },
      target: atMost(
        1.05,
        ratio(pick(largest, 'used'), pick(thousand, 'used')),
        ' × 1,000 tenants',
      ),
    }),
  ];
}

const name = (count) => `${count.toLocaleString('en')} ${count === 1 ? 'tenant' : 'tenants'}`;

async function measure(count) {
  const script = new URL('../children/inject-tenants.mjs', import.meta.url);
  const child = fork(script, [String(count)], { execArgv: ['--expose-gc'] });
  const [result] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`The process with ${name(count)} ended without a result.`);
    }),
  ]);
  return result;
}

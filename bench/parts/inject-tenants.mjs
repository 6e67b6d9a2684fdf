import { measureInChild } from '../child.mjs';
import { atMost, row } from '../row.mjs';
import { runInterleaved } from '../interleave.mjs';
import { ratio, seriesOf } from '../series.mjs';
import { bytes, time } from '../units.mjs';

export const title = 'A request of one of many tenants';
export const meaning =
  'Whether a platform with a key and secret for each of its customers pays more for a request, or for a customer, when it has more customers.';
export const note =
  '`inject` with 1, 1,000, 10,000 and 100,000 injectors in one process, each with credentials of its own; each request is of another tenant. The floor is one tenant. Memory is the JavaScript heap for each tenant, and its floor is 1,000 tenants.';

const counts = [1, 1000, 10_000, 100_000];

export async function run({ rounds }) {
  const contestants = Object.fromEntries(counts.map((count) => [count, count]));
  const measured = await runInterleaved(contestants, Math.ceil(rounds / 3), (count) =>
    measureInChild('inject-tenants', [count], ['--expose-gc']),
  );
  const [request, used] = ['request', 'used'].map((figure) => seriesOf(measured, figure));
  const [one, thousand, largest] = [counts[0], counts[1], counts.at(-1)];
  return [
    ...counts.map((count) =>
      row({
        ...{ what: `a request, ${name(count)}`, unit: time },
        ...{ measured: request[count], floor: request[one] },
        ...(count > 1 && {
          target: atMost(1.25, ratio(request[count], request[one]), ' × one tenant'),
        }),
      }),
    ),
    row({
      ...{ what: `memory, ${name(largest)}`, unit: bytes },
      ...{ measured: used[largest], floor: used[thousand] },
      target: atMost(1.05, ratio(used[largest], used[thousand]), ' × 1,000 tenants'),
    }),
  ];
}

const name = (count) => `${count.toLocaleString('en')} ${count === 1 ? 'tenant' : 'tenants'}`;

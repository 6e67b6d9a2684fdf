import { createRequire } from 'node:module';
import { runInterleaved } from '../interleave.mjs';
import { processTime } from '../processes.mjs';
import { atMost, row } from '../row.mjs';
import { median } from '../series.mjs';
import { root } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'Loading the package';
export const meaning = 'How long a process waits for this package when it starts.';
export const note =
  'A process that only calls `require`. The floor is `node -e 0`. "adds" is the time beyond that.';

const { resolve } = createRequire(import.meta.url);

export async function run({ processes }) {
  const { floor, ours, ...peers } = await runInterleaved(
    {
      floor: ['-e', '0'],
      ours: loading(root),
      '@vonage/auth': loading(resolve('@vonage/auth')),
      jsonwebtoken: loading(resolve('jsonwebtoken')),
      nexmo: loading(resolve('nexmo')),
    },
    processes,
    processTime,
  );
  const added = (series) => median(series) - median(floor);
  const share = added(ours) / added(peers['@vonage/auth']);
  const line = { unit: time, floor };
  return [
    row({
      ...line,
      what: `\`nexmo-auth\`, adds ${time.show(added(ours))}`,
      measured: ours,
      peers: { '@vonage/auth': peers['@vonage/auth'] },
      target: atMost(0.333, share, ' of what `@vonage/auth` adds'),
    }),
    ...Object.entries(peers).map(([name, measured]) =>
      row({ ...line, what: `\`${name}\`, adds ${time.show(added(measured))}`, measured }),
    ),
  ];
}

const loading = (path) => ['-e', `require(${JSON.stringify(path)})`];

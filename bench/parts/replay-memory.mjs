import { fork } from 'node:child_process';
import { once } from 'node:events';
import { atMost, row } from '../row.mjs';
import { bytes } from '../units.mjs';

export const title = 'Webhooks remembered';
export const note =
  'A `MemoryReplayGuard` with 100,000 callbacks that were handled and are not to be forgotten yet: JavaScript heap and memory beyond it, after garbage collection.';

export async function run() {
  const script = new URL('../children/replay-memory.mjs', import.meta.url);
  const started = fork(script, { execArgv: ['--expose-gc'] });
  const [used] = await once(started, 'message');
  return [
    row({
      unit: bytes,
      what: '100,000 entries',
      measured: [used],
      target: atMost(20, used / 2 ** 20, ' MiB'),
    }),
  ];
}

import { measureInChild } from '../child.mjs';
import { atMost, row } from '../row.mjs';
import { bytes } from '../units.mjs';

export const title = 'Memory of a replay guard';
export const meaning = 'How much memory it takes to remember the webhooks of a busy day.';
export const note =
  'A `MemoryReplayGuard` with 100,000 handled callbacks that have not expired: JavaScript heap and external memory, after garbage collection.';

export async function run() {
  const used = await measureInChild('replay-memory', [], ['--expose-gc']);
  return [
    row({
      unit: bytes,
      what: '100,000 entries',
      measured: [used],
      target: atMost(20, used / 2 ** 20, ' MiB'),
    }),
  ];
}

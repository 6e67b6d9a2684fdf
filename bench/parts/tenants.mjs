import { fork } from 'node:child_process';
import { once } from 'node:events';
import { atMost, row } from '../row.mjs';
import { bytes } from '../units.mjs';

export const title = 'Many tenants';
export const note =
  '10,000 tenants (2,000 with `--quick`), with a key, a generator and a live token each: JavaScript heap for one of them, after garbage collection. The floor is the parsed keys alone. In each of 10 rounds all tokens expire and are renewed, and one tenant in ten is replaced; a few per cent are the noise of the heap, where 16 bytes lost at each renewal would be ten.';

export async function run({ tenants }) {
  const keys = await child('keys', tenants);
  const { used, rounds } = await child('tenants', tenants);
  const each = used / tenants;
  const floor = keys.used / tenants;
  const [first, last] = [rounds.at(0) / tenants, rounds.at(-1) / tenants];
  const line = { unit: bytes, floor: [floor] };
  return [
    row({
      ...line,
      what: 'a tenant',
      measured: [each],
      target: atMost(12, (each - floor) / 1024, ' KiB beyond the key'),
    }),
    row({
      ...line,
      what: `a tenant, after 10 rounds (after the first: ${bytes.show(first)})`,
      measured: [last],
      target: atMost(5, (last / first - 1) * 100, ' % of growth from round 1 to 10'),
    }),
  ];
}

async function child(what, count) {
  const script = new URL('../children/tenants.mjs', import.meta.url);
  const started = fork(script, [what, String(count)], { execArgv: ['--expose-gc'] });
  const [answer] = await Promise.race([
    once(started, 'message'),
    once(started, 'exit').then(() => {
      throw new Error(`The process that measures ${what} ended without an answer.`);
    }),
  ]);
  return answer;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { time } from '../units.mjs';

export const title = 'Parsers at inputs made to be slow';
export const note =
  'What each parser and scan takes for 1 MiB of the input that grows worst, of those in `test/support/adversarial.ts`. The floor is the same at 64 KiB, of which linear time is 16 times as much, and quadratic time 256 times.';

export async function run({ rounds }) {
  const script = new URL('../children/linear.mjs', import.meta.url);
  const execArgv = ['--max-semi-space-size=128'];
  const started = fork(script, [String(rounds)], { execArgv });
  const [measured] = await Promise.race([
    once(started, 'message'),
    once(started, 'exit').then(() => {
      throw new Error('The process that measures parsers ended without an answer.');
    }),
  ]);
  return worstOfEach(measured).map(([what, { small, large }]) =>
    row({
      unit: time,
      what,
      measured: large,
      floor: small,
      target: atMost(32, growth({ small, large }), ' × the time at 64 KiB'),
    }),
  );
}

/** Of each parser, which stands before the colon, the input at which it grows the most. */
function worstOfEach(measured) {
  const worst = new Map();
  for (const entry of Object.entries(measured)) {
    const [parser] = entry[0].split(':');
    const before = worst.get(parser);
    if (before === undefined || growth(entry[1]) > growth(before[1])) worst.set(parser, entry);
  }
  return [...worst.values()];
}

function growth({ small, large }) {
  return ratio(large, small);
}

import { measureInChild } from '../child.mjs';
import { atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { time } from '../units.mjs';

export const title = 'Parsers with adversarial input';
export const meaning =
  'Whether somebody who sends your server a large, malicious text can keep it busy: the time grows with the length, not with its square.';
export const note =
  'The time of each parser and scan for 1 MiB of its worst input in `test/support/adversarial.ts`. The floor is the time for 64 KiB. Linear time is 16 times the floor, quadratic time 256 times.';

export async function run({ rounds }) {
  const measured = await measureInChild('linear', [rounds], ['--max-semi-space-size=128']);
  return worstOfEach(measured).map(([what, { small, large }]) =>
    row({
      unit: time,
      // The page is a template of Vue, in which a tag would be an element.
      what: what.replace(/<.+>/, '`$&`'),
      measured: large,
      floor: small,
      target: atMost(1.3, growth({ small, large }) / 16, ' × linear'),
    }),
  );
}

/** For each parser (the name before the colon), the input for which its time grows the most. */
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

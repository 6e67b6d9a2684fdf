import { setTimeout as pause } from 'node:timers/promises';
import { runConcurrently } from '../concurrency.mjs';
import { runInterleaved } from '../interleave.mjs';
import { atMost, row } from '../row.mjs';
import { median, percentile } from '../series.mjs';
import { time } from '../units.mjs';
import { contestants } from './parallel-tokens.mjs';

export const title = 'Event loop delay while signing';
export const meaning =
  'How long other requests wait while tokens are signed: some milliseconds, not a second.';
export const note =
  'Gaps between the ticks of a 1 ms timer while tokens are signed as in the section above. The floor is an idle process. `crypto.sign` is the cost of signing in the thread pool, without a token.';

export async function run({ tokens, rounds }) {
  const tasks = Object.entries(contestants()).map(([name, task]) => [
    name === 'floor' ? 'crypto.sign' : name,
    () => runConcurrently(tokens, 64, task),
  ]);
  const gaps = await runInterleaved(
    { floor: () => pause(300), ...Object.fromEntries(tasks) },
    Math.ceil(rounds / 2),
    gapsDuring,
  );
  const percentiles = lines('99th percentile', gaps, (ofRun) => percentile(ofRun, 0.99));
  const longest = lines('maximum', gaps, (ofRun) => Math.max(...ofRun));
  const [ours, ...others] = percentiles;
  const target = under(5, median(ours.measured) / 1e6);
  return [row({ ...ours, target }), ...[...others, ...longest].map(row)];
}

/** A row for each contestant, ours first. */
function lines(what, gaps, pick) {
  const { floor, ours, ...others } = Object.fromEntries(
    Object.entries(gaps).map(([name, runs]) => [name, runs.map(pick)]),
  );
  const { 'crypto.sign': cryptoSign, ...peers } = others;
  const named = Object.entries({ 'crypto.sign': cryptoSign, ...peers });
  return [
    { what: `\`generateAsync\`, ${what}`, unit: time, measured: ours, floor, peers },
    ...named.map(([name, measured]) => ({ what: `${name}, ${what}`, unit: time, measured, floor })),
  ];
}

function under(limit, figure) {
  return { ...atMost(limit, figure, ' ms'), text: `under ${limit} ms`, isReached: figure < limit };
}

async function gapsDuring(work) {
  const gaps = [];
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    gaps.push((now - last) * 1e6);
    last = now;
  };
  const timer = setInterval(tick, 1);
  await work();
  clearInterval(timer);
  // Without this tick, a loop that was blocked all the time would have no gap.
  tick();
  return gaps;
}

import { setTimeout as pause } from 'node:timers/promises';
import { inFlight } from '../in-flight.mjs';
import { inTurns } from '../in-turns.mjs';
import { atMost, row } from '../row.mjs';
import { median, percentile } from '../series.mjs';
import { time } from '../units.mjs';
import { contestants } from './parallel-tokens.mjs';

export const title = 'How long the event loop is held meanwhile';
export const note =
  'Gaps between the ticks of a timer of 1 ms while tokens are made as above. The floor is an idle process; `crypto.sign` is what it takes to sign in the thread pool at all.';

export async function run({ tokens, rounds }) {
  const making = Object.entries(contestants()).map(([name, task]) => [
    name === 'floor' ? 'crypto.sign' : name,
    () => inFlight(tokens, 64, task),
  ]);
  const gaps = await inTurns(
    { floor: () => pause(300), ...Object.fromEntries(making) },
    Math.ceil(rounds / 2),
    gapsDuring,
  );
  const most = lines('99 % are shorter than', gaps, (ofRun) => percentile(ofRun, 0.99));
  const longest = lines('the longest', gaps, (ofRun) => Math.max(...ofRun));
  const [ours, ...others] = most;
  const target = under(5, median(ours.measured) / 1e6);
  return [row({ ...ours, target }), ...[...others, ...longest].map(row)];
}

/** A line for each that makes tokens; the first one is ours. */
function lines(what, gaps, pick) {
  const { floor, ours, ...others } = Object.fromEntries(
    Object.entries(gaps).map(([name, runs]) => [name, runs.map(pick)]),
  );
  const { 'crypto.sign': bare, ...peers } = others;
  const named = Object.entries({ 'crypto.sign': bare, ...peers });
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
  // Without this one, a loop that was held all the time would have no gap at all.
  tick();
  return gaps;
}

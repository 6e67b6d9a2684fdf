// Measures one case in two builds, in turns: node case.mjs NAME BEFORE NOW ORIGIN
import { createRequire } from 'node:module';
import { cases } from '../cases.mjs';
import { effort } from '../effort.mjs';
import { runInterleaved } from '../interleave.mjs';

const [name, before, now, origin] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const task = (root) => cases[name]({ nexmoAuth: require(root), origin });
const slice = 25e6;

const contestants = { before: task(before), now: task(now) };
// Until both are compiled.
for (const contestant of Object.values(contestants)) await processorTime(contestant, 4 * slice);
process.send(
  await runInterleaved(contestants, effort.slices, (contestant) =>
    processorTime(contestant, slice),
  ),
  () => process.exit(),
);

/** Nanoseconds of processor time for each call, over as many calls as fill the slice. */
async function processorTime(contestant, nanoseconds) {
  const start = process.cpuUsage();
  let calls = 0;
  let spent = 0;
  while (spent < nanoseconds) {
    const batch = Math.max(1, Math.ceil(calls / 4));
    for (let call = 0; call < batch; call += 1) await contestant();
    calls += batch;
    const { user, system } = process.cpuUsage(start);
    spent = (user + system) * 1000;
  }
  return spent / calls;
}

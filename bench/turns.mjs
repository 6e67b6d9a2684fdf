import { runInterleaved } from './interleave.mjs';

/**
 * Runs the contestants in turns, each for a slice of processor time (user + system of this process, the thread pool and
 * the garbage collector included). Returns for each contestant its nanoseconds of processor time for each call
 * (`effort`) and its calls per second (`rate`), as series.
 *
 * A contestant is an async function. It makes `calls` calls each time.
 */
export async function measureTurns(contestants, { slices, sliceTime, warmUp }, calls = 1) {
  // The processor time of V8's compiler counts too, so all code must be compiled before.
  for (const contestant of Object.values(contestants)) await slice(contestant, warmUp);
  const series = await runInterleaved(contestants, slices, (contestant) =>
    slice(contestant, sliceTime),
  );
  return Object.fromEntries(
    Object.entries(series).map(([name, rounds]) => [
      name,
      {
        effort: rounds.map(({ processor, runs }) => processor / (runs * calls)),
        rate: rounds.map(({ elapsed, runs }) => (runs * calls) / (elapsed / 1e9)),
      },
    ]),
  );
}

/** Runs a contestant until it has spent a slice of processor time. Times are in nanoseconds. */
async function slice(contestant, sliceTime) {
  const before = process.cpuUsage();
  const start = performance.now();
  let runs = 0;
  let processor = 0;
  while (processor < sliceTime) {
    const batch = Math.max(1, Math.ceil(runs / 4));
    for (let run = 0; run < batch; run += 1) await contestant();
    runs += batch;
    const { user, system } = process.cpuUsage(before);
    processor = (user + system) * 1000;
  }
  return { processor, runs, elapsed: (performance.now() - start) * 1e6 };
}

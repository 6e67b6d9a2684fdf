import { measure } from 'mitata';

/**
 * Runs all contestants in each round, in reverse order every other round, so that a change of the
 * machine's speed affects all of them. Before the first round, each runs once without a measurement, to
 * load and compile its code. Returns the series of each by name.
 */
export async function runInterleaved(contestants, rounds, run) {
  const names = Object.keys(contestants);
  const series = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await run(contestants[name]);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      series[name].push(await run(contestants[name]));
    }
  }
  return series;
}

/** Nanoseconds per call: the median of mitata's samples in each round. */
export function timeInterleaved(contestants, { rounds, milliseconds }) {
  return runInterleaved(contestants, rounds, async (contestant) => {
    const { p50 } = await measure(contestant, { min_cpu_time: milliseconds * 1e6 });
    return p50;
  });
}

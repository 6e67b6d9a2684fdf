import { measure } from 'mitata';

/**
 * Lets all contestants run in each round, every other round backwards, so that a change of the
 * machine's pace meets them all. Gives their series by name; a first round, in which code is loaded
 * and compiled, is not among them.
 */
export async function inTurns(contestants, rounds, run) {
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

/** Nanoseconds for one call: the median of mitata's samples in each round. */
export function timeInTurns(contestants, { rounds, milliseconds }) {
  return inTurns(contestants, rounds, async (contestant) => {
    const { p50 } = await measure(contestant, { min_cpu_time: milliseconds * 1e6 });
    return p50;
  });
}

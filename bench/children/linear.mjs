// The time of parsers for small and large inputs, in a process with enough memory that garbage
// collection is not measured.
import { rows, sizes, time } from '../adversarial.mjs';

const rounds = Number(process.argv[2]);
const measured = {};
for (const [name, row] of Object.entries(rows)) measured[name] = await measure(row);
process.send(measured);

/** Nanoseconds in each round. */
async function measure(row) {
  const inputs = [row.make(sizes.small), row.make(sizes.large)];
  const series = [[], []];
  await time(row, inputs[0]);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, input] of inputs.entries())
      series[index].push(1e6 * (await time(row, input)));
  }
  const [small, large] = series;
  return { small, large };
}

/** Measures how much longer each parser takes for 16 times the input, and sends the ratios to the parent process. */
import { type Row, rows, sizes, time } from './adversarial';

/** Milliseconds. No linear parser takes longer for the large input, on any machine. */
const limit = 2000;

async function ratioOf(row: Row<unknown>, acceptable: number): Promise<number> {
  const [small, large] = [row.make(sizes.small), row.make(sizes.large)];
  const best = { small: Infinity, large: Infinity };
  // The best of up to 30 rounds, because other programs run at the same time.
  for (let round = 0; round < 30; round += 1) {
    for (let run = 0; run < 5; run += 1) best.small = Math.min(best.small, await time(row, small));
    best.large = Math.min(best.large, await time(row, large));
    if (best.large < acceptable * best.small || best.large > limit) break;
  }
  return best.large / best.small;
}

process.on('message', (acceptable: number) => {
  void (async () => {
    const ratios: Record<string, number> = {};
    for (const [name, row] of Object.entries(rows)) ratios[name] = await ratioOf(row, acceptable);
    process.send?.(ratios);
  })();
});
process.on('disconnect', () => process.exit());

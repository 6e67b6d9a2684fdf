/** Tells its parent by how much longer each parser takes for 16 times as much. */
import { type Row, rows, sizes, time } from './adversarial';

/** That takes no linear parser so long, on any machine. */
const tooLong = 2000;

async function ratioOf(row: Row<unknown>, enough: number): Promise<number> {
  const [small, large] = [row.make(sizes.small), row.make(sizes.large)];
  const best = { small: Infinity, large: Infinity };
  // The best of as many rounds as it takes, since other programs run meanwhile.
  for (let round = 0; round < 8; round += 1) {
    for (let run = 0; run < 5; run += 1) best.small = Math.min(best.small, await time(row, small));
    best.large = Math.min(best.large, await time(row, large));
    if (best.large < enough * best.small || best.large > tooLong) break;
  }
  return best.large / best.small;
}

process.on('message', (enough: number) => {
  void (async () => {
    const ratios: Record<string, number> = {};
    for (const [name, row] of Object.entries(rows)) ratios[name] = await ratioOf(row, enough);
    process.send?.(ratios);
  })();
});
process.on('disconnect', () => process.exit());

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rows } from './support/adversarial';
import { bundle } from './support/bundle';
import { root } from './support/run';

/**
 * The limit of a ratio: the time for 1 MiB divided by the time for 64 KiB. The ratio is about 16 if the time is linear,
 * and about 256 if it is quadratic.
 */
const limit = 64;

let folder: string;
let ratios: Record<string, number>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-linear-'));
  const program = join(folder, 'child.cjs');
  bundle('adversarial-child.ts', program, ['axios', 'jsonwebtoken', 'uuid', 'ini']);
  const child = fork(program, {
    env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    // Enough room to keep garbage collection out of the measurement.
    execArgv: ['--max-semi-space-size=128'],
  });
  child.send(limit);
  const ended = once(child, 'exit').then(() => {
    throw new Error('The measuring process has exited without a result.');
  });
  [ratios] = (await Promise.race([once(child, 'message'), ended])) as [typeof ratios];
  child.disconnect();
}, 600_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(rows))('parsing takes linear time: %s', (name) => {
  expect(ratios[name]).toBeLessThan(limit);
});

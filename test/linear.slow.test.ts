import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rows } from './support/adversarial';
import { bundle } from './support/bundle';
import { root } from './support/run';

/** From 64 KiB to 1 MiB, linear time gives about 16 and quadratic time about 256. */
const limit = 64;

let folder: string;
let ratios: Record<string, number>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-linear-'));
  const program = join(folder, 'child.cjs');
  bundle('adversarial-child.ts', program, ['axios', 'jsonwebtoken', 'uuid', 'ini']);
  const child = fork(program, {
    env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    // With room for all that a parser makes, so that the collection of garbage is not measured.
    execArgv: ['--max-semi-space-size=128'],
  });
  child.send(limit);
  const ended = once(child, 'exit').then(() => {
    throw new Error('The process that measures has ended without an answer.');
  });
  [ratios] = (await Promise.race([once(child, 'message'), ended])) as [typeof ratios];
  child.disconnect();
}, 600_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(rows))('takes linear time: %s', (name) => {
  expect(ratios[name]).toBeLessThan(limit);
});

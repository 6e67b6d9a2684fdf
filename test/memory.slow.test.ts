import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './support/bundle';
import type { HeapCase } from './support/heap-cases';
import { root } from './support/run';

const mebibytes = 2 ** 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-heap-'));
  bundle('heap-cases.ts', join(folder, 'cases.cjs'), ['axios', 'jsonwebtoken', 'uuid', 'ini']);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Measures in a separate process, whose heap holds nothing else. */
async function measure(name: HeapCase): Promise<unknown> {
  const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
  const child = fork(join(folder, 'cases.cjs'), [name], { env, execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The process for ${name} has exited without a result.`);
  });
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  child.disconnect();
  return result;
}

// docs/threat-model.md#data-kept-too-long
test.each<[string, HeapCase, number]>([
  ['300 tokens with a sub of 200 kB', 'tokens', 32],
  ['200 data: URLs of 1 MB', 'dataUrls', 10],
  ['200 URLs of 1 MB that belong to a product', 'longUrls', 10],
  ['200 URLs of a product, each sliced from 1 MB of text', 'cutUrls', 10],
  ['400 callbacks with IDs, each sliced from 1 MB of text', 'cutIds', 10],
  ['100,000 callbacks with IDs of 256 characters', 'longestIds', 80],
])(
  '%s (%s) hold less than %i MiB',
  async (_what, name, limit) => {
    const bytes = (await measure(name)) as number;
    expect(bytes / mebibytes).toBeLessThan(limit);
  },
  120_000,
);

// docs/threat-model.md#data-kept-too-long
test('the password in a refused URL is in no heap snapshot', async () => {
  const [kept, refused] = (await measure('password')) as [boolean, boolean];
  expect(kept).toBe(true);
  expect(refused).toBe(false);
});

// docs/threat-model.md#data-kept-too-long
test('when a wrapper of the global fetch sends a request, its credential is in no heap snapshot afterwards', async () => {
  expect(await measure('wrappedFetch')).toEqual([true, false]);
});

// docs/threat-model.md#data-kept-too-long
test('the error of a failed decryption does not keep the passphrase in memory', async () => {
  expect(await measure('passphrase')).toEqual([true, false]);
});

// docs/threat-model.md#data-kept-too-long
test('the error of a refused fetch does not keep its credential in memory', async () => {
  expect(await measure('refusedFetch')).toEqual([true, false]);
});

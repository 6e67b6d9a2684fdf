import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, textOf } from '../support/documentation';
import { type Platform, startPlatform } from '../support/platform';
import { root } from '../support/run';

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';

test('the README has at most 12 KiB', () => {
  expect(Buffer.byteLength(textOf('README.md'))).toBeLessThanOrEqual(12 * 1024);
});

describe('with key and secret alone, without an application and its key,', () => {
  let folder: string;
  let platform: Platform;
  beforeAll(async () => {
    mkdirSync(join(root, 'temp'), { recursive: true });
    folder = mkdtempSync(join(root, 'temp/readme-'));
    platform = await startPlatform({ apiKey, apiSecret });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await platform.close();
  });

  test.each([
    ['axios', 0, 'SMS: 0'],
    ['fetch', 1, '"status":"0"'],
  ])('the README sends an SMS by %s, in ten lines', async (_client, index, printed) => {
    const file = join(folder, `example-${index}.mjs`);
    const example = String(blocksOf('README.md', 'ts')[index]);
    writeFileSync(file, example);
    const env = { NEXMO_API_KEY: apiKey, NEXMO_API_SECRET: apiSecret };
    const { code, output } = await platform.run(file, folder, env);
    expect([code, output.replace(/\s+/g, ' ')]).toEqual([0, expect.stringContaining(printed)]);
    expect(example.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
  });
});

test('the commands of the README are those that CI runs', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  const scripts = (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  ).scripts;
  // test/package installs the package as the first one says.
  expect(blocksOf('README.md', 'sh')).toEqual([
    'npm install nexmo-auth axios',
    'npm ci && npm run demo',
    'npm ci && npm test',
  ]);
  expect(ci).toContain(`'npm ci && npm test'`);
  expect(ci).toContain(`'npm run demo'`);
  expect(scripts).toMatchObject({
    demo: expect.any(String) as string,
    test: expect.any(String) as string,
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocksOf, readPage } from '../support/documentation';
import { type Platform, startPlatform } from '../support/platform';
import { root } from '../support/run';

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';

test('the README has at most 12 KiB', () => {
  expect(Buffer.byteLength(readPage('README.md'))).toBeLessThanOrEqual(12 * 1024);
});

describe('with only an API key and secret', () => {
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
    const example = String(codeBlocksOf('README.md', 'ts')[index]);
    writeFileSync(file, example);
    const env = { NEXMO_API_KEY: apiKey, NEXMO_API_SECRET: apiSecret };
    const { code, output } = await platform.run(file, folder, env);
    expect([code, output.replace(/\s+/g, ' ')]).toEqual([0, expect.stringContaining(printed)]);
    expect(example.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
  });
});

test('CI runs the commands of the README', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  const scripts = (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
  ).scripts;
  // test/package runs the first command, with the packed package.
  expect(codeBlocksOf('README.md', 'sh')).toEqual([
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

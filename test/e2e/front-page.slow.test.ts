import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { codeBlocksOf, readPage } from '../support/documentation';
import { type Platform, startPlatform } from '../support/platform';
import { root } from '../support/run';

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';

/** The code of each tab of the front page of the site. */
const tabs = new Map(
  [...readPage('docs/index.md').matchAll(/^```ts \[(.+)\]\n([\s\S]*?)^```$/gm)].map(
    ([, name, code]) => [String(name), String(code)],
  ),
);

let folder: string;
let platform: Platform;
beforeAll(async () => {
  mkdirSync(join(root, 'temp'), { recursive: true });
  folder = mkdtempSync(join(root, 'temp/front-page-'));
  platform = await startPlatform({ apiKey, apiSecret });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await platform.close();
});

test.each([
  ['axios', 'SMS: 0'],
  ['fetch', '"status":"0"'],
  ['official SDK', 'SMS: 0'],
])('the front page sends an SMS by %s, in ten lines', async (name, printed) => {
  const code = String(tabs.get(name));
  const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  writeFileSync(file, ts.transpileModule(code, { compilerOptions }).outputText);
  const env = { NEXMO_API_KEY: apiKey, NEXMO_API_SECRET: apiSecret };
  const { code: exit, output } = await platform.run(file, folder, env);
  expect([exit, output.replace(/\s+/g, ' ')]).toEqual([0, expect.stringContaining(printed)]);
  expect(code.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
});

test('the front page shows the code of the README', () => {
  const [axios, fetch] = codeBlocksOf('README.md', 'ts');
  expect([tabs.get('axios'), tabs.get('fetch')]).toEqual([`${axios}\n`, `${fetch}\n`]);
});

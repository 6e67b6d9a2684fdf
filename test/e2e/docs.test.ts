import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root, run } from '../support/run';

const exampleIn = (page: string) =>
  /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'docs', page), 'utf8'))?.[1] ?? '';

/** Inside the repository, where the package finds itself by its name. */
let folder: string;
beforeAll(() => {
  mkdirSync(join(root, 'temp'), { recursive: true });
  folder = mkdtempSync(join(root, 'temp/docs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const compiler = join(root, 'node_modules/typescript/bin/tsc');
const options = [
  '--ignoreConfig',
  '--noEmit',
  '--strict',
  '--module',
  'nodenext',
  '--types',
  'node',
];

const examples: [page: string, printed: string][] = [
  ['http-clients.md', '200 [ 401, 200 ]'],
  ['testing.md', '200 401'],
];

test('the examples of docs have sound types', async () => {
  const sources = examples.map(([page]) => {
    const source = join(folder, page.replace('.md', '.mts'));
    writeFileSync(source, exampleIn(page));
    return source;
  });
  expect(await run([compiler, ...options, ...sources])).toEqual({ code: 0, output: '' });
});

test.each(examples)('the example of docs/%s runs', async (page, printed) => {
  const module = ts.ModuleKind.ESNext;
  const program = join(folder, page.replace('.md', '.mjs'));
  const { outputText } = ts.transpileModule(exampleIn(page), {
    compilerOptions: { module, target: ts.ScriptTarget.ES2023 },
  });
  writeFileSync(program, outputText);
  const { code, output } = await run([program]);
  expect(`${String(code)} ${output.replace(/\s+/g, ' ')}`).toContain(`0 ${printed}`);
});

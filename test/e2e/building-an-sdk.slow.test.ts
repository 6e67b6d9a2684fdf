import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { readPage } from '../support/documentation';
import { root, run } from '../support/run';

const example = join(root, 'examples/acme-sdk');
const sources = readdirSync(join(example, 'src')).map((name) => `src/${name}`);
const readExample = (file: string) => readFileSync(join(example, file), 'utf8');

/** The code blocks of the guide that begin with a file name, by file name. */
const blocks = new Map(
  [...readPage('docs/building-an-sdk.md').matchAll(/^```\w+ (\S+)\n([^]*?)^```$/gm)].map(
    ([, file, code]) => [String(file), String(code)] as const,
  ),
);

test('the guide shows each file of the example as it is', () => {
  const files = [...blocks.keys()];
  expect(files.toSorted()).toEqual([...sources, 'package.json', 'test/acme.test.ts'].toSorted());
  for (const [file, code] of blocks) expect([file, code]).toEqual([file, readExample(file)]);
});

test('the source of the example has at most 300 lines', () => {
  const lines = sources.map((file) => readExample(file).split('\n').length - 1);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(300);
});

describe('the code of the guide', () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  let folder: string;
  const at = (path: string) => join(folder, path);
  const link = (target: string, path: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    symlinkSync(target, at(path), 'junction');
  };

  beforeAll(() => {
    // Outside the repository: the example must find this package by its name alone.
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'acme-'));
    mkdirSync(at('sdk/src'), { recursive: true });
    for (const [file, code] of blocks) {
      if (!file.startsWith('test/')) writeFileSync(at(join('sdk', file)), code);
    }
    writeFileSync(at('sdk/tsconfig.json'), readExample('tsconfig.json'));
    // acme.test.ts is type-checked by npm run lint:types, and by test/package with the packed package.
    const compilerOptions = { module: ts.ModuleKind.CommonJS, esModuleInterop: true };
    const program = ts.transpileModule(String(blocks.get('test/acme.test.ts')), {
      compilerOptions,
    });
    writeFileSync(at('acme.test.js'), program.outputText);
    writeFileSync(at('package.json'), '{ "private": true }');
    link(root, 'node_modules/nexmo-auth');
    link(at('sdk'), 'node_modules/acme-sdk');
    for (const name of ['axios', 'express', '@types']) {
      link(join(root, 'node_modules', name), `node_modules/${name}`);
    }
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('compiles with plain tsc and the strictest options, and its tests pass', async () => {
    expect(await run([compiler, '--project', at('sdk')])).toEqual({ code: 0, output: '' });
    const tests = await run([jest, '--forceExit'], { cwd: folder });
    expect(tests.output).toMatch(/^Tests: +6 passed, 6 total$/m);
  }, 120_000);
});

// docs.slow.test.ts runs the examples that this file type-checks.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, programsOf } from '../support/documentation';
import { root, run } from '../support/run';

/** Inside the repository, so that `nexmo-auth` resolves to this package. */
let folder: string;
beforeAll(() => {
  mkdirSync(join(root, 'temp'), { recursive: true });
  folder = mkdtempSync(join(root, 'temp/docs-types-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('every example of the pages type-checks', async () => {
  const typed = pages.flatMap(programsOf).filter(({ language }) => language === 'ts');
  const files = typed.map(({ code }, index) => {
    const source = join(folder, `${index}.mts`);
    writeFileSync(source, code);
    return source;
  });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const strict = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes'];
  // Declarations of other packages are not checked.
  const modules = ['--module', 'nodenext', '--types', 'node', '--skipLibCheck'];
  expect(files.length).toBeGreaterThan(40);
  expect(await run([compiler, ...strict, ...modules, ...files])).toEqual({ code: 0, output: '' });
}, 120_000);

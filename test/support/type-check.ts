import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run';

const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck'];
const environment = ['--module', 'nodenext', '--types', 'node', '--lib', 'es2023,dom'];

/** The compiler's output for programs, given by file name. They use the built package. */
export async function typeCheck(sources: Readonly<Record<string, string>>): Promise<string> {
  mkdirSync(join(root, 'temp'), { recursive: true });
  const folder = mkdtempSync(join(root, 'temp/type-check-'));
  try {
    const files = Object.entries(sources).map(([name, source]) => {
      const file = join(folder, name);
      writeFileSync(file, source);
      return file;
    });
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const args = ['--ignoreConfig', ...options, ...environment, ...files];
    return (await run([compiler, ...args])).output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './run';

/** Bundles a file in `test/support` into a program that another process can run. */
export function bundle(name: string, file: string, external: readonly string[]): void {
  const rolldown = join(root, 'node_modules/rolldown/bin/cli.mjs');
  const source = join(root, 'test/support', name);
  const options = ['--format', 'cjs', '--platform', 'node', '--no-code-splitting'];
  const externals = external.flatMap((name) => ['--external', name]);
  execFileSync(process.execPath, [rolldown, source, '--file', file, ...options, ...externals], {
    cwd: root,
    stdio: 'pipe',
  });
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unfitness } from '../../src/credentials/regular-file';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'pipes-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a pipe is read only as standard input or from <(command)', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const status = statSync(pipe);
  for (const path of ['/dev/stdin', '/dev/fd/63', '/proc/self/fd/3']) {
    expect(unfitness(path, status)).toBeUndefined();
  }
  for (const path of [pipe, '/dev/fd/63x', '/tmp/dev/fd/63', '/dev/fd/../zero']) {
    expect(unfitness(path, status)).toBe('it is a device, a socket or a named pipe');
  }
});

// Whole files are read in the tests of key-file.ts and file.ts, pipes in test/e2e/command-line.test.ts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireRegular } from '../../src/credentials/regular-file';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'pipes-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a pipe is read only as standard input or from <(command), and a device never', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [status, device] = [statSync(pipe), statSync('/dev/zero')];
  const reason = 'it is a device, a socket or a named pipe';
  for (const path of ['/dev/stdin', '/dev/fd/63', '/proc/self/fd/3']) {
    expect(() => {
      requireRegular(path, status);
    }).not.toThrow();
    expect(() => {
      requireRegular(path, device);
    }).toThrow(reason);
  }
  for (const path of [pipe, '/dev/fd/63x', '/tmp/dev/fd/63', '/dev/fd/../zero']) {
    expect(() => {
      requireRegular(path, status);
    }).toThrow(reason);
  }
});

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmodCommand, isSharedFile } from '../../src/cli/shared-file';
import { warnIfShared } from '../../src/credentials/file-mode';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'shared-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(['plain.pem', 'a b.pem', "it's.pem", 'x;touch evil', '$(touch evil)', 'a\\b"c'])(
  'the command for the file %s, run in a shell, changes its mode and nothing else',
  (name) => {
    const path = join(folder, name);
    writeFileSync(path, '');
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
    chmodSync(path, 0o644);
    warnIfShared(path);
    const [warning] = warn.mock.calls.map(([message]) => String(message));
    warn.mockRestore();
    for (const command of [chmodCommand(path), String(warning).replace(/^.*Run: /, '')]) {
      chmodSync(path, 0o644);
      expect(isSharedFile(path)).toBe(true);
      execFileSync('sh', ['-c', command], { cwd: folder });
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(folder, 'evil'), { throwIfNoEntry: false })).toBeUndefined();
    }
  },
);

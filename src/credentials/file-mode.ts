import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { warnOnce } from '../warnings';

/**
 * Warns, once per path and process, of a file with secrets that others than its owner can read or
 * change. Never fails. Does not look at the folders above, nor at access control lists, nor at
 * anything on Windows, where Node knows no such mode.
 */
export function warnIfShared(relativePath: string): void {
  if (process.platform === 'win32') return;
  const path = resolve(relativePath);
  const status = statSync(path, { throwIfNoEntry: false });
  const isShared = status?.isFile() === true && (status.mode & 0o077) !== 0;
  if (!isShared) return;
  warnOnce(
    'NEXMO_AUTH_FILE_MODE',
    path,
    `A file with secrets is open to others than its owner. Run: chmod 600 ${path}`,
  );
}

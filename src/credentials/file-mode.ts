import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { warnOnce } from '../warnings';

/**
 * Warns once per path and process if a file with secrets has permissions for users other than its owner.
 * Never throws. Does not check parent directories or access control lists. Does nothing on Windows, where
 * Node reports no such permissions.
 */
export function warnIfShared(file: string): void {
  if (process.platform === 'win32') return;
  const path = resolve(file);
  const status = statSync(path, { throwIfNoEntry: false });
  const isShared = status?.isFile() === true && (status.mode & 0o077) !== 0;
  if (!isShared) return;
  warnOnce(
    'NEXMO_AUTH_FILE_MODE',
    path,
    `A file with secrets can be accessed by users other than its owner. Run: chmod 600 ${shellWord(path)}`,
  );
}

/** Quotes a path for a shell, if it needs that. */
function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

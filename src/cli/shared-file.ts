import { statSync } from 'node:fs';

/** Whether users other than the owner can access a file. Always false on Windows, where Node reports no modes. */
export function isSharedFile(path: string): boolean {
  if (process.platform === 'win32') return false;
  const status = statSync(path, { throwIfNoEntry: false });
  return status?.isFile() === true && (status.mode & 0o077) !== 0;
}

/** The shell command that takes a file away from other users. */
export function chmodCommand(path: string): string {
  const word = /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return `chmod 600 ${word}`;
}

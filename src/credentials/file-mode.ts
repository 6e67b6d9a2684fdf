import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

const warned = new Set<string>();

/**
 * Warns, once per path and process, of a file with secrets that others than its owner can read or
 * change. Never fails. Does not look at the folders above, nor at access control lists, nor at
 * anything on Windows, where Node knows no such mode.
 */
export async function warnIfShared(relativePath: string): Promise<void> {
  if (process.platform === 'win32') return;
  const path = resolve(relativePath);
  const mode = await stat(path).then(
    (status) => (status.isFile() ? status.mode : 0),
    () => 0,
  );
  if ((mode & 0o077) === 0 || warned.has(path)) return;
  warned.add(path);
  process.emitWarning(
    `A file with secrets is open to others than its owner. Run: chmod 600 ${path}`,
    { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_FILE_MODE' },
  );
}

import { existsSync, writeFileSync } from 'node:fs';
import { CliError } from './cli-error';
import type { CommandContext } from './context';
import { resolvePath } from './read-input';

/** Writes a new file that only its owner can read. Returns its absolute path. Never overwrites a file. */
export function writeSecretFile(path: string, text: string, io: CommandContext): string {
  return writeNewFile(path, text, 0o600, io);
}

/** Writes a new file. Returns its absolute path. Never overwrites a file. */
export function writeNewFile(path: string, text: string, mode: number, io: CommandContext): string {
  const absolute = resolvePath(path, io);
  try {
    writeFileSync(absolute, text, { flag: 'wx', mode });
    return absolute;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? fileExists(absolute)
      : new CliError('ERR_FILE_UNWRITABLE', `${absolute} cannot be written (${String(code)}).`);
  }
}

/** @throws CliError `ERR_FILE_EXISTS` */
export function refuseExisting(path: string, io: CommandContext): void {
  const absolute = resolvePath(path, io);
  if (existsSync(absolute)) throw fileExists(absolute);
}

function fileExists(absolute: string): CliError {
  return new CliError(
    'ERR_FILE_EXISTS',
    `${absolute} already exists, and is not overwritten. Choose another path, or remove it.`,
  );
}

import { closeSync, existsSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './cli-error';
import type { CommandContext } from './context';
import { resolvePath } from './read-input';

/** Writes a new file that only its owner can read. Returns its absolute path. Never overwrites a file. */
export function writeSecretFile(
  path: string,
  option: string,
  text: string,
  io: CommandContext,
): string {
  const absolute = resolvePath(path, option, io);
  writeNewFiles([{ absolute, text, mode: 0o600 }]);
  return absolute;
}

type NewFile = { absolute: string; text: string; mode: number };

/**
 * Writes all of the files, or none of them. Never overwrites a file.
 *
 * @throws CliError `ERR_FILE_EXISTS`, `ERR_FILE_UNWRITABLE`
 */
export function writeNewFiles([first, ...others]: readonly NewFile[]): void {
  if (first === undefined) return;
  const { absolute, text, mode } = first;
  const descriptor = attempt(absolute, () => openSync(absolute, 'wx', mode));
  try {
    attempt(absolute, () => {
      writeFileSync(descriptor, text);
    });
    writeNewFiles(others);
  } catch (error) {
    rmSync(absolute, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** @throws CliError `ERR_FILE_EXISTS`, and `ERR_FILE_UNWRITABLE` if the folder does not exist */
export function requireNewFile(absolute: string): void {
  if (existsSync(absolute)) throw fileExists(absolute);
  attempt(absolute, () => statSync(dirname(absolute)));
}

function attempt<Result>(absolute: string, operation: () => Result): Result {
  try {
    return operation();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST'
      ? fileExists(absolute)
      : new CliError('ERR_FILE_UNWRITABLE', `${absolute} cannot be written (${String(code)}).`);
  }
}

function fileExists(absolute: string): CliError {
  return new CliError(
    'ERR_FILE_EXISTS',
    `${absolute} already exists, and is not overwritten. Choose another path, or remove the file.`,
  );
}

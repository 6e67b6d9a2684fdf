import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TextDecoder } from 'node:util';
import { CliError, usageError } from './cli-error';
import type { CommandContext } from './context';
import { requirePath } from './require-path';

/**
 * Makes the path in an option or argument absolute. A leading `~/` is the home directory.
 *
 * @throws CliError `ERR_USAGE` for text that is clearly not a path
 */
export function resolvePath(path: string, option: string, io: CommandContext): string {
  requirePath(path, option);
  return absolutePath(path, io);
}

/** The absolute path of a file. A leading `~/` is the home directory. */
export function absolutePath(path: string, io: CommandContext): string {
  return /^~[/\\]/.test(path) ? join(homeDirectory(io), path.slice(2)) : resolve(io.cwd, path);
}

export function homeDirectory({ env }: CommandContext): string {
  return env['HOME'] ?? env['USERPROFILE'] ?? homedir();
}

/** Reads the file at the path of an option or argument. */
export function readFile(path: string, what: string, io: CommandContext): Buffer {
  return readAbsolute(resolvePath(path, what, io), what);
}

/** Reads the file at an absolute path. Messages name the file by `what`, and do not quote its path. */
export function readAbsolute(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(
      'ERR_FILE_UNREADABLE',
      `${what} cannot be read (${String(code)}). Check the path and its permissions.`,
    );
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes. Keeps a byte-order mark. Undefined if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The text of bytes, without a byte-order mark.
 *
 * @throws CliError `ERR_FILE_INVALID` for bytes that are not UTF-8, because decoding would change them without notice
 */
export function requireUtf8(bytes: Uint8Array, what: string): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return text.replace(/^\uFEFF/, '');
  throw new CliError('ERR_FILE_INVALID', `${what} must be text in UTF-8. Save it in UTF-8.`);
}

const readers = new WeakMap<CommandContext, string>();

/** Reads all of standard input. Only one option or argument can use standard input. */
export async function readStandardInput(what: string, io: CommandContext): Promise<Buffer> {
  const other = readers.get(io);
  if (other !== undefined) {
    throw usageError(
      `Only one of ${other} and ${what} can be standard input. Use a file for the other.`,
    );
  }
  readers.set(io, what);
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** Reads a file, or standard input if the path is `-`. */
export async function readFileOrInput(
  path: string,
  what: string,
  io: CommandContext,
): Promise<Buffer> {
  return path === '-' ? readStandardInput(what, io) : readFile(path, what, io);
}

/** Reads a secret from the file of an option. Undefined without a path. */
export function readSecretFile(
  path: string | undefined,
  option: string,
  io: CommandContext,
): string | undefined {
  const what = `The file of ${option}`;
  return path === undefined ? undefined : secretText(readFile(path, what, io), what);
}

/** The text of a secret, without a byte-order mark and without the line break at its end. */
export function secretText(bytes: Buffer, what: string): string {
  const text = requireUtf8(bytes, what).replace(/\r?\n$/, '');
  if (text !== '') return text;
  throw new CliError('ERR_FILE_INVALID', `${what} is empty.`);
}

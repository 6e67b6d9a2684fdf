import { promises, readFileSync, type Stats, statSync } from 'node:fs';

const maximumBytes = 1024 ** 2;

/** Standard input, and the pipes that a shell opens for `<(command)`. */
const shellPipe = /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * Reads a file of up to 1 MiB. Does not read a device or a named pipe, which may never end.
 *
 * @throws Node's error, or an error whose `code` says why the file is not read
 */
export function readRegularFileSync(path: string): Uint8Array {
  const status = statSync(path);
  requireRegular(path, status);
  return isEmpty(status) ? new Uint8Array() : readFileSync(path);
}

/** Like `readRegularFileSync`. */
export async function readRegularFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const status = await promises.stat(path);
  requireRegular(path, status);
  return isEmpty(status) ? new Uint8Array() : promises.readFile(path, { signal });
}

/** Whether a file is empty. The files of /proc that never end also have a size of 0. */
function isEmpty(status: Stats): boolean {
  return status.isFile() && status.size === 0;
}

/** @throws an error whose `code` says why the file is not read */
export function requireRegular(path: string, status: Stats): void {
  if (status.isFile() && status.size > maximumBytes) throw unfit('it has more than 1 MiB');
  // For a directory, the error of the read says more.
  if (status.isFile() || status.isDirectory()) return;
  if (status.isFIFO() && shellPipe.test(path)) return;
  throw unfit('it is a device, a socket or a named pipe');
}

function unfit(code: string): Error {
  return Object.assign(new Error(code), { code });
}

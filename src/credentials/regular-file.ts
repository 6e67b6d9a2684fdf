import type { Stats } from 'node:fs';

const maximumBytes = 1024 ** 2;

/** Standard input, and the pipes that a shell opens for `<(command)`. */
const shellPipe = /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * Why a file is not read as a key or as credentials, or undefined if it is read. A device or a named pipe may never end.
 * For a directory, the error of the read says more.
 */
export function unfitness(path: string, status: Stats): string | undefined {
  if (status.isFile()) return status.size > maximumBytes ? 'it has more than 1 MiB' : undefined;
  if (status.isDirectory() || shellPipe.test(path)) return undefined;
  return 'it is a device, a socket or a named pipe';
}

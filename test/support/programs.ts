import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where programs of these names can be on the `PATH`. */
export function onPath(names: string[], { PATH = '' }: NodeJS.ProcessEnv): string[] {
  const folders = PATH.split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws Error where no test may be left out: with `CI` or `NEXMO_AUTH_REQUIRE_ALL` set */
export function allowAbsence(advice: string, env: NodeJS.ProcessEnv): void {
  if (env['CI'] || env['NEXMO_AUTH_REQUIRE_ALL']) throw new Error(advice);
}

/** `describe`, or one that leaves its tests out and says so, where what they need was not found. */
export function describeWith(found: unknown, what: string, advice: string): jest.Describe {
  if (found !== undefined) return describe;
  process.stderr.write(`\nLEFT OUT: ${what}. ${advice}\n\n`);
  return describe.skip;
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The paths at which the `PATH` may have programs of these names. */
export function candidatesOnPath(names: string[], { PATH = '' }: NodeJS.ProcessEnv): string[] {
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

/** @throws Error if no test may be skipped: if `CI` or `NEXMO_AUTH_REQUIRE_ALL` is set */
export function failIfRequired(advice: string, env: NodeJS.ProcessEnv): void {
  if (env['CI'] || env['NEXMO_AUTH_REQUIRE_ALL']) throw new Error(advice);
}

/** `describe`, or `describe.skip` with a notice if the required program was not found. */
export function describeIfFound(found: unknown, what: string, advice: string): jest.Describe {
  if (found !== undefined) return describe;
  process.stderr.write(`\nSKIPPED: ${what}. ${advice}\n\n`);
  return describe.skip;
}

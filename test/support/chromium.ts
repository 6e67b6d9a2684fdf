import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * The program of a Chromium or Chrome: the one that `CHROMIUM_PATH` names, else the first on the
 * `PATH`. Undefined where there is none.
 *
 * @throws Error where there is none and there must be one: with `CI` or
 * `NEXMO_AUTH_REQUIRE_BROWSER` set
 */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const { CHROMIUM_PATH, PATH = '', CI, NEXMO_AUTH_REQUIRE_BROWSER } = env;
  const folders = PATH.split(delimiter).filter(Boolean);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = (CHROMIUM_PATH ? [CHROMIUM_PATH] : onPath).find(isExecutable);
  if (found !== undefined) return found;
  if (CI || NEXMO_AUTH_REQUIRE_BROWSER) throw new Error(advice);
  return undefined;
}

export const advice =
  'No Chromium was found: apt-get install chromium, or set CHROMIUM_PATH to a Chromium or Chrome.';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

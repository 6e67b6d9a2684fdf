import { allowAbsence, isProgram, onPath } from './programs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * The program of a Chromium or Chrome: the one that `CHROMIUM_PATH` names, else the first on the
 * `PATH`. Undefined where there is none.
 *
 * @throws Error where there is none and there must be one: with `CI` or `NEXMO_AUTH_REQUIRE_ALL` set
 */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const paths = env['CHROMIUM_PATH'] ? [env['CHROMIUM_PATH']] : onPath(names, env);
  const found = paths.find(isProgram);
  if (found === undefined) allowAbsence(advice, env);
  return found;
}

export const advice =
  'No Chromium was found: apt-get install chromium, or set CHROMIUM_PATH to a Chromium or Chrome.';

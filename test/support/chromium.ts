import { candidatesOnPath, failIfRequired, isProgram } from './programs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * The path of Chromium or Chrome: `CHROMIUM_PATH`, or else the first one on the `PATH`. Undefined if there
 * is none.
 *
 * @throws Error if there is none and `CI` or `NEXMO_AUTH_REQUIRE_ALL` is set
 */
export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const paths = env['CHROMIUM_PATH'] ? [env['CHROMIUM_PATH']] : candidatesOnPath(names, env);
  const found = paths.find(isProgram);
  if (found === undefined) failIfRequired(advice, env);
  return found;
}

export const advice =
  'No Chromium was found: apt-get install chromium, or set CHROMIUM_PATH to a Chromium or Chrome.';

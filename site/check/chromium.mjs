import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Starts the Chromium of `CHROMIUM_PATH`, or else the first one on the `PATH`. */
export function launchChromium({ CHROMIUM_PATH, PATH = '' } = process.env) {
  const folders = PATH.split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executablePath = CHROMIUM_PATH || paths.find(isProgram);
  if (executablePath === undefined) {
    throw new Error('No Chromium was found: apt-get install chromium, or set CHROMIUM_PATH.');
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

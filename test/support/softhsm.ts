import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowAbsence, isProgram, onPath } from './programs';

/** SoftHSM's PKCS#11 module, where Debian, Fedora, Homebrew and its own installation put it. */
const modules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

export type SoftHsm = { module: string; tool: string };

/**
 * SoftHSM's module, at `SOFTHSM2_MODULE` or where it is usually, and the pkcs11-tool on the `PATH`.
 * Undefined where one of them is missing.
 *
 * @throws Error where they must be there: with `CI` or `NEXMO_AUTH_REQUIRE_ALL` set
 */
export function findSoftHsm(env: NodeJS.ProcessEnv): SoftHsm | undefined {
  const paths = env['SOFTHSM2_MODULE'] ? [env['SOFTHSM2_MODULE']] : modules;
  const module = paths.find((path) => existsSync(path));
  const tool = onPath(['pkcs11-tool'], env).find(isProgram);
  if (module !== undefined && tool !== undefined) return { module, tool };
  allowAbsence(advice, env);
  return undefined;
}

export const advice =
  'SoftHSM or pkcs11-tool was not found: apt-get install softhsm2 opensc, or set SOFTHSM2_MODULE to libsofthsm2.so.';

/** Has pkcs11-tool, with the PIN, do something with the token; gives what it prints. */
export type AskToken = (...args: string[]) => string;

/**
 * Makes a token in a folder, which is the only one that a process sees with `SOFTHSM2_CONF` set to
 * the folder's `softhsm2.conf`.
 */
export function makeToken(hsm: SoftHsm, folder: string, token: string, pin: string): AskToken {
  const conf = join(folder, 'softhsm2.conf');
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  writeFileSync(conf, `directories.tokendir = ${tokens}\n`);

  const secrets = { SO_PIN: `${pin}-of-the-officer`, USER_PIN: pin };
  const env = { ...process.env, SOFTHSM2_CONF: conf, ...secrets };
  const run: AskToken = (...args) =>
    execFileSync(hsm.tool, ['--module', hsm.module, ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const ask: AskToken = (...args) =>
    run('--token-label', token, '--login', '--pin', 'env:USER_PIN', ...args);

  run('--init-token', '--slot-index', '0', '--label', token, '--so-pin', 'env:SO_PIN');
  ask('--init-pin', '--login-type', 'so', '--so-pin', 'env:SO_PIN');
  return ask;
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { candidatesOnPath, failIfRequired, isProgram } from './programs';

/** The paths of SoftHSM's PKCS#11 module on Debian, on Fedora, with Homebrew and when built from source. */
const modules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

export type SoftHsm = { module: string; tool: string };

/**
 * SoftHSM's module (`SOFTHSM2_MODULE`, or else a usual path) and pkcs11-tool on the `PATH`. Undefined if one of
 * them is missing.
 *
 * @throws Error if one is missing and `CI` or `NEXMO_AUTH_REQUIRE_ALL` is set
 */
export function findSoftHsm(env: NodeJS.ProcessEnv): SoftHsm | undefined {
  const paths = env['SOFTHSM2_MODULE'] ? [env['SOFTHSM2_MODULE']] : modules;
  const module = paths.find((path) => existsSync(path));
  const tool = candidatesOnPath(['pkcs11-tool'], env).find(isProgram);
  if (module !== undefined && tool !== undefined) return { module, tool };
  failIfRequired(advice, env);
  return undefined;
}

export const advice =
  'SoftHSM or pkcs11-tool was not found: apt-get install softhsm2 opensc, or set SOFTHSM2_MODULE to libsofthsm2.so.';

/** Runs pkcs11-tool on the token, with the PIN. Returns its output. */
export type RunTool = (...args: string[]) => string;

/**
 * Creates a token in a folder. A process whose `SOFTHSM2_CONF` is the folder's `softhsm2.conf` sees only this
 * token.
 */
export function createToken(hsm: SoftHsm, folder: string, token: string, pin: string): RunTool {
  const conf = join(folder, 'softhsm2.conf');
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens);
  writeFileSync(conf, `directories.tokendir = ${tokens}\n`);

  const secrets = { SO_PIN: `${pin}-of-the-officer`, USER_PIN: pin };
  const env = { ...process.env, SOFTHSM2_CONF: conf, ...secrets };
  const run: RunTool = (...args) =>
    execFileSync(hsm.tool, ['--module', hsm.module, ...args], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  const runOnToken: RunTool = (...args) =>
    run('--token-label', token, '--login', '--pin', 'env:USER_PIN', ...args);

  run('--init-token', '--slot-index', '0', '--label', token, '--so-pin', 'env:SO_PIN');
  runOnToken('--init-pin', '--login-type', 'so', '--so-pin', 'env:SO_PIN');
  return runOnToken;
}

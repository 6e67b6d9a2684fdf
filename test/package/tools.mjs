import { spawnSync } from 'node:child_process';

/**
 * Returns what the command prints, or throws it if the command fails. A command that hangs is run once more: Node.js 20
 * sometimes waits for an internal lock for ever, while no JavaScript runs.
 */
export function run(command, args, cwd, env = {}) {
  const limits = { timeout: 600_000, killSignal: 'SIGKILL' };
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env }, ...limits };
  const firstRun = spawnSync(command, args, options);
  const hung = firstRun.error?.code === 'ETIMEDOUT';
  const { status, stdout, stderr, error } = hung ? spawnSync(command, args, options) : firstRun;
  if (status === 0) return stdout;
  throw error ?? new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
}

const count = { passed: 0, failed: 0 };

export async function check(name, body) {
  try {
    await body();
    count.passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    count.failed += 1;
    console.log(`FAIL  ${name}\n${error.message}`);
  }
}

export function summarise() {
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed === 0 ? 0 : 1;
}

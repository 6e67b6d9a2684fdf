import { spawnSync } from 'node:child_process';

/**
 * Gives what the command prints; throws all that it printed if it fails. One that hangs is tried once more: Node.js 20
 * was seen to wait for a lock of its own for ever, with no JavaScript running.
 */
export function run(command, args, cwd, env = {}) {
  const limits = { timeout: 600_000, killSignal: 'SIGKILL' };
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env }, ...limits };
  const first = spawnSync(command, args, options);
  const hangs = first.error?.code === 'ETIMEDOUT';
  const { status, stdout, stderr, error } = hangs ? spawnSync(command, args, options) : first;
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

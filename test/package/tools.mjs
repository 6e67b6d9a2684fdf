import { spawnSync } from 'node:child_process';

/** Gives what the command prints; throws all that it printed if it fails. */
export function run(command, args, cwd, env = {}) {
  const options = { cwd, encoding: 'utf8', env: { ...process.env, ...env } };
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
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

import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program of bench/children in a process of its own. Resolves to the one message that the program sends. */
export async function measureInChild(name, args = [], execArgv = []) {
  const script = new URL(`children/${name}.mjs`, import.meta.url);
  const child = fork(script, args.map(String), { execArgv });
  const [result] = await Promise.race([once(child, 'message'), endOf(child, [name, ...args])]);
  return result;
}

async function endOf(child, command) {
  const [code] = await once(child, 'exit');
  throw new Error(`${command.join(' ')} ended without a result, with exit code ${code}.`);
}

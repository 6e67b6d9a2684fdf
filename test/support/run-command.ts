import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Environment } from '../../src/cli/program';
import { runProgram } from '../../src/cli/program';

export type CommandOptions = {
  env?: Record<string, string>;
  cwd?: string;
  input?: string;
  now?: () => number;
  /** Aborted as by Ctrl-C. */
  interruption?: AbortSignal;
  /** Standard input and output are a terminal. */
  isTerminal?: boolean;
};

export type CommandOutcome = { code: number; stdout: string; stderr: string };

export type RunningCommand = {
  outcome: Promise<CommandOutcome>;
  /** Types on the terminal. */
  type(keys: string): void;
  /** What standard output has so far. Waits until it matches. */
  untilPrinted(pattern: RegExp): Promise<string>;
  /** The last mode that the terminal was set to. */
  isRaw(): boolean;
};

/** Runs a command in this process, on streams of its own. */
export function startCommand(args: string[], options: CommandOptions = {}): RunningCommand {
  const { env = {}, cwd = '/', input, now = Date.now, isTerminal = false } = options;
  const interruption = options.interruption ?? new AbortController().signal;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let isRaw = false;
  const setRawMode = (mode: boolean) => (isRaw = mode);
  if (isTerminal) Object.assign(stdin, { isTTY: true, setRawMode });
  if (isTerminal) Object.assign(stdout, { isTTY: true });
  if (!isTerminal) stdin.end(input);
  let printed = '';
  stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const environment: Environment = {
    stdin,
    stdout,
    stderr,
    env,
    cwd,
    now,
    interruption: () => interruption,
    version: '0.0.0',
  };
  const errors = text(stderr);
  const outcome = runProgram(args, environment).then(async (code) => {
    stdout.end();
    stderr.end();
    return { code, stdout: printed, stderr: await errors };
  });
  return {
    outcome,
    type: (keys) => stdin.write(keys),
    untilPrinted: async (pattern) => {
      while (!pattern.test(printed)) {
        const ended = await Promise.race([
          outcome.then(() => true),
          new Promise<false>((resolve) =>
            stdout.once('data', () => {
              resolve(false);
            }),
          ),
        ]);
        if (ended && !pattern.test(printed)) throw new Error(`The command ended with: ${printed}`);
      }
      return printed;
    },
    isRaw: () => isRaw,
  };
}

export async function runCommand(
  args: string[],
  options: CommandOptions = {},
): Promise<CommandOutcome> {
  return startCommand(args, options).outcome;
}

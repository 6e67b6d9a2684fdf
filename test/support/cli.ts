import { once } from 'node:events';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CommandContext } from '../../src/cli/context';
import { type Environment, runProgram } from '../../src/cli/program';

/** The time of all commands in tests: 2026-11-26T12:00:00Z. */
export const now = 1_795_694_400;

export type CliOptions = {
  /** What standard input contains. On a terminal without `input`, standard input stays open. */
  input?: string | Uint8Array;
  env?: Record<string, string>;
  cwd?: string;
  /** Whether standard input, output and error are terminals. */
  isTerminal?: boolean;
  now?: () => number;
  /** A signal whose abort stands for Ctrl-C. */
  interruption?: AbortSignal;
};

export type CliOutcome = { code: number; stdout: string; stderr: string };

export type RunningCommand = {
  outcome: Promise<CliOutcome>;
  /** Types on the terminal. */
  type(keys: string): void;
  /** Waits until standard output matches the pattern. Resolves to all of the output so far. */
  untilPrinted(pattern: RegExp): Promise<string>;
  /** Whether the terminal was last set to raw mode. */
  isRaw(): boolean;
};

/** A new folder without credentials. */
export const newFolder = () => mkdtempSync(join(realpathSync(tmpdir()), 'nexmo-auth-cli-'));

const emptyFolder = newFolder();

type Terminal = PassThrough & { isTTY: boolean; isRaw: boolean };

function terminal(isTTY: boolean): Terminal {
  const setRawMode = (isRaw: boolean) => (stream.isRaw = isRaw);
  const stream: Terminal = Object.assign(new PassThrough(), { isTTY, isRaw: false, setRawMode });
  return stream;
}

type TestEnvironment = Environment & Record<'stdin' | 'stdout' | 'stderr', Terminal>;

/** An environment without credentials, with streams of its own. */
function environmentOf(options: CliOptions): TestEnvironment {
  const { input, env = {}, cwd = emptyFolder, isTerminal = false } = options;
  const { interruption = new AbortController().signal } = options;
  const stdin = terminal(isTerminal);
  if (!isTerminal || input !== undefined) stdin.end(input);
  return {
    stdin,
    stdout: terminal(isTerminal),
    stderr: terminal(isTerminal),
    env: { HOME: emptyFolder, ...env },
    cwd,
    now: options.now ?? (() => now * 1000),
    interruption: () => interruption,
    version: '1.2.3',
  };
}

/** A context with streams that nobody reads. */
export function contextFor(options: CliOptions = {}): CommandContext & { version: string } {
  return {
    ...environmentOf(options),
    json: false,
    quiet: false,
    verbose: false,
    allowsColor: true,
    exitCode: 0,
  };
}

type Readable = { read(): Buffer | null };

/** What a command has printed on a stream of {@link contextFor}. */
export const outputOf = (stream: NodeJS.WritableStream) =>
  (stream as unknown as Readable).read()?.toString() ?? '';

/** Starts the command-line tool in this process. */
export function startCli(args: string[], options: CliOptions = {}): RunningCommand {
  const environment = environmentOf(options);
  const { stdin, stdout, stderr } = environment;
  let printed = '';
  stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
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
          once(stdout, 'data').then(() => false),
        ]);
        if (ended && !pattern.test(printed)) throw new Error(`The command ended with: ${printed}`);
      }
      return printed;
    },
    isRaw: () => stdin.isRaw,
  };
}

/** Runs the command-line tool in this process, to its end. */
export async function runCli(args: string[], options: CliOptions = {}): Promise<CliOutcome> {
  return startCli(args, options).outcome;
}

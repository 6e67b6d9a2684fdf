import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CommandContext } from '../../src/cli/context';
import { runProgram } from '../../src/cli/program';

/** The time of all commands in tests: 2026-11-26T12:00:00Z. */
export const now = 1_795_694_400;

export type CliOptions = {
  input?: string | Uint8Array;
  env?: Record<string, string>;
  cwd?: string;
  /** Whether the three streams are terminals. */
  isTerminal?: boolean;
  seconds?: number;
};

export type CliOutcome = { code: number; stdout: string; stderr: string };

/** A new folder without credentials. */
export const newFolder = () => mkdtempSync(join(realpathSync(tmpdir()), 'nexmo-auth-cli-'));

const emptyFolder = newFolder();

const terminal = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });

/** A context with streams that nobody reads. */
export function contextFor(options: CliOptions = {}): CommandContext & { version: string } {
  const { input = '', env = {}, cwd = emptyFolder, isTerminal = false, seconds = now } = options;
  const stdin = terminal(isTerminal);
  stdin.end(input);
  return {
    stdin,
    stdout: terminal(isTerminal),
    stderr: terminal(isTerminal),
    env: { HOME: emptyFolder, ...env },
    cwd,
    now: () => seconds * 1000,
    interruption: () => new AbortController().signal,
    json: false,
    quiet: false,
    verbose: false,
    allowsColor: true,
    exitCode: 0,
    version: '1.2.3',
  };
}

type Readable = { read(): Buffer | null };

/** What a command has printed on a stream of {@link contextFor}. */
export const outputOf = (stream: NodeJS.WritableStream) =>
  (stream as unknown as Readable).read()?.toString() ?? '';

/** Runs the command in this process. */
export async function runCli(args: string[], options: CliOptions = {}): Promise<CliOutcome> {
  const context = contextFor(options);
  const code = await runProgram(args, context);
  return { code, stdout: outputOf(context.stdout), stderr: outputOf(context.stderr) };
}

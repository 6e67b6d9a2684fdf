import type { CommandContext } from './context';
import { escapeControls } from './json-text';
import { packageVersion } from './version';

/** Runs `nexmo-auth` in this process. */
export async function runProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOnClosedPipe);
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => {
    process.stderr.write(`Warning: ${escapeControls(message)}\n`);
  });
  process.on('uncaughtException', endOnFault);
  const { runProgram } = await import('./program.ts');
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await runProgram(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    now: Date.now,
    interruption,
    version: packageVersion(),
  });
}

/** Reports a fault of this package. Shows no message and no fields of the error, since they may contain a secret. */
function endOnFault(error: unknown): void {
  const { name, stack } = error instanceof Error ? error : new Error();
  const frames = Array.from(String(stack).matchAll(/^ +at .*$/gm), ([frame]) => frame);
  const message = `This is a fault of nexmo-auth (${name}). Its message is not shown, since it may contain a secret.`;
  process.stderr.write(`${[message, ...frames].join('\n')}\n`);
  process.exit(1);
}

/** The reader of a pipe, such as `head`, may close the pipe early. A closed pipe is not a failure. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

let controller: AbortController | undefined;

export const interruption: CommandContext['interruption'] = () => {
  if (controller !== undefined) return controller.signal;
  const created = (controller = new AbortController());
  const abort = (signal: string) => {
    created.abort(signal);
  };
  process.once('SIGINT', abort).once('SIGTERM', abort);
  return created.signal;
};

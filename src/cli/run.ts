import type { CommandContext } from './context';
import { packageVersion } from './version';

/** Runs the command on this process. */
export async function runProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOnClosedPipe);
  process.removeAllListeners('warning');
  process.on('warning', ({ message }) => process.stderr.write(`Warning: ${message}\n`));
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

/** The reader of a pipe, such as `head`, may stop early. That is not a failure. */
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

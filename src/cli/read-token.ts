import { usageError } from './cli-error';
import type { CommandContext } from './context';
import { readStandardInput } from './read-input';

/** The token of an argument, or of standard input if that is `-` or a pipe. Without `Bearer` before it. */
export async function readToken(argument: string | undefined, io: CommandContext): Promise<string> {
  if (argument === undefined && io.stdin.isTTY === true) {
    throw usageError('Pass a token, or - to read it from standard input.');
  }
  const isArgument = argument !== undefined && argument !== '-';
  const text = isArgument ? argument : (await readStandardInput('the token', io)).toString();
  return text
    .trim()
    .replace(/^authorization:\s*/i, '')
    .replace(/^bearer\s+/i, '');
}

import { usageError } from './cli-error';
import type { CommandContext } from './context';
import { parseToken } from './parse-token';
import { readStandardInput } from './read-input';

/**
 * Returns the token in an argument. Reads the token from standard input if the argument is `-`. Without an argument,
 * also reads standard input, unless that is a terminal. Removes `Bearer` before the token.
 */
export async function readToken(argument: string | undefined, io: CommandContext): Promise<string> {
  if (argument === undefined && io.stdin.isTTY === true) {
    throw usageError('Pass a token, or - to read it from standard input.');
  }
  const isArgument = argument !== undefined && argument !== '-';
  const text = isArgument ? argument : (await readStandardInput('the token', io)).toString();
  return parseToken(text);
}

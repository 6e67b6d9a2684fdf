import { usageError } from './cli-error';
import type { CommandContext } from './context';
import { parseToken } from './parse-token';
import { readStandardInput } from './read-input';

/**
 * Returns the token in an argument. If the argument is `-` or missing, reads the token from standard input. Removes
 * `Authorization:` and `Bearer` before the token.
 *
 * @throws CliError `ERR_USAGE` if the argument is missing and standard input is a terminal
 */
export async function readToken(argument: string | undefined, io: CommandContext): Promise<string> {
  if (argument === undefined && io.stdin.isTTY === true) {
    throw usageError('Pass a token, or - to read it from standard input.');
  }
  const isArgument = argument !== undefined && argument !== '-';
  const text = isArgument ? argument : (await readStandardInput('the token', io)).toString();
  return parseToken(text);
}

import type { ErrorMeaning } from '../error-meanings';

/**
 * The error codes that only the command `nexmo-auth` has. The command also reports the codes of `NexmoAuthError`.
 * `nexmo-auth explain` shows the cause and the remedy of each code.
 */
export const commandErrors = {
  ERR_USAGE: {
    cause: 'An option or an argument of the command is unknown, missing or not valid.',
    remedy: 'Correct what the message names. `--help` after the command lists its options.',
  },
  ERR_FILE_UNREADABLE: {
    cause: 'A file cannot be read.',
    remedy: 'Check the path and the permissions. A relative path starts at the working directory.',
  },
  ERR_FILE_UNWRITABLE: {
    cause: 'A file cannot be written.',
    remedy: 'Check that the folder exists and that you may write to it.',
  },
  ERR_FILE_EXISTS: {
    cause:
      'The file to write already exists. The command never overwrites such a file, because it may contain a secret.',
    remedy: 'Choose another path, or move the file away.',
  },
  ERR_FILE_INVALID: {
    cause: 'The content of a file, or of standard input, is not in a documented format.',
    remedy: 'Correct what the message names. docs/command-line.md describes the formats.',
  },
  ERR_NOT_EXPLAINED: {
    cause: 'There is no explanation for the answer that `explain -` has read.',
    remedy: 'Pass an answer that refuses credentials: its body, or what `curl -i` prints.',
  },
  ERR_NETWORK: {
    cause: 'A server cannot be reached, or did not answer in time.',
    remedy: 'Check the connection, the host and `--timeout`.',
  },
} satisfies Record<string, ErrorMeaning>;

export type CliErrorCode = keyof typeof commandErrors;

/** An error whose message is for people and contains no secret. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An error in how the command was called. The exit code is 2. */
export function usageError(message: string): CliError {
  return new CliError('ERR_USAGE', message);
}

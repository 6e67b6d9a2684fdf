import type { ErrorMeaning } from '../error-meanings';

/** The codes of the command itself, beside those of `NexmoAuthError`. `nexmo-auth explain` shows them. */
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
    cause: 'The file to write already exists. The command overwrites no file with a secret.',
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

/** An error with a message for people, without any secret. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An error of the caller, with the exit code 2. */
export function usageError(message: string): CliError {
  return new CliError('ERR_USAGE', message);
}

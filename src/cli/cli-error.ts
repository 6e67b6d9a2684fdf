/** The errors of the command itself. All others are a `NexmoAuthError`. */
export type CliErrorCode =
  /** An option or an argument is unknown, missing or not valid. */
  | 'ERR_USAGE'
  /** A file cannot be read. */
  | 'ERR_FILE_UNREADABLE'
  /** A file cannot be written. */
  | 'ERR_FILE_UNWRITABLE'
  /** A file to write already exists. */
  | 'ERR_FILE_EXISTS'
  /** The content of a file is not in a documented format. */
  | 'ERR_FILE_INVALID'
  /** There is no explanation for a response. */
  | 'ERR_NOT_EXPLAINED'
  /** A server cannot be reached. */
  | 'ERR_NETWORK';

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

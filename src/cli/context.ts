import type { Readable, Writable } from 'node:stream';

/** Standard input. On a terminal, keys can be read one by one in raw mode. */
export type Input = Readable & {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
};

/** Standard output or standard error. */
export type Output = Writable & { readonly isTTY?: boolean | undefined };

/** The parts of the process that a command may use. */
export type CommandContext = {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory against which relative paths are resolved. */
  readonly cwd: string;
  /** Whether to print JSON instead of text for people. */
  readonly json: boolean;
  /** Whether to leave out notes and progress on standard error. */
  readonly quiet: boolean;
  /** Whether to print on standard error where each credential was found. */
  readonly verbose: boolean;
  /** False with `--no-color`. If true, the environment and the terminal decide whether to use colour. */
  readonly allowsColor: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Returns an abort signal. After this call, Ctrl-C or SIGTERM aborts the signal instead of ending the process, so the
   * command must stop itself. A second Ctrl-C ends the process.
   */
  interruption(): AbortSignal;
  /** The exit code if the command throws no error. */
  exitCode: number;
};

/** The function that runs a command. `options` also contains the positional arguments, by name. */
export type Command<Options> = (options: Options, io: CommandContext) => Promise<void>;

import type { Readable, Writable } from 'node:stream';

/** Standard input. On a terminal, keys can be read one by one in raw mode. */
export type Input = Readable & {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
};

/** Standard output or standard error. */
export type Output = Writable & { readonly isTTY?: boolean | undefined };

/** All that a command may use of its process. */
export type CommandContext = {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths are resolved against it. */
  readonly cwd: string;
  /** Print one JSON value instead of text for people. */
  readonly json: boolean;
  /** Print no notes and no progress on standard error. */
  readonly quiet: boolean;
  /** Print on standard error where each credential was found. */
  readonly verbose: boolean;
  /** False with `--no-color`. Otherwise the environment and the terminal decide. */
  readonly allowsColor: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * A signal that is aborted by Ctrl-C or SIGTERM. After the first call, these no longer end the process at once: the
   * command must stop itself. A second Ctrl-C ends it.
   */
  interruption(): AbortSignal;
  /** The exit code if the command throws no error. */
  exitCode: number;
};

/** What a command does. Positional arguments are options with the argument's name. */
export type Command<Options> = (options: Options, io: CommandContext) => Promise<void>;

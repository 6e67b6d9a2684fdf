import type { Command } from './context';

/** An option of a command. Its value reaches the command as text. */
export type OptionRow = {
  /** In the notation of commander, such as `--ttl <duration>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** Whether the option can be given more than once. The command then gets an array. */
  readonly isRepeatable?: boolean;
};

/**
 * An argument of a command. If `values` is `file`, shell completion offers files. If `values` is a list, shell
 * completion offers the words of that list.
 */
export type ArgumentRow = readonly [
  syntax: string,
  description: string,
  values?: 'file' | readonly string[],
];

/** A command, as `--help` and shell completion show it. */
export type CommandRow = {
  /** One word, or two for a command of a group. */
  readonly name: string;
  readonly summary: string;
  /** Further details, as paragraphs. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Loads the module of the command. Called only when the command runs. */
  readonly load: () => Promise<Command<never>>;
};

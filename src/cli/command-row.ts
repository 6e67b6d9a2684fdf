import type { Command } from './context';

/** An option of a command. Its value reaches the command as text. */
export type OptionRow = {
  /** In the notation of commander, such as `--ttl <duration>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** Can be given more than once: the command gets an array. */
  readonly isRepeatable?: boolean;
};

/** An argument of a command. Completion offers its `values`: files, or some words. */
export type ArgumentRow = readonly [
  syntax: string,
  description: string,
  values?: 'file' | readonly string[],
];

/** A command, as `--help` and the completion of shells show it. */
export type CommandRow = {
  /** One word, or two for a command of a group. */
  readonly name: string;
  readonly summary: string;
  /** Further details, as paragraphs. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentRow[];
  readonly options?: readonly OptionRow[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Loads the module of the command when the command is called. */
  readonly load: () => Promise<Command<never>>;
};

import { usageError } from '../cli-error';
import { type CommandTable, completionScript, shells } from '../completion-scripts';
import type { Command } from '../context';

export type CompletionOptions = { shell: string };

/** Returns the command that prints a completion script for the commands of a table. */
export function completionOf(table: CommandTable): Command<CompletionOptions> {
  return ({ shell: name }, io) => {
    const shell = shells.find((each) => each === name);
    if (shell === undefined) throw usageError(`The shell must be one of ${shells.join(', ')}.`);
    io.stdout.write(completionScript(shell, table));
    return Promise.resolve();
  };
}

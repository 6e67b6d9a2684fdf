import { Command as CommanderCommand, CommanderError, Option } from 'commander';
import { NexmoAuthError } from '../index';
import { CliError, usageError } from './cli-error';
import type { CommandRow, OptionRow } from './command-row';
import { commands, globalOptions, groups } from './commands';
import type { CommandContext } from './context';
import { refusedOptions } from './credential-options';
import { exitCodeOf, exitCodes } from './exit-codes';
import { printError } from './output';

/** The parts of the process that `nexmo-auth` uses. */
export type Environment = Pick<
  CommandContext,
  'stdin' | 'stdout' | 'stderr' | 'env' | 'cwd' | 'now' | 'interruption'
> & { version: string };

/**
 * Runs `nexmo-auth` with these arguments, and returns its exit code. Prints an error of commander, a `CliError` or a
 * `NexmoAuthError`. Throws any other error.
 */
export async function runProgram(
  args: readonly string[],
  environment: Environment,
): Promise<number> {
  const io: CommandContext = {
    ...environment,
    json: args.includes('--json'),
    quiet: args.includes('--quiet'),
    verbose: args.includes('--verbose'),
    allowsColor: !args.includes('--no-color'),
    exitCode: exitCodes.success,
  };
  try {
    await programFor(io, environment.version).parseAsync(args, { from: 'user' });
    return io.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return failUsage(error, args, io);
    if (!(error instanceof CliError || error instanceof NexmoAuthError)) throw error;
    printError(io, error.code, error.message);
    return exitCodeOf(error);
  }
}

/** The tree of commands, with help. */
export function programFor(io: CommandContext, version: string): CommanderCommand {
  const program = new CommanderCommand('nexmo-auth')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // `failUsage` prints the errors.
      writeErr: () => undefined,
    })
    .description('Authentication for the Nexmo (Vonage) APIs.')
    .version(version, '-V, --version', 'print the version')
    .configureHelp({ showGlobalOptions: true });
  for (const option of globalOptions) program.addOption(optionOf(option));
  for (const row of commands) addCommand(program, row, io);
  return program;
}

function addCommand(program: CommanderCommand, row: CommandRow, io: CommandContext): void {
  const [first, second] = row.name.split(' ') as [string, string?];
  const parent = second === undefined ? program : groupIn(program, first);
  const command = parent
    .command(second ?? first)
    .description([row.summary, ...(row.details === undefined ? [] : [row.details])].join('\n\n'));
  command.summary(row.summary);
  for (const [syntax, description] of row.arguments ?? []) command.argument(syntax, description);
  for (const option of row.options ?? []) command.addOption(optionOf(option));
  for (const name of Object.keys(refusedOptions)) {
    command.addOption(new Option(`--${kebabCase(name)} [value]`).hideHelp());
  }
  command.addHelpText('after', exampleText(row.examples));
  command.action(async () => {
    const options = command.optsWithGlobals<Record<string, unknown>>();
    refuseSecrets(options);
    const named = command.registeredArguments.map((argument, index) => [
      argument.name(),
      command.processedArgs[index] as unknown,
    ]);
    const run = await row.load();
    await run({ ...options, ...(Object.fromEntries(named) as object) } as never, io);
  });
}

/** Finds or creates the group of a command, such as `jwt`. */
function groupIn(program: CommanderCommand, name: string): CommanderCommand {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  return program.command(name).description(String(groups[name]));
}

function optionOf({ flags, description, choices, isRepeatable }: OptionRow): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices(choices);
  if (isRepeatable === true) {
    option.default([]).argParser<string[]>((value, values) => [...values, value]);
  }
  return option;
}

function exampleText(examples: CommandRow['examples']): string {
  const lines = examples.map(([command, meaning]) => `  # ${meaning}\n  ${command}`);
  return `\nExamples:\n${lines.join('\n\n')}`;
}

function refuseSecrets(options: Readonly<Record<string, unknown>>): void {
  for (const [name, advice] of Object.entries(refusedOptions)) {
    if (options[name] === undefined) continue;
    throw usageError(
      `--${kebabCase(name)} would show the secret in the process list and in the history of the shell. ${advice}`,
    );
  }
}

/**
 * Returns the exit code for an error of commander. Help and version count as success. Any other error is a usage error.
 */
function failUsage(
  { code, exitCode, message }: CommanderError,
  args: readonly string[],
  io: CommandContext,
): number {
  if (exitCode === 0) return exitCodes.success;
  // Commander quotes values in apostrophes. An apostrophe in a value would end the quotation early, so such a value is
  // hidden before `withoutValues` looks for quotations.
  const withApostrophe = args
    .flatMap((arg) => [arg, arg.slice(arg.indexOf('=') + 1)])
    .filter((value) => value.includes("'"));
  const masked = withApostrophe.reduce(
    (text, value) => text.replaceAll(`'${value}'`, '(not shown)'),
    message,
  );
  const text = code === 'commander.help' ? 'Name a command.' : withoutValues(masked);
  printError(io, 'ERR_USAGE', `${text} Run nexmo-auth --help for the commands and options.`);
  return exitCodes.usage;
}

/** Hides quoted text that may be a secret. Keeps quoted text that has the shape of a name. */
function withoutValues(message: string): string {
  const text = message
    .replace(/^error: /, '')
    // Removes the value of an option with choices.
    .replace(/ argument '[^']*' is invalid/, ' has an invalid value')
    .replace(/'([^']*)'/g, (_, value: string) =>
      /^[-\w: <>[\].]{1,40}$/.test(value.replace(/=.*$/s, ''))
        ? `'${value.replace(/=.*$/s, '')}'`
        : '(not shown)',
    )
    .replace(/\s*\n\(Did you mean (.+)\?\)$/, '. Did you mean $1?');
  return /[.?]$/.test(text) ? text : `${text}.`;
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

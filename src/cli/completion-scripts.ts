import type { CommandRow, OptionRow } from './command-row';

export type CommandTable = {
  readonly commands: readonly CommandRow[];
  /** A summary of each group, by name. */
  readonly groups: Readonly<Record<string, string>>;
  readonly globalOptions: readonly OptionRow[];
};

/** The words of the command line so far, and what may follow them. */
type Node = {
  /** The command so far, such as `jwt create`. */
  readonly path: string;
  /** The words that may come next. */
  readonly words: readonly (readonly [word: string, description: string])[];
  /** The words that the command accepts as an argument. */
  readonly values: readonly string[];
  readonly options: readonly OptionRow[];
  /** Whether an argument may be a file. */
  readonly takesFile: boolean;
};

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** The completion script for a shell. The script does not run the command `nexmo-auth`. */
export function completionScript(shell: Shell, table: CommandTable): string {
  return scripts[shell](nodesOf(table));
}

function nodesOf({ commands, groups, globalOptions }: CommandTable): Node[] {
  const firstWords = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [first] = name.split(' ') as [string];
    if (!firstWords.has(first)) firstWords.set(first, groups[first] ?? summary);
  }
  const wordsAfter = (path: string) =>
    commands
      .filter(({ name }) => name.startsWith(`${path} `))
      .map(({ name, summary }) => [name.slice(path.length + 1), summary] as const);
  const groupNodes = Object.keys(groups).map((path) => ({
    path,
    words: wordsAfter(path),
    values: [],
    options: globalOptions,
    takesFile: false,
  }));
  const leaves = commands.map(({ name, options = [], arguments: named = [] }) => ({
    path: name,
    words: wordsAfter(name),
    values: named.flatMap(([, , values]) => (values === 'file' ? [] : (values ?? []))),
    options: [...options, ...globalOptions],
    takesFile: named.some(([, , values]) => values === 'file'),
  }));
  return [
    { path: '', words: [...firstWords], values: [], options: globalOptions, takesFile: false },
    ...groupNodes,
    ...leaves,
  ];
}

const nameOf = ({ flags }: Pick<OptionRow, 'flags'>) => flags.replace(/ .*$/, '');

const takesPath = ({ flags }: OptionRow) => /<(path|file)/.test(flags);
const takesValue = ({ flags }: OptionRow) => /[<[]/.test(flags);

/** Puts text in single quotes, for a POSIX shell and for fish. */
const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;

const scripts: Readonly<Record<Shell, (nodes: readonly Node[]) => string>> = {
  bash: (
    nodes,
  ) => `# Completion of nexmo-auth for bash. In ~/.bashrc: eval "$(nexmo-auth completion bash)"
${posixFunction(nodes)}
_nexmo_auth_bash() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  _nexmo_auth "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  COMPREPLY=($(compgen -W "$_nexmo_auth_words" -- "$current"))
  if [[ -n $_nexmo_auth_files ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _nexmo_auth_bash nexmo-auth
`,
  zsh: (nodes) => `#compdef nexmo-auth
# Completion of nexmo-auth for zsh. In ~/.zshrc, after compinit: eval "$(nexmo-auth completion zsh)"
${posixFunction(nodes)}
_nexmo_auth_zsh() {
  _nexmo_auth "\${(@)words[2,CURRENT-1]}"
  compadd -- \${=_nexmo_auth_words}
  if [[ -n $_nexmo_auth_files ]]; then _files; fi
}
compdef _nexmo_auth_zsh nexmo-auth
`,
  fish: (
    nodes,
  ) => `# Completion of nexmo-auth for fish. In config.fish: nexmo-auth completion fish | source
function __nexmo_auth_at
  set -l words (commandline -opc | string match --invert -- '-*')
  test "$words[2..]" = "$argv[1]"; or string match -q -- "$argv[2]" "$words[2..]"
end
complete -c nexmo-auth -f
${nodes.map(fishLines).join('\n')}
`,
};

/**
 * A shell function for bash and zsh. Its arguments are the words of the command line so far. It sets
 * `_nexmo_auth_words` to the words that may come next, and `_nexmo_auth_files` to 1 if a file may come next.
 */
function posixFunction(nodes: readonly Node[]): string {
  const commandCases = nodes.map((node) => {
    const words = [
      ...node.words.map(([word]) => word),
      ...node.values,
      ...node.options.map(nameOf),
    ].join(' ');
    const files = node.takesFile ? ' _nexmo_auth_files=1' : '';
    return `    ${quoted(node.path)}) _nexmo_auth_words=${quoted(words)}${files} ;;`;
  });
  const valueCases = valueOptions(nodes).map(({ flags, choices = [] }) => {
    const name = nameOf({ flags });
    const files = takesPath({ flags, description: '' }) ? ' _nexmo_auth_files=1' : '';
    return `    ${name}) _nexmo_auth_words=${quoted(choices.join(' '))}${files}; return ;;`;
  });
  const paths = nodes.map(({ path }) => path).filter(Boolean);
  return `_nexmo_auth() {
  local word last= command= skip=
  _nexmo_auth_words= _nexmo_auth_files=
  for word in "$@"; do
    last="$word"
    if [ -n "$skip" ]; then skip=; continue; fi
    case "$word" in
    ${valueNames(nodes).join('|')}) skip=1; continue ;;
    -*) continue ;;
    esac
    case "$command" in
    '') command="$word"; continue ;;
    esac
    case "$command $word" in
    ${paths.map(quoted).join('|')}) command="$command $word" ;;
    esac
  done
  if [ -n "$skip" ]; then
    case "$last" in
${valueCases.join('\n')}
    esac
  fi
  case "$command" in
${commandCases.join('\n')}
  esac
}`;
}

/** The options that take a value, without duplicates. */
function valueOptions(nodes: readonly Node[]): OptionRow[] {
  const rows = nodes.flatMap(({ options }) => options.filter(takesValue));
  return [...new Map(rows.map((row) => [nameOf(row), row])).values()];
}

const valueNames = (nodes: readonly Node[]) => valueOptions(nodes).map(nameOf);

function fishLines({ path, words, values, options, takesFile }: Node): string {
  const condition = quoted(`__nexmo_auth_at "${path}" "${words.length > 0 ? path : `${path} *`}"`);
  const start = `complete -c nexmo-auth -n ${condition}`;
  return [
    ...words.map(([word, text]) => `${start} -a ${quoted(word)} -d ${quoted(text)}`),
    ...values.map((value) => `${start} -a ${quoted(value)}`),
    ...options.map((option) => {
      const name = nameOf(option).slice(2);
      const value = takesValue(option) ? ' -x' : '';
      const files = takesPath(option) ? ' -r -F' : value;
      const choices = option.choices ? ` -a ${quoted(option.choices.join(' '))}` : '';
      return `${start} -l ${name}${files}${choices} -d ${quoted(option.description)}`;
    }),
    ...(takesFile ? [`${start} -F`] : []),
  ].join('\n');
}

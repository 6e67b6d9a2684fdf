import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, runCli } from '../../support/cli';
import {
  candidatesOnPath,
  describeIfFound,
  failIfRequired,
  isProgram,
} from '../../support/programs';

let bash: string;
beforeAll(async () => {
  bash = (await runCli(['completion', 'bash'])).stdout;
});

/** What bash offers for the last word of a command line. */
function complete(line: string, cwd = newFolder()): string[] {
  const words = line.split(' ');
  const script = `${bash}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_nexmo_auth_bash
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter(Boolean);
}

describe('in bash', () => {
  test.each([
    ['the commands', 'nexmo-auth we', ['webhook']],
    ['the commands of a group', 'nexmo-auth jwt ', ['create', 'decode', 'verify']],
    ['the options of a command', 'nexmo-auth jwt create --cl', ['--claim']],
    ['the global options', 'nexmo-auth jwt create --js', ['--json']],
    [
      'options after an option with a value',
      'nexmo-auth jwt create --ttl 1h --acl',
      ['--acl', '--acl-preset'],
    ],
    ['the choices of an option', 'nexmo-auth jwt create --acl-preset ', ['client-sdk']],
    ['the values of an argument', 'nexmo-auth completion ', ['bash', 'zsh', 'fish']],
    ['a subcommand', 'nexmo-auth sandbox ', ['send']],
    ['the options of a subcommand', 'nexmo-auth sandbox send --att', ['--attempts']],
    ['nothing for a value that can be any text', 'nexmo-auth jwt create --ttl ', []],
    ['nothing after an unknown command', 'nexmo-auth nope ', []],
  ])('completes %s', (_name, line, expected) => {
    const offered = complete(line).filter((word) => !word.startsWith('--') || line.includes('--'));
    expect(offered).toEqual(expected);
  });

  test('completes files', () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'private.key'), '');
    expect(complete('nexmo-auth jwt create --private-key pri', cwd)).toEqual(['private.key']);
    expect(complete('nexmo-auth keys check pri', cwd)).toEqual(['private.key']);
  });

  test('completes in an interactive shell on a terminal', () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'completion.bash'), `${bash}\nnexmo-auth() { echo "called: $*"; }\n`);
    const input = 'nexmo-auth jwt cr\t\nexit\n';
    const { stdout } = spawnSync(
      'script',
      ['-qec', 'bash --noprofile --rcfile completion.bash -i', '/dev/null'],
      { cwd, input, encoding: 'utf8', timeout: 20_000, env: { ...process.env, TERM: 'dumb' } },
    );
    expect(stdout).toContain('called: jwt create');
  });
});

/** For each shell: the files that make it complete `nexmo-auth`, and the command that starts it for interactive use. */
const interactive = {
  zsh: {
    files: (script: string) => ({
      '.zshrc': `autoload -Uz compinit; compinit -u -D\n${script}\nnexmo-auth() { echo "called: $*"; }\n`,
    }),
    start: 'zsh -i',
  },
  fish: {
    files: (script: string) => ({
      'start.fish': `${script}\nfunction nexmo-auth; echo "called: $argv"; end\n`,
    }),
    start: "fish --no-config --interactive --init-command 'source start.fish'",
  },
};

const completed = [
  ['the commands of a group', 'jwt cr', 'jwt create'],
  ['the options of a command', 'jwt create --cla', 'jwt create --claim'],
  ['the choices of an option', 'jwt create --acl-preset cl', 'jwt create --acl-preset client-sdk'],
  ['the values of an argument', 'sandbox send inb', 'sandbox send inbound-sms'],
  ['files for an option', 'jwt create --private-key pri', 'jwt create --private-key private.key'],
  ['files for an argument', 'keys check pri', 'keys check private.key'],
] as const;

describe.each(Object.entries(interactive))('in %s', (shell, { files, start }) => {
  const program = candidatesOnPath([shell], process.env).find(isProgram);
  const advice = `${shell} was not found: apt-get install ${shell}.`;
  if (program === undefined) failIfRequired(advice, process.env);

  describeIfFound(
    program,
    `completion in ${shell}`,
    advice,
  )('on a terminal', () => {
    let output: string;
    beforeAll(async () => {
      const cwd = newFolder();
      writeFileSync(join(cwd, 'private.key'), '');
      const { stdout: script } = await runCli(['completion', shell]);
      for (const [name, text] of Object.entries(files(script)))
        writeFileSync(join(cwd, name), text);
      const lines = completed.map(([, typed]) => `nexmo-auth ${typed}\t\n`);
      ({ stdout: output } = spawnSync('script', ['-qec', start, '/dev/null'], {
        ...{ cwd, encoding: 'utf8', timeout: 20_000, input: [...lines, 'exit\n'].join('') },
        env: { ...process.env, HOME: cwd, ZDOTDIR: cwd, TERM: 'dumb' },
      }));
    });

    test.each(completed)('completes %s', (_name, _typed, called) => {
      expect(output.split(/[\r\n]+/)).toContain(`called: ${called}`);
    });
  });
});

test('a shell other than bash, zsh and fish is a usage error', async () => {
  const { code, stderr } = await runCli(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('The shell must be one of bash, zsh, fish.');
});

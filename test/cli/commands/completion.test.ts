import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../../src/cli/commands';
import { newFolder, runCli } from '../../support/cli';

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
    ['nothing for a free value', 'nexmo-auth jwt create --ttl ', []],
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

test.each(['zsh', 'fish'])('the script for %s has every command', async (shell) => {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(0);
  for (const { name } of commands) expect(stdout).toContain(name);
});

test.each(['zsh', 'fish'])('%s accepts its script, if it is installed', async (shell) => {
  const { stdout } = await runCli(['completion', shell]);
  const file = join(newFolder(), 'completion');
  writeFileSync(file, stdout);
  const { error, status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
  const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  expect(isMissing || `${String(status)}${stderr}` === '0').toBe(true);
});

test('another shell is a usage error', async () => {
  const { code, stderr } = await runCli(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('The shell must be one of bash, zsh, fish.');
});

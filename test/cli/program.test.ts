import { commands } from '../../src/cli/commands';
import { runProgram } from '../../src/cli/program';
import { contextFor, runCli } from '../support/cli';

const advice = 'Run nexmo-auth --help for the commands and options.';

test('--help lists all commands, and gives the exit code 0', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { name } of commands) expect(stdout).toContain(` ${name.split(' ')[0]} `);
});

test.each(commands.map(({ name }) => name))('%s --help has examples', async (name) => {
  const { code, stdout } = await runCli([...name.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Examples:\n {2}# .+\n {2}.*nexmo-auth /m);
  expect(stdout).toContain('--json');
});

test('--version prints the version', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
});

test.each([
  ['a call without a command', [], `ERR_USAGE: Name a command. ${advice}`],
  ['a group without a command', ['jwt'], `ERR_USAGE: Name a command. ${advice}`],
  [
    'an unknown command',
    ['jwt', 'creat'],
    `ERR_USAGE: unknown command 'creat'. Did you mean create? ${advice}`,
  ],
  [
    'an unknown option',
    ['jwt', 'create', '--tll', '1h'],
    `ERR_USAGE: unknown option '--tll'. Did you mean --ttl? ${advice}`,
  ],
  [
    'an unknown option, whose value is not shown,',
    ['jwt', 'create', '--secret=hunter2hunter2'],
    `ERR_USAGE: unknown option '--secret'. ${advice}`,
  ],
  [
    'an argument too many',
    ['jwt', 'create', 'private.key'],
    `ERR_USAGE: too many arguments for 'create'. Expected 0 arguments but got 1. ${advice}`,
  ],
  [
    'a value that is not one of the choices',
    ['jwt', 'create', '--acl-preset', 'hunter2hunter2=hunter2'],
    `ERR_USAGE: option '--acl-preset <name>' has an invalid value. Allowed choices are client-sdk. ${advice}`,
  ],
  [
    'text in place of a command, which may be a secret,',
    ['eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9'],
    `ERR_USAGE: unknown command (not shown). ${advice}`,
  ],
  [
    'an option without its value',
    ['jwt', 'create', '--ttl'],
    `ERR_USAGE: option '--ttl <duration>' argument missing. ${advice}`,
  ],
])('%s is a usage error', async (_name, args, line) => {
  expect(await runCli(args)).toEqual({ code: 2, stdout: '', stderr: `${line}\n` });
});

test.each([
  [['jwt', 'create', '--api-secret', 'hunter2hunter2'], '--api-secret-file'],
  [['jwt', 'create', '--api-secret=hunter2hunter2'], 'VONAGE_API_SECRET'],
  [['header', 'voice', '--passphrase', 'hunter2hunter2'], '--passphrase-file'],
  [['sms', 'sign', '--signature-secret', 'hunter2hunter2'], '--signature-secret-stdin'],
])('a secret as the value of an option is refused: %j', async (args, remedy) => {
  const { code, stdout, stderr } = await runCli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('process list');
  expect(stderr).toContain(remedy);
  expect(stderr).not.toContain('hunter2');
});

test.each([
  [["a' hunter2 'b"]],
  [["a' hunter2"]],
  [['jwt', 'create', "--acl-preset=a' hunter2"]],
  [['jwt', 'create', '--acl-preset', "a' hunter2 'b=c"]],
  [['jwt', 'create', "--no' hunter2"]],
])('a value with an apostrophe is not shown: %j', async (args) => {
  const { code, stderr } = await runCli(args);
  expect(code).toBe(2);
  expect(stderr).toContain('(not shown)');
  expect(stderr).not.toContain('hunter2');
});

test('with --json, an error is one JSON value on standard error', async () => {
  const { code, stdout, stderr } = await runCli(['jwt', 'create', '--json', '--nope']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(JSON.parse(stderr)).toEqual({
    error: { code: 'ERR_USAGE', message: `unknown option '--nope'. ${advice}` },
  });
});

test('a bug is thrown, and not reported as an error of the caller', async () => {
  const now = () => {
    throw new TypeError('a bug');
  };
  const input = 'eyJhbGciOiJSUzI1NiJ9.e30.eA';
  await expect(
    runProgram(['jwt', 'decode', '-'], { ...contextFor({ input }), now }),
  ).rejects.toThrow('a bug');
});

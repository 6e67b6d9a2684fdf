import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/run';

// These tests run the command from dist, as a process.
const main = join(root, 'dist/cli/main.js');
const hasTerminal = existsSync('/usr/bin/script');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function start(file: string, args: string[]) {
  const { PATH } = process.env;
  const child = spawn(file, args, { cwd: folder, env: { PATH, HOME: folder, TERM: 'xterm' } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, stdout, stderr }));
  const untilPrinted = async (pattern: RegExp) => {
    while (!pattern.test(stdout)) await once(child.stdout, 'data');
    return stdout;
  };
  return { child, ended, untilPrinted };
}

const sandboxArgs = ['sandbox', '--port', '0', '--credentials', 'sandbox.json'];

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the sandbox as a process stops on %s',
  async (signal) => {
    const { child, ended, untilPrinted } = start(process.execPath, [main, ...sandboxArgs]);
    const printed = await untilPrinted(/listens on/);
    const origin = String(/http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]);
    const response = await fetch(`${origin}/api.nexmo.com/v1/calls`);
    expect(response.status).toBe(401);
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect(stdout).toMatch(/401 refused .*\nStopped after 1 request\.\n$/);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toBe(
      'sandbox.json did not exist. It was created with new credentials for the sandbox.\n',
    );
    expect(code).toBe(0);
  },
);

(hasTerminal ? test : test.skip)(
  'on a terminal, the sandbox reads keys one by one, and Ctrl-C ends it',
  async () => {
    const command = [process.execPath, main, ...sandboxArgs].join(' ');
    const inner = `${command}; echo "exit $?"; stty -a | grep -o -- "-*icanon"`;
    const { child, ended, untilPrinted } = start('script', ['-qec', inner, '/dev/null']);
    await untilPrinted(/Press h for help, q or Ctrl-C to stop\./);
    child.stdin.write('i');
    expect(await untilPrinted(/--webhook URL\./)).toContain(
      '\u001b[31mTo send a callback, start the sandbox with --webhook URL.',
    );
    child.stdin.write('\x03');
    const { stdout } = await ended;
    // The terminal is in its earlier mode again (icanon).
    expect(stdout).toMatch(/Stopped after 0 requests\.\r\nexit 0\r\nicanon\r\n$/);
  },
);

(hasTerminal ? test : test.skip)('on a terminal, doctor is in colour', async () => {
  const command = `${process.execPath} ${main} doctor`;
  const { ended } = start('script', ['-qec', `${command}; echo "exit $?"`, '/dev/null']);
  const { stdout } = await ended;
  expect(stdout.split('\r\n')[0]).toBe(
    '\u001b[31mfailed\u001b[39m: No credentials were found in any place.',
  );
  expect(stdout).toMatch(/exit 1\r\n$/);
});

test('explain as a process reads an answer, and ends quietly if the reader of its output has ended', async () => {
  const { child, ended } = start(process.execPath, [main, 'explain', '-']);
  child.stdin.end('{"messages":[{"status":"4"}]}');
  expect((await ended).stdout).toMatch(/^4 \(an answer of the platform\)\n/);
  const shell = start('sh', ['-c', `${process.execPath} ${main} explain ERR_INVALID_URL | true`]);
  expect(await shell.ended).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each(['doctor', 'explain', 'sandbox', 'sandbox send'])(
  '%s --help has examples',
  async (name) => {
    const { ended } = start(process.execPath, [main, ...name.split(' '), '--help']);
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/Examples:\n {2}# .+\n {2}.*nexmo-auth /);
    expect(code).toBe(0);
  },
);

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import manifest from '../../package.json';
import { newFolder } from '../support/cli';
import { keyPath, keySecrets, keyText } from '../support/keys';
import { root } from '../support/run';

const main = join(root, manifest.bin['nexmo-auth']);
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const home = newFolder();
const env = { PATH: process.env['PATH'], HOME: home };
const key = ['--app-id', applicationId, '--private-key', keyPath('rsa-pkcs8')];

const run = (args: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}) =>
  spawnSync(process.execPath, [main, ...args], {
    cwd: home,
    encoding: 'utf8',
    input: options.input ?? '',
    env: { ...env, ...options.env },
  });

test('--version prints the version of the package', () => {
  expect(run(['--version'])).toMatchObject({
    status: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  });
});

test('a token from one process is accepted by another', () => {
  const { stdout, status } = run(['jwt', 'create', ...key]);
  expect(status).toBe(0);
  const publicKey = ['--public-key', keyPath('rsa-public')];
  expect(run(['jwt', 'verify', '-', ...publicKey], { input: stdout })).toMatchObject({ status: 0 });
});

test.each([
  ['<(command)', '--private-key <(cat "$KEY")'],
  ['standard input', '--private-key /dev/stdin < <(cat "$KEY")'],
])('a private key may come from a pipe of the shell: %s', (_what, option) => {
  const script = `"$0" "$1" jwt create --app-id ${applicationId} ${option}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, main], {
    cwd: home,
    encoding: 'utf8',
    env: { ...env, KEY: keyPath('rsa-pkcs8') },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('.')).toHaveLength(3);
});

test('an error gives one line without a stack, and an exit code of its own', () => {
  const { status, stdout, stderr } = run(['jwt', 'create']);
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toMatch(/^ERR_MISSING_CREDENTIAL: [^\n]+\n$/);
});

test('a fault of the command shows no secret', () => {
  const patch = join(newFolder(), 'patch.cjs');
  const fault = "Object.assign(new Error('hunter2'), { path: 'hunter2' })";
  writeFileSync(patch, `process.cwd = () => { throw ${fault}; };`);
  const { status, stderr } = run(['jwt', 'create'], {
    env: { NODE_OPTIONS: `--require ${patch}` },
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^This is a fault of nexmo-auth \(Error\)\..*\n( +at .*\n)+$/);
  expect(stderr).not.toContain('hunter2');
});

test('a key file that others can read gives a warning of one line', () => {
  const file = join(newFolder(), 'private.key');
  writeFileSync(file, keyText('rsa-pkcs8'), { mode: 0o644 });
  const { stderr } = run(['jwt', 'create', '--app-id', applicationId, '--private-key', file]);
  expect(stderr).toBe(
    `Warning: A file with secrets can be accessed by users other than its owner. Run: chmod 600 ${file}\n`,
  );
});

test('a command whose output pipe is closed early ends quietly, with exit code 0', () => {
  const command = `"$0" "$1" completion bash --json; echo "code $?" >&2`;
  const script = `{ ${command}; } | true`;
  const { stderr } = spawnSync('bash', ['-c', script, process.execPath, main], {
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('code 0\n');
});

test('colour is used on a terminal only', () => {
  const token = run(['jwt', 'create', ...key]).stdout.trim();
  const command = `'${process.execPath}' '${main}' jwt decode ${token}`;
  const inTerminal = (variables: NodeJS.ProcessEnv, option = '') =>
    spawnSync('script', ['-qec', `${command} ${option}`, '/dev/null'], {
      encoding: 'utf8',
      env: { ...env, TERM: 'xterm', ...variables },
    }).stdout;
  expect(inTerminal({})).toContain('\u001B[1mHeader\u001B[22m');
  expect(inTerminal({ NO_COLOR: '1' })).not.toContain('\u001B');
  expect(inTerminal({}, '--no-color')).not.toContain('\u001B');
  expect(run(['jwt', 'decode', token]).stdout).not.toContain('\u001B');
});

describe('with a server', () => {
  let server: Server;
  let port: number;
  let requests: IncomingMessage[];
  let answers = true;
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request);
      if (answers) response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    answers = true;
  });

  const secrets = { VONAGE_API_KEY: 'abcd1234', VONAGE_API_SECRET: 'ABCDEFGH01234abc' };

  async function runCurl(configuration: string, ...args: string[]): Promise<void> {
    const curl = spawn('curl', ['-sS', '--config', '-', ...args]);
    curl.stdin.end(configuration);
    await once(curl, 'close');
  }

  test('the configuration of header --curl gives curl the credential', async () => {
    const { stdout } = run(['header', 'account', '--curl'], { env: secrets });
    await runCurl(stdout, `http://127.0.0.1:${port}/`);
    const credential = Buffer.from('abcd1234:ABCDEFGH01234abc').toString('base64');
    expect(requests[0]?.headers.authorization).toBe(`Basic ${credential}`);
  });

  test('the configuration of webhook sign --curl gives curl the webhook', async () => {
    const args = ['--body', '-', '--url', `http://127.0.0.1:${port}/hook`, '--curl'];
    const { stdout } = run(['webhook', 'sign', ...args], {
      input: '@/etc/hostname "\\\n',
      env: { ...secrets, VONAGE_SIGNATURE_SECRET: 'SignatureSecret1' },
    });
    await runCurl(stdout);
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/hook' });
    expect(requests[0]?.headers['content-length']).toBe('18');
  });

  test('curl sends one request for a URL with braces and brackets', async () => {
    const target = '/hook?a={1,2}&b=[1-3]';
    const args = ['--body', '-', '--url', `http://127.0.0.1:${port}${target}`, '--curl'];
    const { stdout } = run(['webhook', 'sign', ...args], {
      input: '{}',
      env: { ...secrets, VONAGE_SIGNATURE_SECRET: 'SignatureSecret1' },
    });
    await runCurl(stdout);
    expect(requests.map(({ url }) => url)).toEqual([target]);
  });

  test('nexmo-auth request bypasses the proxy of the environment for a URL of this machine', async () => {
    const proxied: string[] = [];
    const proxy = createServer((request, response) => {
      proxied.push(String(request.url));
      response.end();
    });
    proxy.on('connect', ({ url }, socket) => {
      proxied.push(String(url));
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const args = ['request', 'account', '--url', `http://127.0.0.1:${port}`];
    const child = spawn(process.execPath, [main, ...args], {
      cwd: home,
      env: {
        ...env,
        ...secrets,
        // Node 20 does not read NODE_USE_ENV_PROXY.
        NODE_OPTIONS: `--require ${join(__dirname, 'use-environment-proxy.cjs')}`,
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: `http://127.0.0.1:${proxyPort}`,
      },
    });
    const [code] = (await once(child, 'close')) as [number];
    proxy.close();
    expect({ code, proxied }).toEqual({ code: 0, proxied: [] });
    expect(requests).toHaveLength(1);
  });

  test('Ctrl-C in the middle of a request ends the process, prints no secret and leaves no file', async () => {
    answers = false;
    const args = ['request', 'account', '--url', `http://127.0.0.1:${port}`];
    const child = spawn(process.execPath, [main, ...args], {
      cwd: home,
      env: { ...env, ...secrets },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const commandLine = readFileSync(`/proc/${String(child.pid)}/cmdline`, 'utf8');
    expect(commandLine).not.toContain('ABCDEFGH01234abc');
    child.kill('SIGINT');
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ code, signal, output }).toEqual({ code: null, signal: 'SIGINT', output: '' });
    expect(readdirSync(home)).toEqual([]);
  });
});

test('no command prints the private key', () => {
  const all = [
    ['jwt', 'create', ...key, '--verbose'],
    ['header', 'voice', ...key, '--json'],
    ['keys', 'check', keyPath('rsa-pkcs8')],
    ['jwt', 'create', '--app-id', 'wrong', '--private-key', keyPath('rsa-pkcs8')],
  ].map((args) => run(args));
  const output = all.map(({ stdout, stderr }) => stdout + stderr).join('');
  for (const line of keySecrets(keyText('rsa-pkcs8'))) expect(output).not.toContain(line);
});

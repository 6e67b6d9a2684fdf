import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fromFile, generateJwt, WebhookVerifier } from '../../../src';
import { applicationId, held } from '../../support/account';
import { keySecrets, keyText } from '../../support/keys';
import { leaksIn } from '../../support/leaks';
import { type CliOptions, runCli, startCli } from '../../support/cli';

const { apiKey, apiSecret, signatureSecret } = held;
const secrets = [apiSecret, signatureSecret, ...keySecrets(keyText('rsa-pkcs8'))];
const account = {
  'api-key': apiKey,
  'api-secret': apiSecret,
  'app-id': applicationId,
  'private-key': keyText('rsa-pkcs8'),
  'signature-secret': signatureSecret,
};

let folder: string;
let credentials: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  credentials = join(folder, 'account.json');
  writeFileSync(credentials, JSON.stringify(account), { mode: 0o600 });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Received = {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  rawBody: Buffer;
};

/** A webhook that records what it gets. */
async function startWebhook(status = 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((rawBody) => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, rawBody });
      response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { url, received, close };
}

function firstOf(received: readonly Received[]): Received {
  const [request] = received;
  if (request === undefined) throw new Error('The webhook got no request.');
  return request;
}

/** Starts the sandbox on a free port, on a terminal unless told otherwise. */
async function startSandboxCommand(flags: string[] = [], options: CliOptions = {}) {
  const controller = new AbortController();
  const command = startCli(['sandbox', '--port', '0', '--credentials', credentials, ...flags], {
    env: { HOME: folder },
    cwd: folder,
    isTerminal: true,
    interruption: controller.signal,
    now: () => Date.parse('2026-01-31T12:30:00Z'),
    ...options,
  });
  const printed = await command.untilPrinted(/http:\/\/127\.0\.0\.1:\d+/);
  const origin = String(/http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]);
  const interrupt = () => {
    controller.abort();
  };
  return { ...command, origin, interrupt };
}

const noColor = { env: { HOME: '/', NO_COLOR: '1' } };

describe('nexmo-auth sandbox', () => {
  test('prints each request with product, scheme, verdict and reason, and stops on Ctrl-C', async () => {
    const running = await startSandboxCommand([], noColor);
    const { origin } = running;
    const basic = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`;
    await fetch(`${origin}/rest.nexmo.com/account/get-balance`, {
      headers: { authorization: basic },
    });
    const wrong = `api_key=${apiKey}&api_secret=WrongSecret123`;
    await fetch(`${origin}/rest.nexmo.com/sms/json?${wrong}`, { method: 'POST' });
    await fetch(`${origin}/nowhere.example/path`);
    running.interrupt();
    const { code, stdout, stderr } = await running.outcome;
    const time = '\\d\\d:30:00';
    expect(stdout.replace(origin, 'ORIGIN').replace(origin, 'ORIGIN').split('\n')).toEqual([
      'The local Nexmo listens on ORIGIN. The real host comes first in the path: ORIGIN/rest.nexmo.com/sms/json',
      'Press h for help, q or Ctrl-C to stop.',
      expect.stringMatching(
        `^${time}  200 accepted  account         basic      GET rest\\.nexmo\\.com/account/get-balance$`,
      ),
      expect.stringMatching(
        `^${time}  200 refused   sms             query      POST rest\\.nexmo\\.com/sms/json  \\(api_key or api_secret does not match the account\\)$`,
      ),
      expect.stringMatching(
        `^${time}  404 unknown URL  -               -          GET nowhere\\.example/path$`,
      ),
      'Stopped after 3 requests.',
      '',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(leaksIn(stdout, [...secrets, 'WrongSecret123'])).toEqual([]);
  });

  test('prints in colour on a terminal', async () => {
    const running = await startSandboxCommand([], { env: { HOME: folder, TERM: 'xterm' } });
    await fetch(`${running.origin}/api.nexmo.com/v1/calls`);
    running.type('q');
    expect((await running.outcome).stdout).toContain('\u001b[31m401 refused \u001b[39m');
  });

  test('with --json, prints one line for each event', async () => {
    const running = await startSandboxCommand(['--json'], { isTerminal: false });
    const token = generateJwt(applicationId, keyText('rsa-pkcs8'), { now: Date.now });
    await fetch(`${running.origin}/api.nexmo.com/v1/calls`, {
      headers: { authorization: `Bearer ${token}` },
    });
    running.interrupt();
    const { code, stdout } = await running.outcome;
    const time = '2026-01-31T12:30:00.000Z';
    const [listening, request, stopped, ...others] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(listening).toEqual({
      time,
      event: 'listening',
      url: running.origin,
      apiKey,
      applicationId,
      products: expect.any(Array) as unknown,
    });
    expect(request).toEqual({
      time,
      event: 'request',
      method: 'GET',
      host: 'api.nexmo.com',
      path: '/v1/calls',
      product: 'voice',
      scheme: 'bearer',
      status: 200,
      verdict: 'accepted',
    });
    expect(stopped).toEqual({ time, event: 'stopped', requests: 1 });
    expect(others).toEqual([]);
    expect(code).toBe(0);
    expect(leaksIn(stdout, [...secrets, token])).toEqual([]);
  });

  test('shows no secret and no control character from the URL of a request', async () => {
    const running = await startSandboxCommand([], noColor);
    const socket = connect(Number(new URL(running.origin).port), '127.0.0.1');
    socket.write(
      `GET x\u009b31m?api_secret=${apiSecret} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      'latin1',
    );
    await once(socket.resume(), 'close');
    await fetch(
      `${running.origin}/rest.nexmo.com/${apiSecret}/${encodeURIComponent(signatureSecret)}`,
    );
    running.interrupt();
    const { stdout } = await running.outcome;
    expect(stdout).toContain('GET rest.nexmo.com/[redacted]/[redacted]');
    expect(leaksIn(stdout, secrets)).toEqual([]);
    expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test('creates a missing file of --credentials, which only its owner can access', async () => {
    const file = join(folder, 'new.json');
    const running = await startSandboxCommand(['--credentials', file]);
    running.interrupt();
    const { stdout, stderr } = await running.outcome;
    expect(stderr).toMatch(
      /new\.json did not exist\. It was created with new credentials for the sandbox\.\n$/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const created = await fromFile(file)();
    for (const kind of ['key-secret', 'application', 'signature'] as const) {
      expect(created.has(kind)).toBe(true);
    }
    expect(leaksIn(stdout + stderr, [created.reveal('apiSecret')])).toEqual([]);
    const content = readFileSync(file, 'utf8');
    const again = await startSandboxCommand(['--credentials', file]);
    again.interrupt();
    expect((await again.outcome).stderr).toBe('');
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test('stops at once if interrupted before its start; without a terminal, it does not list the keys to press', async () => {
    const flags = ['sandbox', '--port', '0', '--credentials', credentials];
    const outcome = await runCli(flags, { interruption: AbortSignal.abort() });
    const [first, last, end] = outcome.stdout.split('\n');
    expect(first).toMatch(/^The local Nexmo listens on http/);
    expect([last, end]).toEqual(['Stopped after 0 requests.', '']);
    expect(outcome.code).toBe(0);
  });

  test('takes credentials from the environment, as other commands do', async () => {
    const controller = new AbortController();
    const command = startCli(['sandbox', '--port', '0', '--json'], {
      env: { HOME: folder, VONAGE_API_KEY: apiKey },
      cwd: folder,
      interruption: controller.signal,
    });
    expect(await command.untilPrinted(/\n/)).toContain(`"apiKey":"${apiKey}"`);
    controller.abort();
    expect((await command.outcome).code).toBe(0);
  });

  test.each<[string, string[], RegExp, number]>([
    [
      'a command without credentials',
      [],
      /^ERR_MISSING_CREDENTIAL: Credentials were not found\./,
      3,
    ],
    [
      'a port that is no number',
      ['--port', 'x'],
      /^ERR_USAGE: --port must be a number from 0 to 65535/,
      2,
    ],
    ['a port that is too high', ['--port', '65536'], /^ERR_USAGE: --port must be/, 2],
    [
      'a file that cannot be created',
      ['--credentials', 'nowhere/new.json'],
      /^ERR_FILE_UNWRITABLE: \S+nowhere\/new\.json cannot be written \(ENOENT\)\.\n$/,
      1,
    ],
    [
      'an API secret as an option',
      ['--api-secret', 'ABCDEFGH01234abc'],
      /^ERR_USAGE: --api-secret would show the secret/,
      2,
    ],
    ['an unknown option', ['--prot', '1'], /^ERR_USAGE: .*--port/, 2],
  ])('refuses %s', async (_name, flags, message, code) => {
    const outcome = await runCli(['sandbox', ...flags], { env: { HOME: folder }, cwd: folder });
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(leaksIn(outcome, secrets)).toEqual([]);
  });

  test('reports a port that is in use', async () => {
    const running = await startSandboxCommand();
    const { port } = new URL(running.origin);
    const other = await runCli(['sandbox', '--port', port, '--credentials', credentials]);
    expect(other.code).toBe(2);
    expect(other.stderr).toBe(
      `ERR_INVALID_OPTION: port ${port} of 127.0.0.1 is in use. Choose another port, or end the program that uses it.\n`,
    );
    running.interrupt();
    await running.outcome;
  });
});

describe('on a key press, the sandbox', () => {
  test.each([
    ['i', 'inbound-sms'],
    ['d', 'dlr'],
  ])('sends for the key %s a signed %s', async (key, kind) => {
    const webhook = await startWebhook();
    const running = await startSandboxCommand(['--webhook', webhook.url], {
      ...noColor,
      now: Date.now,
    });
    running.type(key);
    await running.untilPrinted(new RegExp(`200 ${kind} sent to your webhook\\n`));
    running.type('\x03');
    expect((await running.outcome).code).toBe(0);
    const verifier = new WebhookVerifier({ secrets: signatureSecret });
    const params = await verifier.verifySms(firstOf(webhook.received));
    expect(params).toMatchObject({ 'api-key': apiKey, msisdn: '447700900001', to: '447700900000' });
    await webhook.close();
  });

  test('sends for the key m a signed message', async () => {
    const webhook = await startWebhook();
    const running = await startSandboxCommand(['--webhook', `${webhook.url}?tenant=1`], {
      ...noColor,
      now: Date.now,
    });
    running.type('m');
    await running.untilPrinted(/200 message sent/);
    running.type('\x04');
    await running.outcome;
    const [request] = webhook.received;
    expect(request).toMatchObject({ method: 'POST', url: '/webhooks?tenant=1' });
    const claims = await new WebhookVerifier({ secrets: signatureSecret }).verify(
      firstOf(webhook.received),
    );
    expect(claims).toMatchObject({ api_key: apiKey, application_id: applicationId });
    expect(JSON.parse(String(request?.rawBody))).toMatchObject({
      channel: 'sms',
      message_type: 'text',
    });
    await webhook.close();
  });

  test('says what the webhook answered, or that it did not answer', async () => {
    const webhook = await startWebhook(500);
    const running = await startSandboxCommand(['--json', '--webhook', webhook.url]);
    running.type('i');
    expect(await running.untilPrinted(/delivery.*\n/)).toContain(
      '"kind":"inbound-sms","delivered":false,"status":500}',
    );
    running.type('q');
    await running.outcome;
    await webhook.close();
    const other = await startSandboxCommand(['--webhook', webhook.url], noColor);
    other.type('i');
    await other.untilPrinted(/no answer inbound-sms sent to your webhook/);
    other.type('q');
    await other.outcome;
  });

  test('prints help, ignores unknown keys, and says what is missing for a callback', async () => {
    const { 'signature-secret': _secret, ...unsigned } = account;
    writeFileSync(credentials, JSON.stringify(unsigned), { mode: 0o600 });
    const running = await startSandboxCommand([], noColor);
    expect(running.isRaw()).toBe(true);
    running.type('xi');
    await running.untilPrinted(/To send a callback, start the sandbox with --webhook URL\./);
    running.type('?hq');
    const { stdout } = await running.outcome;
    expect(stdout.match(/Press h for help, q or Ctrl-C to stop\./g)).toHaveLength(3);
    expect(running.isRaw()).toBe(false);
    const other = await startSandboxCommand(['--webhook', 'http://127.0.0.1:1/'], noColor);
    other.type('m');
    await other.untilPrinted(
      /A callback cannot be signed, because the credentials lack signatureSecret\./,
    );
    other.interrupt();
    expect((await other.outcome).stdout).toContain(
      'Keys that send a callback: i inbound-sms, d dlr, m message.',
    );
  });
});

describe('nexmo-auth sandbox send', () => {
  const send = (flags: string[], options: CliOptions = {}) =>
    runCli(['sandbox', 'send', ...flags], {
      env: { HOME: folder },
      cwd: folder,
      now: Date.now,
      ...options,
    });

  test('sends an inbound SMS with the given content', async () => {
    const webhook = await startWebhook();
    const content = ['--from', '4412345', '--to', '4467890', '--text', 'stop it', '--as', 'json'];
    const outcome = await send([
      'inbound-sms',
      '--webhook',
      webhook.url,
      '--credentials',
      credentials,
      ...content,
    ]);
    expect(outcome).toEqual({
      code: 0,
      stdout: 'Your webhook accepted the inbound-sms (HTTP 200).\n',
      stderr: '',
    });
    const [request] = webhook.received;
    const params = await new WebhookVerifier({ secrets: signatureSecret }).verifySms(
      firstOf(webhook.received),
    );
    expect(params).toMatchObject({
      msisdn: '4412345',
      to: '4467890',
      text: 'stop it',
      keyword: 'STOP',
    });
    expect(request?.headers['content-type']).toBe('application/json');
    await webhook.close();
  });

  test('sends the delivery receipt of a failed message as a form', async () => {
    const webhook = await startWebhook();
    const flags = [
      '--status',
      'failed',
      '--as',
      'form',
      '--webhook',
      webhook.url,
      '--credentials',
      credentials,
    ];
    const { stdout } = await send(['dlr', '--json', ...flags]);
    expect(JSON.parse(stdout)).toEqual({ kind: 'dlr', delivered: true, status: 200, attempts: 1 });
    const params = new URLSearchParams(String(webhook.received[0]?.rawBody));
    expect([params.get('status'), params.get('err-code')]).toEqual(['failed', '1']);
    expect(params.get('scts')).toMatch(/^\d{10}$/);
    await webhook.close();
  });

  test('reports that the webhook refused the callback', async () => {
    const webhook = await startWebhook(401);
    const flags = ['--webhook', webhook.url, '--credentials', credentials, '--attempts', '3'];
    expect(await send(['message', ...flags])).toEqual({
      code: 1,
      stdout: 'Your webhook answered HTTP 401 to the message, after 1 of 3 attempts.\n',
      stderr: '',
    });
    await webhook.close();
  });

  test.each<[string, string[], RegExp, number]>([
    [
      'an unknown kind',
      ['fax', '--webhook', 'http://127.0.0.1:1/'],
      /^ERR_USAGE: There is no callback of this name\. Known names: inbound-sms, dlr, message\.\n$/,
      2,
    ],
    ['a command without a kind', [], /^ERR_USAGE: .*kind/, 2],
    [
      'a command without a webhook',
      ['dlr'],
      /^ERR_USAGE: Pass the URL of your webhook: --webhook URL\.\n$/,
      2,
    ],
    [
      'zero attempts',
      ['dlr', '--attempts', '0'],
      /^ERR_USAGE: --attempts must be a number from 1 to 999\.\n$/,
      2,
    ],
    [
      'a webhook that is no URL',
      ['dlr', '--webhook', 'localhost:3000'],
      /^ERR_INVALID_OPTION: url must/,
      2,
    ],
    [
      'a webhook that does not answer',
      ['dlr', '--webhook', 'http://127.0.0.1:1/'],
      /^ERR_NETWORK: Your webhook did not answer\./,
      6,
    ],
  ])('%s is an error', async (_name, flags, message, code) => {
    const outcome = await send([...flags, '--credentials', credentials]);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(leaksIn(outcome, secrets)).toEqual([]);
  });

  test('can be interrupted', async () => {
    const flags = ['dlr', '--webhook', 'http://127.0.0.1:1/', '--credentials', credentials];
    const outcome = await send(flags, { interruption: AbortSignal.abort() });
    expect(outcome).toMatchObject({
      code: 6,
      stderr: 'ERR_NETWORK: The delivery was interrupted.\n',
    });
  });

  test('creates no file for a callback that cannot be sent', async () => {
    await send(['fax', '--credentials', join(folder, 'new.json')]);
    expect(existsSync(join(folder, 'new.json'))).toBe(false);
  });
});

import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { decodeJwt } from '../../../src';
import type { DoctorReport } from '../../../src/cli/doctor/report';
import { type Sandbox, startSandbox } from '../../../src/testing';
import { applicationId, held } from '../../support/account';
import { keyPath, keySecrets, keyText, passphrase } from '../../support/keys';
import { leaksIn } from '../../support/leaks';
import { type Fault, startFaultyPlatform } from '../../support/platform-with-faults';
import { type CliOutcome, runCli } from '../../support/cli';
import { startServer } from '../../support/server';

/** The seconds by which the clock of the platform is ahead of the clock of this machine. */
let offset = 0;
let sandbox: Sandbox;
let origin: string;
beforeAll(async () => {
  const { apiKey, apiSecret } = held;
  const publicKey = keyText('rsa-public');
  const now = () => Date.now() + offset * 1000;
  sandbox = await startSandbox({ apiKey, apiSecret, applicationId, publicKey, now });
  ({ origin } = new URL(sandbox.url('sms')));
});
afterAll(() => sandbox.close());

let folder: string;
beforeEach(() => {
  offset = 0;
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  mkdirSync(join(folder, 'home'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type SetUp = {
  env?: Record<string, string | undefined>;
  /** The content of each file, by its path. */
  files?: Record<string, string>;
  args?: string[];
  faults?: Record<string, Fault>;
  /** The name of the fixture that is the private key. */
  key?: string;
  offset?: number;
  prepare?: () => void;
};

/** Writes a file with secrets, which only its owner can read. */
function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { mode: 0o600 });
}

/** Runs doctor on credentials that are right, except for what `setUp` changes. */
async function examine(setUp: SetUp, flags: string[] = []): Promise<CliOutcome> {
  const { env = {}, files = {}, faults = {}, key = 'rsa-pkcs8', args } = setUp;
  offset = setUp.offset ?? 0;
  copyFileSync(keyPath(key), join(folder, 'private.key'));
  chmodSync(join(folder, 'private.key'), 0o600);
  for (const [path, content] of Object.entries(files)) write(path, content);
  setUp.prepare?.();
  const variables: Record<string, string | undefined> = {
    HOME: join(folder, 'home'),
    VONAGE_API_KEY: held.apiKey,
    VONAGE_API_SECRET: held.apiSecret,
    VONAGE_APPLICATION_ID: applicationId,
    VONAGE_PRIVATE_KEY_PATH: join(folder, 'private.key'),
    VONAGE_SIGNATURE_SECRET: held.signatureSecret,
    ...env,
  };
  const set = Object.entries(variables).filter(([, value]) => value !== undefined);
  const platform = await startFaultyPlatform(origin, faults);
  const outcome = await runCli(
    ['doctor', ...(args ?? ['--online', '--url', platform.url]), ...flags],
    {
      env: Object.fromEntries(set) as Record<string, string>,
      cwd: folder,
      now: Date.now,
    },
  );
  await platform.close();
  return outcome;
}

test('if the Date of the platform is ten years ahead, doctor sends no token that is valid for years', async () => {
  const tenYears = 3650 * 86_400;
  const { stdout } = await examine({ offset: tenYears });
  expect(stdout).toMatch(/^failed: The clock of this machine is about 87600 hours behind/);
  const expiries = sandbox.requests
    .map(({ headers }) => /^Bearer (.+)/.exec(String(headers['authorization']))?.[1])
    .filter((token) => token !== undefined)
    .map((token) => Number(decodeJwt(token).claims['exp']) - Date.now() / 1000);
  expect(Math.max(...expiries)).toBeLessThan(2 * 86_400);
});

test('doctor corrects the clock by at most a day and 30 seconds, whatever dates the platform sends', async () => {
  const day = 86_400;
  const server = await startServer(({ headers }, response) => {
    const isToken = headers.authorization?.startsWith('Bearer') === true;
    const date = new Date(Date.now() + (isToken ? 2 : 1) * day * 1000).toUTCString();
    response.writeHead(isToken ? 401 : 200, { date }).end('{}');
  });
  await examine({ args: ['--online', '--url', `${server.origin}/`] });
  const expiries = [...server.received.join('\n').matchAll(/"Bearer ([^"]+)"/g)].map(
    ([, token]) => Number(decodeJwt(String(token)).claims['exp']) - Date.now() / 1000,
  );
  expect(Math.max(...expiries)).toBeLessThanOrEqual(900 + day + 30);
  await server.close();
});

const noEnv = {
  VONAGE_API_KEY: undefined,
  VONAGE_API_SECRET: undefined,
  VONAGE_APPLICATION_ID: undefined,
  VONAGE_PRIVATE_KEY_PATH: undefined,
  VONAGE_SIGNATURE_SECRET: undefined,
};
const problem = (type: string) => ({
  type: `https://developer.nexmo.com/api-errors#${type}`,
  title: 'T',
});
/** Text as random as a secret. */
const likeSecret = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR5';
const otherId = 'bbbbbbbb-cccc-dddd-eeee-0123456789ab';
const accountFile = JSON.stringify({ 'api-key': held.apiKey, 'api-secret': held.apiSecret });

const broken: [name: string, setUp: SetUp, firstLine: RegExp, code: number][] = [
  [
    'a wrong secret',
    { env: { VONAGE_API_SECRET: 'WrongSecret123' } },
    /^failed: The platform refuses the API key abcd1234 with its secret: The API key and secret, .* wrong\.$/,
    1,
  ],
  [
    'a wrong application',
    { env: { VONAGE_APPLICATION_ID: otherId } },
    /^failed: The account abcd1234 has no application bbbbbbbb-/,
    1,
  ],
  [
    'the key of another application',
    { key: 'rsa-other' },
    /^failed: The private key does not belong to the application aaaaaaaa-.*\. Their public keys have different fingerprints: [0-9a-f]{16}… for the private key, and [0-9a-f]{16}… in the application\.$/,
    1,
  ],
  [
    'a clock that is an hour behind',
    { offset: 3600 },
    /^failed: The clock of this machine is about 60 minutes behind the platform\.$/,
    1,
  ],
  [
    'a clock that is three hours ahead',
    { offset: -10_800 },
    /^failed: The clock of this machine is about 3 hours ahead of the platform\.$/,
    1,
  ],
  [
    'a clock that is a minute and a half behind',
    { offset: 90 },
    /^failed: The clock of this machine is (89|90|91) seconds behind the platform\.$/,
    1,
  ],
  [
    'a key file that others can read',
    {
      prepare: () => {
        chmodSync(join(folder, 'private.key'), 0o644);
      },
    },
    /^warning: Other users of this machine can read \S+private\.key\.$/,
    0,
  ],
  [
    'a credentials file that others can read',
    {
      env: noEnv,
      files: { '.vonagerc': accountFile },
      prepare: () => {
        chmodSync(join(folder, '.vonagerc'), 0o644);
      },
    },
    /^warning: Other users of this machine can read \S+\.vonagerc\.$/,
    0,
  ],
  [
    'a key in PKCS#1',
    { key: 'rsa-pkcs1' },
    /^warning: The private key is in PKCS#1\. This package/,
    0,
  ],
  [
    'an encrypted key',
    { key: 'rsa-pkcs8-encrypted' },
    /^failed: VONAGE_PRIVATE_KEY_PATH: privateKey is encrypted\. Set passphrase too\.$/,
    1,
  ],
  [
    'an expired token',
    { faults: { '/v1/calls': { status: 401, body: problem('jwt-expired') } } },
    /^failed: Voice refuses a token of the application aaaaaaaa-.*: The token has expired\.$/,
    1,
  ],
  [
    'a suspended application',
    { faults: { '/v1/calls': { status: 403, body: problem('application-suspended') } } },
    /^failed: Voice refuses .*: The application is suspended\.$/,
    1,
  ],
  [
    'two files that disagree',
    {
      env: noEnv,
      files: {
        '.vonagerc': accountFile,
        'home/.vonage/config.json': JSON.stringify({ 'api-key': 'ffff0000' }),
      },
    },
    /^warning: \S+\.vonagerc and \S+config\.json have different values of apiKey\.$/,
    0,
  ],
  [
    'a variable and a file with different keys',
    { files: { '.vonagerc': JSON.stringify({ 'private-key': keyText('rsa-other') }) } },
    /^warning: VONAGE_PRIVATE_KEY_PATH and \S+\.vonagerc have different values of privateKey\.$/,
    0,
  ],
  [
    'a file that cannot be read',
    {
      prepare: () => {
        mkdirSync(join(folder, '.vonagerc'));
      },
    },
    /^failed: The credentials file \S+\.vonagerc cannot be read \(EISDIR\)\.$/,
    1,
  ],
  [
    'a damaged file',
    { files: { '.vonagerc': '{"api-key": ' } },
    /^failed: The credentials file \S+\.vonagerc cannot be parsed/,
    1,
  ],
  ['no credentials', { env: noEnv }, /^failed: No credentials were found in any place\.$/, 1],
  [
    'an API key without a secret',
    { env: { ...noEnv, VONAGE_API_KEY: held.apiKey } },
    /^failed: The credentials suffice for no product\.$/,
    1,
  ],
  [
    'an API key with a colon',
    { env: { VONAGE_API_KEY: 'abcd:1234' } },
    /^failed: VONAGE_API_KEY: apiKey .*colon/,
    1,
  ],
  [
    'an API key with white space',
    { env: { VONAGE_API_KEY: 'abcd1234 ' } },
    /^failed: VONAGE_API_KEY: apiKey .*white space/,
    1,
  ],
  [
    'a secret with a line break',
    { env: { VONAGE_API_SECRET: `${held.apiSecret}\n` } },
    /^failed: VONAGE_API_SECRET: apiSecret ends in a line break/,
    1,
  ],
  [
    'an application ID that is no UUID',
    { env: { VONAGE_APPLICATION_ID: 'my-app' } },
    /^failed: VONAGE_APPLICATION_ID: .*UUID/,
    1,
  ],
  [
    'a public key',
    { key: 'rsa-public' },
    /^failed: VONAGE_PRIVATE_KEY_PATH: privateKey is a public key/,
    1,
  ],
  [
    'a key that is too short',
    { key: 'rsa-1024' },
    /^failed: VONAGE_PRIVATE_KEY_PATH: privateKey has 1024 bits/,
    1,
  ],
  [
    'a key that is not RSA',
    { key: 'ec' },
    /^failed: VONAGE_PRIVATE_KEY_PATH: privateKey is of type ec/,
    1,
  ],
  [
    'a key file that does not exist',
    { env: { VONAGE_PRIVATE_KEY_PATH: './nowhere.key' } },
    /^failed: VONAGE_PRIVATE_KEY_PATH: There is no file at the path/,
    1,
  ],
  [
    'an application without a public key',
    { faults: { '/v2/applications': { members: { keys: {} } } } },
    /^warning: The platform shows no public key of the application\.$/,
    0,
  ],
  [
    'an API key that looks like a secret (so it is not shown), with a wrong secret',
    { env: { VONAGE_API_KEY: likeSecret, VONAGE_APPLICATION_ID: undefined } },
    /^failed: The platform refuses the API key that is set with its secret: /,
    1,
  ],
  [
    'callbacks that are not signed',
    {
      faults: {
        '/v2/applications': { members: { capabilities: { voice: { signed_callbacks: false } } } },
      },
    },
    /^warning: The callbacks of voice are not signed\.$/,
    0,
  ],
  [
    'signed callbacks without a signature secret',
    {
      env: { VONAGE_SIGNATURE_SECRET: undefined },
      faults: {
        '/v2/applications': { members: { capabilities: { voice: { signed_callbacks: true } } } },
      },
    },
    /^warning: Callbacks are signed, but there is no signature secret/,
    0,
  ],
  [
    'an IP address that is not allowed',
    { faults: { 'get-balance': { status: 401, body: problem('invalid-ip') } } },
    /^failed: The platform refuses .*: The account accepts requests only from certain IP addresses/,
    1,
  ],
  [
    'a balance that is too low',
    { faults: { 'get-balance': { status: 402, body: problem('low-balance') } } },
    /^failed: The platform refuses .*: The balance of the account is too low\.$/,
    1,
  ],
  [
    'an application that cannot be read',
    { faults: { '/v2/applications': { status: 500, body: 'x' } } },
    /^failed: The application aaaaaaaa-.* cannot be read: The answer has no known cause\.$/,
    1,
  ],
  [
    'a platform that cannot be reached',
    { faults: { 'get-balance': { hangsUp: true } } },
    /^failed: 127\.0\.0\.1:\d+ cannot be reached \([A-Z_]+\)\.$/,
    1,
  ],
];

const secrets = [
  held.apiSecret,
  held.signatureSecret,
  'WrongSecret123',
  ...keySecrets(keyText('rsa-pkcs8')),
  ...keySecrets(keyText('rsa-other')),
];

describe('doctor has a first line of its own for', () => {
  const firstLines = new Set<string>();

  test.each(broken)('%s', async (_name, setUp, pattern, code) => {
    const outcome = await examine(setUp);
    const [first = '', second] = outcome.stdout.split('\n');
    expect(first).toMatch(pattern);
    expect(second).toMatch(/^$|\.$|^Run: chmod 600 /);
    expect(outcome).toMatchObject({ code, stderr: '' });
    expect(leaksIn(outcome, secrets)).toEqual([]);
    expect(firstLines).not.toContain(first);
    firstLines.add(first);
  });
});

test('doctor does not parse a public key of more than 4 KiB in an answer of the platform', async () => {
  const publicKey = `${' '.repeat(8192)}${keyText('rsa-public')}`;
  const faults = { '/v2/applications': { members: { keys: { public_key: publicKey } } } };
  const { stdout } = await examine({ faults });
  expect(stdout).toMatch(/^warning: The platform shows no public key of the application\.\n/);
});

test('doctor begins with the good news if there is no problem', async () => {
  const { code, stdout, stderr } = await examine({}, ['--verbose']);
  const fingerprint = createHash('sha256')
    .update(createPublicKey(keyText('rsa-public')).export({ type: 'spki', format: 'der' }))
    .digest('hex');
  expect(stdout.split('\n')).toEqual([
    'ok: Everything that was checked is in order.',
    '',
    'apiKey           abcd1234                              VONAGE_API_KEY',
    'apiSecret        set                                   VONAGE_API_SECRET',
    'applicationId    aaaaaaaa-bbbb-cccc-dddd-0123456789ab  VONAGE_APPLICATION_ID',
    'privateKey       set                                   VONAGE_PRIVATE_KEY_PATH',
    'signatureSecret  set                                   VONAGE_SIGNATURE_SECRET',
    '',
    `ok key: The private key is RSA with 2048 bits in PKCS#8, fingerprint SHA-256 ${fingerprint}.`,
    'ok products: The credentials suffice for 40 of 41 products.',
    'ok clock: The clock agrees with the platform.',
    'ok account: The platform accepts the API key abcd1234 and its secret, with a balance of 10.171275.',
    'ok application: The account has the application aaaaaaaa-bbbb-cccc-dddd-0123456789ab.',
    'ok key-pair: The private key belongs to the application.',
    'ok token: Voice accepts a token of the application aaaaaaaa-bbbb-cccc-dddd-0123456789ab.',
    '',
    'opentok  needs opentok',
    '',
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('doctor --json gives every check, each credential with its place, and each product', async () => {
  const { code, stdout } = await examine({ key: 'rsa-other' }, ['--json']);
  const report = JSON.parse(stdout) as DoctorReport;
  expect(code).toBe(1);
  expect(Object.keys(report)).toEqual([
    'status',
    'headline',
    'credentials',
    'key',
    'products',
    'findings',
  ]);
  expect(report).toMatchObject({
    status: 'failed',
    headline: expect.stringContaining('does not belong') as unknown,
  });
  expect(report.credentials).toContainEqual({
    field: 'apiSecret',
    value: 'set',
    source: 'VONAGE_API_SECRET',
  });
  expect(report.key).toMatchObject({ format: 'PKCS#8', bits: 2048 });
  expect(report.products).toContainEqual({
    name: 'sms',
    ready: true,
    scheme: 'query',
    missing: [],
  });
  expect(report.products).toContainEqual({
    name: 'opentok',
    ready: false,
    scheme: 'opentok',
    missing: ['opentok'],
  });
  expect(report.findings.map(({ check, status }) => [check, status])).toEqual([
    ['key', 'ok'],
    ['products', 'ok'],
    ['clock', 'ok'],
    ['account', 'ok'],
    ['application', 'ok'],
    ['key-pair', 'failed'],
    ['token', 'failed'],
  ]);
  expect(report.findings.at(-1)).toMatchObject({ code: 'unauthorized' });
  expect(leaksIn(stdout, secrets)).toEqual([]);
});

test('doctor sends nothing without --online', async () => {
  const before = sandbox.requests.length;
  const { code, stdout } = await examine({ args: [] });
  expect(code).toBe(0);
  expect(stdout).not.toContain('account:');
  expect(sandbox.requests).toHaveLength(before);
});

test('doctor --online sends only GET requests, with the secret in a header only', async () => {
  const before = sandbox.requests.length;
  await examine({});
  expect(
    sandbox.requests.slice(before).map(({ method, query, scheme }) => [method, scheme, query]),
  ).toEqual([
    ['GET', 'basic', {}],
    ['GET', 'basic', {}],
    ['GET', 'bearer', { page_size: '1' }],
  ]);
});

test.each<[string, SetUp, RegExp[]]>([
  [
    'no application',
    { env: { VONAGE_APPLICATION_ID: undefined, VONAGE_PRIVATE_KEY_PATH: undefined } },
    [
      /^skipped token: No token was sent: there is no application ID with its private key\.$/m,
      /^ok account/m,
    ],
  ],
  [
    'no private key',
    { env: { VONAGE_PRIVATE_KEY_PATH: undefined } },
    [/^skipped key-pair: The key was not compared: there is no private key\.$/m, /^skipped token/m],
  ],
  [
    'no account',
    { env: { VONAGE_API_KEY: undefined, VONAGE_API_SECRET: undefined } },
    [/^skipped account: The account was not checked/m, /^ok token/m, /^ok clock/m],
  ],
  [
    'no Date header',
    { faults: { '': { hasDate: false } } },
    [/^skipped clock: The clock was not checked: no answer had a date\.$/m],
  ],
  [
    'an answer that is no JSON',
    { faults: { 'get-balance': { body: 'ok' } } },
    [/^ok account: The platform accepts the API key abcd1234 and its secret\.$/m],
  ],
  [
    'signed callbacks of two products',
    {
      faults: {
        '/v2/applications': {
          members: {
            capabilities: {
              voice: { signed_callbacks: true },
              rtc: { signed_callbacks: true },
              messages: {},
            },
          },
        },
      },
    },
    [/^ok webhooks: The callbacks of voice, rtc are signed\.$/m],
  ],
])('with %s, doctor says what it checked and what it skipped', async (_name, setUp, lines) => {
  const { code, stdout } = await examine(setUp);
  for (const line of lines) expect(stdout).toMatch(line);
  expect(code).toBe(0);
});

test.each([
  ['an http URL of another machine', 'http://api.nexmo.com'],
  ['text that is not a URL', 'sandbox'],
  ['a URL with a password', 'https://user:password@proxy.example'],
  ['a URL with a password alone', 'http://:password@127.0.0.1:4010/'],
  ['a URL with a query', 'https://proxy.example/?key=x'],
])('doctor refuses %s as --url', async (_name, url) => {
  const { code, stderr, stdout } = await runCli(['doctor', '--online', '--url', url]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ERR_USAGE: --url must be an https URL, or an http URL of this machine/);
  expect(stderr).not.toContain('password');
  expect(stdout).toBe('');
});

const derKey = createPrivateKey(keyText('rsa-pkcs8'))
  .export({ type: 'pkcs8', format: 'der' })
  .toString('base64');

test.each<[string, string, SetUp]>([
  [
    'in a JSON file',
    'PKCS#8',
    {
      files: {
        '.vonagerc': JSON.stringify({ 'app-id': applicationId, private_key: keyText('rsa-pkcs8') }),
      },
    },
  ],
  [
    'in an INI file with Windows line ends',
    'PKCS#1',
    {
      files: {
        '.nexmorc': `[credentials]\r\napp_id=${applicationId}\r\nprivate_key=private.key\r\n`,
      },
      key: 'rsa-pkcs1',
    },
  ],
  [
    'given as text in a variable',
    'PKCS#8',
    { env: { VONAGE_PRIVATE_KEY: keyText('rsa-pkcs8').replaceAll('\n', '\\n') } },
  ],
  [
    'at a file: URL',
    'PKCS#8',
    { env: { VONAGE_PRIVATE_KEY: pathToFileURL(keyPath('rsa-pkcs8')).href } },
  ],
  [
    'given as percent-encoded text in a variable',
    'PKCS#8',
    { env: { VONAGE_PRIVATE_KEY: encodeURIComponent(keyText('rsa-pkcs8')).replace(/-/g, '%2D') } },
  ],
  [
    'given as JSON-escaped text in a variable',
    'PKCS#1',
    {
      env: {
        VONAGE_PRIVATE_KEY: JSON.stringify(keyText('rsa-pkcs1')).replaceAll('-', '\\u002d'),
      },
    },
  ],
  [
    'given as text with line breaks escaped twice, in a variable',
    'PKCS#8',
    { env: { VONAGE_PRIVATE_KEY: keyText('rsa-pkcs8').replaceAll('\n', '\\\\n') } },
  ],
  [
    'at a path in quotes and white space',
    'PKCS#1',
    { env: { VONAGE_PRIVATE_KEY_PATH: ` "${keyPath('rsa-pkcs1')}" ` } },
  ],
  ['given as base64 of DER', 'another format', { env: { VONAGE_PRIVATE_KEY: derKey } }],
  [
    'in a rotation pair',
    'PKCS#1',
    {
      files: {
        '.vonagerc': JSON.stringify({
          appId: applicationId,
          privateKey: [keyText('rsa-pkcs1'), keyText('rsa-other')],
        }),
      },
    },
  ],
  [
    'in an INI file that has the name private_key in quotes, and again in another section',
    'PKCS#8',
    {
      files: {
        '.nexmorc': `[other]\nprivate_key=hunter2 and more\n[credentials]\napp_id=${applicationId}\n"private_key"=private.key\n`,
      },
    },
  ],
  [
    'in a JSON file that has an empty privateKey, and the key in private_key_',
    'PKCS#1',
    {
      files: {
        '.vonagerc': JSON.stringify({
          appId: applicationId,
          privateKey: '',
          private_key_: keyText('rsa-pkcs1'),
        }),
      },
    },
  ],
  [
    'given as base64 of PEM in a variable',
    'PKCS#1',
    { env: { VONAGE_PRIVATE_KEY: Buffer.from(keyText('rsa-pkcs1')).toString('base64') } },
  ],
  [
    'given as base64 of PEM in quotes, in a variable',
    'PKCS#1',
    { env: { VONAGE_PRIVATE_KEY: `"${Buffer.from(keyText('rsa-pkcs1')).toString('base64')}"` } },
  ],
])('doctor names the format of a key %s', async (_name, format, { env, ...setUp }) => {
  // Some cases have a relative path, which is resolved against the working directory.
  const from = process.cwd();
  process.chdir(folder);
  const { stdout } = await examine({
    ...setUp,
    env: { ...noEnv, ...env, ...(env && { VONAGE_APPLICATION_ID: applicationId }) },
    args: ['--json'],
  }).finally(() => {
    process.chdir(from);
  });
  expect((JSON.parse(stdout) as DoctorReport).key?.format).toBe(format);
});

test('doctor reads a key in encrypted PKCS#8 or encrypted PKCS#1 with its passphrase', async () => {
  for (const [key, format] of [
    ['rsa-pkcs8-encrypted', 'encrypted PKCS#8'],
    ['rsa-pkcs1-encrypted', 'encrypted PKCS#1'],
  ] as const) {
    write('passphrase', `${passphrase}\r\n`);
    const flags = [
      '--app-id',
      applicationId,
      '--private-key',
      'private.key',
      '--passphrase-file',
      'passphrase',
    ];
    const { stdout } = await examine({ key, env: noEnv, args: ['--json', ...flags] });
    expect((JSON.parse(stdout) as DoctorReport).key?.format).toBe(format);
    expect(stdout).not.toContain(passphrase);
  }
});

test('doctor does not show a secret that is set as the API key', async () => {
  const [, line = ''] = keyText('rsa-pkcs8').split('\n');
  const { stdout } = await examine({ env: { VONAGE_API_KEY: line }, args: [] });
  expect(stdout).not.toContain(line);
  expect(stdout).toMatch(/^apiKey +set +VONAGE_API_KEY$/m);
});

test('doctor finds the key at a path that looks like a key', async () => {
  const file = join(folder, 'A1b2'.repeat(12));
  copyFileSync(keyPath('rsa-pkcs1'), file);
  const { stdout } = await examine({
    env: { ...noEnv, VONAGE_APPLICATION_ID: applicationId, VONAGE_PRIVATE_KEY: file },
    args: ['--json'],
  });
  expect((JSON.parse(stdout) as DoctorReport).key?.format).toBe('PKCS#1');
});

test('doctor does not know the format of a key from standard input', async () => {
  const { stdout } = await runCli(
    ['doctor', '--json', '--app-id', applicationId, '--private-key', '-'],
    {
      env: { HOME: folder },
      cwd: folder,
      input: keyText('rsa-pkcs8'),
    },
  );
  expect((JSON.parse(stdout) as DoctorReport).key).toMatchObject({ format: 'unknown', bits: 2048 });
});

test('doctor can be interrupted while it waits for the platform', async () => {
  const outcome = await runCli(['doctor', '--online'], {
    env: { HOME: folder, VONAGE_API_KEY: held.apiKey, VONAGE_API_SECRET: held.apiSecret },
    cwd: folder,
    interruption: AbortSignal.abort('SIGTERM'),
  });
  expect(outcome.stdout).toMatch(/^failed: The check was interrupted\.$/m);
  expect(outcome.code).toBe(1);
});

test('doctor reports an error of the library itself, such as the one for a clock that returns NaN', async () => {
  const env = {
    HOME: folder,
    VONAGE_APPLICATION_ID: applicationId,
    VONAGE_PRIVATE_KEY: keyText('rsa-pkcs8'),
  };
  const options = { env, cwd: folder, now: () => NaN };
  const { code, stderr } = await runCli(['doctor', '--online', '--url', origin], options);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^ERR_INVALID_OPTION: now /);
});

test('doctor does not check file modes on Windows, where Node reports none', async () => {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'win32' });
  const { stdout } = await examine({
    args: [],
    prepare: () => {
      chmodSync(join(folder, 'private.key'), 0o644);
    },
  }).finally(() => Object.defineProperty(process, 'platform', { value: platform }));
  expect(stdout).toMatch(/^ok: /);
});

import { errorGroups } from '../../../src/error-meanings';
import { startSandbox } from '../../../src/testing';
import { runCli } from '../../support/cli';

type Explanation = { source: string; code?: string; cause: string; remedy: string };

async function explain(code: string, options: { flags?: string[]; input?: string } = {}) {
  const { flags = [], input } = options;
  return runCli(['explain', code, ...flags], input === undefined ? {} : { input });
}

async function explainJson(code: string, options: { flags?: string[]; input?: string } = {}) {
  const { stdout } = await explain(code, {
    ...options,
    flags: ['--json', ...(options.flags ?? [])],
  });
  return JSON.parse(stdout) as Explanation[];
}

test('explain gives the cause and remedy of a code of this package', async () => {
  expect(await explain('ERR_INVALID_URL')).toEqual({
    code: 0,
    stdout: [
      'ERR_INVALID_URL (a code of nexmo-auth)',
      '  Cause:  The URL of the request is not absolute.',
      '  Remedy: Pass an absolute URL, with protocol and host.',
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('explain knows every code of docs/errors.md, also in lower case', async () => {
  for (const [code, meaning] of Object.values(errorGroups).flatMap((group) =>
    Object.entries(group),
  )) {
    expect(await explainJson(code.toLowerCase())).toEqual([
      { source: 'nexmo-auth', code, ...meaning },
    ]);
  }
});

test.each([
  ['ERR_USAGE', ['jwt', 'create', '--nonsense']],
  ['ERR_FILE_UNREADABLE', ['keys', 'check', './nowhere.pem']],
  ['ERR_FILE_UNWRITABLE', ['keys', 'generate', '--out', './nowhere/private.key']],
  ['ERR_NOT_EXPLAINED', ['explain', '-']],
])('explain knows the code %s of the command itself', async (code, args) => {
  expect((await runCli(args)).stderr).toMatch(new RegExp(`^${code}: `));
  const [meaning] = await explainJson(code);
  expect(meaning).toMatchObject({ source: 'nexmo-auth', code });
  expect(meaning?.cause).toMatch(/^[A-Z].*\.$/);
  expect(meaning?.remedy).toMatch(/^[A-Z].*\.$/);
});

/** The codes of the API definitions sms.yml and verify.yml, and of the guide "Troubleshooting SMS". */
const documented = {
  sms: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 22, 23, 29, 32, 33],
  verify: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 18, 19, 20, 29, 101],
};

test.each(Object.entries(documented))('explain knows each status of %s', async (product, codes) => {
  for (const code of codes.map(String)) {
    const [meaning, ...others] = await explainJson(code, { flags: ['--product', product] });
    expect(meaning).toMatchObject({ source: product, code });
    expect(meaning?.cause).toMatch(/^[A-Z].*\.$/);
    expect(meaning?.remedy).toMatch(/^[A-Z].*\.$/);
    expect(others).toEqual([]);
  }
});

test('explain gives both meanings of a status that SMS and Verify have', async () => {
  const { stdout } = await explain('15');
  expect(stdout).toMatch(
    /^15 \(a status of SMS\)\n.*sender.*\n.*\n\n15 \(a status of Verify\)\n.*network/,
  );
});

test.each([
  ['401', /token, are missing or wrong/],
  ['jwt-expired', /token has expired/],
  ['https://developer.nexmo.com/api-errors#application-suspended', /application is suspended/],
  ['UNAUTHORIZED', /missing or wrong/],
])('explain knows %s of the platform', async (code, cause) => {
  expect(await explainJson(code)).toEqual([
    {
      source: 'platform',
      code: expect.any(String) as unknown,
      cause: expect.stringMatching(cause) as unknown,
      remedy: expect.any(String) as unknown,
    },
  ]);
});

const problem = JSON.stringify({
  type: 'https://developer.nexmo.com/api-errors#jwt-expired',
  title: 'T',
});

test.each<[string, string, object]>([
  ['a problem document', problem, { source: 'platform', code: 'jwt-expired' }],
  [
    'a problem document with a status, but no type',
    '{"status":402,"title":"Low"}',
    { source: 'platform', cause: expect.stringContaining('balance') as unknown },
  ],
  [
    'an answer of curl -i',
    `HTTP/2 403\r\ncontent-type: application/json\r\n\r\n${problem}\r\n`,
    { code: 'jwt-expired' },
  ],
  [
    'an answer that follows the answer of a proxy',
    `HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer error="invalid_token"\r\n\r\n`,
    { source: 'platform' },
  ],
  ['a body with a byte-order mark', `\uFEFF${problem}`, { code: 'jwt-expired' }],
  [
    'a refusal of SMS',
    '{"message-count":"1","messages":[{"status":"14","error-text":"Invalid Signature"}]}',
    { source: 'platform', code: '14' },
  ],
  ['a refusal of Verify', '{"status":"4","error_text":"Bad Credentials"}', { source: 'platform' }],
  [
    'a status of SMS that is no refusal',
    '{"messages":[{"status":"3"}]}',
    { source: 'sms', code: '3' },
  ],
  [
    'a status of Verify that is no refusal',
    '{"request_id":"x","status":"10"}',
    { source: 'verify', code: '10' },
  ],
  [
    'a status of Verify in XML',
    'HTTP/1.1 200 OK\n\n<verify_response><status>16</status></verify_response>',
    { source: 'verify', code: '16' },
  ],
])('explain with the argument "-" reads %s', async (_name, input, meaning) => {
  expect(await explainJson('-', { input })).toEqual([expect.objectContaining(meaning)]);
});

test('explain with the argument "-" explains what the sandbox answers', async () => {
  const sandbox = await startSandbox({ apiKey: 'abcd1234', apiSecret: 's' });
  for (const product of ['sms', 'verify', 'account', 'voice', 'applications']) {
    const response = await fetch(sandbox.url(product), {
      headers: { authorization: 'Basic YTpi' },
    });
    if (response.status === 404) continue;
    const input = `HTTP/1.1 ${response.status}\n\n${await response.text()}`;
    expect(await explainJson('-', { input })).toEqual([
      expect.objectContaining({ source: 'platform' }),
    ]);
  }
  await sandbox.close();
});

test.each<[string, string, string[], RegExp, number]>([
  [
    'a mistyped code',
    'ERR_JWT_EXPIERD',
    [],
    /^ERR_USAGE: There is no such code\. Did you mean ERR_JWT_EXPIRED\?\n$/,
    2,
  ],
  [
    'a code with a letter too many',
    'ERR_JWT_EXPIREDD',
    [],
    /^ERR_USAGE: There is no such code\. Did you mean ERR_JWT_EXPIRED\?\n$/,
    2,
  ],
  [
    'an unknown code',
    'ERR_QUITE_UNKNOWN',
    [],
    /^ERR_USAGE: There is no such code\. Pass a code such as/,
    2,
  ],
  ['an unknown word', 'hasOwnProperty', [], /^ERR_USAGE: There is no such code\. Pass a code/, 2],
  [
    'a status that SMS does not have',
    '101',
    ['--product', 'sms'],
    /^ERR_USAGE: SMS has no such status\.\n$/,
    2,
  ],
  [
    'a status that Verify does not have',
    '14',
    ['--product', 'verify'],
    /^ERR_USAGE: Verify has no such status\.\n$/,
    2,
  ],
  ['an unknown product', '4', ['--product', 'voice'], /^ERR_USAGE: .*sms, verify/, 2],
])('explain refuses %s', async (_name, code, flags, stderr, exitCode) => {
  const outcome = await explain(code, { flags });
  expect(outcome).toMatchObject({ code: exitCode, stdout: '' });
  expect(outcome.stderr).toMatch(stderr);
});

test.each([
  '',
  'hello',
  '{}',
  '{"status":"0x"}',
  'HTTP/1.1 500 Internal Server Error\n\n{"status":"3"}',
  '{"messages":[{"status":"99"}]}',
])('explain with the argument "-" has no explanation for %j', async (input) => {
  const { code, stderr } = await explain('-', { input });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ERR_NOT_EXPLAINED: Standard input is not an answer that refuses/);
});

test('explain with the argument "-" gives no code if the platform gave none', async () => {
  const { stdout } = await explain('-', { input: 'HTTP/1.1 401 Unauthorized\nno-colon\n\n' });
  expect(stdout).toMatch(/^an answer of the platform\n {2}Cause: {2}The API key and secret/);
});

import { createHash, createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliOptions, newFolder, now, runCli } from '../../support/cli';

const secret = 'SignatureSecret1';
const env = { VONAGE_SIGNATURE_SECRET: secret, VONAGE_API_KEY: 'abcd1234' };
const body = '{"text":"Grüße"}\r\n';

/** Encodes the header or the claims of a token, as in the guide "Signed webhooks". */
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = {
  iat: now,
  jti: 'id',
  iss: 'Vonage',
  payload_hash: createHash('sha256').update(body).digest('hex'),
  api_key: 'abcd1234',
};
const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;

const verify = (args: string[], options: CliOptions = {}) =>
  runCli(['webhook', 'verify', ...args], { env, ...options });

const har = {
  method: 'POST',
  url: 'https://example.com/webhooks',
  headers: [
    { name: 'Authorization', value: `Bearer ${token}` },
    { name: 'Content-Type', value: 'application/json' },
  ],
  postData: { text: body },
};

describe('webhook verify', () => {
  const head = ['POST /webhooks HTTP/1.1', 'Host: a', 'Host: b', `Authorization: Bearer ${token}`];
  const length = Buffer.byteLength(body);

  test.each([
    ['raw HTTP', `${head.join('\r\n')}\r\n\r\n${body}`],
    ['raw HTTP with line ends of Unix', `${head.join('\n')}\n\n${body}`],
    [
      'raw HTTP to which an editor added a line end',
      `${head.join('\n')}\ncontent-length: ${length}\n\n${body}\r\n`,
    ],
    ['a HAR entry', `\uFEFF${JSON.stringify({ request: har })}`],
    ['a HAR file with one entry', JSON.stringify({ log: { entries: [{ request: har }] } })],
    [
      'a HAR entry with its body in base64',
      JSON.stringify({
        request: {
          ...har,
          postData: { text: Buffer.from(body).toString('base64'), encoding: 'base64' },
        },
      }),
    ],
    [
      'JSON',
      JSON.stringify({ headers: { authorization: `Bearer ${token}`, 'x-a': ['b', 'c'] }, body }),
    ],
    [
      'JSON with rawBody',
      JSON.stringify({ ...har, headers: { Authorization: `Bearer ${token}` }, rawBody: body }),
    ],
  ])('accepts %s', async (_name, text) => {
    const { code, stdout, stderr } = await verify(['-'], { input: text });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`The webhook is valid.
  iat           ${now}
  jti           "id"
  iss           "Vonage"
  payload_hash  "${claims.payload_hash}"
  api_key       "abcd1234"
`);
  });

  test('reads a file, and prints JSON with --json', async () => {
    const file = join(newFolder(), 'request.json');
    writeFileSync(file, JSON.stringify({ request: har }));
    expect(JSON.parse((await verify([file, '--json'])).stdout)).toEqual({ valid: true, claims });
  });

  test.each([
    [
      'a request whose body is not the signed one',
      { ...har, postData: { text: 'x' } },
      [],
      'ERR_WEBHOOK_TAMPERED',
    ],
    ['a request without its body', { ...har, postData: undefined }, [], 'ERR_WEBHOOK_TAMPERED'],
    ['a request without a token', { ...har, headers: [] }, [], 'ERR_WEBHOOK_UNSIGNED'],
    ['an old request', har, ['--at', String(now + 601)], 'ERR_WEBHOOK_TOO_OLD'],
    [
      'a request older than --max-age',
      har,
      ['--at', String(now + 361), '--max-age', '1m'],
      'ERR_WEBHOOK_TOO_OLD',
    ],
  ])('refuses %s', async (_name, request, args, error) => {
    const { code, stdout, stderr } = await verify(['-', ...args], {
      input: JSON.stringify({ request }),
    });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${error}: .+\\n$`));
    expect(stderr).not.toContain(secret);
  });

  test('refuses JSON without a body if the token contains the hash of a body', async () => {
    const request = JSON.stringify({ headers: { authorization: `Bearer ${token}` } });
    const { code, stderr } = await verify(['-'], { input: request });
    expect(code).toBe(5);
    expect(stderr).toContain('ERR_WEBHOOK_TAMPERED');
  });

  test.each([
    ['an empty file', '', 'must begin with a request line'],
    ['text that is neither HTTP nor JSON', 'hello', 'must begin with a request line'],
    ['a header without a colon', 'POST / HTTP/1.1\nabc\n\n', 'has a header without a colon'],
    ['JSON that is broken', '{', 'must be a JSON object'],
    ['JSON that is not UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), 'must be text in UTF-8'],
    ['JSON with a body twice', '{"body":"a","body":"b"}', 'has a name twice in a JSON object'],
    ['JSON with a lone surrogate', '{"headers":{},"body":"\\ud800"}', 'has a lone surrogate'],
    ['JSON without headers', '{}', 'must have headers, as an object'],
    ['a URL that is no text', '{"url":1,"headers":{}}', 'must have a method and a url, as text'],
    ['a parsed body', '{"headers":{},"body":{}}', 'has a body that was parsed'],
    ['a HAR file with two entries', '{"log":{"entries":[{},{}]}}', 'is a HAR file with 2 entries'],
    ['a HAR entry without headers', '{"request":{}}', 'has no headers'],
    ['a HAR header without a name', '{"request":{"headers":[1]}}', 'has a header without a name'],
  ])('does not read %s', async (_name, text, problem) => {
    const { code, stderr } = await verify(['-'], { input: text });
    expect(code).toBe(1);
    expect(stderr).toContain(`ERR_FILE_INVALID: The saved request ${problem}`);
  });
});

describe('webhook sign', () => {
  const sign = (args: string[], options: CliOptions = {}) =>
    runCli(['webhook', 'sign', ...args], { env, ...options });

  test('prints raw HTTP that webhook verify accepts', async () => {
    const signed = await sign(['--body', '-'], { input: body });
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    expect(signed.stdout).toMatch(/^POST \/webhooks HTTP\/1\.1\r\n/);
    expect(signed.stdout.endsWith(`\r\n\r\n${body}`)).toBe(true);
    expect((await verify(['-'], { input: signed.stdout })).code).toBe(0);
  });

  test('takes the claims from options', async () => {
    const id = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
    const options = ['--iat', String(now - 5), '--jti', 'one', '--app-id', id];
    const target = ['--method', 'GET', '--url', 'https://example.com/a?b=1'];
    const { stdout } = await sign([...options, ...target, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'GET',
      url: 'https://example.com/a?b=1',
      body: '',
    });
    const verified = await verify(['-', '--json'], { input: stdout });
    expect(JSON.parse(verified.stdout)).toMatchObject({
      claims: { iat: now - 5, jti: 'one', application_id: id },
    });
  });

  test('--curl prints a curl configuration, in which a body that begins with @ is no file name', async () => {
    const { stdout } = await sign(['--body', '-', '--curl', '--content-type', 'text/plain'], {
      input: '@"secret"\\\r\n\t\v',
    });
    expect(stdout).toMatch(
      /^globoff\nrequest = "POST"\nurl = "\/webhooks"\nheader = "authorization: Bearer eyJ/,
    );
    expect(stdout).toContain('\nheader = "content-type: text/plain"\n');
    expect(stdout).toContain('\ndata-raw = "@\\"secret\\"\\\\\\r\\n\\t\\v"\n');
    expect((await sign(['--curl'])).stdout).not.toContain('data-raw');
  });

  test.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff])],
    ['a NUL character', Buffer.from('a\0b')],
  ])('a body with %s: --curl refuses it, --json keeps it', async (_name, input) => {
    const { code, stdout, stderr } = await sign(['--body', '-', '--curl'], { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Send the raw HTTP');
    const json = await sign(['--body', '-', '--json'], { input });
    expect((await verify(['-'], { input: json.stdout })).code).toBe(0);
  });

  test('needs an API key', async () => {
    const { code, stderr } = await sign([], { env: { VONAGE_SIGNATURE_SECRET: secret } });
    expect(code).toBe(3);
    expect(stderr).toContain('Set apiKey by --api-key');
  });
});

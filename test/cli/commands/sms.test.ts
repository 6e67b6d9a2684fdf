import { createHash, createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, now, runCli } from '../../support/cli';

const secret = 'SignatureSecret1';
const env = { VONAGE_SIGNATURE_SECRET: secret };

// As in the guide "Signing messages".
const baseString = `&api_key=abcd1234&from=Acme&text=Hi _ bye&timestamp=${now}&to=1`;
const md5hash = createHash('md5')
  .update(baseString + secret)
  .digest('hex');
const sha256 = createHmac('sha256', secret).update(baseString).digest('hex');
const params = ['to=1', 'from=Acme', 'text=Hi & bye'];

describe('sms sign', () => {
  const sign = (args: string[], variables = {}) =>
    runCli(['sms', 'sign', ...args], { env: { ...env, ...variables } });

  test('prints a query string with api_key, timestamp and sig', async () => {
    const { code, stdout, stderr } = await sign([...params, '--api-key', 'abcd1234']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Object.fromEntries(new URLSearchParams(stdout.trim()))).toEqual({
      api_key: 'abcd1234',
      to: '1',
      from: 'Acme',
      text: 'Hi & bye',
      timestamp: String(now),
      sig: md5hash,
    });
  });

  test('--json prints an object, and the signature method comes from the environment', async () => {
    const variables = { VONAGE_API_KEY: 'abcd1234', VONAGE_SIGNATURE_METHOD: 'sha256' };
    const { stdout } = await sign([...params, '--json', '--timestamp', String(now)], variables);
    expect(JSON.parse(stdout)).toMatchObject({ sig: sha256, text: 'Hi & bye' });
  });

  test.each([
    ['JSON', '\uFEFF{"to":"1","from":"Acme","text":"Hi & bye"}\r\n'],
    ['a query string', 'to=1&from=Acme&text=Hi+%26+bye\r\n'],
    ['a URL', 'https://example.com/?to=1&from=Acme&text=Hi%20%26%20bye#part'],
  ])('reads a file with %s', async (_name, text) => {
    const file = join(newFolder(), 'params');
    writeFileSync(file, text);
    const { stdout } = await sign(['--params', file, '--api-key', 'abcd1234', '--json']);
    expect(JSON.parse(stdout)).toHaveProperty('sig', md5hash);
  });

  test('without an API key, adds no api_key', async () => {
    const { stdout } = await sign([...params, '--json']);
    expect(JSON.parse(stdout)).not.toHaveProperty('api_key');
  });

  test.each([
    ['a command without parameters', [], 2, 'ERR_USAGE'],
    ['arguments and a file', ['to=1', '--params', '-'], 2, 'ERR_USAGE'],
    ['a parameter without a value', ['to'], 2, 'ERR_USAGE'],
    ['a parameter twice', ['to=1&to=2'], 2, 'ERR_USAGE'],
    ['a query that is not UTF-8', ['to=%FF&a=b'], 2, 'ERR_USAGE'],
    ['a query with a broken escape', ['to=%zz&a=b'], 2, 'ERR_USAGE'],
    ['an unknown method', ['to=1', '--signature-method', 'rot13'], 2, 'ERR_USAGE'],
  ])('refuses %s', async (_name, args, exitCode, error) => {
    const { code, stderr } = await sign(args);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(error);
  });

  test.each([
    ['JSON with a name twice', '{"to":"1","t\\u006f":"2"}'],
    ['JSON with a name twice in a list', '{"to":[{"a":1,"b":[],"a":2}]}'],
    ['JSON that is not UTF-8', Buffer.from('{"to":"\xff"}', 'latin1')],
    ['a form that is not UTF-8', Buffer.from('to=\xff', 'latin1')],
    ['JSON in UTF-16', Buffer.from('\ufeff{"to":"1"}', 'utf16le')],
  ])('%s is neither signed nor verified', async (_name, input) => {
    for (const command of ['sign', 'verify']) {
      const outcome = await runCli(['sms', command, '--params', '-'], { env, input });
      expect(outcome).toMatchObject({ code: 1, stdout: '' });
      expect(outcome.stderr).toMatch(/^ERR_FILE_INVALID: The file of --params /);
    }
  });

  test('refuses to sign without a secret', async () => {
    const { code, stderr } = await sign(params, { VONAGE_SIGNATURE_SECRET: '' });
    expect(code).toBe(3);
    expect(stderr).toContain('Set signatureSecret by --signature-secret-file');
  });
});

describe('sms verify', () => {
  const query = new URLSearchParams({
    api_key: 'abcd1234',
    to: '1',
    from: 'Acme',
    text: 'Hi & bye',
    timestamp: String(now),
    sig: md5hash,
  }).toString();
  const verify = (args: string[]) => runCli(['sms', 'verify', ...args], { env });

  test.each([
    ['a query string', [query]],
    ['a URL', [`https://example.com/sms?${query}`]],
    ['parameters', [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`)],
  ])('accepts %s', async (_name, args) => {
    expect(await verify(args)).toEqual({
      code: 0,
      stdout: 'The signature is valid (md5hash).\n',
      stderr: '',
    });
    expect(JSON.parse((await verify([...args, '--json'])).stdout)).toEqual({
      valid: true,
      method: 'md5hash',
    });
  });

  test.each([
    ['a text other than the signed one', [query.replace('bye', 'by')], 'ERR_SIGNATURE_INVALID'],
    [
      'a signature by a method other than --signature-method',
      [query, '--signature-method', 'sha1'],
      'ERR_SIGNATURE_INVALID',
    ],
    ['a query without a signature', [query.replace(/&sig=.*/, '')], 'ERR_SIGNATURE_MISSING'],
    [
      'a timestamp that is 301 seconds old',
      [query, '--at', String(now + 301)],
      'ERR_TIMESTAMP_OUT_OF_TOLERANCE',
    ],
    [
      'a timestamp that is older than --tolerance',
      [query, '--at', String(now + 2), '--tolerance', '1s'],
      'ERR_TIMESTAMP_OUT_OF_TOLERANCE',
    ],
  ])('refuses %s', async (_name, args, error) => {
    const { code, stdout, stderr } = await verify(args);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain(error);
    expect(stderr).not.toContain(secret);
  });
});

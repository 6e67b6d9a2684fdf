import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { productUrls } from '../../../src/cli/product-urls';
import { AuthInjector, Credentials } from '../../../src/index';
import { products } from '../../../src/injector/products';
import { type Sandbox, startSandbox } from '../../../src/testing';
import { type CliOptions, now, runCli } from '../../support/cli';
import { keyText } from '../../support/keys';
import { encodingsOf } from '../../support/leaks';

const apiSecret = 'ABCDEFGH01234abc';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const env = {
  VONAGE_API_KEY: 'abcd1234',
  VONAGE_API_SECRET: apiSecret,
  VONAGE_APPLICATION_ID: applicationId,
  VONAGE_PRIVATE_KEY: keyText('rsa-pkcs8'),
};
const basic = `Basic ${Buffer.from(`abcd1234:${apiSecret}`).toString('base64')}`;

describe('the URLs of the products', () => {
  const injector = new AuthInjector(new Credentials({ apiKey: 'abcd1234', apiSecret }));

  test('each product has a URL', () => {
    expect(Object.keys(productUrls)).toEqual(products.map(({ name }) => name));
  });

  test.each(Object.entries(productUrls))('the URL of %s belongs to it', (name, url) => {
    expect(injector.productAt(url.replace('{api_key}', 'abcd1234'))).toBe(name);
  });
});

describe('header', () => {
  const header = (args: string[], variables: Record<string, string> = env) =>
    runCli(['header', ...args], { env: variables });

  test.each([
    ['a product with Basic', 'account', `Authorization: ${basic}`],
    ['a product whose URL has the API key', 'secrets', `Authorization: ${basic}`],
    ['a URL', 'https://rest.nexmo.com/sms/json', `Authorization: ${basic}`],
  ])('of %s', async (_name, product, expected) => {
    expect(await header([product])).toEqual({ code: 0, stdout: `${expected}\n`, stderr: '' });
  });

  test('of a product with tokens', async () => {
    expect((await header(['voice'])).stdout).toMatch(/^Authorization: Bearer eyJ\S+\n$/);
  });

  test('of a product with two schemes, by --scheme', async () => {
    expect((await header(['messages'])).stdout).toContain('Bearer');
    expect((await header(['messages', '--scheme', 'basic'])).stdout).toContain(basic);
    const url = 'https://api.nexmo.com/v1/messages';
    expect((await header([url, '--scheme', 'basic'])).stdout).toContain(basic);
  });

  test('--curl prints a configuration for curl', async () => {
    expect((await header(['account', '--curl'])).stdout).toBe(
      `globoff\nheader = "Authorization: ${basic}"\n`,
    );
  });

  test('--json prints the product, the scheme, and the name and value of the header', async () => {
    expect(JSON.parse((await header(['account', '--json'])).stdout)).toEqual({
      product: 'account',
      scheme: 'basic',
      name: 'Authorization',
      value: basic,
    });
  });

  test.each([
    ['an unknown product', ['voise'], 2, 'There is no product voise.'],
    ['text that is no name', ['hunter2 '.repeat(9)], 2, 'There is no product with this name.'],
    ['a URL of no product', ['https://example.com/'], 2, 'ERR_UNKNOWN_PRODUCT'],
    [
      'a URL of no product, with a scheme',
      ['https://example.com/', '--scheme', 'basic'],
      2,
      'ERR_UNKNOWN_PRODUCT',
    ],
    [
      'a product without a header',
      ['applications-v1'],
      2,
      'The scheme query of applications-v1 uses no header.',
    ],
    [
      'a scheme that the product does not accept',
      ['voice', '--scheme', 'basic'],
      2,
      'ERR_SCHEME_NOT_ACCEPTED',
    ],
  ])('refuses %s', async (_name, args, exitCode, text) => {
    const { code, stdout, stderr } = await header(args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(text);
    expect(stderr).not.toContain('hunter2');
  });

  test('needs credentials', async () => {
    expect(await header(['secrets'], {})).toMatchObject({ code: 3, stdout: '' });
  });
});

describe('request', () => {
  let sandbox: Sandbox;
  let base: string;
  beforeAll(async () => {
    sandbox = await startSandbox({
      apiKey: 'abcd1234',
      apiSecret,
      applicationId,
      publicKey: keyText('rsa-public'),
      now: () => now * 1000,
    });
    base = new URL(sandbox.url('account')).origin;
  });
  afterAll(() => sandbox.close());

  const request = (args: string[], options: CliOptions = {}) =>
    runCli(['request', ...args, '--url', base], { env, ...options });

  const secrets = [apiSecret, basic.slice(6)].flatMap(encodingsOf);

  test('prints the request without its secrets, and the answer', async () => {
    const { code, stdout, stderr } = await request(['account']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^> GET https:\/\/rest\.nexmo\.com\/account\/get-balance\?api_key=abcd1234&api_secret=\[redacted\]\n\n< 200 OK\n\{.+\}\n$/,
    );
    for (const secret of secrets) expect(stdout).not.toContain(secret);
  });

  test('sends a body and headers', async () => {
    const input = '{"message_type":"text","text":"Hi","to":"1","from":"2","channel":"sms"}';
    const args = ['messages', '--body', '-', '--header', 'X-Test: a', '--scheme', 'basic'];
    const { stdout } = await request(args, { input });
    expect(stdout).toContain('> POST https://api.nexmo.com/v1/messages\n');
    expect(stdout).toContain('> content-type: application/json\n');
    expect(stdout).toContain('> x-test: a\n');
    expect(stdout).toContain('> Authorization: Basic [redacted]\n');
    expect(stdout).toContain(`>\n> ${input}\n`);
    expect(sandbox.requests.at(-1)).toMatchObject({ body: input, status: 202 });
  });

  test('sends a form', async () => {
    const options = { input: 'to=1&from=2&text=Hi' };
    const { stdout } = await request(
      ['sms', '--body', '-', '--scheme', 'body', '--method', 'post'],
      options,
    );
    expect(stdout).toContain('api_secret=[redacted]');
    expect(sandbox.requests.at(-1)?.refusal).toBeUndefined();
  });

  test('--json has request and answer', async () => {
    const { stdout } = await request(['https://api.nexmo.com/v1/calls', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      product: 'voice',
      scheme: 'bearer',
      request: {
        method: 'GET',
        url: 'https://api.nexmo.com/v1/calls',
        headers: { Authorization: 'Bearer [redacted]' },
      },
      response: { status: 200, headers: { 'content-type': expect.any(String) as string } },
    });
    expect(stdout).not.toContain('eyJ');
  });

  test.each([
    ['HTTP 401', ['account', '--scheme', 'basic'], 5],
    ['HTTP 200 with the status of a refusal', ['sms'], 5],
    ['HTTP 404', ['https://api.nexmo.com/v1/calls/nowhere/at/all'], 1],
  ])('%s determines the exit code', async (_name, args, exitCode) => {
    const wrong = exitCode === 5 ? { VONAGE_API_SECRET: 'WrongSecret123' } : {};
    const { code, stdout } = await request(args, { env: { ...env, ...wrong }, isTerminal: true });
    expect(code).toBe(exitCode);
    expect(stdout).not.toContain('WrongSecret123');
  });

  test.each([
    ['--url of another machine over plain HTTP', ['--url', 'http://example.com'], '--url must be'],
    ['--url that is no URL', ['--url', 'sandbox'], '--url must be'],
    ['a header without a colon', ['--header', 'abc'], '--header must have the form'],
    ['a header with a line break', ['--header', 'a: b\nc'], '--header must have the form'],
    ['a body for GET', ['--body', '-', '--method', 'get'], 'A GET request has no body.'],
    ['--timeout that is no duration', ['--timeout', 'long'], '--timeout must be'],
    ['--timeout of 0', ['--timeout', '0'], '--timeout must be'],
    ['--timeout beyond the limit of the timers of Node', ['--timeout', '25d'], '--timeout must be'],
    ['--timeout beyond 32 bits', ['--timeout', '9999999999d'], '--timeout must be'],
  ])('refuses %s', async (_name, args, text) => {
    const { code, stderr } = await runCli(['request', 'account', ...args], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  test('a server that cannot be reached gives the exit code of a network error', async () => {
    const args = ['request', 'account', '--url', 'http://127.0.0.1:1/'];
    const { code, stdout, stderr } = await runCli(args, { env });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(/^ERR_NETWORK: 127\.0\.0\.1:1 cannot be reached \(\w+\)\. .+\n$/);
  });

  test('a server that switches protocols gives the exit code of a network error', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const args = ['request', 'account', '--url', `http://127.0.0.1:${port}/`];
    const { code, stderr } = await runCli(args, { env });
    expect(code).toBe(6);
    expect(stderr).toContain(`127.0.0.1:${port} cannot be reached (UPGRADE)`);
    server.close();
  });

  test.each([
    '{"messages":[{"status":{"toString":1}}]}',
    '{"messages":[{"status":[null,{"valueOf":1}]}]}',
    '{"messages":{"__proto__":null,"a":{"status":null}}}',
    '{"messages":"\\u001b[8m"}',
  ])('an answer whose code is not text is printed: %s', async (answer) => {
    const server = createServer((_incoming, response) => response.end(answer));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const args = ['request', 'sms', '--body', '-', '--url', `http://127.0.0.1:${port}`];
    const { code, stdout } = await runCli(args, { env, input: 'to=1&from=2&text=Hi' });
    expect(code).toBe(0);
    expect(stdout).toContain(`< 200 OK\n${answer}\n`);
    server.close();
  });

  describe('with a server that repeats what it gets', () => {
    const received: { target: string; body: Buffer }[] = [];
    let server: Server;
    let url: string;
    beforeAll(async () => {
      server = createServer((incoming, response) => {
        void buffer(incoming).then((body) => {
          const { url: target = '', headers } = incoming;
          received.push({ target, body });
          const credential = (headers.authorization ?? target).replace(/\s/g, '_');
          response.writeHead(401, `no ${credential}`, {
            'x-credential': [credential, 'second'],
            [`x-${credential.replace(/[^\w-]/g, '')}`]: '1',
          });
          response.end(`{"a":"${encodeURIComponent(encodeURIComponent(credential))}"}`);
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    const send = (args: string[], options: CliOptions = {}) =>
      runCli(['request', ...args, '--url', url], { env, ...options });

    test.each([
      ['account', '--scheme', 'basic'],
      ['account', '--scheme', 'query'],
      ['account', '--scheme', 'basic', '--json'],
      ['account', '--scheme', 'query', '--json'],
    ])('%s %s %s: the credential is shown nowhere', async (...args) => {
      const { code, stdout } = await send(args);
      expect(code).toBe(5);
      expect(stdout).toMatch(/no \S*\[redacted\]/);
      for (const secret of secrets)
        expect(stdout.toLowerCase()).not.toContain(secret.toLowerCase());
    });

    test.each([
      ['?x=%E9&y=%zz&z', '?x=%E9&y=%zz&z&'],
      ['', '?'],
      ['?', '?'],
      ["?a=b+c%20d&e='~()#part", '?a=b+c%20d&e=%27~()&'],
    ])(
      'the query %s is sent as a URL object gives it, and the credential is appended',
      async (query, expected) => {
        await send([`https://rest.nexmo.com/account/get-balance${query}`, '--scheme', 'query']);
        expect(received.at(-1)?.target).toBe(
          `/rest.nexmo.com/account/get-balance${expected}api_key=abcd1234&api_secret=${apiSecret}`,
        );
      },
    );

    test('the path of --url is sent as it is, also if it has replacement patterns', async () => {
      await runCli(['request', 'account', '--scheme', 'basic', '--url', `${url}/$&$1`], { env });
      expect(received.at(-1)?.target).toBe('/$&$1/rest.nexmo.com/account/get-balance');
    });

    test('every byte of a body is sent as it is', async () => {
      const bytes = fc.uint8Array({ minLength: 1 });
      const args = ['voice', '--body', '-', '--method', 'PUT'];
      await fc.assert(
        fc.asyncProperty(bytes, async (input) => {
          await send([...args, '--header', 'content-type: application/octet-stream'], { input });
          expect(received.at(-1)?.body).toEqual(Buffer.from(input));
        }),
        { numRuns: 25 },
      );
      const { stdout } = await send(args, { input: Buffer.from([0xff, 0xfe]) });
      expect(stdout).toContain('> (2 bytes, not UTF-8)\n');
    });

    test('a body that is not UTF-8 cannot get a credential, and is not sent', async () => {
      const args = ['sms', '--body', '-', '--scheme', 'body'];
      const before = received.length;
      const { code } = await send(args, { input: Buffer.from('a=\xff', 'latin1') });
      expect({ code, sent: received.length - before }).toEqual({ code: 2, sent: 0 });
    });
  });

  test('a request over https is sent by fetch, without following a redirect', async () => {
    const headers = { location: `https://example.com/?api_secret=${apiSecret}` };
    const response = new Response('moved', { status: 302, statusText: 'Found', headers });
    const send = jest.spyOn(globalThis, 'fetch').mockResolvedValue(response);
    const { code, stdout } = await runCli(['request', 'account', '--json'], { env });
    expect(send.mock.calls).toMatchObject([[expect.any(String), { redirect: 'manual' }]]);
    send.mockRestore();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      response: {
        status: 302,
        statusText: 'Found',
        headers: { location: 'https://example.com/?api_secret=[redacted]' },
        body: 'moved',
      },
    });
  });

  test('an https server that cannot be reached gives the exit code of a network error', async () => {
    const args = ['request', 'account', '--url', 'https://127.0.0.1:1/'];
    const { code, stderr } = await runCli(args, { env });
    expect(code).toBe(6);
    expect(stderr).toMatch(/^ERR_NETWORK: 127\.0\.0\.1:1 cannot be reached \(\w+\)\. .+\n$/);
  });

  describe('with a server that is slow', () => {
    let server: Server;
    let url: string;
    let delay = 0;
    beforeAll(async () => {
      server = createServer((_request, response) => {
        setTimeout(() => response.end('no JSON'), delay).unref();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    test('--timeout ends the request', async () => {
      delay = 5000;
      const args = ['request', 'sms', '--url', url, '--timeout', '1'];
      const { code, stderr } = await runCli(args, { env });
      expect(code).toBe(6);
      expect(stderr).toContain('no answer in time');
    });

    test('an answer that is no JSON is printed as it is', async () => {
      delay = 0;
      const { code, stdout } = await runCli(['request', 'sms', '--url', url], { env });
      expect(code).toBe(0);
      expect(stdout).toContain('< 200 OK\nno JSON\n');
    });
  });
});

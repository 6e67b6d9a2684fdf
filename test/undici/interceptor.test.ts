import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import * as undici from 'undici';
import { AuthInjector, type AuthInjectorOptions, Credentials, type Product } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { authInterceptor } from '../../src/undici/interceptor';
import { applicationId, held } from '../support/account';
import { keyText } from '../support/keys';
import { startServer, type TestServer } from '../support/server';
import { clients, dispatcherOf, nodesAgent, streaming } from './clients';

const basic = `Basic ${btoa(`${held.apiKey}:${held.apiSecret}`)}`;
const credentials = new Credentials({
  ...held,
  applicationId,
  privateKey: keyText('rsa-pkcs8'),
});

/** An error of undici, or the TypeError of `fetch`. */
type Failure = { code?: string; message: string; cause?: Error };

let server: TestServer;
let sandbox: Sandbox;
const agents: undici.Dispatcher[] = [];
/** Headers of the first request of a test. */
const rawHeaders = () => JSON.parse(String(server.received[0]?.replace(/^\S+ /, ''))) as string[];
const headersNamed = (name: string) => {
  const found = rawHeaders();
  return found.filter((_, index) => index % 2 === 1 && found[index - 1]?.toLowerCase() === name);
};
const target = () => String(server.received[0]?.split(' ')[0]);

beforeAll(async () => {
  server = await startServer((_request, response) => response.end('ok'));
});
afterAll(() => server.close());
beforeEach(async () => {
  server.received.length = 0;
  sandbox = await startSandbox({ ...held, applicationId, publicKey: keyText('rsa-public') });
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
  await sandbox.close();
});

const authOf = (options: AuthInjectorOptions = {}) =>
  new AuthInjector(credentials, {
    products: [
      { name: 'gateway', urls: [`${server.origin}/basic/`], schemes: ['basic'] },
      { name: 'query', urls: [`${server.origin}/query/`], schemes: ['query'] },
      { name: 'fields', urls: [`${server.origin}/fields/`], schemes: ['body'] },
      ...sandbox.products,
    ],
    ...options,
  });
const dispatcher = (auth = authOf(), agent?: undici.Dispatcher) => {
  const composed = dispatcherOf(auth, agent);
  agents.push(composed);
  return composed;
};
const request = (path: string, options: object = {}) =>
  undici.request(server.origin + path, { dispatcher: dispatcher(), ...options });

describe.each(Object.entries(clients))('by %s', (name, send) => {
  const attempts = streaming.includes(name) ? 1 : 2;
  const ifRepeated = (title: string, run: () => Promise<void>) => {
    if (attempts === 2) test(title, run);
  };
  const previous = () => {
    sandbox.change({ apiSecret: 'PreviousSecret1' });
  };
  const rotating = () =>
    dispatcher(
      new AuthInjector(credentials.with({ apiSecret: [held.apiSecret, 'PreviousSecret1'] }), {
        products: sandbox.products,
        schemes: { account: 'basic' },
      }),
    );

  test('a request to a product gets its credential', async () => {
    const answer = await send(`${server.origin}/query/a?b=c%20d`, dispatcher());
    expect(answer).toMatchObject({ status: 200, text: 'ok' });
    expect(target()).toBe(`/query/a?b=c%20d&api_key=${held.apiKey}&api_secret=${held.apiSecret}`);
  });

  test('a request to a URL of no product gets no credential', async () => {
    expect((await send(`${server.origin}/other?b=c`, dispatcher())).text).toBe('ok');
    expect(target()).toBe('/other?b=c');
    expect(headersNamed('authorization')).toEqual([]);
  });

  ifRepeated('a refused request is sent again, once, with another credential', async () => {
    previous();
    const url = `${sandbox.url('account')}get-balance`;
    const answer = await send(url, rotating());
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.text)).toMatchObject({ value: 10.171275 });
    expect(sandbox.requests.map(({ status }) => status)).toEqual([401, 200]);
  });

  test('a request that stays refused gives the response of the last attempt', async () => {
    sandbox.change({ apiSecret: 'AnotherSecret1' });
    const url = `${sandbox.url('account')}get-balance`;
    const { status, text } = await send(url, rotating());
    expect([status, text]).toEqual([401, expect.stringContaining('error')]);
    expect(sandbox.requests).toHaveLength(attempts);
  });

  ifRepeated('a refusal in HTTP 200 is recognised', async () => {
    previous();
    const url = `${sandbox.url('sms')}json?from=Acme&to=447700900000&text=Hello`;
    const { text } = await send(url, rotating());
    expect(JSON.parse(text)).toMatchObject({ messages: [{ status: '0' }] });
    expect(sandbox.requests).toHaveLength(2);
  });

  test('a request with a credential of its own is refused', async () => {
    const headers = { Authorization: 'Bearer own' };
    const sent = send(`${server.origin}/basic/a`, dispatcher(), { headers });
    const error = (await sent.catch((each: unknown) => each)) as Failure;
    expect(`${error.message} ${error.cause?.message}`).toContain('already has an Authorization');
    expect(server.received).toEqual([]);
  });

  test('an abort while a provider is awaited ends the request at once', async () => {
    const controller = new AbortController();
    const auth = new AuthInjector(
      () => {
        setImmediate(() => {
          controller.abort();
        });
        return new Promise<never>(() => undefined);
      },
      { products: sandbox.products },
    );
    const { signal } = controller;
    await expect(send(sandbox.url('account'), dispatcher(auth), { signal })).rejects.toThrow(
      /aborted/,
    );
    expect(sandbox.requests).toEqual([]);
  });
});

test.each(['undici.fetch', "Node's fetch"])(
  'the text body of a POST by %s gets the credential, and is sent again after a refusal',
  async (name) => {
    sandbox.change({ apiSecret: 'PreviousSecret1' });
    const auth = new AuthInjector(
      credentials.with({ apiSecret: [held.apiSecret, 'PreviousSecret1'] }),
      { products: sandbox.products, schemes: { sms: 'body' } },
    );
    const body = 'from=Acme&to=447700900000&text=Hello';
    const answer = await clients[name]?.(`${sandbox.url('sms')}json`, dispatcher(auth), {
      method: 'POST',
      body,
    });
    expect(answer?.text).toContain('"status":"0"');
    expect(sandbox.requests).toHaveLength(2);
  },
);

test("the agent of Node's own undici attaches the credential and retries", async () => {
  sandbox.change({ apiSecret: 'PreviousSecret1' });
  const auth = new AuthInjector(
    credentials.with({ apiSecret: [held.apiSecret, 'PreviousSecret1'] }),
    { products: sandbox.products },
  );
  const agent = dispatcher(auth, nodesAgent());
  const url = `${sandbox.url('sms')}json?from=Acme&to=447700900000&text=Hello`;
  const answer = await clients["Node's fetch"]?.(url, agent);
  expect(answer?.text).toContain('"status":"0"');
  expect(sandbox.requests).toHaveLength(2);
  const { statusCode, headers, body } = await agent.request({
    ...{ origin: new URL(url).origin, path: new URL(url).pathname, method: 'POST' },
    headers: { 'content-type': 'application/json' },
    body: '{"from":"Acme","to":"447700900000","text":"Hello"}',
  });
  expect([statusCode, headers['content-type']]).toEqual([200, 'application/json']);
  expect(await body.text()).toContain('"status":"0"');
});

test('a request that gets no credential reaches the next dispatcher as the same objects', () => {
  const seen: unknown[] = [];
  const dispatch = (options: object, handler: object) => {
    seen.push(options, handler);
    return false;
  };
  const intercept = authInterceptor(authOf())(dispatch);
  const handler = {};
  for (const options of [
    { origin: server.origin, path: '/other', method: 'GET' },
    { origin: server.origin, path: 'http://127.0.0.1/basic/', method: 'GET' },
    { origin: server.origin, path: '127.0.0.1:80', method: 'CONNECT' },
    { origin: 'not a URL', path: '/', method: 'GET' },
    {},
  ]) {
    seen.length = 0;
    expect(intercept(options, handler)).toBe(false);
    expect(seen[0]).toBe(options);
    expect(seen[1]).toBe(handler);
  }
  // The client itself refuses options of undefined.
  expect(intercept(undefined as unknown as object, handler)).toBe(false);
});

test.each<[string, unknown]>([
  ['an object', { 'X-Own': 'a', 'X-Both': ['1', '2'], 'X-None': undefined, 'X-Empty': null }],
  ['a list of names and values', ['X-Own', 'a', 'X-Both', '1', 'x-both', '2', 'X-Empty', '']],
  [
    'a list of pairs',
    [
      ['X-Own', 'a'],
      ['X-Both', ['1', '2']],
      ['X-Empty', ''],
    ],
  ],
  [
    'a Map',
    new Map<string, unknown>([
      ['X-Own', 'a'],
      ['X-Both', ['1', '2']],
      ['X-Empty', ''],
    ]),
  ],
  [
    'an iterator',
    new Map<string, unknown>([
      ['X-Own', 'a'],
      ['X-Both', ['1', '2']],
      ['X-Empty', null],
    ]).entries(),
  ],
])('headers in the form of %s are sent with the credential', async (_form, headers) => {
  await request('/basic/a', { headers });
  expect(headersNamed('authorization')).toEqual([basic]);
  expect(headersNamed('x-own')).toEqual(['a']);
  expect(headersNamed('x-both')).toEqual(['1', '2']);
  expect(headersNamed('x-empty')).toEqual(['']);
  expect(headersNamed('x-none')).toEqual([]);
  expect(rawHeaders()).toContain('X-Own');
});

test.each<[string, unknown]>([
  ['text', 'a: b'],
  ['an odd list', ['a']],
  ['a list with a number', [1, 'b']],
  ['an iterable of texts', new Set(['ab'])],
])('headers that are %s are refused', async (_form, headers) => {
  const refused = { code: 'ERR_INVALID_REQUEST' };
  await expect(request('/basic/a', { headers })).rejects.toMatchObject(refused);
  expect(server.received).toEqual([]);
});

test('the query option is sent before the credential', async () => {
  await request('/query/a', { query: { b: ['c', 'd'], e: 'f g' } });
  expect(target()).toBe(
    `/query/a?b=c&b=d&e=f%20g&api_key=${held.apiKey}&api_secret=${held.apiSecret}`,
  );
});

test('a credential in the query option is refused', async () => {
  const query = { api_key: 'own' };
  const refused = { code: 'ERR_CREDENTIAL_PRESENT' };
  await expect(request('/query/a', { query })).rejects.toMatchObject(refused);
});

test.each(['?b=c', '?', '#', '#b', '?#', '%3F?'])(
  'the query option beside a path that ends in %s is refused, as it is by undici',
  async (end) => {
    for (const path of ['/query/a', '/basic/a', '/body/a']) {
      const options = { query: { d: 'e', api_key: 'own' }, method: 'GET' } as const;
      const send = dispatcher().request({ origin: server.origin, path: path + end, ...options });
      await expect(send).rejects.toMatchObject({ code: 'ERR_INVALID_REQUEST' });
    }
    expect(server.received).toEqual([]);
    const plain = dispatcher().request({
      origin: server.origin,
      path: `/other${end}`,
      method: 'GET',
    });
    expect((await plain).statusCode).toBe(200);
  },
);

test.each<[string, unknown, string]>([
  ['text', 'a=b', 'a=b'],
  ['bytes', new TextEncoder().encode('a=b'), 'a=b'],
  ['a Blob', new Blob(['a=b']), 'a=b'],
  ['an iterable', ['a=', 'b'], 'a=b'],
  [
    'an async iterable',
    { [Symbol.asyncIterator]: () => Readable.from(['a=', 'b'])[Symbol.asyncIterator]() },
    'a=b',
  ],
  ['a Node stream', Readable.from(['a=', 'b']), 'a=b'],
  ['a web stream', new Blob(['a=b']).stream(), 'a=b'],
  ['null', null, ''],
])('a body that is %s is sent', async (_kind, body, sent) => {
  const { statusCode } = await request('/basic/a', { method: 'POST', body });
  expect(statusCode).toBe(200);
  expect(server.received.slice(1).join('')).toBe(sent);
  expect(headersNamed('authorization')).toEqual([basic]);
});

test('a body that is FormData is sent with its type', async () => {
  const body = new undici.FormData();
  body.append('a', 'b');
  await request('/basic/a', { method: 'POST', body });
  expect(headersNamed('content-type')).toEqual([expect.stringMatching(/^multipart\/form-data; b/)]);
  expect(server.received.slice(1).join('')).toContain('name="a"\r\n\r\nb');
});

test('a scheme that writes into the body replaces it and its length', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '3' };
  await request('/fields/a', { method: 'POST', headers, body: 'a=b' });
  const sent = `a=b&api_key=${held.apiKey}&api_secret=${held.apiSecret}`;
  expect(server.received.slice(1).join('')).toBe(sent);
  expect(headersNamed('content-length')).toEqual([String(sent.length)]);
});

test.each([
  ['a Host header', { headers: { Host: 'evil.test' } }],
  ['a server name', { servername: 'evil.test' }],
  ['a server name that the URL parser ignores', { servername: 'xn--a.evil.test' }],
  ['a server name with a character of URLs', { servername: '127.0.0.1|evil.test' }],
  ['a server name with a percent sign', { servername: 'a%b.evil.test' }],
])('%s of another host is refused', async (_what, options) => {
  const refused = { code: 'ERR_HOST_NOT_ALLOWED' };
  await expect(request('/basic/a', options)).rejects.toMatchObject(refused);
  expect(server.received).toEqual([]);
});

test('a Host header and a server name of the same host are accepted', async () => {
  const { host, hostname } = new URL(server.origin);
  await request('/basic/a', { headers: { Host: host }, servername: hostname });
  expect(headersNamed('host')).toEqual([host]);
  await request('/basic/a', { servername: '' });
});

test('interceptors.dns() works before authInterceptor. After authInterceptor, it hides the product and is refused', async () => {
  const { port } = new URL(server.origin);
  const products: Product[] = [
    { name: 'local', urls: [`https://localhost:${port}/`], schemes: ['basic'] },
  ];
  const auth = new AuthInjector(credentials, { products });
  const dns = undici.interceptors.dns({ dualStack: false, affinity: 4 });
  const url = `https://localhost:${port}/a`;
  // A connection without TLS, so that the server needs no certificate.
  const withoutTls: undici.buildConnector.connector = (_options, callback) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      callback(null, socket);
    });
  };
  const agentWith = (...order: undici.Dispatcher.DispatcherComposeInterceptor[]) => {
    const agent = new undici.Agent({ connect: withoutTls }).compose(order);
    agents.push(agent);
    return agent;
  };
  const before = agentWith(dns, authInterceptor(auth));
  expect((await undici.request(url, { dispatcher: before })).statusCode).toBe(200);
  expect(headersNamed('authorization')).toEqual([basic]);
  const after = agentWith(authInterceptor(auth), dns);
  await expect(undici.request(url, { dispatcher: after })).rejects.toMatchObject({
    code: 'ERR_HOST_NOT_ALLOWED',
    message: expect.stringContaining('interceptors.dns()') as string,
  });
  expect(server.received).toHaveLength(1);
});

test('a request without an origin is refused: a Client or a Pool may be connected to another host', async () => {
  const client = new undici.Client(server.origin).compose(authInterceptor(authOf()));
  agents.push(client);
  const send = client.request({ path: '/basic/a', method: 'GET' });
  await expect(send).rejects.toMatchObject({
    code: 'ERR_INVALID_REQUEST',
    message: expect.stringContaining('Agent') as string,
  });
});

test('with the option product, only URLs of that product are accepted', async () => {
  const agent = new undici.Agent().compose(authInterceptor(authOf(), { product: 'gateway' }));
  agents.push(agent);
  await undici.request(`${server.origin}/basic/a`, { dispatcher: agent });
  const other = undici.request(`${server.origin}/other`, { dispatcher: agent });
  await expect(other).rejects.toMatchObject({ code: 'ERR_HOST_NOT_ALLOWED' });
  expect(server.received).toHaveLength(1);
});

test('an invalid argument is refused', () => {
  const codeOf = (...args: unknown[]) => {
    try {
      return Reflect.apply(authInterceptor, undefined, args) as unknown;
    } catch (error) {
      return (error as Failure).code;
    }
  };
  for (const args of [[{}], [authOf(), { products: [] }], [authOf(), null]]) {
    expect(codeOf(...args)).toBe('ERR_INVALID_OPTION');
  }
});

test('a connection is upgraded with the credential, and its socket works', async () => {
  let authorization: string | undefined;
  const upgrading = createServer().on('upgrade', (incoming, socket) => {
    ({ authorization } = incoming.headers);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\nX-Echo: ${held.apiSecret}\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  upgrading.listen(0, '127.0.0.1');
  await once(upgrading, 'listening');
  const origin = `http://127.0.0.1:${(upgrading.address() as AddressInfo).port}`;
  const auth = new AuthInjector(credentials, {
    products: [{ name: 'echo', urls: [origin], schemes: ['basic'] }],
  });
  for (const agent of [undefined, nodesAgent()]) {
    const { socket, headers } = await undici.upgrade(`${origin}/a`, {
      dispatcher: dispatcher(auth, agent),
      protocol: 'echo',
    });
    expect(authorization).toBe(basic);
    expect(headers['x-echo']).toBe('[redacted]');
    socket.write('ping');
    expect(String((await once(socket, 'data'))[0])).toBe('ping');
    socket.destroy();
  }
  upgrading.close();
});

test('a MockAgent sees the credential, and its replies are read for refusals', async () => {
  const mock = new undici.MockAgent();
  mock.disableNetConnect();
  const pool = mock.get('https://rest.nexmo.com');
  const path = /^\/sms\/json\?.*api_secret=PreviousSecret1/;
  const refusal = { messages: [{ status: '4' }] };
  const json = { headers: { 'content-type': 'application/json' } };
  pool.intercept({ path: /api_secret=ABCDEFGH01234abc/ }).reply(200, refusal, json);
  pool.intercept({ path }).reply(200, { messages: [{ status: '0' }] }, json);
  const auth = new AuthInjector(
    credentials.with({ apiSecret: [held.apiSecret, 'PreviousSecret1'] }),
  );
  const { body } = await undici.request('https://rest.nexmo.com/sms/json?to=1', {
    dispatcher: dispatcherOf(auth, mock),
  });
  expect(await body.json()).toEqual({ messages: [{ status: '0' }] });
  mock.assertNoPendingInterceptors();
  await mock.close();
});

describe('a body in parts is searched for credentials if undici sends it at once:', () => {
  const parts = ['to=1&text=x', '&api_key=evil'];
  const asBytes = parts.map((part) => Buffer.from(part));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const length = { ...headers, 'content-length': String(parts.join('').length) };
  test.each<[string, unknown, object]>([
    ['a list of text', parts, headers],
    ['a list of text and bytes', [parts[0], asBytes[1]], headers],
    ['a list of bytes', asBytes, headers],
    ['a list of views', asBytes.map((part) => new DataView(Uint8Array.from(part).buffer)), headers],
    ['a list of bytes and an empty view', [...asBytes, new Float32Array()], headers],
    [
      'an iterator of views with a Content-Length',
      asBytes.map((b) => new Int8Array(b)).values(),
      length,
    ],
    ['a Set', new Set(parts), headers],
    ['an object of text', new String(parts.join('')), headers],
    ['an iterator of text with a Content-Length', parts.values(), length],
    ['a list of text with a Content-Length', parts, length],
  ])('%s', async (_kind, body, types) => {
    const sent = request('/basic/a', { method: 'POST', headers: types, body });
    await expect(sent).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_PRESENT' });
    expect(server.received).toEqual([]);
  });

  test('and sent whole', async () => {
    for (const body of [['to=1', Buffer.from('&text=x')], ['to=1&text=x'].values()]) {
      server.received.length = 0;
      await request('/basic/a', {
        method: 'POST',
        headers: { ...headers, 'content-length': '11' },
        body,
      });
      expect(server.received.slice(1).join('')).toBe('to=1&text=x');
    }
  });

  test('and other parts are left to undici, which rejects them', async () => {
    const body = ['to=1', 5];
    const sent = request('/basic/a', { method: 'POST', headers, body });
    await expect(sent).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });
});

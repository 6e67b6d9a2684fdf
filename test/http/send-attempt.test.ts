import { EventEmitter, getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import axios, { type AxiosError, type AxiosRequestConfig } from 'axios';
import * as undici from 'undici';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  type CredentialsProvider,
  type Product,
  type Scheme,
} from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { abortable } from '../support/abortable';
import { applicationId, held } from '../support/account';
import { axiosClients } from '../support/axios-clients';
import { clients } from '../support/clients';
import { keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { startServer, type TestServer } from '../support/server';
import { runs } from '../support/runs';

/** The number of concurrent requests. */
const many = runs(200);

const { apiKey, apiSecret, signatureSecret } = held;
const privateKey = keyText('rsa-pkcs8');
const [wrong, wrongKey] = ['PreviousSecret12', keyText('rsa-other')];
const rotating = new Credentials({
  apiKey,
  apiSecret: [wrong, apiSecret],
  applicationId,
  privateKey: [wrongKey, privateKey],
  signatureSecret: [wrong, signatureSecret],
});

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ ...held, applicationId, publicKey: keyText('rsa-public') });
});
afterEach(() => sandbox.close());

type Refused = { status: number; body: AsyncIterable<Uint8Array> & ReadableStream };

type Provided = Credentials | CredentialsProvider;

const authOf = (credentials: Provided, schemes: Record<string, Scheme> = {}) =>
  new AuthInjector(credentials, { products: sandbox.products, schemes });

const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello' };
const verify = { number: '447700900000', brand: 'Acme' };
const number = { number: '447700900000' };
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

type RetryCase = [product: string, scheme: Scheme, path: string, request: AxiosRequestConfig];
const retryCases: RetryCase[] = [
  ['sms', 'query', 'json', { params: sms }],
  ['sms', 'query', 'xml', { params: sms }],
  ['sms', 'body', 'json', { method: 'post', data: sms }],
  ['sms', 'body', 'xml', { method: 'post', data: form(sms) }],
  ['sms', 'basic', 'json', { method: 'post', data: sms }],
  ['sms', 'signature', 'json', { params: sms }],
  ['sms', 'signature', 'json', { method: 'post', data: sms }],
  ['sms', 'signature', 'xml', { method: 'post', data: form(sms) }],
  ['verify', 'query', 'json', { params: verify }],
  ['verify', 'basic', 'xml', { params: verify }],
  ['number-insight', 'query', 'basic/json', { params: number }],
  ['number-insight', 'basic', 'basic/xml', { params: number }],
  ['account', 'query', 'get-balance', {}],
  [
    'conversion',
    'signature',
    'sms',
    { method: 'post', params: { 'message-id': 'm', delivered: 1 } },
  ],
  ['voice', 'bearer', '', { method: 'post', data: { to: [{}], from: {} } }],
  ['files', 'bearer', 'a', {}],
  ['secrets', 'basic', '', {}],
];

describe.each(clients)('by %s', (_client, sendBy) => {
  test.each(retryCases)(
    'a request to %s with %s at %s is retried with the other secret, which later requests use',
    async (product, scheme, path, request) => {
      const auth = authOf(rotating, { [product]: scheme });
      const url = `${sandbox.url(product)}${path}`;
      await sendBy(auth, { ...request, url });
      await sendBy(auth, { ...request, url });
      const refusals = sandbox.requests.map(({ refusal }) => refusal !== undefined);
      expect(refusals).toEqual([true, false, false]);
      const [first, second] = sandbox.requests;
      expect(second).toMatchObject({ method: first?.method, path: first?.path });
    },
  );

  test.each<[string, string, Scheme, string, AxiosRequestConfig]>([
    ['an SMS gateway', 'sms', 'query', 'json', { params: sms }],
    ['an SMS gateway in XML', 'sms', 'signature', 'xml', { params: sms }],
    ['a gateway to Verify', 'verify', 'body', 'json', { method: 'post', data: form(verify) }],
    ['a gateway to Number Insight', 'number-insight', 'basic', 'basic/xml', { params: number }],
  ])(
    'a request to %s with its own name and refusal is retried with the other secret',
    async (name, product, scheme, path, request) => {
      const codes = ['4', '14'];
      const refusal = {
        json: ['messages.*.status', 'status'],
        xml: ['status', 'error@code'],
        codes,
      };
      const url = sandbox.url(product);
      const gateway = { name, urls: [url], schemes: [scheme] as const };
      const authWith = (own: Product) => new AuthInjector(rotating, { products: [own] });
      const auth = authWith({ ...gateway, refusal });
      for (let count = 0; count < 2; count += 1) {
        await sendBy(auth, { ...request, url: `${url}${path}` });
      }
      const isRefused = () => sandbox.requests.map(({ refusal }) => refusal !== undefined);
      expect(isRefused()).toEqual([true, false, false]);
      // Without `refusal`, HTTP 200 is not a refusal.
      await sendBy(authWith(gateway), { ...request, url: `${url}${path}` });
      expect(isRefused()).toEqual([true, false, false, true]);
    },
  );

  test('an SMS of which only one part is refused is not sent again, so no part arrives twice', async () => {
    const statuses = [
      ['0', '4'],
      ['4', '0'],
      ['4', '4'],
    ];
    const server = await startServer((_request, response) => {
      const messages = (statuses.shift() ?? ['0', '0']).map((status) => ({ status }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ 'message-count': '2', messages }));
    });
    try {
      const products: Product[] = [{ name: 'sms', urls: [server.origin], schemes: ['basic'] }];
      const auth = new AuthInjector(rotating, { products });
      const send = () => sendBy(auth, { url: `${server.origin}/json`, params: sms });
      const counts = [];
      for (let count = 0; count < 3; count += 1) {
        await send();
        counts.push(server.received.length);
      }
      expect(counts).toEqual([1, 2, 4]);
    } finally {
      await server.close();
    }
  });

  test('a request is sent at most twice, and the caller gets the second response', async () => {
    const auth = authOf(rotating.with({ apiSecret: [wrong, 'another'] }));
    const { text } = await sendBy(auth, { url: `${sandbox.url('sms')}json`, params: sms });
    expect(JSON.parse(text)).toMatchObject({ messages: [{ status: '4' }] });
    const { status } = await sendBy(auth, { url: `${sandbox.url('account')}get-balance` });
    expect(status).toBe(401);
    expect(sandbox.requests).toHaveLength(4);
  });

  test('a request is not sent again if there is no other secret', async () => {
    const auth = authOf(rotating.with({ apiSecret: wrong }));
    await sendBy(auth, { url: `${sandbox.url('sms')}json`, params: sms });
    expect(sandbox.requests).toHaveLength(1);
  });

  test('a body that is a stream is not sent again', async () => {
    const headers = { 'content-type': 'text/plain' };
    const request = { method: 'post', url: sandbox.url('secrets'), headers };
    await sendBy(authOf(rotating), { ...request, data: Readable.from(['secret=x']) });
    expect(sandbox.requests).toHaveLength(1);
  });

  test('a refusal calls the provider again, and its new secret is used', async () => {
    const auth = authOf(() => provided);
    let provided = rotating.with({ apiSecret });
    const request = { url: `${sandbox.url('sms')}json`, params: sms };
    await sendBy(auth, request);
    sandbox.change({ apiSecret: 'NextSecret123456' });
    provided = provided.with({ apiSecret: 'NextSecret123456' });
    expect(JSON.parse((await sendBy(auth, request)).text)).toMatchObject({
      messages: [{ status: '0' }],
    });
    await sendBy(auth, request);
    expect(sandbox.requests).toHaveLength(4);
  });

  test('the next request calls the provider after both secrets of a pair were refused', async () => {
    const results = [
      rotating.with({ apiSecret: [wrong, 'another'] }),
      rotating.with({ apiSecret }),
    ];
    const auth = authOf(() => results.shift() ?? rotating);
    const request = { url: `${sandbox.url('sms')}json`, params: sms };
    await sendBy(auth, request);
    await sendBy(auth, request);
    expect(sandbox.requests.map(({ refusal }) => refusal === undefined)).toEqual([
      false,
      false,
      true,
    ]);
  });

  const next = { apiKey: 'efgh5678', apiSecret: 'NextSecret123456' };
  const credentials = new Credentials({ apiKey, apiSecret });
  let provided = credentials;
  test.each<[string, Provided, { apiKey?: string; apiSecret: string }]>([
    [
      'a pair of the old and the new secret',
      new Credentials({ apiKey, apiSecret: [apiSecret, next.apiSecret] }),
      { apiSecret: next.apiSecret },
    ],
    ['a provider that replaces both key and secret', () => provided, next],
  ])(
    'none of many requests in flight fails or mixes credentials when the secret is rotated, with %s',
    async (_name, from, changes) => {
      provided = credentials;
      const auth = authOf(from);
      const answers: Promise<{ text: string }>[] = [];
      for (let count = 0; count < many; count += 1) {
        if (count === many / 2) {
          await answers[0];
          sandbox.change(changes);
          provided = provided.with(changes);
        }
        answers.push(sendBy(auth, { url: `${sandbox.url('sms')}json`, params: sms }));
      }
      for (const { text } of await Promise.all(answers)) {
        expect(JSON.parse(text)).toMatchObject({ messages: [{ status: '0' }] });
      }
      const pairs = sandbox.requests.map(
        ({ query }) => `${query['api_key']} ${query['api_secret']}`,
      );
      expect(new Set(pairs)).toEqual(
        new Set([`${apiKey} ${apiSecret}`, `${changes.apiKey ?? apiKey} ${next.apiSecret}`]),
      );
      const refused = sandbox.requests.filter(({ refusal }) => refusal !== undefined);
      expect(refused.length).toBeGreaterThan(0);
      expect(sandbox.requests).toHaveLength(many + refused.length);
    },
  );
});

describe.each(axiosClients)('by %s', (_name, { create }) => {
  test('a streamed response is not searched for a refusal, but HTTP 401 is a refusal', async () => {
    const http = create({ responseType: 'stream' });
    attachAuth(http, authOf(rotating));
    const refused = await http.get<AsyncIterable<Uint8Array>>(`${sandbox.url('sms')}json`, {
      params: sms,
    });
    let text = '';
    for await (const chunk of refused.data) text += Buffer.from(chunk).toString();
    expect(JSON.parse(text)).toMatchObject({ messages: [{ status: '4' }] });
    expect(sandbox.requests).toHaveLength(1);
    const { status } = await http.get(`${sandbox.url('account')}get-balance`);
    expect(status).toBe(200);
    expect(sandbox.requests).toHaveLength(3);
  });

  test('a response of bytes is searched for a refusal', async () => {
    const http = create({ responseType: 'arraybuffer' });
    attachAuth(http, authOf(rotating));
    const { data } = await http.get<Buffer>(`${sandbox.url('sms')}json`, { params: sms });
    expect(JSON.parse(Buffer.from(data).toString())).toMatchObject({ messages: [{ status: '0' }] });
  });

  test('the outcome shows no secret of either attempt', async () => {
    const http = create();
    const secrets = [wrong, 'AnotherSecret123'] as const;
    attachAuth(http, authOf(rotating.with({ apiSecret: secrets }), { account: 'query' }));
    const error: unknown = await http
      .get(`${sandbox.url('account')}get-balance`)
      .catch((reason: unknown) => reason as AxiosError);
    expect(error).toMatchObject({ isAxiosError: true, response: { status: 401 } });
    expect(leaksIn(error, secrets)).toEqual([]);
    expect(sandbox.requests).toHaveLength(2);
  });
});

const unauthorized = () => new Response('no', { status: 401 });
const balance = 'https://rest.nexmo.com/account/get-balance';

/** A `fetch` with scripted responses, and the API secrets that it was called with. */
function scriptedFetch(...answers: Response[]) {
  const secrets: (string | null)[] = [];
  const fetch = (url: unknown) => {
    secrets.push(new URL(String(url)).searchParams.get('api_secret'));
    return Promise.resolve(answers.shift() ?? new Response('{}'));
  };
  return { secrets, fetch };
}

test.each<[string, () => Promise<void>]>([
  ['never ends', () => new Promise(() => undefined)],
  ['fails', () => Promise.reject(new Error('broken off'))],
])('a response whose cancellation %s does not prevent the retry', async (_name, cancel) => {
  const body = new ReadableStream({ cancel });
  const { fetch, secrets } = scriptedFetch(new Response(body, { status: 401 }));
  const response = await createAuthFetch(new AuthInjector(rotating), { fetch })(balance);
  expect(response.status).toBe(200);
  expect(secrets).toEqual([wrong, apiSecret]);
});

type StallingServer = TestServer & { firstClosed: Promise<unknown> };

/** A server whose first answer is 401 with a body that begins with `start` and never ends. Then it answers `ok`. */
async function startStallingServer(start: string): Promise<StallingServer> {
  const first = new EventEmitter();
  const server = await startServer((_request, response) => {
    if (server.received.length > 1) {
      response.end('ok');
      return;
    }
    response.once('close', () => first.emit('close'));
    response.writeHead(401).flushHeaders();
    response.write(start);
  });
  return { ...server, firstClosed: once(first, 'close') };
}

describe.each<[string, (origin: string, auth: AuthInjector) => Promise<Refused>]>([
  [
    'fetch of undici 7',
    async (origin, auth) => {
      const send = createAuthFetch(auth, { fetch: undici.fetch as unknown as typeof fetch });
      const { status, body } = await send(origin);
      return { status, body: body as Refused['body'] };
    },
  ],
  [
    'axios with the adapter fetch',
    async (origin, auth) => {
      const env = { fetch: undici.fetch, Request: undici.Request, Response: undici.Response };
      const config = { adapter: 'fetch', responseType: 'stream', validateStatus: null, env };
      const http = axios.create(config as unknown as AxiosRequestConfig);
      attachAuth(http, auth);
      const { status, data } = await http.get<Refused['body']>(origin);
      return { status, body: data };
    },
  ],
])('with %s, a refusal', (_client, send) => {
  const own = (origin: string, credentials: Provided) => {
    const products: Product[] = [{ name: 'own', urls: [origin], schemes: ['basic'] }];
    return new AuthInjector(credentials, { products });
  };

  test('whose connection closes while the credential of a retry is awaited does not end the process, and its body stays whole', async () => {
    const content = 'x'.repeat(20_000);
    const closed = new EventEmitter();
    const server = createServer((socket) => {
      socket.on('error', () => undefined).on('close', () => closed.emit('close'));
      socket.once('data', () =>
        socket.end(`HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n${content}`),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    let calls = 0;
    const provider = async () => {
      if (calls++ > 0) await once(closed, 'close');
      return new Credentials({ apiKey, apiSecret });
    };
    const { body } = await send(origin, own(origin, provider));
    expect(await text(body)).toBe(content);
    expect(calls).toBe(2);
    server.close();
  });

  describe('whose body never ends', () => {
    let server: StallingServer;
    beforeEach(async () => {
      server = await startStallingServer('refused');
    });
    afterEach(() => server.close());

    test('is passed on at once if there is no other credential', async () => {
      const auth = own(server.origin, new Credentials({ apiKey, apiSecret: wrong }));
      const { status, body } = await send(server.origin, auth);
      expect(status).toBe(401);
      const chunk = await body.getReader().read();
      expect(Buffer.from(chunk.value as Uint8Array).toString()).toBe('refused');
    });

    test('is aborted when the request is sent again', async () => {
      let calls = 0;
      const provider = async () => {
        for (let turn = 0; turn < 10; turn++) await nextTurn();
        return new Credentials({ apiKey, apiSecret: calls++ === 0 ? wrong : apiSecret });
      };
      const { status, body } = await send(server.origin, own(server.origin, provider));
      expect([status, await text(body)]).toEqual([200, 'ok']);
      await server.firstClosed;
    });
  });
});

describe.each<[string, () => AxiosRequestConfig]>([
  ['no other option', () => ({})],
  ['signal', () => ({ signal: new AbortController().signal })],
  ['cancelToken', () => ({ cancelToken: axios.CancelToken.source().token })],
  ['timeout', () => ({ timeout: 60_000 })],
  ['onDownloadProgress', () => ({ onDownloadProgress: () => undefined })],
])('with axios, the adapter fetch and %s, a refusal whose body never ends', (_name, options) => {
  let server: StallingServer;
  beforeEach(async () => {
    server = await startStallingServer('refused');
  });
  afterEach(() => server.close());

  const fetchClients = axiosClients
    .filter(([name]) => name.endsWith(', fetch'))
    .flatMap(([name, { create }]) =>
      // By default, axios makes an error of a refusal, and stops watching its stream.
      [undefined, null].map((validateStatus) => [name, validateStatus, create] as const),
    );

  async function streamOf(
    create: (typeof fetchClients)[number][2],
    validateStatus: null | undefined,
    credentials: Credentials,
  ): Promise<ReadableStream> {
    const products: Product[] = [{ name: 'own', urls: [server.origin], schemes: ['basic'] }];
    const config = validateStatus === undefined ? {} : { validateStatus };
    const http = create({ adapter: 'fetch', responseType: 'stream', ...config });
    attachAuth(http, new AuthInjector(credentials, { products }));
    const sent = http.get<ReadableStream>(server.origin, options());
    const { data } = await sent.catch(
      (error: unknown) => (error as Required<AxiosError<ReadableStream>>).response,
    );
    return data;
  }

  test.each(fetchClients)(
    'is aborted when the request is sent again (%s, validateStatus %s)',
    async (_axios, validateStatus, create) => {
      const credentials = new Credentials({ apiKey, apiSecret: [wrong, apiSecret] });
      const body = await streamOf(create, validateStatus, credentials);
      expect(await text(body as unknown as AsyncIterable<Uint8Array>)).toBe('ok');
      await server.firstClosed;
    },
  );

  test.each(fetchClients)(
    'can be cancelled after it was passed on (%s, validateStatus %s)',
    async (_axios, validateStatus, create) => {
      const credentials = new Credentials({ apiKey, apiSecret: wrong });
      const body = await streamOf(create, validateStatus, credentials);
      await nextTurn();
      await body.cancel();
      await server.firstClosed;
    },
  );
});

test.each(axiosClients.filter(([name]) => name.endsWith(', http')))(
  'with %s and maxContentLength, a refusal whose body never begins is closed when the request is sent again',
  async (_name, { create }) => {
    const server = await startStallingServer('');
    const products: Product[] = [{ name: 'own', urls: [server.origin], schemes: ['basic'] }];
    const http = create({ responseType: 'stream', maxContentLength: 1000 });
    attachAuth(http, new AuthInjector(rotating, { products }));
    const { data } = await http.get<AsyncIterable<Uint8Array>>(server.origin);
    expect(await text(data)).toBe('ok');
    await server.firstClosed;
    await server.close();
  },
);

test.each(axiosClients.filter(([name]) => name.endsWith(', fetch')))(
  'with %s, a signal ends a streamed request before and after the response, and keeps no listener',
  async (_name, { create, library }) => {
    const server = await startServer((request, response) => {
      if (request.url === '/pending') return;
      response.write('ok');
      if (request.url === '/whole') response.end();
    });
    const products: Product[] = [{ name: 'own', urls: [server.origin], schemes: ['basic'] }];
    const http = create({ responseType: 'stream', baseURL: server.origin });
    attachAuth(http, new AuthInjector(rotating, { products }));
    const { signal, abort } = abortable();
    const whole = await http.get<AsyncIterable<Uint8Array>>('/whole', { signal });
    expect(await text(whole.data)).toBe('ok');
    await nextTurn();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const pending = http.get('/pending', { signal }).catch((error: unknown) => error);
    const partly = await http.get<AsyncIterable<Uint8Array>>('/partly', { signal });
    abort();
    expect(library.isCancel(await pending)).toBe(true);
    await expect(text(partly.data)).rejects.toThrow();
    const late = await http.get('/whole', { signal }).catch((error: unknown) => error);
    expect(library.isCancel(late)).toBe(true);
    await server.close();
  },
);

test.each(axiosClients)(
  'with %s behind an adapter that is a function, which listens to the signal, the signal still ends the request',
  async (_name, { create, library }) => {
    const server = await startServer(() => undefined);
    const products: Product[] = [{ name: 'own', urls: [server.origin], schemes: ['basic'] }];
    const { signal, abort } = abortable();
    const inner = create({ responseType: 'stream' });
    const http = create({ responseType: 'stream' });
    let seen: unknown;
    http.defaults.adapter = async (config) => {
      seen = config.signal;
      await sleep(0, undefined, { signal: config.signal as AbortSignal });
      const sent = inner.request({ ...config, adapter: inner.defaults.adapter ?? [] });
      setImmediate(abort);
      return sent;
    };
    attachAuth(http, new AuthInjector(rotating, { products }));
    const failed = await http.get(server.origin, { signal }).catch((error: unknown) => error);
    expect(library.isCancel(failed)).toBe(true);
    expect(seen).toBe(signal);
    await server.close();
  },
);

test("a signal that is not Node's ends a streamed request of axios", async () => {
  const listeners: (() => void)[] = [];
  const signal = {
    aborted: false,
    addEventListener: (_type: 'abort', listener: () => void) => listeners.push(listener),
    removeEventListener: () => undefined,
  };
  const server = await startServer(() => {
    for (const listener of listeners) listener.call(signal);
  });
  const products: Product[] = [{ name: 'own', urls: [server.origin], schemes: ['basic'] }];
  const http = axios.create({ adapter: 'fetch', responseType: 'stream' });
  attachAuth(http, new AuthInjector(rotating, { products }));
  await expect(http.get(server.origin, { signal })).rejects.toThrow('canceled');
  await server.close();
});

test('a response of a mock whose stream cannot be destroyed does not prevent the retry', async () => {
  const destroy = jest.fn(() => {
    throw new Error('not a stream of Node');
  });
  const statuses = [401, 200];
  const http = axios.create({
    validateStatus: null,
    adapter: (config) =>
      Promise.resolve({
        status: Number(statuses.shift()),
        statusText: '',
        headers: {},
        config,
        data: { destroy },
      }),
  });
  attachAuth(http, new AuthInjector(rotating));
  expect((await http.get(balance)).status).toBe(200);
  expect(destroy).toHaveBeenCalledTimes(1);
});

test.each<[string, () => unknown, number]>([
  ['a web stream', () => new Response('x').body, 1],
  ['an async iterable', () => Readable.from(['x'])[Symbol.asyncIterator](), 1],
  ['FormData', () => new FormData(), 2],
  ['a string', () => 'x', 2],
])(
  'fetch retries a request whose body is %s only if the body can be sent twice',
  async (_name, body, times) => {
    const { fetch, secrets } = scriptedFetch(unauthorized());
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit;
    await createAuthFetch(new AuthInjector(rotating), { fetch })(balance, init);
    expect(secrets).toHaveLength(times);
  },
);

test('the secret of a retry that is answered with HTTP 503 is not used for later requests', async () => {
  const { fetch, secrets } = scriptedFetch(unauthorized(), new Response('', { status: 503 }));
  const authFetch = createAuthFetch(new AuthInjector(rotating), { fetch });
  for (let count = 0; count < 2; count += 1) await authFetch(balance);
  expect(secrets).toEqual([wrong, apiSecret, wrong]);
});

test.each([404, 409, 422, 429])(
  'the secret of a retry that is answered with HTTP %i is used for later requests',
  async (status) => {
    const { fetch, secrets } = scriptedFetch(unauthorized(), new Response('', { status }));
    const authFetch = createAuthFetch(new AuthInjector(rotating), { fetch });
    for (let count = 0; count < 2; count += 1) await authFetch(balance);
    expect(secrets).toEqual([wrong, apiSecret, apiSecret]);
  },
);

test('a retry that fails is the outcome, and its secret is not used for later requests', async () => {
  const secrets: unknown[] = [];
  const fetch = (url: unknown) => {
    secrets.push(new URL(String(url)).searchParams.get('api_secret'));
    return secrets.length === 2
      ? Promise.reject(new Error('reset'))
      : Promise.resolve(unauthorized());
  };
  const authFetch = createAuthFetch(new AuthInjector(rotating), { fetch });
  await expect(authFetch(balance)).rejects.toThrow('reset');
  await authFetch(balance);
  expect(secrets).toEqual([wrong, apiSecret, wrong, apiSecret]);
});

test.each(axiosClients)('by %s, a retry that fails is the outcome', async (_name, { create }) => {
  const http = create();
  const statuses = [401, 0];
  http.defaults.adapter = (config) => {
    const status = statuses.shift();
    if (status === 0) return Promise.reject(new Error('reset'));
    const answer = { status: 401, statusText: '', headers: {}, config, data: '' };
    return Promise.reject(Object.assign(new Error('refused'), { response: answer }));
  };
  attachAuth(http, new AuthInjector(rotating));
  await expect(http.get(balance)).rejects.toThrow('reset');
});

test('the caller gets the refusal if the product cannot use the other credentials', async () => {
  const results = [rotating.with({ apiSecret: wrong }), new Credentials({ apiKey })];
  const { fetch, secrets } = scriptedFetch(unauthorized());
  const auth = new AuthInjector(() => results.shift() ?? rotating);
  expect((await createAuthFetch(auth, { fetch })(balance)).status).toBe(401);
  expect(secrets).toEqual([wrong]);
});

test('50 waiting requests with one signal share one listener, which is removed after them', async () => {
  const { signal } = new AbortController();
  let answer: (credentials: Credentials) => void = () => undefined;
  const provider = () => new Promise<Credentials>((resolve) => (answer = resolve));
  const fetch = () => Promise.resolve(new Response('{}'));
  const authFetch = createAuthFetch(new AuthInjector(provider), { fetch });
  const all = Array.from({ length: 50 }, () => authFetch(balance, { signal }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  answer(rotating);
  await Promise.all(all);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

describe('a request that is aborted during a provider call rejects at once', () => {
  const silent = () => new Promise<Credentials>(() => undefined);
  const aborted = () => {
    const controller = new AbortController();
    setImmediate(() => {
      controller.abort();
    });
    return controller.signal;
  };

  test('with fetch, before it is sent', async () => {
    const { fetch, secrets } = scriptedFetch();
    const authFetch = createAuthFetch(new AuthInjector(silent), { fetch });
    for (const signal of [aborted(), AbortSignal.abort()]) {
      await expect(authFetch(balance, { signal })).rejects.toHaveProperty('name', 'AbortError');
      const request = new Request(balance, { signal });
      await expect(authFetch(request)).rejects.toHaveProperty('name', 'AbortError');
    }
    expect(secrets).toEqual([]);
  });

  test('with fetch, before it is sent again', async () => {
    const results = [Promise.resolve(rotating.with({ apiSecret: wrong }))];
    const { fetch, secrets } = scriptedFetch(unauthorized());
    const auth = new AuthInjector(() => results.shift() ?? silent());
    const sent = createAuthFetch(auth, { fetch })(balance, { signal: aborted() });
    await expect(sent).rejects.toHaveProperty('name', 'AbortError');
    expect(secrets).toEqual([wrong]);
  });

  test.each(axiosClients)('with %s', async (_name, { library, create }) => {
    const http = create();
    attachAuth(http, new AuthInjector(silent));
    const error: unknown = await http
      .get(balance, { signal: aborted() })
      .catch((reason: unknown) => reason);
    expect(library.isCancel(error)).toBe(true);
  });
});

test('a response of fetch is intact if the secret equals a header name', async () => {
  const { fetch } = scriptedFetch(new Response('', { headers: { date: 'of Date', link: 'a' } }));
  const auth = new AuthInjector(new Credentials({ apiKey, apiSecret: 'Date' }));
  const response = await createAuthFetch(auth, { fetch })(balance);
  expect(response.headers.get('date')).toBe('of [redacted]');
  expect(response.headers.get('link')).toBe('a');
});

test('fetch does not read a response that is neither JSON nor XML', async () => {
  let read = 0;
  const body = new ReadableStream(
    {
      pull(controller) {
        read += 1;
        controller.enqueue(Buffer.from('{"messages":[{"status":"4"}]}'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const auth = new AuthInjector(rotating);
  const fetch = () => Promise.resolve(new Response(body, { headers: { 'content-type': 'a/b' } }));
  const response = await createAuthFetch(auth, { fetch })('https://rest.nexmo.com/sms/json');
  expect(read).toBe(0);
  expect(await response.text()).toContain('4');
});

test('the caller gets the error of a response body whose stream fails', async () => {
  const body = () =>
    new ReadableStream({
      pull(controller) {
        controller.error(new Error('broken off'));
      },
    });
  const headers = { 'content-type': 'application/json' };
  const fetch = () => Promise.resolve(new Response(body(), { headers }));
  const auth = new AuthInjector(rotating);
  const response = await createAuthFetch(auth, { fetch })('https://rest.nexmo.com/sms/json');
  await expect(response.text()).rejects.toThrow('broken off');
});

test('many requests that are refused while the provider fails call it once, with one warning', async () => {
  const warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
  const steady = jest.spyOn(performance, 'now').mockImplementation(() => elapsed);
  let elapsed = 0;
  const provider = jest.fn((): Credentials => {
    if (provider.mock.calls.length > 1) throw new TypeError('hush-hush');
    return rotating.with({ apiSecret });
  });
  const authFetch = createAuthFetch(authOf(provider));
  const send = async () => {
    const { status } = await authFetch(`${sandbox.url('account')}get-balance`);
    expect(status).toBe(401);
  };
  try {
    await (await authFetch(`${sandbox.url('account')}get-balance`)).text();
    sandbox.change({ apiSecret: 'NextSecret123456' });
    await Promise.all(Array.from({ length: many }, send));
    await send();
    expect(provider).toHaveBeenCalledTimes(2);
    expect(warnings).toHaveBeenCalledTimes(1);
    elapsed += 1000;
    await send();
    expect(provider).toHaveBeenCalledTimes(3);
    expect(warnings).toHaveBeenCalledTimes(2);
  } finally {
    warnings.mockRestore();
    steady.mockRestore();
  }
});

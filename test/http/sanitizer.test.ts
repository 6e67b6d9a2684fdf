import { Agent, type RequestListener } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Readable as OlderReadable } from 'readable-stream';
import axios, { type AxiosError, type AxiosInstance, type AxiosRequestConfig } from 'axios';
import { attachAuth, AuthInjector, createAuthFetch, Credentials } from '../../src';
import { Sanitizer } from '../../src/http/sanitizer';
import { axiosClients } from '../support/axios-clients';
import { keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { startServer, type TestServer } from '../support/server';

const apiSecret = 'ABCDEFGH01234abc';
const credentials = new Credentials({
  apiKey: 'abcd1234',
  apiSecret,
  applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  privateKey: keyText('rsa-pkcs8'),
});

let server: TestServer;
let elsewhere: TestServer;
const answer: RequestListener = (request, response) => {
  const path = new URL(String(request.url), 'http://server.test').pathname.split('/').at(-1);
  response.setHeader('x-echo', String(request.headers.authorization));
  const credential = /(?<=^Bearer |api_secret=)[\w.-]+/;
  const [secret] = credential.exec(request.headers.authorization ?? String(request.url)) ?? [];
  if (secret !== undefined) response.setHeader(`x-of-${secret}`, 'a name');
  response.setHeader('set-cookie', ['a=1', `last=${String(request.url)}`]);
  if (path === 'redirect')
    response.writeHead(302, { location: `https://elsewhere.test${String(request.url)}` });
  if (path === 'refuse') response.writeHead(401, `No ${String(request.url)}`);
  if (path === 'broken') response.writeHead(200, { 'content-type': 'application/json' }).end('{');
  else if (path === 'reset') request.socket.destroy();
  else if (path === 'hang') response.write('first');
  else if (path === 'cut')
    response
      .writeHead(200, { 'content-length': 10 })
      .write('first', () => setImmediate(() => request.socket.destroy()));
  else if (path === 'chunk')
    request.socket.end(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${String(secret)}\r\n`,
    );
  else if (path === 'malformed')
    request.socket.end(`HTTP/1.1 200 OK\r\nbad header ${String(request.url)}\r\n\r\n`);
  else response.end('{"answer":42}');
};
beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startServer(answer), startServer(answer)]);
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));

const cases = axiosClients.flatMap(([name, { create }]) =>
  (['query', 'bearer'] as const).map((scheme) => [`${name}, ${scheme}`, create, scheme] as const),
);

describe.each(cases)('no secret is in the outcome of a request by %s:', (_name, create, scheme) => {
  const agent = new Agent({ keepAlive: true });
  let http: AxiosInstance;
  let secrets: () => string[];
  beforeAll(() => {
    const products = [{ name: 'gateway', urls: [server.origin], schemes: [scheme] as const }];
    http = create({ baseURL: server.origin, httpAgent: agent });
    attachAuth(http, new AuthInjector(credentials, { products }));
    secrets = () => {
      const sent = server.received.findLast((text) => text.startsWith('/'));
      const token = /(?<=Bearer )[\w.-]+/.exec(String(sent))?.[0];
      return token === undefined ? [apiSecret] : [apiSecret, token];
    };
  });
  afterAll(() => {
    agent.destroy();
  });

  const outcome = (config: AxiosRequestConfig) =>
    http.request(config).catch((error: unknown) => error as AxiosError);
  const expectNoLeak = (value: unknown) => {
    expect(secrets()).toHaveLength(scheme === 'query' ? 1 : 2);
    expect(server.received.join()).toContain(secrets().at(-1));
    expect(leaksIn(value, secrets())).toEqual([]);
  };

  test('a response has none, though the server repeats it in values and names of headers', async () => {
    const response = await outcome({ url: '/fine', params: { a: 1 } });
    expect(response).toMatchObject({ status: 200, data: { answer: 42 } });
    expect(response).toMatchObject({ headers: { 'x-of-redacted': 'a name' } });
    expectNoLeak(response);
  });

  test.each([
    ['a refusal', 'refuse'],
    ['a redirect that repeats it in Location', 'redirect'],
    ['a connection that is reset', 'reset'],
    ['a response that is cut off', 'cut'],
    ['a malformed response', 'malformed'],
  ])('the error of %s has none', async (_what, path) => {
    const error = await outcome({ url: `/${path}`, method: 'post', data: { text: 'x' } });
    expect(error).toMatchObject({ isAxiosError: true });
    expectNoLeak(error);
    expectNoLeak((error as AxiosError).toJSON());
  });

  test('the error of a response in which the secret cannot be parsed has no part of the secret', async () => {
    const error = await outcome({ url: '/chunk' });
    expect(error).toMatchObject({ isAxiosError: true });
    expectNoLeak(error);
    const parts = secrets().map((secret) => secret.slice(-8));
    expect(leaksIn(error, parts)).toEqual([]);
  });

  test('the error of a response that cannot be parsed has none', async () => {
    const transitional = { silentJSONParsing: false };
    const error = await outcome({ url: '/broken', responseType: 'json', transitional });
    expect(error).toMatchObject({ name: 'SyntaxError' });
    expectNoLeak(error);
  });

  test('a response and an error of a second host have none, while a request to the first host is in flight', async () => {
    const controller = new AbortController();
    const inFlight = outcome({ url: '/hang', signal: controller.signal });
    while (!String(server.received.at(-1)).startsWith('/hang')) await nextTurn();
    const [answer, error] = await Promise.all(
      ['fine', 'refuse'].map((url) => outcome({ url, baseURL: `${elsewhere.origin}/` })),
    );
    expect(answer).toMatchObject({ status: 200 });
    expect(error).toMatchObject({ isAxiosError: true });
    expectNoLeak([answer, error]);
    controller.abort();
    expectNoLeak(await inFlight);
  });

  test('the error of a timeout has none, while the socket is open', async () => {
    const error = await outcome({ url: '/hang', timeout: 100 });
    expect(error).toMatchObject({ isAxiosError: true });
    expectNoLeak(error);
  });

  test('the error of an abort has none', async () => {
    const error = await outcome({ url: '/hang', signal: AbortSignal.timeout(100) });
    expect(error).toHaveProperty('message');
    expectNoLeak(error);
  });

  test.each(['cut', 'refuse'])(
    'the error of a streamed response to /%s has none, though nobody reads the stream',
    async (path) => {
      const error = await outcome({
        url: `/${path}`,
        responseType: 'stream',
        validateStatus: () => false,
      });
      expect(error).toMatchObject({
        isAxiosError: true,
        response: { status: expect.any(Number) as number },
      });
      expectNoLeak(error);
      // Lets the stream fail without an error listener.
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    },
  );

  test('a streamed response has none while it is open', async () => {
    const response = await http.get<AsyncIterable<Uint8Array> & { destroy?: () => void }>('/hang', {
      responseType: 'stream',
    });
    expectNoLeak(response);
    for await (const chunk of response.data) {
      expect(Buffer.from(chunk).toString()).toBe('first');
      break;
    }
  });

  test('the error of a streamed response has none', async () => {
    const response = await http.get<AsyncIterable<Uint8Array>>('/cut', { responseType: 'stream' });
    const read = async () => {
      for await (const chunk of response.data) expect(Buffer.from(chunk).toString()).toBe('first');
    };
    const error: unknown = await read().catch((e: unknown) => e);
    expect(error).toHaveProperty('message');
    expectNoLeak(error);
  });

  test('the error of an aborted streamed response has none', async () => {
    const controller = new AbortController();
    const response = await http.get<AsyncIterable<Uint8Array>>('/hang', {
      responseType: 'stream',
      signal: controller.signal,
    });
    const read = async () => {
      for await (const chunk of response.data) {
        expect(Buffer.from(chunk).toString()).toBe('first');
        controller.abort();
      }
    };
    const error: unknown = await read().catch((e: unknown) => e);
    expect(error).toHaveProperty('message');
    expectNoLeak(error);
  });

  test('a streamed request body has none, while it is sent and after it exceeded the limit', async () => {
    const controller = new AbortController();
    const body = new PassThrough();
    body.write('first');
    const count = server.received.length;
    const options = { url: '/hang', signal: controller.signal, maxBodyLength: 1000 };
    const progress = { onUploadProgress: () => undefined };
    const sent = outcome({ method: 'post', data: body, ...options, ...progress });
    while (server.received.length < count + 2) await nextTurn();
    expectNoLeak(body);
    body.end('x'.repeat(2000));
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expectNoLeak(body);
    controller.abort();
    expectNoLeak(await sent);
    expectNoLeak(body);
  });

  test.each([Readable, OlderReadable])(
    'neither the body nor the error has one, if the server refuses while %p is sent',
    async (Stream) => {
      const body = new Stream({ read: () => undefined }) as unknown as Readable;
      body.push('first');
      const error = await outcome({ url: '/refuse', method: 'post', data: body });
      expectNoLeak(error);
      expectNoLeak(body);
      body.push(null);
    },
  );
});

test('a streamed request body arrives whole', async () => {
  const received = server.received.length;
  const http = axios.create();
  const products = [{ name: 'gateway', urls: [server.origin], schemes: ['query'] as const }];
  attachAuth(http, new AuthInjector(credentials, { products }));
  const body = new PassThrough();
  body.end('x'.repeat(200_000));
  await http.post(server.origin, body, { maxBodyLength: Infinity });
  expect(server.received.slice(received + 1).join('')).toBe('x'.repeat(200_000));
});

describe('any kind of error is sanitised:', () => {
  const view = { config: { shown: true }, request: {}, secrets: ['ABCDEFGH'] };
  const sanitize = (error: unknown) => new Sanitizer(view).error(error) as Error;

  test('an AbortError, whose message cannot be set, is replaced only if it has a secret', () => {
    const harmless = new DOMException('aborted', 'AbortError');
    expect(sanitize(harmless)).toBe(harmless);
    expect(sanitize(new DOMException('with ABCDEFGH')).message).toBe('with [redacted]');
  });

  test('a frozen error is replaced by another one', () => {
    const frozen = Object.freeze(
      Object.assign(new Error('frozen'), { config: { api_secret: 'ABCDEFGH' } }),
    );
    expect(leaksIn(sanitize(frozen), ['ABCDEFGH'])).toEqual([]);
    expect(sanitize(frozen).message).toBe('frozen');
  });

  test('an error that is its own cause is sanitised in place', () => {
    const circular = new Error('with ABCDEFGH');
    circular.cause = circular;
    expect(sanitize(circular)).toBe(circular);
    expect(circular.message).toBe('with [redacted]');
  });

  test('an error with the secret only in its stack is sanitised', () => {
    const error = new Error('plain');
    error.stack = 'Error: at https://a.test/?api_secret=ABCDEFGH';
    expect(sanitize(error).stack).toBe('Error: at https://a.test/?api_secret=[redacted]');
  });

  test('the errors of an AggregateError and their string fields are sanitised', () => {
    const inner = Object.assign(new TypeError('Invalid URL'), {
      input: 'https://a.test/?s=ABCDEFGH',
    });
    expect(leaksIn(sanitize(new AggregateError([inner, 'ABCDEFGH'])), ['ABCDEFGH'])).toEqual([]);
    expect(inner.input).toBe('https://a.test/?s=[redacted]');
  });

  const url = 'https://a.test/?s=ABCDEFGH';
  const objects: [string, () => object][] = [
    ['a Response', () => new Response('', { headers: { url } })],
    ['a Request', () => new Request(url)],
    ['a URL', () => new URL(url)],
    ['a Map', () => new Map([[url, url]])],
    [
      'an instance of a custom class',
      () =>
        new (class Sent {
          readonly #url = url;
          get url() {
            return this.#url;
          }
        })(),
    ],
  ];

  test.each(objects)('%s is replaced by an error', (_what, make) => {
    const error = sanitize(make());
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toMatch(/^The request failed with an object that could/);
  });

  test.each(objects)(
    '%s in the cause or in the errors of an error is replaced by an error',
    (_what, make) => {
      const { cause } = sanitize(new Error('failed', { cause: make() }));
      const { errors } = sanitize(new AggregateError([make()])) as AggregateError;
      expect([cause, errors[0]]).toEqual([expect.any(Error), expect.any(Error)]);
    },
  );

  test.each(objects)('%s stays if the request had no credential', (_what, make) => {
    const object = make();
    expect(new Sanitizer({ ...view, secrets: [] }).error(object)).toBe(object);
  });

  test.each(['error', 'suppressed', Symbol('sent')])(
    'a field that is not enumerable (%p) is sanitised',
    (name) => {
      const withField = (value: unknown): Record<PropertyKey, unknown> => {
        const field = { value, writable: true, configurable: true };
        return sanitize(Object.defineProperty(new Error('failed'), name, field)) as never;
      };
      expect(withField(url)[name]).toBe('https://a.test/?s=[redacted]');
      expect(withField(new Request(url))[name]).toBeUndefined();
      expect(withField(new Error(url))[name]).toEqual(new Error('https://a.test/?s=[redacted]'));
    },
  );
});

describe.each(axiosClients)('by an adapter of the caller, with %s,', (_name, { library }) => {
  /** What the caller gets if an adapter answers with these fields. */
  async function responseOf(fields: (url: string) => object): Promise<Record<string, unknown>> {
    const http = library.create({
      adapter: (config) =>
        Promise.resolve({
          ...{ config, data: '', status: 200, statusText: '', headers: {} },
          ...fields(library.getUri(config)),
        }),
    });
    attachAuth(http, new AuthInjector(credentials));
    const response: unknown = await http.get('https://rest.nexmo.com/account/get-balance');
    return response as Record<string, unknown>;
  }

  test.each<[string, (location: string) => object]>([
    ['an object', (location) => ({ location })],
    ['Headers', (location) => new Headers({ location })],
    ['a Map', (location) => new Map([['location', location]])],
    ['a frozen object', (location) => Object.freeze({ location })],
    [
      'an object with a getter',
      (location) =>
        Object.defineProperty({}, 'location', { get: () => location, enumerable: true }),
    ],
    ['an object that inherits', (location) => Object.create({ location }) as object],
    [
      'an object that inherits a method',
      (location) => Object.assign(Object.create({ get: () => '' }) as object, { location }),
    ],
    ['a list of pairs', (location) => [['location', location]]],
  ])('headers that are %s show no secret', async (_kind, headers) => {
    const response = await responseOf((url) => ({ headers: headers(url) }));
    expect(leaksIn(response, [apiSecret])).toEqual([]);
    const { headers: shown } = response as { headers: Record<string, unknown> };
    expect(String(shown['location'] ?? '[redacted]')).toContain('[redacted]');
  });

  test('repeated headers in Headers are kept', async () => {
    const pairs: [string, string][] = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ];
    const { headers } = await responseOf(() => ({ headers: new Headers(pairs) }));
    expect(String((headers as Record<string, unknown>)['set-cookie'])).toBe('a=1,b=2');
  });

  test.each<[string, (url: string) => unknown]>([
    ['text', (url) => url],
    ['an object', (url) => ({ url })],
    ['a Response', (url) => new Response('', { headers: { url } })],
  ])('a further field of the response with %s shows no secret', async (_kind, field) => {
    const response = await responseOf((url) => ({ raw: field(url) }));
    expect(leaksIn(response, [apiSecret])).toEqual([]);
  });

  test.each([null, 'location: /'])('headers %j count as none', async (headers) => {
    expect({ ...((await responseOf(() => ({ headers })))['headers'] as object) }).toEqual({});
  });
});

describe('an error of fetch has no secret, although its fields repeat the URL:', () => {
  const products = [{ name: 'local', urls: ['http://localhost:1'], schemes: ['query'] }] as const;

  /** What the caller gets if `fetch` throws an error with these fields. */
  async function errorOf(fields: (url: string) => object): Promise<Record<string, unknown>> {
    const fail = ((url: string) =>
      Promise.reject(Object.assign(new Error('failed'), fields(url)))) as unknown as typeof fetch;
    const auth = new AuthInjector(credentials, { products });
    return createAuthFetch(auth, { fetch: fail })('http://localhost:1/').then(
      () => ({}),
      (error: unknown) => error as Record<string, unknown>,
    );
  }

  test.each<[string, (url: string) => unknown, (url: string) => unknown]>([
    ['an object', (url) => ({ url, retries: 2 }), (url) => ({ url, retries: 2 })],
    ['a list of lists', (url) => [[url]], (url) => [[url]]],
    ['a Map', (url) => new Map([[url, url]]), () => undefined],
    ['Headers', (url) => new Headers({ url }), () => undefined],
    ['null', () => null, () => null],
    ['an error', (url) => new Error(url), (url) => new Error(url)],
    ['a DOMException', () => new DOMException('no'), () => new DOMException('no')],
    ['the name of a field', (url) => ({ [url]: 1 }), (url) => ({ [url.replace(/[[\]]/g, '')]: 1 })],
    ['a deep object', (url) => [[[[[[url]]]]]], () => [[[[[undefined]]]]]],
  ])('in %s', async (_what, field, expected) => {
    const error = await errorOf((url) => ({ field: field(url) }));
    const redacted = `http://localhost:1/?api_key=abcd1234&api_secret=[redacted]`;
    expect(error['field']).toEqual(expected(redacted));
    expect(leaksIn(error, [apiSecret])).toEqual([]);
  });

  test('in a Response, which can still be read', async () => {
    const error = await errorOf((url) => ({ response: new Response('no', { headers: { url } }) }));
    const response = error['response'] as Response;
    expect(response.headers.get('url')).toContain('[redacted]');
    expect(await response.text()).toBe('no');
  });

  test.each<[string, (response: Response) => unknown, (error: unknown) => unknown]>([
    ['if it is a Response', (response) => response, (error) => error],
    [
      'if its cause is a Response',
      (response) => new Error('failed', { cause: response }),
      (error) => (error as Error).cause,
    ],
  ])('%s, which can still be read', async (_what, wrap, responseIn) => {
    const server = await startServer((_request, response) => response.writeHead(500).end('no'));
    const own = [{ name: 'local', urls: [server.origin], schemes: ['query'] }] as const;
    const failing = async (input: string, init: RequestInit) => {
      throw wrap(await fetch(input, init)) as Error;
    };
    const authFetch = createAuthFetch(new AuthInjector(credentials, { products: own }), {
      fetch: failing as typeof fetch,
    });
    const error: unknown = await authFetch(server.origin).catch((reason: unknown) => reason);
    const response = responseIn(error) as Response;
    expect({ url: response.url, text: await response.text() }).toEqual({
      url: `${server.origin}/`,
      text: 'no',
    });
    expect(leaksIn(error, [apiSecret])).toEqual([]);
    await server.close();
  });

  test('but the reason of an abort is the caller’s own value, unchanged', async () => {
    const reason = new URL('https://reason.test');
    const signal = AbortSignal.abort(reason);
    const authFetch = createAuthFetch(new AuthInjector(credentials, { products }));
    await expect(authFetch('http://localhost:1/', { signal })).rejects.toBe(reason);
  });
});

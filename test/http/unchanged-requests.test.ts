// What was checked is what is sent, by real clients over HTTP.
import { createRequire } from 'node:module';
import * as undici from 'undici';
import axios, { type AxiosInstance } from 'axios';
import axios2 from 'axios-1-2';
import axios7 from 'axios-1-7';
import { attachAuth, AuthInjector, createAuthFetch, Credentials } from '../../src';
import { authInterceptor } from '../../src/undici/interceptor';
import { held } from '../support/account';
import { transferred } from '../support/transferred';
import { startServer, type TestServer } from '../support/server';

const load = createRequire(__filename);

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startServer((_request, response) => response.end('{}'));
  url = `${server.origin}/own`;
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.length = 0;
});
/** The path and the headers of the only request. */
const head = () => String(server.received[0]);
/** The body of the only request. */
const body = () => server.received.slice(1).join('');

const headers = { 'content-type': 'application/x-www-form-urlencoded' };
const products = () => [{ name: 'own', urls: [url], schemes: ['basic'] as const }];
const clients: readonly [string, AxiosInstance][] = [
  ['of today', axios],
  ['1.2', axios2 as unknown as AxiosInstance],
  ['1.7', axios7 as unknown as AxiosInstance],
];

describe.each(clients)('axios %s sends the bytes that a view shows:', (_version, client) => {
  test.each<[string, (bytes: ArrayBuffer) => unknown]>([
    ['a Uint8Array', (bytes) => new Uint8Array(bytes, 0, 12)],
    ['a DataView', (bytes) => new DataView(bytes, 0, 12)],
    ['a Uint16Array', (bytes) => new Uint16Array(bytes, 0, 6)],
    ['a Buffer', (bytes) => Buffer.from(bytes, 0, 12)],
  ])('%s', async (_kind, viewOf) => {
    const { buffer } = Uint8Array.from(Buffer.from('to=1&text=x&&api_key=evil&api_secret=Evil1'));
    const auth = new AuthInjector(new Credentials(held), { products: products() });
    const request = { method: 'POST', url, headers, data: viewOf(buffer) };
    await client.request(await auth.inject(request));
    expect(body()).toBe('to=1&text=x&');
  });
});

describe('a body that the caller changes while a provider is awaited is sent as it was:', () => {
  type Sender = (auth: AuthInjector, data: unknown) => Promise<unknown>;
  const senders: readonly [string, Sender][] = [
    [
      'attachAuth',
      (auth, data) => {
        const client = axios.create();
        attachAuth(client, auth);
        return client.post(url, data, { headers: data instanceof FormData ? {} : headers });
      },
    ],
    [
      'inject, for axios',
      async (auth, data) => {
        const type = data instanceof FormData ? {} : headers;
        return axios.request(await auth.inject({ method: 'POST', url, headers: type, data }));
      },
    ],
    [
      'inject, for fetch',
      async (auth, data) => {
        const type = data instanceof FormData ? {} : headers;
        const request = await auth.inject({ method: 'POST', url, headers: type, body: data });
        return fetch(request.url, request as RequestInit);
      },
    ],
    [
      'createAuthFetch',
      (auth, data) =>
        createAuthFetch(auth)(url, {
          method: 'POST',
          headers: data instanceof FormData ? {} : headers,
          body: data as string,
        }),
    ],
  ];

  describe.each(senders)('%s', (_name, send) => {
    async function sentAfter(data: unknown, change: () => void): Promise<string> {
      const provider = () => {
        change();
        return Promise.resolve(new Credentials(held));
      };
      await send(new AuthInjector(provider, { products: products() }), data);
      return body();
    }

    test.each(['Buffer', 'ArrayBuffer', 'Uint8Array'])('%s', async (kind) => {
      const bytes = Uint8Array.from(Buffer.from('to=1&text=x&a_key=12'));
      const data = { Buffer: Buffer.from(bytes.buffer), ArrayBuffer: bytes.buffer }[kind] ?? bytes;
      const sent = await sentAfter(data, () => {
        bytes.set(Buffer.from('to=1&text=&api_key=1'));
      });
      expect(sent).toBe('to=1&text=x&a_key=12');
    });

    test('FormData', async () => {
      const data = new FormData();
      data.set('to', '1');
      const sent = await sentAfter(data, () => {
        data.set('api_key', 'evil');
      });
      expect(sent).toContain('name="to"');
      expect(sent).not.toContain('api_key');
    });
  });
});

describe('bytes that were transferred to another thread are refused', () => {
  const auth = () => new AuthInjector(new Credentials(held), { products: products() });
  const client = () => {
    const instance = axios.create();
    attachAuth(instance, auth());
    return instance;
  };

  describe.each(transferred)('%s', (_kind, bytes) => {
    test.each<[string, () => Promise<unknown>]>([
      ['inject, as data', () => auth().inject({ method: 'POST', url, data: bytes() })],
      ['inject, as body', () => auth().inject({ method: 'POST', url, body: bytes() })],
      ['attachAuth', () => client().post(url, bytes())],
      ['createAuthFetch', () => createAuthFetch(auth())(url, { method: 'POST', body: bytes() })],
    ])('by %s', async (_name, send) => {
      await expect(send()).rejects.toMatchObject({
        code: 'ERR_INVALID_REQUEST',
        message: expect.stringContaining('transferred') as string,
      });
    });
  });
});

describe('FormData with the type of JSON, from which axios 1.7 drops characters of the names,', () => {
  test.each(['\u65E5api_key', 'api_key\u65E5', '\u65E5api_secret\u65E5[0]', '\u01C5-sig'])(
    'is refused for the name %s',
    async (name) => {
      const auth = new AuthInjector(new Credentials(held), { products: products() });
      const data = new FormData();
      data.set(name, 'evil');
      const request = {
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        data,
      };
      await expect(auth.inject(request)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_PRESENT' });
      await axios7.request(request);
      expect(body()).toMatch(/^\{"(?:api_key|api_secret|sig)"/);
    },
  );

  test('is sent if its names are no credentials', async () => {
    const auth = new AuthInjector(new Credentials(held), { products: products() });
    const data = new FormData();
    data.set('text', 'x');
    const headers = { 'content-type': 'application/json' };
    await axios7.request(await auth.inject({ method: 'POST', url, headers, data }));
    expect(body()).toBe('{"text":"x"}');
  });
});

describe('a list of parts as body', () => {
  const parts = ['to=1&text=x', '&api_key=evil'];
  test.each([
    ['a list of text', parts],
    ['a list of bytes', parts.map((part) => Buffer.from(part))],
    ['a Set', new Set(parts)],
  ])('is refused by inject: %s', async (_kind, list) => {
    const auth = new AuthInjector(new Credentials(held), { products: products() });
    const request = { method: 'POST', url, headers, body: list };
    await expect(auth.inject(request)).rejects.toMatchObject({ code: 'ERR_INVALID_REQUEST' });
    // undici sends such a body as one form.
    await undici.request(url, { method: 'POST', body: list as unknown as Buffer });
    expect(body()).not.toBe('');
  });
});

type HeaderSender = (auth: AuthInjector, headers: unknown) => Promise<unknown>;
const post = (headers: unknown) => ({ method: 'POST', headers: headers as Record<string, string> });
const byFetch =
  (send: typeof fetch): HeaderSender =>
  (auth, headers) =>
    createAuthFetch(auth, { fetch: send })(url, post(headers));
const ofFetch: readonly [string, HeaderSender][] = [
  ["Node's fetch", byFetch((...call) => fetch(...call))],
  ['the fetch of undici', byFetch(undici.fetch as unknown as typeof fetch)],
  ['node-fetch 2', byFetch(load('node-fetch-2') as typeof fetch)],
];
const byInterceptor: HeaderSender = (auth, headers) =>
  undici.request(url, {
    method: 'POST',
    headers: headers as Record<string, string>,
    dispatcher: new undici.Agent().compose(authInterceptor(auth) as never),
  });
const byInject: HeaderSender = async (auth, headers) =>
  axios.request(await auth.inject({ method: 'POST', url, headers: headers as object }));

/** Sends headers that `change` changes while the provider is awaited. */
function sendChanging(send: HeaderSender, headers: unknown, change: () => void): Promise<unknown> {
  const provider = () => {
    change();
    return Promise.resolve(new Credentials(held));
  };
  const products = [{ name: 'own', urls: [url], schemes: ['basic'] as const }];
  return send(new AuthInjector(provider, { products }), headers);
}

const lists: [string, HeaderSender][] = [
  ...ofFetch,
  ['undici', byInterceptor],
  ['axios', byInject],
];

test.each(lists)('a list as the value of a header, with %s', async (_client, send) => {
  const list = ['before'];
  await sendChanging(send, { 'x-own': list }, () => (list[0] = 'after'));
  expect(head()).toContain('"before"');
  expect(head()).not.toContain('after');
});

/** Gives another text at each call. */
const counting = (text: string) => {
  let calls = 0;
  return { toString: () => `${text}${(calls += 1)}` };
};

describe.each(ofFetch)('with %s, an object gives its text once:', (_client, send) => {
  test.each<[string, unknown]>([
    ['as a value', { 'x-own': counting('x') }],
    ['as a value in a list', [['x-own', counting('x')]]],
    ['as a name in a list', [[counting('x'), 'own']]],
  ])('%s', async (_where, headers) => {
    await sendChanging(send, headers, () => undefined);
    expect(head()).toContain('"x1"');
    expect(head()).not.toMatch(/x[2-9]/);
  });
});

import type { ServerResponse } from 'node:http';
import type { AxiosRequestConfig, AxiosStatic } from 'axios';
import axios8 from 'axios-1-8';
import MockAdapter from 'axios-mock-adapter';
import fc from 'fast-check';
import { attachAuth, AuthInjector, Credentials, type Product, verifyParams } from '../../src';
import { axiosClients } from '../support/axios-clients';
import { rejection } from '../support/errors';
import { runs } from '../support/runs';
import { startServer } from '../support/server';

const apiKey = 'abcd1234';
const apiSecret = 'A&B=c+ d%e#ü';
const added = { api_key: apiKey, api_secret: apiSecret };

const product: Product = { name: 'api', urls: ['https://api.test/v1'], schemes: ['query'] };
const products = [product];
const auth = new AuthInjector(new Credentials({ apiKey, apiSecret }), { products });

function isAllowed(url: string): boolean {
  try {
    return auth.productAt(url) === product.name;
  } catch {
    return false;
  }
}

describe.each(axiosClients)('an adapter of the caller, with %s:', (_name, { library, create }) => {
  const baseURL = 'https://api.test/v1/';

  /** The config that an adapter of the caller receives. */
  async function configSeen(config: AxiosRequestConfig): Promise<AxiosRequestConfig> {
    let seen: AxiosRequestConfig = {};
    const http = library.create({
      baseURL,
      adapter: (adapterConfig) => {
        seen = adapterConfig;
        return Promise.resolve({
          config: adapterConfig,
          data: '',
          status: 200,
          statusText: '',
          headers: {},
        });
      },
    });
    attachAuth(http, auth);
    await http.request(config);
    return seen;
  }

  test('a mock of the instance sees the original url, baseURL and params, with the credential added', async () => {
    const http = library.create({ baseURL });
    const mock = new MockAdapter(http);
    mock.onGet('/users', { params: { page: 2, ...added } }).reply(200, 'found');
    attachAuth(http, auth);
    expect((await http.get<unknown>('/users', { params: { page: 2 } })).data).toBe('found');
  });

  test('a url with toString() is read once, before a provider is awaited', async () => {
    const url = { toString: () => 'https://api.test/v1/users' };
    const provider = async () => {
      await Promise.resolve();
      url.toString = () => 'https://elsewhere.test/';
      return new Credentials({ apiKey, apiSecret });
    };
    const http = library.create();
    const mock = new MockAdapter(http);
    mock.onAny().reply(200);
    attachAuth(http, new AuthInjector(provider, { products }));
    await http.get(url as unknown as string);
    expect(mock.history.get[0]?.url).toMatch(/^https:\/\/api\.test\/v1\/users/);
  });

  test('a Date in params that is changed while a provider is awaited does not change the URL', async () => {
    const params = { at: new Date(0) };
    const provider = async () => {
      await Promise.resolve();
      params.at.setTime(1);
      return new Credentials({ apiKey, apiSecret });
    };
    const http = library.create({ baseURL });
    const mock = new MockAdapter(http);
    mock.onAny().reply(200);
    attachAuth(
      http,
      new AuthInjector(provider, { products: [{ ...product, schemes: ['basic'] }] }),
    );
    await http.get('users', { params });
    expect(mock.history.get).toMatchObject([
      { url: 'https://api.test/v1/users?at=1970-01-01T00:00:00.000Z', params: undefined },
    ]);
  });

  test('the credential is last in params, even if one of its parameters was null', async () => {
    const seen = await configSeen({ url: '/a', params: { api_key: null, z: 1, a: [2] } });
    expect(seen.url).toBe('/a');
    expect(Object.entries(seen.params as object)).toEqual([
      ['z', 1],
      ['a', [2]],
      ...Object.entries(added),
    ]);
    const search = await configSeen({ url: 'a', params: new URLSearchParams('b=1&b=2') });
    expect([...(search.params as URLSearchParams)]).toEqual([
      ['b', '1'],
      ['b', '2'],
      ...Object.entries(added),
    ]);
  });

  test('url is the whole URL if a serializer would change the credential', async () => {
    const serializers: Record<string, (params: object) => string> = {
      'omits it': () => 'own=1',
      'renames it': (params) =>
        new URLSearchParams(
          Object.keys(params).map((name, n): [string, string] => [`${n}`, name]),
        ).toString(),
      'does not encode it': (params) =>
        Object.entries(params)
          .map((pair) => pair.join('='))
          .join('&'),
      'reorders it': (params) =>
        new URLSearchParams(Object.entries(params).reverse() as [string, string][]).toString(),
      'returns a fragment': (params) => ('api_key' in params ? '#' : 'own=1'),
    };
    for (const serialize of Object.values(serializers)) {
      const config = { url: '/a', params: { b: '1', c: '2' }, paramsSerializer: { serialize } };
      const seen = await configSeen(config);
      expect(seen).toMatchObject({ url: `${baseURL}a?${serialize(config.params)}`, params: added });
      expect([seen.baseURL, seen.paramsSerializer]).toEqual([undefined, undefined]);
    }
  });

  test('a URL that axios trims only if it has no params is refused with params', async () => {
    for (const url of ['a/.. ', 'a/..\0', 'a/%2e%2e\x1f', 'a/ ']) {
      const { code } = await rejection(configSeen({ url, params: { b: 1 } }));
      expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    }
  });

  test('url is the whole URL if it has characters that are not ASCII', async () => {
    const seen = await configSeen({ url: 'ü', params: { b: 1 } });
    expect(seen).toMatchObject({ url: `${baseURL}%C3%BC?b=1`, params: added, baseURL: undefined });
  });

  test('a serializer adds no second credential behind a #, and no bytes that are not ASCII', async () => {
    for (const text of ['b=1#&api_key=m', 'b=1#?api_key=m&api_secret=e', 'b=é']) {
      const config = { url: 'a', params: { b: 1 }, paramsSerializer: { serialize: () => text } };
      const seen = await configSeen(config);
      expect(seen.url).toBe(new URL(`${baseURL}a?${text.replace(/#.*/, '')}`).href);
      expect(seen.paramsSerializer).toBeUndefined();
    }
  });

  test('body and headers are unchanged', async () => {
    const seen = await configSeen({
      method: 'post',
      url: '/a',
      data: { b: 1 },
      headers: { 'X-Own': 'a' },
    });
    expect(seen.data).toBe('{"b":1}');
    expect(seen.headers).toMatchObject({ 'X-Own': 'a', 'Content-Type': 'application/json' });
  });

  test('the URL that is called is the URL that was checked, for any parameters', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
    );
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('__proto__'));
    // A segment that ends with a dot is refused, for example.
    const webPath = fc.webPath().filter((path) => isAllowed(`${baseURL}a${path}`));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), webPath, async (params, below) => {
        const path = `a${below}`;
        const plain = library.create().getUri({ baseURL, url: path, params });
        const seen = await configSeen({ url: path, params });
        const called = new URL(library.create().getUri(seen));
        expect(`${called.origin}${called.pathname}`).toBe(
          new URL(plain).origin + new URL(plain).pathname,
        );
        expect([...called.searchParams]).toEqual([
          ...new URL(plain).searchParams,
          ...Object.entries(added),
        ]);
      }),
      { numRuns: runs(50) },
    );
  });

  test('params of null count as none; params of text, for which axios builds no URL, are unchanged', async () => {
    expect((await configSeen({ url: '/a', params: null })).params).toEqual(added);
    expect((await configSeen({ url: '/a', params: 'b=1' })).params).toBe('b=1');
  });

  test('fetchOptions keep the redirect mode error, and get the mode manual in place of follow', async () => {
    for (const [redirect, sent] of [
      ['error', 'error'],
      ['follow', 'manual'],
    ]) {
      const seen = await configSeen({ url: '/a', fetchOptions: { redirect } });
      expect(seen.fetchOptions).toMatchObject({ redirect: sent });
    }
  });

  test.each(['constructor', 'prototype', '__proto__'])(
    'a parameter %s is sent as it was checked, though getUri of some versions drops it',
    async (name) => {
      const server = await startServer((_request, response) => response.end());
      const own = [{ name: 'own', urls: [server.origin], schemes: ['signature'] as const }];
      const credentials = new Credentials({ apiKey, signatureSecret: apiSecret });
      const http = create();
      attachAuth(http, new AuthInjector(credentials, { products: own }));
      const added: unknown[] = ['x', { a: 'x' }, { api_key: 'evil' }];
      http.interceptors.request.use((config) => {
        const more = Object.fromEntries([[name, added.shift()]]);
        return { ...config, params: { ...(config.params as object), ...more } };
      });
      for (let left = added.length; left > 0; left -= 1) {
        await http.get(`${server.origin}/a`, { params: { to: '1' } }).catch(() => undefined);
      }
      const sent = server.received.map(
        (text) => new URL(String(text.split(' ')[0]), server.origin),
      );
      for (const { searchParams } of sent) {
        expect(() => {
          verifyParams(searchParams, { secret: apiSecret });
        }).not.toThrow();
        expect(searchParams.getAll('api_key')).toEqual([apiKey]);
        expect(String(searchParams)).not.toContain('evil');
      }
      await server.close();
    },
  );

  test('a baseURL that is an object gets the credential, too', async () => {
    for (const base of [new URL(baseURL), { toString: () => baseURL }]) {
      const config = { baseURL: base as never, params: { page: 2 } };
      expect((await configSeen(config)).params).toEqual({ page: 2, ...added });
    }
  });

  test('a request for which axios cannot build a URL is refused if the product is given', async () => {
    const adapter = jest.fn();
    const http = library.create({ baseURL, adapter });
    attachAuth(http, auth, { product: 'api' });
    const { code } = await rejection(http.get('/a', { params: 'b=1' }));
    expect([code, adapter.mock.calls]).toEqual(['ERR_INVALID_URL', []]);
  });

  test('a URL object is accepted, also by the adapter fetch', async () => {
    const server = await startServer((_request, response) => response.end('answered'));
    const own = [{ name: 'own', urls: [server.origin], schemes: ['basic'] as const }];
    const http = create();
    attachAuth(http, new AuthInjector(new Credentials({ apiKey, apiSecret }), { products: own }));
    expect((await http.get<unknown>(new URL(server.origin) as never)).data).toBe('answered');
    await server.close();
  });

  test('the adapter xhr, which follows redirects, is left out of a list, and is refused if it stands alone', async () => {
    const server = await startServer((_request, response) => response.end('answered'));
    const own = [{ name: 'own', urls: [server.origin], schemes: ['query'] as const }];
    const injector = new AuthInjector(new Credentials({ apiKey, apiSecret }), { products: own });
    for (const adapter of [['xhr', 'http'], 'http']) {
      const http = library.create({ adapter });
      attachAuth(http, injector);
      expect((await http.get<unknown>(server.origin)).data).toBe('answered');
    }
    const unset = library.create();
    unset.defaults.adapter = undefined as never;
    attachAuth(unset, injector);
    expect((await unset.get<unknown>(server.origin)).data).toBe('answered');
    for (const adapter of ['xhr', ['XHR']]) {
      const http = library.create({ adapter });
      attachAuth(http, injector);
      expect((await rejection(http.get(server.origin))).code).toBe('ERR_HOST_NOT_ALLOWED');
    }
    await server.close();
  });
});

// docs/threat-model.md#credentials-for-another-host
test.each(['http', 'fetch'])(
  'the checked URL is called by axios 1.8.1 too, whose adapter %s ignores allowAbsoluteUrls',
  async (adapter) => {
    const respond = (_request: unknown, response: ServerResponse) => response.end();
    const [server, elsewhere] = [await startServer(respond), await startServer(respond)];
    const local = [{ name: 'local', urls: [server.origin], schemes: ['query'] }] as const;
    const options = { baseURL: `${server.origin}/v1`, allowAbsoluteUrls: false, adapter };
    const http = (axios8 as unknown as AxiosStatic).create(options);
    attachAuth(http, auth.with({ products: local }), { product: 'local' });
    await http.get(`${elsewhere.origin}/p`);
    expect(elsewhere.received).toEqual([]);
    expect(server.received[0]).toMatch(/^\/v1\/http:.*\/p\?api_key=abcd1234&/);
    await http.get(`${server.origin}/a`, { baseURL: '' });
    expect(server.received[1]).toMatch(/^\/a\?api_key=abcd1234&/);
    await Promise.all([server.close(), elsewhere.close()]);
  },
);

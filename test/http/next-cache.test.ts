// src/http/next-cache.ts: the cache of Next.js does not get a URL with a credential. Next.js marks its `fetch` with
// `__nextPatched`, and reads `cache` and `next.revalidate` of the options (next/dist/server/lib/patch-fetch.js).
import axios, { type CreateAxiosDefaults } from 'axios';
import { attachAuth, AuthInjector, createAuthFetch, Credentials, type Scheme } from '../../src';
import { held } from '../support/account';
import { rejection } from '../support/errors';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer((_request, response) => response.end('{}'));
});
afterAll(() => server.close());

type Options = { cache?: string; next?: { revalidate?: number | false; tags?: string[] } };

/** The options that a `fetch` with the mark of Next.js gets. */
const received: Options[] = [];
const fetchOfNext: typeof fetch = Object.assign(
  (input: Parameters<typeof fetch>[0], init: RequestInit = {}) => {
    received.push(init as Options);
    return fetch(input, init);
  },
  { __nextPatched: true },
);
beforeEach(() => {
  received.length = 0;
});

function injector(scheme: Scheme): AuthInjector {
  const products = [{ name: 'own', urls: [server.origin], schemes: [scheme] as const }];
  return new AuthInjector(new Credentials(held), { products });
}

type Send = (scheme: Scheme, options: Options) => Promise<unknown>;

const byFetch: Send = (scheme, options) =>
  createAuthFetch(injector(scheme), { fetch: fetchOfNext })(server.origin, options as RequestInit);

const byAxios: Send = (scheme, fetchOptions) => {
  const env = { fetch: fetchOfNext, Request, Response };
  const http = axios.create({ adapter: 'fetch', env, fetchOptions } as CreateAxiosDefaults);
  attachAuth(http, injector(scheme));
  return http.get(server.origin);
};

describe.each([
  ['createAuthFetch', byFetch],
  ['axios with the adapter fetch', byAxios],
])('with %s and the fetch of Next.js', (_client, send) => {
  test.each<[Options, Options]>([
    [{}, { cache: 'no-store' }],
    [{ cache: 'default' }, { cache: 'no-store' }],
    [{ cache: 'no-store' }, { cache: 'no-store' }],
    [{ next: { tags: ['a'] } }, { cache: 'no-store' }],
    [{ next: { revalidate: 0 } }, { next: { revalidate: 0 } }],
  ])('a response whose URL has a secret is not cached: %p', async (options, expected) => {
    await send('query', options);
    expect(received).toEqual([expect.objectContaining(expected)]);
  });

  test.each<[Options]>([
    [{ cache: 'force-cache' }],
    [{ cache: 'reload' }],
    [{ next: { revalidate: 3600 } }],
    [{ next: { revalidate: false } }],
    [{ cache: 'no-store', next: { revalidate: 60 } }],
  ])('a request to cache a response whose URL has a secret is refused: %p', async (options) => {
    const error = await rejection(send('query', options));
    expect(error.code).toBe('ERR_INVALID_REQUEST');
    expect(error.message).toContain("Set cache to 'no-store'");
    expect(received).toEqual([]);
  });

  test('a response with the credential in a header may be cached', async () => {
    await send('basic', { next: { revalidate: 3600 } });
    expect(received).toEqual([expect.objectContaining({ next: { revalidate: 3600 } })]);
  });
});

test('any other fetch gets the options of the caller', async () => {
  const options: unknown[] = [];
  const send: typeof fetch = (input, init) => {
    options.push(init);
    return fetch(input, init);
  };
  const authFetch = createAuthFetch(injector('query'), { fetch: send });
  await authFetch(server.origin, { cache: 'reload' } as RequestInit);
  expect(options).toEqual([expect.objectContaining({ cache: 'reload' })]);
});

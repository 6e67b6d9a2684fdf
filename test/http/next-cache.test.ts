// The cache of Next.js does not get a URL or a response with a secret. The `fetch` of Next.js calls the original one at
// once if its option `next.internal` is true (next/dist/server/lib/patch-fetch.js).
import axios, { type CreateAxiosDefaults } from 'axios';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  OAuth1Flow,
  type Scheme,
} from '../../src';
import { held } from '../support/account';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer((_request, response) =>
    response.end('oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true'),
  );
});
afterAll(() => server.close());

/** The option `next` of each call. */
const received: unknown[] = [];
const send: typeof fetch = (input, init) => {
  received.push((init as { next?: unknown } | undefined)?.next);
  return fetch(input, init);
};
beforeEach(() => {
  received.length = 0;
});

const around = { internal: true };
const next = { revalidate: 3600 };

const axiosByFetch = (fetchOptions = {}) => {
  const env = { fetch: send, Request, Response };
  return axios.create({ adapter: 'fetch', env, fetchOptions } as CreateAxiosDefaults);
};

function injector(scheme: Scheme): AuthInjector {
  const products = [{ name: 'own', urls: [server.origin], schemes: [scheme] as const }];
  return new AuthInjector(new Credentials(held), { products });
}

describe.each<[string, (scheme: Scheme) => Promise<unknown>]>([
  [
    'createAuthFetch',
    (scheme) =>
      createAuthFetch(injector(scheme), { fetch: send })(server.origin, { next } as RequestInit),
  ],
  [
    'axios with the adapter fetch',
    (scheme) => {
      const http = axiosByFetch({ next });
      attachAuth(http, injector(scheme));
      return http.get(server.origin);
    },
  ],
])('with %s', (_client, call) => {
  test.each<Scheme>(['query', 'signature'])(
    'a call with the scheme %s goes around the cache of Next.js',
    async (scheme) => {
      await call(scheme);
      expect(received).toEqual([around]);
    },
  );

  test('a call with the credential in a header may be cached', async () => {
    await call('basic');
    expect(received).toEqual([next]);
  });
});

test('a call of OAuth1Flow goes around the cache of Next.js', async () => {
  const oauth1 = { consumerKey: 'ck123456', consumerSecret: 'Consumer-Secret1' };
  const endpoints = {
    requestTokenUrl: `${server.origin}/request`,
    authorizeUrl: `${server.origin}/authorize`,
    accessTokenUrl: `${server.origin}/access`,
  };
  const flow = new OAuth1Flow(new Credentials({ oauth1 }), { axios: axiosByFetch(), endpoints });
  await flow.requestToken('https://app.example/callback');
  expect(received).toEqual([around]);
});

import axios from 'axios';
import * as fc from 'fast-check';
import { attachAuth, AuthInjector, createAuthFetch, Credentials, OAuth1Flow } from '../../src';
import { applicationId, held, oauth1 } from '../support/account';
import { rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { forgetWarnings } from '../support/warnings';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey, oauth1 });
const authOf = (products: { name: string; urls: string[]; schemes: ['basic'] }[] = []) =>
  new AuthInjector(credentials, { products });

let warnings: jest.SpyInstance;
beforeEach(() => {
  forgetWarnings();
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  warnings.mockRestore();
});
const warned = () => warnings.mock.calls as [message: string, options: object][];
const placesWarnedOf = () =>
  warned().map(([message]) => /^No product matches (\S+), /.exec(message)?.[1]);

type Sent = { url: string; authorization: unknown };
type Send = (url: string, options?: { product?: string; method?: string }) => Promise<unknown>;

/** The clients. They add each request to `sent`, instead of sending it over the network. */
const clients: [string, (auth: AuthInjector, sent: Sent[]) => Send][] = [
  [
    'axios',
    (auth, sent) => (url, options) => {
      const http = axios.create({
        adapter: (config) => {
          sent.push({ url: String(config.url), authorization: config.headers.Authorization });
          const { headers } = config;
          return Promise.resolve({ status: 200, statusText: '', headers, config, data: '' });
        },
      });
      attachAuth(http, auth, options?.product === undefined ? {} : { product: options.product });
      return http.get(url);
    },
  ],
  [
    'fetch',
    (auth, sent) => (url, options) => {
      const fetch: typeof globalThis.fetch = (input, init) => {
        const authorization = new Headers(init?.headers).get('authorization') ?? undefined;
        sent.push({ url: String(input), authorization });
        return Promise.resolve(new Response(''));
      };
      const product = options?.product;
      return createAuthFetch(auth, { fetch, product })(url);
    },
  ],
];

describe.each(clients)('by %s', (_client, sendBy) => {
  const sent: Sent[] = [];
  beforeEach(() => {
    sent.length = 0;
  });

  test('a platform URL that matches no product causes one warning, which says what to do', async () => {
    const send = sendBy(authOf(), sent);
    for (let count = 0; count < 3; count += 1) {
      await send('https://messages-next.nexmo.com/v2/messages?to=1');
    }
    expect(warned()).toEqual([
      [
        'No product matches https://messages-next.nexmo.com/v2/messages, so the AuthInjector attaches no credential to requests to it. If they need one, add a product with this URL to the products option.',
        { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_UNKNOWN_PRODUCT' },
      ],
    ]);
    expect(sent.map(({ authorization }) => authorization)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test.each(['https://messages-sandbox.nexmo.com/v1/messages', 'https://api.nexmo.com/v1/calls'])(
    '%s matches a product, and gets its credential without a warning',
    async (url) => {
      await sendBy(authOf(), sent)(url);
      expect(sent).toEqual([
        { url, authorization: expect.stringMatching(/^Bearer eyJ/) as string },
      ]);
      expect(warned()).toEqual([]);
    },
  );

  test.each<[string, string]>([
    ['https://api.nexmo.com/', 'https://api.nexmo.com'],
    ['https://api.nexmo.com/v1/callsigns/1', 'https://api.nexmo.com/v1/callsigns'],
    ['https://api.nexmo.com//v1/calls', 'https://api.nexmo.com//v1'],
    ['https://API.Nexmo.com/v0.9/legs', 'https://api.nexmo.com/v0.9/legs'],
    ['https://api.nexmo.com:8443/v1/calls', 'https://api.nexmo.com:8443/v1/calls'],
    ['https://api.nexmo.com./v1/calls', 'https://api.nexmo.com./v1/calls'],
    ['https://a.b.c.vonage.com/new-thing', 'https://a.b.c.vonage.com/new-thing'],
    ['https://x%2Envonage.com.nexmo.com/x', 'https://x.nvonage.com.nexmo.com/x'],
    ['https://user:pass@new.vonage.com/v1/x?api_secret=y#z', 'https://new.vonage.com/v1/x'],
    ['https://new.vonage.com/accounts/abcdefab/secrets', 'https://new.vonage.com/accounts/*'],
    ['https://new.vonage.com/accounts/', 'https://new.vonage.com/accounts'],
    ['https://new.vonage.com/abcd1234/balance', 'https://new.vonage.com/*/balance'],
    ['https://new.vonage.com/v1/ABCDEFGHabc', 'https://new.vonage.com/v1/*'],
    [`https://new.vonage.com/v1/${'x'.repeat(40)}`, 'https://new.vonage.com/v1/*'],
  ])('the warning shows %s as %s', async (url, place) => {
    await sendBy(authOf(), sent)(url);
    expect(placesWarnedOf()).toEqual([place]);
  });

  test.each([
    'https://evilnexmo.com/v1/messages',
    'https://nexmo.com.evil.test/v1/messages',
    'https://api.nexmo.com.evil.test/v1/messages',
    'https://evil.test/api.nexmo.com/v1/messages',
    'https://evil.test/?x=.nexmo.com',
    'https://api.nexmo.com@evil.test/v1/messages',
    'https://api.nexmoxcom/v1/messages',
    'https://evilvonage.com/x',
    'https://api.vonage.comm/x',
    'https://nexmo.com/',
    'http://new.nexmo.com/v1/x',
    'http://127.0.0.1:1/api.nexmo.com',
    'https://dashboard.nexmo.com/oauth/request_token',
  ])('%s causes no warning', async (url) => {
    await sendBy(authOf(), sent)(url);
    expect(sent).toHaveLength(1);
    expect(warned()).toEqual([]);
  });

  test('a URL that matches a custom product, or that is refused, causes no warning', async () => {
    const urls = ['https://new.nexmo.com/v1/x'];
    const auth = authOf([{ name: 'new', urls, schemes: ['basic'] }]);
    await sendBy(auth, sent)('https://new.nexmo.com/v1/x/1');
    expect(sent[0]?.authorization).toMatch(/^Basic /);
    const send = sendBy(auth, sent);
    const refused = send('https://other.nexmo.com/v1/x', { product: 'new' });
    expect((await rejection(refused)).code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(warned()).toEqual([]);
  });

  test('each endpoint causes one warning, for any number of injectors', async () => {
    for (let round = 0; round < 3; round += 1) {
      const send = sendBy(authOf(), sent);
      for (const host of ['a', 'b']) await send(`https://${host}.nexmo.com/x`);
    }
    expect(placesWarnedOf()).toEqual(['https://a.nexmo.com/x', 'https://b.nexmo.com/x']);
  });

  test('a long host is cut off at 200 characters', async () => {
    await sendBy(authOf(), sent)(`https://${'a.'.repeat(5000)}nexmo.com/x`);
    expect(placesWarnedOf()[0]).toHaveLength(200);
  });

  test('no warning shows a secret, in any part of the URL', async () => {
    const { apiSecret } = held;
    const secret = fc.constantFrom(
      apiSecret,
      'Bbe6222fSecret',
      encodeURIComponent(`${apiSecret}/`),
    );
    const segment = fc.oneof(secret, fc.constantFrom('v1', 'accounts', '', '.', 'x'));
    const parts = fc.record({
      user: fc.option(secret),
      segments: fc.array(segment, { maxLength: 5 }),
      query: fc.option(secret),
      hash: fc.option(secret),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ user, segments, query, hash }) => {
        const userInfo = user === null ? '' : `${user}:${user}@`;
        const rest = `${query === null ? '' : `?api_secret=${query}`}${hash === null ? '' : `#${hash}`}`;
        const url = `https://${userInfo}new.nexmo.com/${segments.join('/')}${rest}`;
        await sendBy(authOf(), sent)(url);
        expect(warned()).not.toEqual([]);
        expect(leaksIn(warned(), [apiSecret, 'Bbe6222fSecret'])).toEqual([]);
      }),
    );
  });
});

test('an axios instance causes no warning after attachAuth was undone', async () => {
  const http = axios.create({
    adapter: (config) =>
      Promise.resolve({ status: 200, statusText: '', headers: {}, config, data: '' }),
  });
  attachAuth(http, authOf())();
  await http.get('https://new.nexmo.com/v1/x');
  expect(warned()).toEqual([]);
});

test('a request for an invalid URL is left to the client, without a warning', async () => {
  const urls: unknown[] = [];
  const http = axios.create({
    adapter: (config) => {
      urls.push(config.url);
      return Promise.resolve({ status: 200, statusText: '', headers: {}, config, data: '' });
    },
  });
  attachAuth(http, authOf());
  await http.get('/new.nexmo.com');
  expect(urls).toEqual(['/new.nexmo.com']);
  expect(warned()).toEqual([]);
});

test('inject, which throws, and productAt cause no warning', async () => {
  const auth = authOf();
  const url = 'https://new.nexmo.com/v1/x';
  expect((await rejection(auth.inject({ url }))).code).toBe('ERR_UNKNOWN_PRODUCT');
  expect(auth.productAt(url)).toBeUndefined();
  expect(warned()).toEqual([]);
});

test('the requests of OAuth1Flow through an attached instance cause no warning', async () => {
  const urls: unknown[] = [];
  const http = axios.create({
    adapter: (config) => {
      urls.push(config.url);
      const data = 'oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true';
      return Promise.resolve({ status: 200, statusText: '', headers: {}, config, data });
    },
  });
  attachAuth(http, authOf());
  const flow = new OAuth1Flow(credentials, { axios: http });
  await flow.requestToken('https://acme.test/callback');
  expect(urls).toEqual(['https://dashboard.nexmo.com/oauth/request_token']);
  expect(warned()).toEqual([]);
});

import type { AxiosError, AxiosResponse, CreateAxiosDefaults } from 'axios';
import { type AxiosRequester, Credentials, OAuth1Flow, type OAuth1FlowOptions } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { axiosClients } from '../support/axios-clients';
import { failure } from '../support/errors';
import { oauth1 as consumer, options as sandboxOptions, time } from '../testing/client';
import { startServer } from '../support/server';
import { refused } from './refused';

const credentials = new Credentials({ oauth1: consumer });
const secrets = [consumer.consumerSecret];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(sandboxOptions);
});
afterAll(() => sandbox.close());

const flowBy = (axios: AxiosRequester) =>
  new OAuth1Flow(credentials, { axios, endpoints: sandbox.oauth1, now: () => time * 1000 });

/** The code and message of the error for invalid options. */
function errorFor(options: unknown): string {
  const make = () => new OAuth1Flow(credentials, options as OAuth1FlowOptions);
  const { code, message } = failure(make, secrets);
  return `${code}: ${message}`;
}

describe('an endpoint', () => {
  // The URLs in the platform's guide "OAuth".
  const guide = {
    requestTokenUrl: 'https://dashboard.nexmo.com/oauth/request_token',
    authorizeUrl: 'https://dashboard.nexmo.com/oauth/authorize',
    accessTokenUrl: 'https://dashboard.nexmo.com/oauth/access_token',
  };

  test('is at dashboard.nexmo.com by default', async () => {
    const called: unknown[] = [];
    const axios = {
      request: (config: { method?: string; url?: string }) => {
        called.push(`${config.method} ${config.url}`);
        const data = 'oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true';
        return Promise.resolve({ status: 200, data });
      },
    };
    const flow = new OAuth1Flow(credentials, { axios });
    const temporary = await flow.requestToken('oob');
    expect(flow.authorizeUrl(temporary)).toBe(`${guide.authorizeUrl}?oauth_token=a`);
    await flow.accessToken(temporary, 'verifier');
    expect(called).toEqual([`POST ${guide.requestTokenUrl}`, `POST ${guide.accessTokenUrl}`]);
  });

  test('may be at another host, with its own parameters', () => {
    const authorizeUrl = 'https://login.test/o?lang=de#top';
    const flow = new OAuth1Flow(credentials, { endpoints: { ...guide, authorizeUrl } });
    const temporary = credentials.with({
      oauth1: { ...consumer, token: 'a&b c', tokenSecret: 'secret' },
    });
    const url = new URL(flow.authorizeUrl(temporary));
    expect([...url.searchParams]).toEqual([
      ['lang', 'de'],
      ['oauth_token', 'a&b c'],
    ]);
    expect(url.hash).toBe('#top');
  });

  test('is not affected by later changes to the options', () => {
    const endpoints = { ...guide };
    const flow = new OAuth1Flow(credentials, { endpoints });
    endpoints.authorizeUrl = 'http://evil.test/';
    const oauth1 = { ...consumer, token: 'a', tokenSecret: 'secret' };
    expect(flow.authorizeUrl(credentials.with({ oauth1 }))).toBe(
      `${guide.authorizeUrl}?oauth_token=a`,
    );
  });

  test.each([
    'http://localhost:8080/o',
    'http://127.1.2.3/o',
    'http://[::1]:1/o',
    'https://a.test',
  ])('may be at %s', (url) => {
    const oauth1 = { ...consumer, token: 'a', tokenSecret: 'secret' };
    const endpoints = { requestTokenUrl: url, authorizeUrl: url, accessTokenUrl: url };
    const flow = new OAuth1Flow(credentials, { endpoints });
    expect(flow.authorizeUrl(credentials.with({ oauth1 }))).toBe(
      `${new URL(url).href}?oauth_token=a`,
    );
  });

  test.each([
    'http://dashboard.nexmo.com/oauth',
    'http://127.0.0.1.evil.test/',
    'http://localhost.evil.test/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    '/oauth/request_token',
    'dashboard.nexmo.com',
    'https://',
    'https://a.test/\uD83D',
    'https://user@a.test/',
    'https://:password@a.test/',
    'http://user:password@127.0.0.1/',
    '',
    undefined,
    null,
    42,
    new URL('https://dashboard.nexmo.com'),
  ])('may not be at %s', (url) => {
    for (const name of Object.keys(guide)) {
      expect(errorFor({ endpoints: { ...guide, [name]: url } })).toBe(
        `ERR_INVALID_OPTION: endpoints.${name} must be an absolute URL with https:, or with http: and a loopback host, and without a user and password.`,
      );
    }
  });

  test('that is unknown is refused', () => {
    expect(errorFor({ endpoints: { ...guide, tokenUrl: guide.accessTokenUrl } })).toBe(
      'ERR_INVALID_OPTION: There is no field "tokenUrl" in endpoints.',
    );
  });

  test.each([null, [], 'https://a.test', 1])(
    'is refused if the option endpoints is %j',
    (endpoints) => {
      expect(errorFor({ endpoints })).toMatch(/^ERR_INVALID_OPTION: endpoints must be an object/);
    },
  );
});

test.each([
  ['an unknown name', { endpoint: {} }, 'There is no field "endpoint"'],
  ['null', null, 'The options of OAuth1Flow must be an object'],
  [
    'axios that is null',
    { axios: null },
    'The option axios must be axios or an instance of axios.',
  ],
  [
    'axios that is an empty object',
    { axios: {} },
    'The option axios must be axios or an instance of axios.',
  ],
  [
    'axios that is fetch',
    { axios: fetch },
    'The option axios must be axios or an instance of axios.',
  ],
  [
    'a nonce that is a string',
    { nonce: 'once' },
    'nonce must be a function that returns a string.',
  ],
  ['a nonce that is null', { nonce: null }, 'nonce must be a function that returns a string.'],
  ['a clock that is a number', { now: 1_500_000_000_000 }, 'now must be a function'],
])('a flow with %s is refused', (_name, options, message) => {
  expect(errorFor(options)).toContain(`ERR_INVALID_OPTION: ${message}`);
});

test.each([undefined, null, { oauth1: consumer }, () => credentials])(
  'a flow of %p, which is not Credentials, is refused',
  (held: unknown) => {
    const make = () => new OAuth1Flow(held as Credentials);
    expect(failure(make, secrets)).toMatchObject({
      code: 'ERR_INVALID_OPTION',
      message: 'OAuth1Flow takes a Credentials object.',
    });
  },
);

test('a flow without consumer credentials is refused', () => {
  const make = () => new OAuth1Flow(new Credentials({ apiKey: 'abcd1234' }));
  expect(failure(make)).toMatchObject({
    code: 'ERR_MISSING_CREDENTIAL',
    message: 'The credentials lack oauth1. Pass it to new Credentials({ oauth1 }).',
  });
});

describe.each(axiosClients)("a user's own axios (%s)", (_name, { library, create }) => {
  test('sends the requests', async () => {
    const http = create({ headers: { 'x-own': 'mine' } });
    const seen: unknown[] = [];
    http.interceptors.request.use((config) => {
      seen.push(config.headers.get('authorization'));
      return config;
    });
    await flowBy(http).requestToken('oob');
    const { headers } = sandbox.requests.at(-1) ?? {};
    expect(headers).toMatchObject({ 'x-own': 'mine', authorization: seen[0] });
  });

  test('may be the axios package itself', async () => {
    await flowBy(library).requestToken('oob');
    expect(sandbox.requests.at(-1)?.status).toBe(200);
  });

  test('keeps its settings, and the steps still work', async () => {
    const settings: CreateAxiosDefaults = {
      baseURL: 'https://elsewhere.test/v1',
      responseType: 'stream',
      validateStatus: () => false,
      transformResponse: () => ({ changed: true }),
      transformRequest: [],
    };
    const http = create(settings);
    const { responseType, validateStatus } = http.defaults;
    await flowBy(http).requestToken('oob');
    const wrong = new Credentials({ oauth1: { ...consumer, consumerKey: 'another' } });
    const flow = new OAuth1Flow(wrong, { axios: http, endpoints: sandbox.oauth1 });
    expect((await refused(flow.requestToken('oob'), secrets, sandbox.requests)).code).toBe(
      'ERR_OAUTH1_CONSUMER_REJECTED',
    );
    expect(http.defaults).toMatchObject({ baseURL: settings.baseURL, responseType });
    expect(http.defaults.validateStatus).toBe(validateStatus);
  });

  test('does not pass on its errors, which hold the signed header', async () => {
    const http = create();
    const thrown: AxiosError[] = [];
    http.interceptors.response.use(({ config }) => {
      const own = new library.AxiosError('Not today.', 'ECONNABORTED', config);
      thrown.push(own);
      return Promise.reject(own);
    });
    const error = await refused(flowBy(http).requestToken('oob'), secrets, sandbox.requests);
    expect(error).toMatchObject({
      code: 'ERR_OAUTH1_UNREACHABLE',
      message: "The platform's OAuth endpoint could not be reached (ECONNABORTED).",
    });
    const { authorization } = sandbox.requests.at(-1)?.headers ?? {};
    expect(thrown.map(({ config }) => config?.headers.Authorization)).toEqual([authorization]);
  });

  test.each<[string, (response: AxiosResponse<string>) => unknown]>([
    ['the body alone', ({ data }) => data],
    ['nothing', () => undefined],
    ['null', () => null],
    [
      'parsed fields',
      (response) => ({ ...response, data: Object.fromEntries([['oauth_token', 'a']]) }),
    ],
    ['no status', ({ data }) => ({ data })],
  ])('is refused if its interceptors return %s', async (_what, change) => {
    const http = create();
    http.interceptors.response.use(
      (response: AxiosResponse<string>) => change(response) as AxiosResponse<string>,
    );
    const error = await refused(flowBy(http).requestToken('oob'), secrets, sandbox.requests);
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toContain('interceptors');
  });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a string', `OAuth oauth_token="${consumer.consumerSecret}"`],
  ['a code that is not a word', { code: `EVIL ${consumer.consumerSecret}` }],
  ['a code that is a symbol', { code: Symbol(consumer.consumerSecret) }],
])('the rejection of a client that is not axios is not passed on: %s', async (_what, thrown) => {
  const request = jest.fn<Promise<never>, []>().mockRejectedValue(thrown);
  const error = await refused(flowBy({ request }).requestToken('oob'), secrets, []);
  expect(error).toMatchObject({
    code: 'ERR_OAUTH1_UNREACHABLE',
    message: "The platform's OAuth endpoint could not be reached.",
  });
});

test.each(axiosClients)(
  'an instance of %s whose defaults would send the request elsewhere sends it to the endpoint',
  async (_name, { create }) => {
    const elsewhere = await startServer((_request, response) => response.end());
    for (const defaults of [
      { baseURL: elsewhere.origin, allowAbsoluteUrls: false },
      { params: { to: 'elsewhere' } },
      { socketPath: '/nowhere/nexmo.sock' },
      { auth: { username: 'user', password: 'pass' } },
      { transport: { request: () => undefined } },
      { headers: { host: 'elsewhere.test' } },
      { fetchOptions: { method: 'PUT', body: 'x', headers: { authorization: 'Basic other' } } },
    ]) {
      const temporary = await flowBy(create(defaults as object)).requestToken('oob');
      expect(temporary.reveal('oauth1').token).toMatch(/^\w+$/);
    }
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  },
);

import fc from 'fast-check';
import {
  AuthInjector,
  type AuthInjectorOptions,
  type AuthRequest,
  type PlainRequest,
  Credentials,
  decodeJwt,
  type Product,
  type Scheme,
  verifyJwt,
} from '../../src';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { runs } from '../support/runs';

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');
const everything = new Credentials({ apiKey, apiSecret, applicationId, privateKey });
const keySecret = { api_key: apiKey, api_secret: apiSecret };
const now = () => 1_500_000_000_000;

const auth = new AuthInjector(everything, { now });
const sms = 'https://rest.nexmo.com/sms/json';
const calls = 'https://api.nexmo.com/v1/calls';
const codeOf = async (request: unknown, product?: string, injector = auth) =>
  (await rejection(injector.inject(request as AuthRequest, product), [apiSecret])).code;

describe('inject', () => {
  test('attaches key and secret as query parameters for SMS', async () => {
    const request = { method: 'post', url: sms, params: { to: '447700900000' }, timeout: 10 };
    expect(await auth.inject(request)).toEqual({
      ...request,
      headers: {},
      params: { to: '447700900000', ...keySecret },
    });
  });

  test('attaches a JWT as bearer token for Voice', async () => {
    const { headers, params } = await auth.inject({ url: calls, headers: { 'X-Trace': '1' } });
    expect(headers).toEqual({
      'X-Trace': '1',
      Authorization: expect.stringMatching(/^Bearer \S+$/) as string,
    });
    expect(params).toBeUndefined();
    const token = String(headers['Authorization']).slice(7);
    expect(verifyJwt(token, keyText('rsa-public'), { applicationId, now })).toMatchObject({
      exp: 1_500_000_900,
    });
  });

  test('signs tokens with the jwt options', async () => {
    const own = new AuthInjector(everything, { now, jwt: { ttl: 60, claims: { iss: 'me' } } });
    const { headers } = await own.inject({ url: calls });
    const { claims } = decodeJwt(String(headers['Authorization']).slice(7));
    expect(claims).toMatchObject({ exp: 1_500_000_060, iss: 'me' });
  });

  test('does not change the request, even if it is deeply frozen', async () => {
    const params = new URLSearchParams({ to: '1' });
    const request = Object.freeze({
      url: sms,
      headers: Object.freeze({ accept: '*/*' }),
      params: Object.freeze({ to: '1' }),
    });
    expect((await auth.inject(request)).params).toEqual({ to: '1', ...keySecret });
    expect((await auth.inject({ url: calls, headers: request.headers })).headers).not.toBe(
      request.headers,
    );
    const injected = await auth.inject({ url: sms, params });
    expect(String(injected.params)).toBe(`to=1&api_key=${apiKey}&api_secret=${apiSecret}`);
    expect(String(params)).toBe('to=1');
  });

  test('keeps repeated parameters, other fields, and the body', async () => {
    const data = { text: 'Hello' };
    const injected = await auth.inject({
      url: `${sms}?a=1&a=2`,
      params: new URLSearchParams('b=1&b=2'),
      data,
    });
    expect(injected.url).toBe(`${sms}?a=1&a=2`);
    expect(String(injected.params)).toContain('b=1&b=2&');
    expect(injected.data).toEqual(data);
  });

  test('accepts Headers of fetch, and unset headers', async () => {
    const headers = new Headers({ accept: 'a/b' });
    const injected = await auth.inject({ url: calls, headers: headers as never });
    expect(injected.headers).toMatchObject({ accept: 'a/b' });
    for (const unset of [null, undefined, false]) {
      const request = { url: calls, headers: { authorization: unset } };
      expect(Object.keys((await auth.inject(request)).headers)).toEqual(['Authorization']);
    }
  });

  test('treats params of null as missing', async () => {
    expect((await auth.inject({ url: sms, params: null as never })).params).toEqual(keySecret);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', sms],
    ['no url', { params: {} }],
    ['a URL object', { url: new URL(sms) }],
    ['params that are a text', { url: sms, params: 'to=1' }],
    ['params that are a list', { url: sms, params: [] }],
    ['params that are a map, which would be lost', { url: sms, params: new Map([['to', '1']]) }],
    ['headers that are a set', { url: sms, headers: new Set([1]) }],
    ['headers with names that are no text', { url: sms, headers: new Map([[1, 'x']]) }],
    ['headers that are a list', { url: sms, headers: [['a', 'b']] }],
    ['headers of null', { url: sms, headers: null }],
  ])('refuses a request that is or has %s', async (_name, request) => {
    expect(await codeOf(request)).toBe('ERR_INVALID_REQUEST');
  });

  test.each([
    '/sms/json',
    'rest.nexmo.com/sms/json',
    '//rest.nexmo.com/sms/json',
    '',
    'https://',
    'https://[::1',
  ])('refuses "%s", which is no absolute URL', async (url) => {
    expect(await codeOf({ url })).toBe('ERR_INVALID_URL');
  });
});

describe('the error for a missing credential names it and the product', () => {
  test.each<[Credentials, string, string]>([
    [
      new Credentials({}),
      sms,
      'sms needs apiKey and apiSecret (query, body, basic), or apiKey and signatureSecret (signature)',
    ],
    [
      new Credentials({ apiKey }),
      'https://api.nexmo.com/ni/basic/json',
      'number-insight needs apiSecret',
    ],
    [new Credentials({ apiSecret }), 'https://api.nexmo.com/verify/json', 'verify needs apiKey'],
    [
      new Credentials({ apiKey, apiSecret }),
      calls,
      'voice needs applicationId and privateKey (bearer)',
    ],
    [new Credentials({ apiKey, apiSecret, applicationId }), calls, 'voice needs privateKey'],
  ])('%#', async (credentials, url, message) => {
    const error = await rejection(new AuthInjector(credentials).inject({ url }), [apiSecret]);
    expect(error.code).toBe('ERR_MISSING_CREDENTIAL');
    expect(error.message).toContain(message);
    expect(error.message).toContain('check that the variable is set');
  });

  test('for each of several schemes', async () => {
    const products: Product[] = [
      { name: 'own', urls: ['https://own.test/'], schemes: ['bearer', 'query'] },
    ];
    const error = await rejection(
      new AuthInjector(new Credentials({ apiKey }), { products }).inject({
        url: 'https://own.test/',
      }),
    );
    expect(error.message).toContain(
      'own needs applicationId and privateKey (bearer), or apiSecret (query)',
    );
  });
});

describe('of several schemes', () => {
  const products: Product[] = [
    { name: 'own', urls: ['https://own.test/'], schemes: ['bearer', 'query'] },
  ];
  const request = { url: 'https://own.test/thing' };

  test('the first one that the credentials suffice for is used', async () => {
    const both = await new AuthInjector(everything, { products }).inject(request);
    expect(both.headers).toHaveProperty('Authorization');
    expect(both.params).toBeUndefined();
    const keyOnly = new AuthInjector(new Credentials({ apiKey, apiSecret }), { products });
    expect((await keyOnly.inject(request)).params).toEqual(keySecret);
  });

  test('the schemes option chooses one', async () => {
    const chosen = new AuthInjector(everything, { products, schemes: { own: 'query' } });
    expect((await chosen.inject(request)).params).toEqual(keySecret);
  });

  test.each<[string, AuthInjectorOptions, string]>([
    [
      'a scheme that the product does not take',
      { schemes: { sms: 'bearer' } },
      'ERR_SCHEME_NOT_ACCEPTED',
    ],
    [
      'a scheme that does not exist',
      { schemes: { sms: 'digest' as never } },
      'ERR_SCHEME_NOT_ACCEPTED',
    ],
    ['a product that does not exist', { schemes: { fax: 'query' } }, 'ERR_UNKNOWN_PRODUCT'],
    ['something else than an object', { schemes: 'query' as never }, 'ERR_INVALID_OPTION'],
  ])('the schemes option refuses %s', (_name, options, code) => {
    expect(failure(() => new AuthInjector(everything, options)).code).toBe(code);
  });
});

test('a field named __proto__ is refused, since a copy cannot keep it', async () => {
  const hostile = JSON.parse('{"__proto__":{"api_key":"x"}}') as object;
  expect(await codeOf({ url: sms, params: hostile })).toBe('ERR_INVALID_REQUEST');
  const request = { url: sms };
  expect(await codeOf(Object.defineProperty(request, '__proto__', { value: {} }))).toBe(
    'ERR_INVALID_REQUEST',
  );
});

test('the product of a URL does not depend on earlier look-ups with a product name or a line break', () => {
  const injector = new AuthInjector(new Credentials({ apiKey: 'k', apiSecret: 's' }));
  expect(injector.productAt(sms, 'sms')).toBe('sms');
  const broken = () => injector.productAt(`sms\n${sms}`);
  expect(failure(broken).code).toBe('ERR_HOST_NOT_ALLOWED');
  expect(injector.productAt(sms)).toBe('sms');
});

test('requests to more URLs than the cache of look-ups holds all find their product', async () => {
  for (let count = 0; count < 450; count += 1) {
    const { url } = await auth.inject({ url: `${sms}/${count % 225}` });
    expect(url).toBe(`${sms}/${count % 225}`);
  }
});

test('a Host header of another host is refused, since certificates are verified against it', async () => {
  for (const host of ['evil.test', 'rest.nexmo.com:8443', '']) {
    expect(await codeOf({ url: sms, headers: { Host: host } })).toBe('ERR_HOST_NOT_ALLOWED');
  }
});

/** JSON that contains a credential only if it is read as a form. */
const jsonWithForm = '{"text":"&api_key=evil&api_secret=EVIL&text="}';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const twoReadings: [string, object][] = [
  ['api_secret in JSON-shaped text sent as a form', { data: jsonWithForm, headers: form }],
  [
    'api_secret in JSON-shaped bytes sent as a form',
    { data: Buffer.from(jsonWithForm), headers: form },
  ],
  ['api_secret in JSON-shaped text without a Content-Type', { data: jsonWithForm }],
  [
    'api_secret in JSON-shaped text of the type text/plain',
    { data: jsonWithForm, headers: { 'content-type': 'text/plain' } },
  ],
  [
    'api_secret in JSON-shaped text of a type that can be read in two ways',
    { data: jsonWithForm, headers: { 'content-type': 'application/x-www-form-urlencoded; json' } },
  ],
  ['api_key in JSON that is said to be a form', { data: '{"a":1}&api_key=x', headers: form }],
  ['api_key in a form that is said to be JSON', { data: 'api_key=x', headers: json }],
  ['api_key in JSON in UTF-16', { data: Buffer.from('{"api_key":"x"}', 'utf16le'), headers: json }],
  [
    'api_key beside bytes that are not UTF-8',
    { data: Buffer.concat([Buffer.from('api_key=x&text='), Buffer.from([0xff])]), headers: form },
  ],
  ...['', ' ', 'identity', ' Identity ', 'identity, identity', ','].map(
    (coding): [string, object] => [
      `api_key in bytes with the Content-Encoding "${coding}", which means no encoding`,
      { data: Buffer.from('api_key=x'), headers: { ...form, 'content-encoding': coding } },
    ],
  ),
  [
    'api_key in JSON of the type application/x+json',
    { data: Buffer.from('{"api_key":"x"}'), headers: { 'content-type': 'application/x+json' } },
  ],
  ['api_key twice in JSON', { data: '{"api_key":"x","api_key":"y"}', headers: json }],
];

describe('a request that already has a credential is refused:', () => {
  test.each<[string, object]>([
    ['api_key in params', { params: { api_key: 'x' } }],
    ['api_secret in params', { params: { api_secret: 'x' } }],
    ['sig in params', { params: { sig: 'x' } }],
    ['oauth_signature in params', { params: { oauth_signature: 'x' } }],
    ['oauth_token in a form', { data: 'oauth_token=x' }],
    ['api_secret of null in JSON, which is sent', { data: '{"api_secret":null}' }],
    ['sig of null in a body that becomes JSON', { data: { sig: null } }],
    ['api_key in URLSearchParams', { params: new URLSearchParams('api_key=x') }],
    ['an empty api_secret', { params: { api_secret: '' } }],
    ['api_key in the URL', { url: `${sms}?api_key=x` }],
    ['api_secret in the URL, percent-encoded', { url: `${sms}?a=1&api%5Fsecret=x` }],
    ['sig in the URL', { url: `${sms}?sig=x` }],
    ['api_key in an object body', { data: { api_key: 'x' } }],
    ['api_secret in a JSON body', { data: JSON.stringify({ text: 'Hello', api_secret: 'x' }) }],
    ['api_secret in a form body', { data: 'text=Hello&api_secret=x' }],
    ['sig in URLSearchParams as body', { data: new URLSearchParams({ sig: 'x' }) }],
    ['api_key in bytes', { data: Buffer.from('api_key=x') }],
    ['api_key in an ArrayBuffer', { data: new Uint8Array(Buffer.from('api_key=x')).buffer }],
    ['api_key in JSON after a byte-order mark', { data: '\uFEFF{"api_key":"x"}' }],
    ...twoReadings,
    [
      'api_key in FormData',
      {
        data: (() => {
          const form = new FormData();
          form.set('api_key', 'x');
          return form;
        })(),
      },
    ],
    ['Authorization', { headers: { Authorization: 'Bearer x' } }],
    ['AUTHORIZATION', { headers: { AUTHORIZATION: '' } }],
    ['authorization in Headers', { headers: new Headers({ authorization: 'x' }) }],
    ['the auth of axios', { auth: { username: 'x', password: 'y' } }],
    ['the username of got', { username: 'x' }],
    ['the password of got', { password: '' }],
    ['user-info in the URL', { url: 'https://x:y@rest.nexmo.com/sms/json' }],
    ['a user alone in the URL', { url: 'https://x@rest.nexmo.com/sms/json' }],
    ['a password alone in the URL', { url: 'https://:y@rest.nexmo.com/sms/json' }],
  ])('%s', async (_name, parts) => {
    expect(await codeOf({ url: sms, ...parts })).toBe('ERR_CREDENTIAL_PRESENT');
    const url = ('url' in parts ? String(parts.url) : sms).replace(
      'rest.nexmo.com/sms/json',
      'api.nexmo.com/v1/calls',
    );
    expect(await codeOf({ ...parts, url })).toBe('ERR_CREDENTIAL_PRESENT');
  });

  test.each<[string, object]>([
    ['a text that mentions api_key and sig', { data: 'no api_key here, and no sig=' }],
    ['a value that equals the name of a credential', { params: { field: 'api_key' } }],
    ['a parameter with a similar name', { params: { apiKeyHint: 'x', signature: 'y' } }],
    ['a JSON body of null', { data: 'null' }],
    ['a JSON body that is a list', { data: '["api_key"]' }],
    ['auth of undefined', { auth: undefined }],
    ['a parameter of undefined', { params: { api_key: undefined, sig: null } }],
    ['a body of bytes', { data: Uint8Array.of(255, 0, 1) }],
    [
      'bytes whose Content-Type is audio',
      { data: Buffer.from('api_key=x'), headers: { 'content-type': 'audio/mpeg' } },
    ],
    ['the text of a field that holds a form', { data: jsonWithForm, headers: json }],
    [
      'bytes that are compressed',
      { data: Buffer.from('api_key=x'), headers: { ...form, 'content-encoding': 'gzip' } },
    ],
    ['a Host header of the same host', { headers: { HOST: 'REST.nexmo.com' } }],
    ['a Host header of undefined', { headers: { host: undefined } }],
  ])('but not %s', async (_name, parts) => {
    expect((await auth.inject({ url: sms, ...parts })).params).toMatchObject(keySecret);
  });
});

describe('options of AuthInjector', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'ERR_INVALID_OPTION'],
    ['an unknown name', { scheme: {} }, 'ERR_INVALID_OPTION'],
    ['a clock that is not a function', { now: 1 }, 'ERR_INVALID_OPTION'],
    ['a ttl of NaN in the jwt options', { jwt: { ttl: NaN } }, 'ERR_CLAIM_INVALID'],
    ['jwt of null', { jwt: null }, 'ERR_INVALID_OPTION'],
    ['a ttl of 10 seconds in the jwt options', { jwt: { ttl: 10 } }, 'ERR_LIFETIME_OUT_OF_BOUNDS'],
    ['now in the jwt options', { jwt: { now: Date.now } }, 'ERR_INVALID_OPTION'],
    ['a nonce that is not a function', { nonce: 'text' }, 'ERR_INVALID_OPTION'],
    ['a negative deadline of the provider', { provider: { deadline: -1 } }, 'ERR_INVALID_OPTION'],
    ['a cache of size 0', { cache: { size: 0 } }, 'ERR_INVALID_OPTION'],
    ['a signer whose sign is not a function', { signer: { sign: 5 } }, 'ERR_INVALID_OPTION'],
    [
      'a deadline of 0 for the signer',
      { signer: { sign: now, deadline: 0 } },
      'ERR_INVALID_OPTION',
    ],
    ['exp in the jwt options', { jwt: { exp: 1_500_000_100 } }, 'ERR_INVALID_OPTION'],
  ])('are refused: %s', (_name, options, code) => {
    expect(failure(() => new AuthInjector(everything, options as never)).code).toBe(code);
  });

  test('are checked even if the credentials cannot make tokens', () => {
    const keyOnly = new Credentials({ apiKey, apiSecret });
    for (const options of [{ now: 5 }, { jwt: { ttl: NaN } }, { jwt: { bogus: 1 } }]) {
      expect(failure(() => new AuthInjector(keyOnly, options as never)).code).toMatch(/^ERR_/);
    }
  });

  test.each<[string, string | undefined]>([
    ['jwt', undefined],
    ['schemes', undefined],
    ['maxAge', 'provider'],
    ['deadline', 'signer'],
    ['size', 'cache'],
  ])('are refused if reading %s throws', (name, within) => {
    const get = () => {
      throw new Error('hush-hush');
    };
    const options = Object.defineProperty({}, name, { get, enumerable: true });
    const given = within === undefined ? options : { [within]: options };
    const error = failure(() => new AuthInjector(everything, given), ['hush-hush']);
    expect(error.code).toBe('ERR_INVALID_OPTION');
  });

  test('are copied, so that no tenant gets the claims of another', async () => {
    const jwt = { claims: { tenant: 'a' } };
    const signer = { sign: () => new Uint8Array(256).fill(1) };
    const cache = { size: 5 };
    const products: [{ name: string; urls: string[]; schemes: [Scheme, ...Scheme[]] }] = [
      { name: 'own', urls: ['https://own.test/'], schemes: ['bearer'] },
    ];
    const own = new AuthInjector(everything, { now, jwt, signer, cache, products });
    jwt.claims.tenant = 'b';
    Object.assign(jwt, { exp: 99 });
    signer.sign = () => new Uint8Array(256).fill(2);
    cache.size = -1;
    products[0].schemes[0] = 'query';
    for (const url of [calls, 'https://own.test/']) {
      const { headers } = await own.inject({ url });
      const token = String(headers['Authorization']).slice(7);
      expect(decodeJwt(token).claims).toMatchObject({ tenant: 'a', exp: 1_500_000_900 });
      expect(Buffer.from(String(token.split('.')[2]), 'base64url')[0]).toBe(1);
    }
  });

  test('cannot take the place of the first argument, which is Credentials or a provider', () => {
    expect(failure(() => new AuthInjector({ apiKey, apiSecret } as never)).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });
});

describe('a provider instead of Credentials', () => {
  test('is called at the first request, and not before', async () => {
    let asked = 0;
    const injector = new AuthInjector(() => {
      asked += 1;
      return Promise.resolve(everything);
    });
    expect(asked).toBe(0);
    for (let count = 0; count < 3; count += 1) {
      expect((await injector.inject({ url: sms })).params).toEqual(keySecret);
    }
    expect(asked).toBe(1);
  });

  test('determines the scheme by the credentials it returns', async () => {
    const given = [new Credentials({ applicationId, privateKey }), everything];
    const injector = new AuthInjector(() => given.shift() ?? everything, {
      now,
      provider: { maxAge: 0 },
    });
    const messages = { url: 'https://api.nexmo.com/v1/messages' };
    expect((await injector.attempt(messages)).scheme).toBe('bearer');
    expect(given).toHaveLength(1);
    expect((await injector.attempt({ url: sms })).scheme).toBe('query');
    expect(given).toHaveLength(0);
  });

  test('that fails makes the request fail', async () => {
    const injector = new AuthInjector(() => Promise.reject(new Error(apiSecret)));
    expect(await codeOf({ url: sms }, undefined, injector)).toBe('ERR_PROVIDER_FAILED');
  });
});

describe('attempt', () => {
  const rotating = everything.with({ apiSecret: ['one', 'two'] });

  test('returns what inject returns, with product and scheme', async () => {
    const { request, product, scheme } = await auth.attempt({ url: sms });
    expect(request).toEqual(await auth.inject({ url: sms }));
    expect([product, scheme]).toEqual(['sms', 'query']);
  });

  test('is retried with another credential, which stays in use if it was accepted', async () => {
    const injector = new AuthInjector(rotating);
    const first = await injector.attempt({ url: sms, params: { to: '1' } });
    const second = await first.retry();
    expect(first.request.params).toEqual({ ...keySecret, api_secret: 'one', to: '1' });
    expect(second?.request.params).toEqual({ ...keySecret, api_secret: 'two', to: '1' });
    expect((await injector.attempt({ url: sms })).request.params).toMatchObject({
      api_secret: 'one',
    });
    second?.accepted();
    expect((await injector.attempt({ url: sms })).request.params).toMatchObject({
      api_secret: 'two',
    });
  });

  test('is not retried without another credential, and a refused retry changes nothing', async () => {
    expect(await (await auth.attempt({ url: sms })).retry()).toBeUndefined();
    const injector = new AuthInjector(rotating);
    const second = await (await injector.attempt({ url: sms })).retry();
    second?.refused();
    expect((await injector.attempt({ url: sms })).request.params).toMatchObject({
      api_secret: 'one',
    });
  });

  test('is retried with a new signature', async () => {
    let count = 0;
    const injector = new AuthInjector(
      everything.with({ signatureSecret: ['one', 'two'], apiSecret: undefined }),
      { now: () => (count += 1000) },
    );
    const first = await injector.attempt({ url: sms });
    const second = await first.retry();
    const [one, two] = [first, second].map((attempt) => attempt?.request.params);
    expect(one).toMatchObject({ api_key: apiKey });
    expect(one).not.toHaveProperty('api_secret');
    expect(one).not.toEqual(two);
  });
});

describe('OAuth 1.0a', () => {
  const oauth1 = { consumerKey: 'ck', consumerSecret: 'cs', token: 't', tokenSecret: 'ts' };

  test('uses a new nonce for each request, or the nonce option', async () => {
    const nonceOf = async (injector: AuthInjector) =>
      /oauth_nonce="([^"]*)"/.exec(
        String((await injector.inject({ url: sms })).headers['Authorization']),
      )?.[1];
    const injector = new AuthInjector(new Credentials({ oauth1 }), { now });
    const nonces = await Promise.all(Array.from({ length: 100 }, () => nonceOf(injector)));
    expect(new Set(nonces).size).toBe(100);
    expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(String(nonce)))).toBe(true);
    const own = new AuthInjector(new Credentials({ oauth1 }), { now, nonce: () => 'abc' });
    expect(await nonceOf(own)).toBe('abc');
  });

  test.each([undefined, '', 5, '\ud800', Symbol('nonce')])(
    'refuses %p as a nonce when a request needs one',
    async (text) => {
      const nonce = (() => text) as never;
      const injector = new AuthInjector(new Credentials({ oauth1 }), { now, nonce });
      expect(await codeOf({ url: sms }, undefined, injector)).toBe('ERR_INVALID_OPTION');
    },
  );

  test('refuses a request that has parameters of OAuth (RFC 5849, section 3.1)', async () => {
    const injector = new AuthInjector(new Credentials({ oauth1 }), { now });
    for (const request of [
      { url: `${sms}?oauth_nonce=x` },
      { url: sms, data: 'oauth_version=2' },
    ]) {
      expect(await codeOf(request, undefined, injector)).toBe('ERR_CREDENTIAL_PRESENT');
    }
  });

  test('signs a request without a method as GET', async () => {
    const injector = new AuthInjector(new Credentials({ oauth1 }), { now, nonce: () => 'abc' });
    const headers = { 'content-type': 'text/plain' };
    expect((await injector.inject({ url: sms, headers })).headers).toEqual(
      (await injector.inject({ url: sms, headers, method: 'get' })).headers,
    );
  });
});

describe('from()', () => {
  const inTheHeader = { prefer: ['basic'] } as const;
  const schemeOf = async (injector: AuthInjector) => (await injector.attempt({ url: sms })).scheme;

  test('makes an injector of credentials or a provider, with the defaults', async () => {
    for (const source of [everything, () => everything]) {
      expect(await schemeOf(AuthInjector.from(source))).toBe('query');
      expect(await schemeOf(AuthInjector.from(source, inTheHeader))).toBe('basic');
    }
  });

  test('returns the same injector if it gets an injector, which keeps its own options', async () => {
    expect(AuthInjector.from(auth, inTheHeader)).toBe(auth);
    expect(await schemeOf(auth)).toBe('query');
  });

  test.each([undefined, null, 'abcd1234', {}, { apiKey, apiSecret }, { inject: () => undefined }])(
    'refuses a source that is neither Credentials nor a provider nor an injector: %p',
    (source) => {
      const error = failure(() => AuthInjector.from(source as never), [apiSecret]);
      expect(error.code).toBe('ERR_INVALID_OPTION');
    },
  );
});

test('a URL either gives a NexmoAuthError, or is an https: URL of the platform and gets exactly one credential', async () => {
  const part = fc.constantFrom(
    'https:',
    'http:',
    '//',
    '/',
    '\\',
    '@',
    ':',
    '.',
    '..',
    '%2e',
    '%2f',
    '?',
    '#',
    'rest.nexmo.com',
    'api.nexmo.com',
    'evil.test',
    'sms',
    'v1',
    'calls',
    'REST.NEXMO.COM',
    '443',
    '8443',
    '\t',
    'ａpi',
    '。',
  );
  const url = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
    fc.webUrl(),
  );
  await fc.assert(
    fc.asyncProperty(url, async (text) => {
      let injected: PlainRequest;
      try {
        injected = await auth.inject({ url: text });
      } catch (error) {
        failure(() => {
          throw error;
        }, [apiSecret]);
        return;
      }
      // What a client will really connect to.
      const { protocol, host, username, password } = new URL(injected.url);
      expect(protocol).toBe('https:');
      expect(['rest.nexmo.com', 'api.nexmo.com']).toContain(host);
      expect(username + password).toBe('');
      const credentials = [
        injected.headers['Authorization'],
        (injected.params as Record<string, unknown> | undefined)?.['api_key'],
      ];
      expect(credentials.filter((value) => value !== undefined)).toHaveLength(1);
    }),
    { numRuns: runs(500) },
  );
});

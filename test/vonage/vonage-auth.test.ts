import { createPrivateKey, sign } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import fc from 'fast-check';
import {
  AuthInjector,
  Credentials,
  decodeJwt,
  signParams,
  type Signer,
  vonageAuth,
} from '../../src';
import { applicationId, held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { credentialNames } from '../support/second-credentials';
import { keyText } from '../support/keys';

const { apiKey, apiSecret, signatureSecret } = held;
const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const now = () => 1_700_000_000_000;
const basic = (secret: string) => `Basic ${Buffer.from(`${apiKey}:${secret}`).toString('base64')}`;
const claimsOf = (header: string) => decodeJwt(header).claims;

/** A signer that stands for a key management service (KMS), and counts its calls. */
const countingSigner = () => {
  const signer = jest.fn<ReturnType<Signer>, Parameters<Signer>>((input) =>
    Promise.resolve(sign('RSA-SHA256', input, privateKey)),
  );
  return signer;
};

describe('vonageAuth gives the official clients', () => {
  const auth = vonageAuth(credentials, { now });

  test('an extensible object with four methods of its own that need no this', async () => {
    const names = [
      'getQueryParams',
      'createSignatureHash',
      'createBasicHeader',
      'createBearerHeader',
    ];
    expect(Object.keys(auth)).toEqual([...names, 'apiKey', 'applicationId']);
    expect(names.filter((name) => !Object.prototype.hasOwnProperty.call(auth, name))).toEqual([]);
    expect(Object.getPrototypeOf(auth)).toBe(Object.prototype);
    const copy = { ...auth, msisdn: '447700900000' };
    const { createBasicHeader } = copy;
    expect(await createBasicHeader()).toBe(basic(apiSecret));
    expect(Object.assign(auth, { msisdn: '447700900000' })).toBe(auth);
  });

  test('a Basic header', async () => {
    expect(await auth.createBasicHeader()).toBe(basic(apiSecret));
  });

  test('a bearer header with a token for 15 minutes, reused until shortly before it expires', async () => {
    let time = now();
    const own = vonageAuth(credentials, { now: () => time });
    const first = await own.createBearerHeader();
    expect(first).toMatch(/^Bearer eyJ/);
    expect(claimsOf(first)).toMatchObject({
      application_id: applicationId,
      iat: 1_700_000_000,
      exp: 1_700_000_900,
    });
    time += 600_000;
    expect(await own.createBearerHeader()).toBe(first);
    time += 300_000;
    expect(claimsOf(await own.createBearerHeader())['iat']).toBe(1_700_000_900);
  });

  test('tokens with the lifetime and the claims of the jwt option, every time', async () => {
    const own = vonageAuth(credentials, { now, cache: false, jwt: { ttl: 60, sub: 'alice' } });
    for (const header of [await own.createBearerHeader(), await own.createBearerHeader()]) {
      expect(claimsOf(header)).toMatchObject({ exp: 1_700_000_060, sub: 'alice' });
    }
  });

  test('the parameters with key and secret', async () => {
    const keySecret = { api_key: apiKey, api_secret: apiSecret };
    expect(await auth.getQueryParams()).toEqual(keySecret);
    const params = { to: '447700900000', nested: { a: [1] }, api_key: 'other' };
    expect(await auth.getQueryParams(params)).toEqual({ ...params, ...keySecret });
    expect(params.api_key).toBe('other');
  });

  test('a signature of the string that the platform’s guide defines, which @vonage/auth does not sign', async () => {
    const params = { to: '447700900000', text: 'a&b', timestamp: '1700000000' };
    expect(await auth.createSignatureHash(params)).toEqual({
      ...params,
      api_key: apiKey,
      // generateSignature('md5hash', …) of nexmo 2.9.1
      sig: '9d714ccb90853832d9eeaf72fbee7919',
    });
  });

  test('a signature with the time of the clock; a given api_key or sig is replaced', async () => {
    const old = { api_key: 'other', sig: 'old', text: null, from: undefined, to: 1 };
    expect(await auth.createSignatureHash(old)).toEqual(
      expect.objectContaining({ to: 1, api_key: apiKey, timestamp: '1700000000' }),
    );
    expect(Object.keys(await auth.createSignatureHash(old))).toEqual([
      'to',
      'api_key',
      'timestamp',
      'sig',
    ]);
  });

  test('for any parameters, the signature of signParams', async () => {
    const name = fc.stringMatching(/^[a-z-]{1,10}$/).filter((each) => each !== 'sig');
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (params) => {
        const { sig } = await auth.createSignatureHash(params);
        const expected = signParams(
          { ...params, api_key: apiKey },
          { secret: signatureSecret, now },
        );
        expect(sig).toBe(expected['sig']);
      }),
      { numRuns: 50 },
    );
  });

  test('the fields that they read', () => {
    expect(auth).toHaveProperty('apiKey', apiKey);
    expect(auth.applicationId).toBe(applicationId);
    expect(auth.apiSecret).toBe(apiSecret);
    const pem = String(auth.privateKey);
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(createPrivateKey(pem).equals(createPrivateKey(privateKey))).toBe(true);
    expect(auth.privateKey).toBe(pem);
  });

  test('no field that the credentials lack, and no signature, which would force Basic', () => {
    const lacking = vonageAuth(new Credentials({ apiSecret, privateKey, signatureSecret }));
    const names = ['apiKey', 'apiSecret', 'applicationId', 'privateKey', 'signature', 'then'];
    expect(names.map((name) => Reflect.get(lacking, name) as unknown)).toEqual(
      names.map(() => undefined),
    );
    expect(Object.keys(lacking)).toHaveLength(4);
  });

  test.each([
    ['md5hash', 'MD5HASH'],
    ['md5', 'MD5HMAC'],
    ['sha1', 'SHA1HMAC'],
    ['sha256', 'SHA256HMAC'],
    ['sha512', 'SHA512HMAC'],
  ] as const)('a signature on request, with %s as %s', (signatureMethod, algorithm) => {
    const own = vonageAuth(credentials.with({ signatureMethod }), { signature: true });
    expect(own.signature).toEqual({ secret: signatureSecret, algorithm });
  });

  test('an error if the signature is requested but the secret is missing', () => {
    const own = vonageAuth(new Credentials({ apiKey, apiSecret }), { signature: true });
    expect(failure(() => own.signature).code).toBe('ERR_MISSING_CREDENTIAL');
  });

  test('one signature for a thousand concurrent headers', async () => {
    const signer = countingSigner();
    const own = vonageAuth(credentials, { signer });
    const headers = await Promise.all(Array.from({ length: 1000 }, own.createBearerHeader));
    expect(new Set(headers).size).toBe(1);
    expect(signer).toHaveBeenCalledTimes(1);
  });

  test('a field that the caller has set', () => {
    const own = Object.assign(vonageAuth(credentials), { privateKey: 'mine' });
    expect(own.privateKey).toBe('mine');
  });
});

describe('vonageAuth of an AuthInjector', () => {
  test('shares its tokens, also with injectors made by with()', async () => {
    const signer = countingSigner();
    const injector = new AuthInjector(credentials, { signer });
    const { headers } = await injector.inject({ url: 'https://api.nexmo.com/v1/calls' });
    for (const auth of [vonageAuth(injector), vonageAuth(injector.with({ prefer: ['basic'] }))]) {
      expect(await auth.createBearerHeader()).toBe(headers['Authorization']);
    }
    expect(signer).toHaveBeenCalledTimes(1);
  });

  test('uses the other secret of a rotation pair after the injector has learned it', async () => {
    const pair = new Credentials({ apiKey, apiSecret: [apiSecret, 'PreviousSecret1'] });
    const injector = new AuthInjector(pair);
    const auth = vonageAuth(injector);
    const request = { url: 'https://api.nexmo.com/v2/applications' };
    const retry = await (await injector.attempt(request)).retry({ status: 401 });
    retry?.accepted();
    expect(await auth.createBasicHeader()).toBe(basic('PreviousSecret1'));
    expect(auth.apiSecret).toBe('PreviousSecret1');
  });

  test('dates tokens by the clock that the injector has learned for api.nexmo.com', async () => {
    const injector = new AuthInjector(credentials, { now });
    const attempt = await injector.attempt({ url: 'https://api.nexmo.com/v1/calls' });
    const date = new Date(now() + 7_200_000).toUTCString();
    await attempt.retry({ status: 401, date });
    const { iat } = claimsOf(await vonageAuth(injector).createBearerHeader());
    expect(iat).toBe(1_700_007_200);
  });

  test('calls the provider again after a refusal that the caller reports to the injector', async () => {
    const provider = jest.fn(() => credentials);
    const injector = new AuthInjector(provider);
    const auth = vonageAuth(injector);
    const first = await auth.createBearerHeader();
    const attempt = await injector.attempt({ url: 'https://api.nexmo.com/v1/calls' });
    attempt.refused({ status: 401 });
    expect(await auth.createBearerHeader()).not.toBe(first);
    expect(provider).toHaveBeenCalledTimes(2);
  });

  test('has the schemes that each client chooses, whatever the injector’s options schemes and prefer say', async () => {
    const options = { schemes: { messages: 'basic' }, prefer: ['basic'] } as const;
    const auth = vonageAuth(new AuthInjector(credentials, options));
    expect(await auth.createBasicHeader()).toBe(basic(apiSecret));
    expect(await auth.createBearerHeader()).toMatch(/^Bearer /);
  });

  test('publishes an event for each credential that it gives, with the product official-sdks', async () => {
    const events: unknown[] = [];
    const listen = (event: unknown) => events.push(event);
    subscribe('nexmo-auth:credential:attached', listen);
    const auth = vonageAuth(new AuthInjector(credentials));
    await auth.createBasicHeader();
    await auth.createSignatureHash({});
    unsubscribe('nexmo-auth:credential:attached', listen);
    const product = 'official-sdks';
    expect(events).toEqual([
      { product, scheme: 'basic' },
      { product, scheme: 'signature' },
    ]);
  });

  test('refuses options that belong to the injector', () => {
    const injector = new AuthInjector(credentials);
    const error = failure(() => vonageAuth(injector, { jwt: { ttl: 60 } }));
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toBe(
      'There is no field "jwt" in the options of vonageAuth for an AuthInjector. Pass it to the AuthInjector.',
    );
    expect(vonageAuth(injector, { signature: false }).apiKey).toBe(apiKey);
  });
});

describe('vonageAuth of a provider', () => {
  const fields = ['apiKey', 'apiSecret', 'applicationId', 'privateKey'] as const;

  test('gives every method, and the fields after the first call of a method', async () => {
    const provider = jest.fn(() => Promise.resolve(credentials));
    const auth = vonageAuth(provider);
    expect(await auth.createBasicHeader()).toBe(basic(apiSecret));
    expect(fields.map((field) => auth[field])).toEqual([
      apiKey,
      apiSecret,
      applicationId,
      vonageAuth(credentials).privateKey,
    ]);
    expect(provider).toHaveBeenCalledTimes(1);
  });

  test.each(fields)(
    'throws for %s until the provider has returned credentials, and calls the provider',
    async (field) => {
      const provider = jest.fn(() => credentials);
      const auth = vonageAuth(provider);
      const error = failure(() => auth[field]);
      expect(error.code).toBe('ERR_CREDENTIALS_PENDING');
      expect(error.message).toContain(field);
      await auth.createBasicHeader();
      expect(auth[field]).toBeDefined();
      expect(provider).toHaveBeenCalledTimes(1);
    },
  );

  test('that fails makes the methods reject, and reading a field causes no unhandled rejection', async () => {
    const auth = vonageAuth(() => Promise.reject(new Error(apiSecret)));
    expect(failure(() => auth.apiKey, [apiSecret]).code).toBe('ERR_CREDENTIALS_PENDING');
    const error = await rejection(auth.createBearerHeader(), [apiSecret]);
    expect(error.code).toBe('ERR_PROVIDER_FAILED');
  });

  test('after maxAge, gives the old fields until a method has got new credentials', async () => {
    let time = now();
    const provided = [credentials, credentials.with({ apiSecret: 'NextSecret12345' })];
    const provider = () => Promise.resolve(provided.shift() ?? credentials);
    const auth = vonageAuth(provider, { now: () => time, provider: { maxAge: 60 } });
    await auth.createBasicHeader();
    time += 60_000;
    expect(auth.apiSecret).toBe(apiSecret);
    expect(await auth.createBasicHeader()).toBe(basic('NextSecret12345'));
    expect(auth.apiSecret).toBe('NextSecret12345');
  });

  test('throws for a field after the credentials have expired', async () => {
    let time = now();
    const auth = vonageAuth(() => ({ credentials, expiresAt: time / 1000 + 60 }), {
      now: () => time,
    });
    await auth.createBasicHeader();
    expect(auth.apiKey).toBe(apiKey);
    time += 60_000;
    expect(failure(() => auth.apiKey).code).toBe('ERR_CREDENTIALS_PENDING');
  });

  test('shows no credentials, and does not call the provider, when it is spread or serialised', () => {
    const provider = jest.fn(() => credentials);
    const auth = vonageAuth(provider);
    expect(Object.keys({ ...auth })).toHaveLength(4);
    expect(JSON.stringify(auth)).toBe('{}');
    expect(provider).not.toHaveBeenCalled();
  });
});

describe('vonageAuth with an external signer', () => {
  const auth = vonageAuth(new Credentials({ apiKey, apiSecret, applicationId }), {
    signer: countingSigner(),
  });

  test('creates tokens', async () => {
    expect(claimsOf(await auth.createBearerHeader())['application_id']).toBe(applicationId);
  });

  test('has a private key, so that Messages sends a token, but reading the text of that key is an error', () => {
    expect(Boolean(auth.privateKey)).toBe(true);
    const error = failure(() => String(auth.privateKey));
    expect(error.code).toBe('ERR_MISSING_CREDENTIAL');
    expect(error.message).toContain('generateVideoTokenAsync');
    expect(JSON.stringify({ key: auth.privateKey })).toBe('{"key":{"type":"Buffer","data":[]}}');
  });

  test('has no private key without an application ID', () => {
    const own = vonageAuth(new Credentials({ apiKey, apiSecret }), { signer: countingSigner() });
    expect(own.privateKey).toBeUndefined();
  });

  test('still gives a private key that the credentials have', () => {
    const own = vonageAuth(credentials, { signer: countingSigner() });
    expect(String(own.privateKey)).toContain('PRIVATE KEY');
  });
});

describe('vonageAuth refuses', () => {
  test.each<[string, unknown, string]>([
    ['the plain object that the official clients take', { apiKey, apiSecret }, 'an object'],
    ['undefined', undefined, 'undefined'],
    ['a string', apiSecret, 'a string'],
  ])('%s', (_what, source, kind) => {
    const error = failure(() => vonageAuth(source as Credentials), [apiSecret]);
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toBe(
      `vonageAuth takes Credentials, a provider or an AuthInjector, not ${kind}. Write vonageAuth(new Credentials({ ... })).`,
    );
  });

  test.each(['Credentials', 'AuthInjector'])('%s of another copy of the package', (name) => {
    const error = failure(() => vonageAuth({ constructor: { name } } as unknown as Credentials));
    expect(error.message).toContain(`an instance of ${name} from another copy of nexmo-auth`);
    expect(error.message).not.toContain('Write vonageAuth');
  });

  test.each<[string, object]>([
    ['an unknown option', { products: [] }],
    ['a signature in the form of @vonage/auth', { signature: { secret: signatureSecret } }],
    ['the nonce, which no official client needs', { nonce: () => 'text' }],
  ])('%s', (_what, options) => {
    const error = failure(() => vonageAuth(credentials, options), [signatureSecret]);
    expect(error.code).toBe('ERR_INVALID_OPTION');
  });
});

describe('the methods of vonageAuth reject', () => {
  const auth = vonageAuth(credentials);
  const call = (method: string, ...args: unknown[]) =>
    (Reflect.get(auth, method) as (...given: unknown[]) => Promise<unknown>)(...args);

  test.each(['createBearerHeader', 'createBasicHeader'])(
    'options of %s, but not the arguments that Array.map passes',
    async (method) => {
      const error = await rejection(call(method, { ttl: 60 }));
      expect(error.code).toBe('ERR_INVALID_OPTION');
      expect(error.message).toContain(`${method} takes no options`);
      expect(await call(method, null, 1)).toMatch(/^B/);
    },
  );

  test.each<[string, unknown]>([
    ['text', 'to=1'],
    ['a list', [['to', '1']]],
    ['URLSearchParams', new URLSearchParams({ to: '1' })],
    ['a Map', new Map([['to', '1']])],
    ['a getter that throws', { get to() { throw new Error(apiSecret); } }], // prettier-ignore
  ])('%s as parameters', async (_what, params) => {
    for (const method of ['getQueryParams', 'createSignatureHash']) {
      const error = await rejection(call(method, params), [apiSecret]);
      expect(error.code).toBe('ERR_INVALID_PARAMETER');
    }
  });

  test.each(credentialNames.filter(([, name]) => !/^api_(?:key|secret)$/.test(name)))(
    'a credential under a name other than api_key and api_secret in the parameters of getQueryParams: %s',
    async (_spelling, name) => {
      const error = await rejection(call('getQueryParams', { [name]: 'x' }));
      expect(error.code).toBe('ERR_CREDENTIAL_PRESENT');
    },
  );

  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'ERR_INVALID_PARAMETER'],
    ['a nested parameter', { to: { a: 1 } }, 'ERR_INVALID_PARAMETER'],
    ['a lone surrogate', { text: '\ud83d' }, 'ERR_INVALID_PARAMETER'],
    [
      'an api_secret, which must not be sent with a signature',
      { api_secret: 's' },
      'ERR_CREDENTIAL_PRESENT',
    ],
  ])('%s given to createSignatureHash', async (_what, params, code) => {
    expect((await rejection(call('createSignatureHash', params))).code).toBe(code);
  });

  test.each([
    ['createBearerHeader', 'applicationId and privateKey (bearer)'],
    ['createBasicHeader', 'apiKey and apiSecret (basic)'],
    ['getQueryParams', 'apiKey and apiSecret (query)'],
    ['createSignatureHash', 'apiKey and signatureSecret (signature)'],
  ] as const)('missing credentials of %s', async (method, needed) => {
    const lacking = vonageAuth(new Credentials({}));
    const run = lacking[method] as (params?: object) => Promise<unknown>;
    const error = await rejection(run(method === 'createSignatureHash' ? {} : undefined));
    expect(error.code).toBe('ERR_MISSING_CREDENTIAL');
    expect(error.message).toContain(`The product official-sdks needs ${needed}.`);
  });
});

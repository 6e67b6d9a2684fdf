import { type AuthRequest, AuthInjector, Credentials, JwtGenerator, type Scheme } from '../../src';
import { applicationId, held, opentok } from '../support/account';
import { failure } from '../support/errors';
import { keyText } from '../support/keys';
import { products } from '../../src/injector/products';

const credentials = new Credentials({
  ...held,
  applicationId,
  privateKey: keyText('rsa-pkcs8'),
  opentok,
});
const sms = { url: 'https://rest.nexmo.com/sms/json' };
const schemeOf = async (auth: AuthInjector, request: AuthRequest, product?: string) =>
  (await auth.attempt(request, product)).scheme;

describe('the prefer option', () => {
  const urlOf = (url: string) => url.replaceAll('*', 'abcd1234');

  test("['basic'] keeps the API secret out of every URL whose product accepts Basic", async () => {
    const auth = new AuthInjector(credentials, { prefer: ['basic'] });
    for (const { name, urls, schemes } of products) {
      if (!schemes.includes('basic')) continue;
      const { request, scheme } = await auth.attempt({ url: urlOf(String(urls[0])) }, name);
      expect([name, scheme]).toEqual([name, 'basic']);
      expect(JSON.stringify([request.url, request.params])).not.toContain(held.apiSecret);
    }
  });

  test('moves schemes to the front in its own order, and leaves the others behind them', async () => {
    const only = (fields: object) => new Credentials({ apiKey: held.apiKey, ...fields });
    const options = { prefer: ['signature', 'basic'] satisfies Scheme[] };
    const both = new AuthInjector(credentials, options);
    expect(await schemeOf(both, sms)).toBe('signature');
    const secretOnly = new AuthInjector(only({ apiSecret: held.apiSecret }), options);
    expect(await schemeOf(secretOnly, sms)).toBe('basic');
    expect(await schemeOf(both, { url: 'https://api.nexmo.com/v1/calls' })).toBe('bearer');
    expect(await schemeOf(both, { url: 'https://api.nexmo.com/v1/applications' })).toBe('query');
  });

  test('gives way to the schemes option', async () => {
    const options = { prefer: ['basic'], schemes: { sms: 'query' } } as const;
    expect(await schemeOf(new AuthInjector(credentials, options), sms)).toBe('query');
  });

  test('also holds for products of your own', async () => {
    const gateway = {
      name: 'gateway',
      urls: ['https://sms.acme.test/'],
      schemes: ['query', 'basic'],
    };
    const auth = new AuthInjector(credentials, { prefer: ['basic'], products: [gateway as never] });
    expect(await schemeOf(auth, { url: 'https://sms.acme.test/send' })).toBe('basic');
  });

  test.each([['Basic'], ['basic', undefined], 'basic', null, {}, [['basic']]])(
    'must be a list of schemes: the error for %j lists the valid schemes',
    (prefer) => {
      const error = failure(() => new AuthInjector(credentials, { prefer: prefer as never }));
      expect(error.code).toBe('ERR_INVALID_OPTION');
      expect(error.message).toContain('prefer must be a list of schemes: query, body, basic');
    },
  );

  test('is copied: a later change of the list has no effect', async () => {
    const prefer: Scheme[] = ['basic'];
    const auth = new AuthInjector(credentials, { prefer });
    prefer[0] = 'query';
    expect(await schemeOf(auth.with({}), sms)).toBe('basic');
  });
});

describe('with()', () => {
  const gateway = {
    name: 'gateway',
    urls: ['https://sms.acme.test/'],
    schemes: ['query', 'basic'] as [Scheme, Scheme],
  };
  const atGateway = { url: 'https://sms.acme.test/send' };

  test('adds products, and leaves the first injector as it was', async () => {
    const auth = new AuthInjector(credentials);
    const wider = auth.with({ products: [gateway] });
    expect([wider.productAt(atGateway.url), auth.productAt(atGateway.url)]).toEqual([
      'gateway',
      undefined,
    ]);
    expect(await schemeOf(wider, sms)).toBe('query');
  });

  test('adds to what the first injector was given, in any order of calls', async () => {
    const auth = new AuthInjector(credentials, { products: [gateway], prefer: ['basic'] });
    const narrowed = auth.with({ schemes: { sms: 'signature' } });
    expect(await schemeOf(narrowed, sms)).toBe('signature');
    expect(await schemeOf(narrowed, atGateway)).toBe('basic');
    const again = narrowed.with({ schemes: { sms: 'query', gateway: 'query' }, prefer: [] });
    expect(await schemeOf(again, sms)).toBe('query');
    expect(await schemeOf(again, atGateway)).toBe('query');
    expect(await schemeOf(again, { url: 'https://rest.nexmo.com/account/get-balance' })).toBe(
      'query',
    );
  });

  test('shares the credentials: a provider is asked once for both injectors', async () => {
    let calls = 0;
    const auth = new AuthInjector(() => {
      calls += 1;
      return credentials;
    });
    await auth.with({ products: [gateway] }).inject(atGateway);
    await auth.inject(sms);
    expect(calls).toBe(1);
  });

  test('shares the tokens', async () => {
    const auth = new AuthInjector(credentials);
    const voice = { url: 'https://api.nexmo.com/v1/calls' };
    const [one, other] = [await auth.inject(voice), await auth.with({}).inject(voice)];
    expect(one.headers['Authorization']).toBe(other.headers['Authorization']);
    expect(one.headers['Authorization']).not.toBe(
      `Bearer ${await new JwtGenerator(credentials).token()}`,
    );
  });

  test('shares the learned clocks', async () => {
    const now = Date.UTC(2026, 0, 1);
    const auth = new AuthInjector(credentials, { now: () => now });
    const voice = { url: 'https://api.nexmo.com/v1/calls' };
    const attempt = await auth.attempt(voice);
    await attempt.retry({ status: 401, date: new Date(now + 3_600_000).toUTCString() });
    const { request } = await auth.with({ products: [gateway] }).attempt(voice);
    const [, claims] = String(request.headers['Authorization']).split('.');
    const { iat } = JSON.parse(Buffer.from(String(claims), 'base64url').toString()) as {
      iat: number;
    };
    expect(iat).toBe(now / 1000 + 3600);
  });

  test.each([
    [{ jwt: {} }, 'There is no field "jwt" in the options of with.'],
    [{ products: [{}] }, 'products must be a list'],
    [{ schemes: { fax: 'basic' } }, 'There is no product "fax"'],
    [{ schemes: { voice: 'basic' } }, 'The product voice accepts bearer.'],
    [{ prefer: ['mail'] }, 'prefer must be a list of schemes'],
    [undefined, 'The options of with must be an object'],
  ])('refuses %j', (options, message) => {
    const auth = new AuthInjector(credentials);
    expect(failure(() => auth.with(options as never)).message).toContain(message);
  });
});

describe('opentok', () => {
  const request = { url: 'https://api.opentok.com/session/create', method: 'POST' };

  test('is the scheme of api.opentok.com, and goes nowhere else', async () => {
    const auth = new AuthInjector(credentials);
    const { scheme, request: sent } = await auth.attempt(request);
    expect(scheme).toBe('opentok');
    expect(Object.keys(sent.headers)).toEqual(['X-OPENTOK-AUTH']);
    for (const url of [
      'https://api.opentok.com.evil.test/',
      'https://opentok.com/',
      'https://anvil.opentok.com/',
    ]) {
      expect(auth.productAt(url)).toBeUndefined();
    }
  });

  test('is attached even if its header is switched off', async () => {
    const auth = new AuthInjector(credentials);
    for (const off of [null, false, undefined]) {
      const { headers } = await auth.inject({ ...request, headers: { 'x-opentok-auth': off } });
      expect(Object.keys(headers)).toEqual(['X-OPENTOK-AUTH']);
    }
  });

  test('without a project is an error that names the missing field', async () => {
    const auth = new AuthInjector(credentials.with({ opentok: undefined }));
    await expect(auth.inject(request)).rejects.toMatchObject({
      code: 'ERR_MISSING_CREDENTIAL',
      message: expect.stringContaining('needs opentok (opentok)') as string,
    });
  });
});

test.each([
  ['https://rest.nexmo.com//sms/json', 'an empty segment'],
  ['https://rest.nexmo.com/SMS/json', 'capitals'],
  ['https://rest.nexmo.com/account//numbers', 'an empty segment in the longer URL'],
])(
  'a path whose spelling would give it to a product with a shorter URL is refused: %s (%s)',
  async (url) => {
    const auth = new AuthInjector(credentials, { schemes: { sms: 'signature' } });
    await expect(auth.inject({ url })).rejects.toMatchObject({ code: 'ERR_HOST_NOT_ALLOWED' });
  },
);

test('an account in capitals is accepted, and so are capitals in a path that only one product has', async () => {
  const auth = new AuthInjector(credentials);
  expect(await schemeOf(auth, { url: 'https://api.nexmo.com/accounts/AbCd1234/secrets' })).toBe(
    'basic',
  );
  expect(await schemeOf(auth, { url: 'https://rest.nexmo.com/search/Message' })).toBe('query');
});

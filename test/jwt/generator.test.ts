import crypto from 'node:crypto';
import fc from 'fast-check';
import { importPKCS8, importSPKI, jwtVerify, SignJWT } from 'jose';
import {
  type Acl,
  Credentials,
  decodeJwt,
  generateJwt,
  JwtGenerator,
  type JwtGeneratorDefaults,
  type JwtOptions,
} from '../../src';
import { failure } from '../support/errors';
import { keySecrets, keyText } from '../support/keys';
import { runs } from '../support/runs';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ applicationId, privateKey });
const now = 1_500_000_000;
const clock = () => now * 1000 + 999;
const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const generator = new JwtGenerator(credentials, { now: clock });
const claimsOf = (options?: JwtOptions) => decodeJwt(generator.generate(options)).claims;
const codeOf = (options: unknown) =>
  failure(() => generator.generate(options as JwtOptions), keySecrets(privateKey)).code;

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

describe('a token', () => {
  test('has the header { alg: RS256, typ: JWT } and nothing else in it', () => {
    expect(decodeJwt(generator.generate()).header).toEqual({ alg: 'RS256', typ: 'JWT' });
  });

  test('has application_id, iat, jti and exp, and lives 15 minutes by default', () => {
    expect(claimsOf()).toEqual({
      application_id: applicationId,
      iat: now,
      jti: expect.stringMatching(uuid4) as string,
      exp: now + 900,
    });
  });

  test('is a new one at every call', () => {
    expect(claimsOf()['jti']).not.toBe(claimsOf()['jti']);
  });

  test('carries nbf, sub, acl and custom claims when given', () => {
    const claims = {
      iss: 'https://issuer.test',
      aud: ['a', 'b'],
      constructor: 1,
      nested: { deep: [null, true, 1.5, ''] },
    };
    const options: JwtOptions = {
      iat: now - 5,
      nbf: now,
      jti: 'token-1',
      sub: 'alice',
      acl: {
        paths: {
          '/*/users/**': { methods: ['GET', 'POST'], filters: { name: 'a' } },
          '/v1/files': {},
        },
      },
    };
    expect(claimsOf({ ...options, claims, ttl: 60 })).toEqual({
      ...options,
      ...claims,
      application_id: applicationId,
      exp: now + 55,
    });
  });

  test.each<[string, JwtOptions, number]>([
    ['ttl', { ttl: 30 }, 30],
    ['ttl', { ttl: 86_400 }, 86_400],
    ['exp', { exp: now + 30 }, 30],
    ['exp with iat', { iat: now + 10, exp: now + 10 + 86_400 }, 86_400],
    ['ttl of undefined', { ttl: undefined }, 900],
  ])('lives as long as %s says: %j', (_name, options, seconds) => {
    const { iat, exp } = claimsOf(options);
    expect(Number(exp) - Number(iat)).toBe(seconds);
  });

  test('is byte for byte what jose makes of the same claims, and jose accepts it', async () => {
    const own = { iss: 'me', n: 1.5 };
    const acl: Acl = { paths: { '/*/users/**': {} } };
    const options = { jti: 'one', exp: now + 60, nbf: now, sub: 'ålice €', acl };
    const token = generator.generate({ ...options, claims: own });
    const claims = { ...own, application_id: applicationId, iat: now, ...options };
    const key = await importPKCS8(privateKey, 'RS256');
    const theirs = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' });
    expect(await theirs.sign(key)).toBe(token);
    const publicKey = await importSPKI(keyText('rsa-public'), 'RS256');
    const verified = await jwtVerify(token, publicKey, { currentDate: new Date(now * 1000) });
    expect(verified.payload).toEqual(claims);
  });

  test('is made by generateJwt as well', () => {
    const token = generateJwt(applicationId, privateKey, { now: clock, ttl: 60, jti: 'one' });
    expect(token).toBe(generator.generate({ ttl: 60, jti: 'one' }));
    const { claims } = decodeJwt(generateJwt(applicationId, privateKey));
    expect(Math.abs(Number(claims['iat']) - Date.now() / 1000)).toBeLessThan(60);
    expect(failure(() => generateJwt('my-app', privateKey)).code).toBe(
      'ERR_INVALID_APPLICATION_ID',
    );
    expect(failure(() => generateJwt(applicationId, privateKey, null as never)).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });
});

describe('options', () => {
  test('of undefined inside acl are as if not there', () => {
    const acl = { paths: { '/a': { methods: undefined, filters: undefined } } };
    expect(claimsOf({ acl })['acl']).toEqual({ paths: { '/a': {} } });
  });

  test('that are deeply frozen work, and work again (@vonage/jwt deletes ttl)', () => {
    const options = deepFreeze({
      ttl: 60,
      acl: { paths: { '/a': { methods: ['GET'] } } },
      claims: { a: { b: [1] } },
    });
    const lives = [1, 2].map(() => {
      const { exp, iat } = claimsOf(options);
      return Number(exp) - Number(iat);
    });
    expect(lives).toEqual([60, 60]);
  });

  test('changed afterwards do not change what a generator makes', () => {
    const acl = { paths: { '/a': {} } as Record<string, object> };
    const claims: Record<string, unknown> = { iss: 'me' };
    const shared = new JwtGenerator(credentials, { now: clock, acl, claims });
    acl.paths['/b'] = {};
    claims['iss'] = 'other';
    const made = decodeJwt(shared.generate()).claims;
    expect(made['acl']).toEqual({ paths: { '/a': {} } });
    expect(made['iss']).toBe('me');
  });

  test('given at the call stand before the defaults', () => {
    const shared = new JwtGenerator(credentials, {
      now: clock,
      ttl: 60,
      sub: 'alice',
      claims: { a: 1 },
    });
    const made = (options: JwtOptions) => decodeJwt(shared.generate(options)).claims;
    expect(made({})).toMatchObject({ exp: now + 60, sub: 'alice', a: 1 });
    expect(made({ sub: undefined, ttl: undefined })).toMatchObject({ exp: now + 60, sub: 'alice' });
    expect(made({ sub: 'bob', ttl: 90, claims: { b: 2 } })).toMatchObject({
      exp: now + 90,
      sub: 'bob',
      b: 2,
    });
    expect(made({ claims: { b: 2 } })).not.toHaveProperty('a');
    expect(made({ exp: now + 45 })).toMatchObject({ exp: now + 45 });
  });

  test.each(['exp', 'iat', 'jti'])('%s makes no sense as a default', (name) => {
    const defaults = { [name]: name === 'jti' ? 'one' : now + 60 } as JwtGeneratorDefaults;
    const error = failure(() => new JwtGenerator(credentials, defaults));
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toContain(name);
  });

  test.each([null, 'options', 42, [], () => 0])(
    '%p instead of an object are refused',
    (options) => {
      expect(codeOf(options)).toBe('ERR_INVALID_OPTION');
      expect(failure(() => new JwtGenerator(credentials, options as never)).code).toBe(
        'ERR_INVALID_OPTION',
      );
    },
  );

  test('of a name that does not exist are refused, not ignored', () => {
    expect(codeOf({ expiresIn: 60 })).toBe('ERR_INVALID_OPTION');
    expect(codeOf({ iss: 'me' })).toBe('ERR_INVALID_OPTION');
    expect(codeOf({ acl: { paths: {}, path: {} } })).toBe('ERR_INVALID_OPTION');
    expect(codeOf({ acl: { paths: { '/a': { method: [] } } } })).toBe('ERR_INVALID_OPTION');
  });
});

describe('refused, naming the claim:', () => {
  const notTimes = [
    NaN,
    Infinity,
    -Infinity,
    -1,
    1.5,
    2 ** 53,
    '900',
    null,
    true,
    {},
    [],
    new Date(),
    900n,
  ];

  test.each(['ttl', 'exp', 'iat', 'nbf'])('%s of NaN, Infinity, a fraction, a text …', (name) => {
    for (const value of notTimes) {
      const error = failure(() => generator.generate({ [name]: value }));
      expect(error.code).toBe('ERR_CLAIM_INVALID');
      expect(error.message).toContain(name);
    }
  });

  test.each<[string, JwtOptions]>([
    ['ttl', { ttl: 29 }],
    ['ttl', { ttl: 0 }],
    ['ttl', { ttl: 86_401 }],
    ['exp', { exp: now + 29 }],
    ['exp', { exp: now + 86_401 }],
    ['exp', { exp: now, iat: now }],
    ['exp', { exp: now + 100, iat: now + 200 }],
    ['exp', { exp: now * 1000 }],
  ])('a life out of bounds by %s: %j', (name, options) => {
    const error = failure(() => generator.generate(options));
    expect(error.code).toBe('ERR_LIFETIME_OUT_OF_BOUNDS');
    expect(error.message).toContain(name);
  });

  test('exp that is past by the clock', () => {
    expect(codeOf({ iat: now - 900, exp: now })).toBe('ERR_EXP_IN_PAST');
    expect(codeOf({ iat: now - 901 })).toBe('ERR_EXP_IN_PAST');
    expect(claimsOf({ iat: now - 899 })['exp']).toBe(now + 1);
  });

  test('iat so late that exp cannot be told exactly', () => {
    expect(codeOf({ iat: Number.MAX_SAFE_INTEGER })).toBe('ERR_CLAIM_INVALID');
  });

  test('ttl and exp together', () => {
    expect(codeOf({ ttl: 60, exp: now + 60 })).toBe('ERR_TTL_WITH_EXP');
  });

  test('nbf that is not before exp', () => {
    expect(codeOf({ ttl: 60, nbf: now + 60 })).toBe('ERR_CLAIM_INVALID');
    expect(claimsOf({ ttl: 60, nbf: now + 59 })['nbf']).toBe(now + 59);
  });

  test.each(['', null, 42, {}, ['alice']])('sub or jti of %j', (value) => {
    expect(codeOf({ sub: value })).toBe('ERR_CLAIM_INVALID');
    expect(codeOf({ jti: value })).toBe('ERR_CLAIM_INVALID');
  });

  test.each(['application_id', 'iat', 'jti', 'exp', 'nbf', 'sub', 'acl', 'ttl', '__proto__'])(
    'a custom claim %s',
    (name) => {
      const claims = JSON.parse(`{ "${name}": { "polluted": true } }`) as Record<string, unknown>;
      const error = failure(() => generator.generate({ claims }));
      expect(error.code).toBe('ERR_CLAIM_RESERVED');
      expect(error.message).toContain(name);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 0],
    ['a symbol', Symbol('s')],
    ['a BigInt', 1n],
    ['NaN', NaN],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a Buffer', Buffer.from('x')],
    ['a hole in a list', [, 1]], // eslint-disable-line no-sparse-arrays
    ['a circle', circular],
    ['something too deep', JSON.parse('['.repeat(5000) + ']'.repeat(5000))],
  ])('a custom claim with %s in it, which JSON would lose', (_name, value) => {
    const error = failure(() => generator.generate({ claims: { outer: { inner: [value] } } }));
    expect(error.code).toBe('ERR_CLAIM_INVALID');
    expect(error.message).toContain('claims.outer.inner[0]');
  });

  test('__proto__ deep in a claim is copied as a name like any other', () => {
    const claims = { a: JSON.parse('{"__proto__": {"polluted": true}}') as object };
    const payload = generator.generate({ claims }).split('.')[1];
    expect(Buffer.from(String(payload), 'base64url').toString()).toContain(
      '{"a":{"__proto__":{"polluted":true}},',
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['no object', 'paths'],
    ['no paths', {}],
    ['a list of paths', { paths: ['/a'] }],
    ['a path without "/"', { paths: { users: {} } }],
    ['an empty path', { paths: { '': {} } }],
    ['a path with white space', { paths: { '/a b': {} } }],
    ['a path with a line break', { paths: { '/a\n': {} } }],
    ['__proto__ for a path', JSON.parse('{ "paths": { "__proto__": {} } }')],
    ['a rule that is no object', { paths: { '/a': true } }],
    ['methods that are no list', { paths: { '/a': { methods: 'GET' } } }],
    ['methods in small letters', { paths: { '/a': { methods: ['get'] } } }],
    ['methods that are no text', { paths: { '/a': { methods: [{ toString: null }] } } }],
    ['methods with a hole', { paths: { '/a': { methods: [,] } } }], // eslint-disable-line no-sparse-arrays
    ['filters that are no object', { paths: { '/a': { filters: [] } } }],
    ['filters that JSON cannot hold', { paths: { '/a': { filters: { a: NaN } } } }],
  ])('an acl with %s', (_name, acl) => {
    expect(codeOf({ acl })).toBe('ERR_CLAIM_INVALID');
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['a text', 'iss'],
    ['null', null],
  ])('claims that are %s', (_name, claims) => {
    expect(codeOf({ claims })).toBe('ERR_CLAIM_INVALID');
  });
});

describe('no input makes a token outside the bounds, or an error that is not ours', () => {
  const time = fc.oneof(
    fc.integer({ min: -10, max: 90_000 }),
    fc.integer({ min: now - 90_000, max: now + 180_000 }),
    fc.double(),
    fc.anything(),
  );
  const value = fc.oneof(
    fc.string(),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
  );
  const options = fc.record(
    {
      ttl: time,
      exp: time,
      iat: time,
      nbf: time,
      jti: value,
      sub: value,
      acl: fc.oneof(
        value,
        fc.record({
          paths: fc.dictionary(
            fc.string().map((text) => `/${text}`),
            fc.record(
              { methods: fc.array(fc.string()), filters: fc.object() },
              { requiredKeys: [] },
            ),
          ),
        }),
      ),
      claims: fc.oneof(value, fc.dictionary(fc.string(), value), fc.object()),
    },
    { requiredKeys: [] },
  );

  const check = (given: unknown) => {
    let token: string;
    try {
      token = generator.generate(given as JwtOptions);
    } catch (error) {
      failure(() => {
        throw error;
      });
      return;
    }
    const { header, claims } = decodeJwt(token);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(claims['application_id']).toBe(applicationId);
    const { iat, exp, nbf = 0, jti } = claims as Record<string, number>;
    for (const whole of [iat, exp, nbf]) expect(Number.isSafeInteger(whole)).toBe(true);
    expect(Number(exp) - Number(iat)).toBeGreaterThanOrEqual(30);
    expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(86_400);
    expect(exp).toBeGreaterThan(now);
    expect(nbf).toBeLessThan(Number(exp));
    expect(jti).toEqual(expect.stringMatching(/./s));
  };

  test('for any options of the right names', () => {
    fc.assert(fc.property(options, check), { numRuns: runs(1000) });
  });

  test('for options that throw when they are read', () => {
    const throwing = () => {
      throw new Error('hush-hush');
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const claims = Object.defineProperty({}, 'a', { get: throwing, enumerable: true });
    const options = Object.defineProperty({}, 'ttl', { get: throwing });
    for (const given of [{ claims }, { claims: { proxy } }, { acl: { paths: proxy } }, options])
      check(given);
    expect(codeOf({ claims })).toBe('ERR_CLAIM_INVALID');
    expect(codeOf(options)).toBe('ERR_CLAIM_INVALID');
    const own = Object.defineProperty({}, 'ttl', { get: throwing, enumerable: true });
    const codes = [
      () => generateJwt(applicationId, privateKey, own),
      () => generateJwt(applicationId, privateKey, proxy),
      () => new JwtGenerator(credentials, own),
      () => new JwtGenerator(credentials, proxy),
    ].map((make) => failure(make, ['hush-hush']).code);
    const [ofJwt, ofDefaults] = ['ERR_CLAIM_INVALID', 'ERR_INVALID_OPTION'];
    expect(codes).toEqual([ofJwt, ofJwt, ofDefaults, ofDefaults]);
  });

  test('for times near the bounds', () => {
    const near = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
    const around = (center: number) =>
      near.map((offset) => (offset === undefined ? undefined : center + offset));
    const times = fc.oneof(
      fc.record({ ttl: fc.oneof(around(30), around(86_400)), iat: around(now) }),
      fc.record({
        exp: fc.oneof(around(now), around(now + 30), around(now + 86_400)),
        iat: fc.oneof(around(now), around(now - 86_400)),
        nbf: around(now + 30),
      }),
    );
    fc.assert(fc.property(times, check), { numRuns: 300 });
  });

  test('for anything at all', () => {
    fc.assert(fc.property(fc.anything(), check), { numRuns: 300 });
  });

  test('custom claims come through unchanged', () => {
    const free = fc
      .string()
      .filter(
        (name) =>
          ![
            'application_id',
            'iat',
            'jti',
            'exp',
            'nbf',
            'sub',
            'acl',
            'ttl',
            '__proto__',
          ].includes(name),
      );
    fc.assert(
      fc.property(
        fc.dictionary(free, fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true }),
        (claims) => {
          const signed = JSON.parse(JSON.stringify(claims)) as Record<string, unknown>;
          expect(claimsOf({ claims })).toMatchObject(signed);
        },
      ),
    );
  });
});

describe('a generator is refused', () => {
  test('without application ID or private key, naming which', () => {
    const messageOf = (given: Credentials) => failure(() => new JwtGenerator(given)).message;
    expect(messageOf(new Credentials({}))).toContain('applicationId and privateKey');
    expect(messageOf(new Credentials({ applicationId }))).toContain('needs privateKey');
    expect(messageOf(new Credentials({ privateKey }))).toContain('needs applicationId');
    expect(failure(() => new JwtGenerator(new Credentials({}))).code).toBe(
      'ERR_MISSING_CREDENTIAL',
    );
  });

  test('with something else than Credentials', () => {
    const plain = { applicationId, privateKey } as unknown as Credentials;
    expect(failure(() => new JwtGenerator(plain)).code).toBe('ERR_INVALID_OPTION');
  });

  test('with a clock that is none', () => {
    const defaults = { now: 1_500_000_000 } as unknown as JwtGeneratorDefaults;
    expect(failure(() => new JwtGenerator(credentials, defaults)).code).toBe('ERR_INVALID_OPTION');
    for (const time of [
      NaN,
      Infinity,
      -1000,
      '1500000000000x' as never,
      5n as never,
      Symbol('s') as never,
    ]) {
      const broken = new JwtGenerator(credentials, { now: () => time });
      expect(failure(() => broken.generate()).code).toBe('ERR_INVALID_OPTION');
    }
  });
});

test('the key is parsed once for all tokens of a generator', () => {
  const parse = jest.spyOn(crypto, 'createPrivateKey');
  const own = new JwtGenerator(new Credentials({ applicationId, privateKey }), { now: clock });
  for (let count = 0; count < 3; count += 1) own.generate();
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});

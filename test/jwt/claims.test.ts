import fc from 'fast-check';
import { Credentials, decodeJwt, generateJwt, JwtGenerator, type JwtOptions } from '../../src';
import { failure } from '../support/errors';
import { keySecrets, keyText } from '../support/keys';
import { runs } from '../support/runs';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ applicationId, privateKey });
const now = 1_500_000_000;

const generator = new JwtGenerator(credentials, { now: () => now * 1000 + 999 });
const claimsOf = (options?: JwtOptions) => decodeJwt(generator.generate(options)).claims;
const codeOf = (options: unknown) =>
  failure(() => generator.generate(options as JwtOptions), keySecrets(privateKey)).code;

describe('a generator refuses, naming the claim,', () => {
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

  test.each(['ttl', 'exp', 'iat', 'nbf'])('%s of NaN, Infinity, a fraction, a string …', (name) => {
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
  ])('a lifetime out of bounds by %s: %j', (name, options) => {
    const error = failure(() => generator.generate(options));
    expect(error.code).toBe('ERR_LIFETIME_OUT_OF_BOUNDS');
    expect(error.message).toContain(name);
  });

  test('an exp in the past', () => {
    expect(codeOf({ iat: now - 900, exp: now })).toBe('ERR_EXP_IN_PAST');
    expect(codeOf({ iat: now - 901 })).toBe('ERR_EXP_IN_PAST');
    expect(claimsOf({ iat: now - 899 })['exp']).toBe(now + 1);
  });

  test('an iat so large that exp is not a safe integer', () => {
    expect(codeOf({ iat: Number.MAX_SAFE_INTEGER })).toBe('ERR_CLAIM_INVALID');
  });

  test('ttl and exp together', () => {
    expect(codeOf({ ttl: 60, exp: now + 60 })).toBe('ERR_TTL_WITH_EXP');
  });

  test('an nbf that is not before exp', () => {
    expect(codeOf({ ttl: 60, nbf: now + 60 })).toBe('ERR_CLAIM_INVALID');
    expect(claimsOf({ ttl: 60, nbf: now + 59 })['nbf']).toBe(now + 59);
  });

  test.each(['', null, 42, {}, ['alice']])('a sub or jti of %j', (value) => {
    expect(codeOf({ sub: value })).toBe('ERR_CLAIM_INVALID');
    expect(codeOf({ jti: value })).toBe('ERR_CLAIM_INVALID');
  });

  test.each(['application_id', 'iat', 'jti', 'exp', 'nbf', 'sub', 'acl', 'ttl', '__proto__'])(
    'a custom claim named %s',
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
    ['a hole in an array', [, 1]], // eslint-disable-line no-sparse-arrays
    ['a circular reference', circular],
    ['5000 levels of nesting', JSON.parse('['.repeat(5000) + ']'.repeat(5000))],
  ])('a custom claim that contains %s, which is unfit for JSON or too deep', (_name, value) => {
    const error = failure(() => generator.generate({ claims: { outer: { inner: [value] } } }));
    expect(error.code).toBe('ERR_CLAIM_INVALID');
    expect(error.message).toContain('claims.outer.inner[0]');
  });

  test('but not a nested __proto__, which is a name like any other', () => {
    const claims = { a: JSON.parse('{"__proto__": {"polluted": true}}') as object };
    const payload = generator.generate({ claims }).split('.')[1];
    expect(Buffer.from(String(payload), 'base64url').toString()).toContain(
      '{"a":{"__proto__":{"polluted":true}},',
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['a string', 'paths'],
    ['no paths', {}],
    ['an array of paths', { paths: ['/a'] }],
    ['a path without "/"', { paths: { users: {} } }],
    ['an empty path', { paths: { '': {} } }],
    ['a path with white space', { paths: { '/a b': {} } }],
    ['a path with a line break', { paths: { '/a\n': {} } }],
    ['__proto__ as path', JSON.parse('{ "paths": { "__proto__": {} } }')],
    ['a rule that is not an object', { paths: { '/a': true } }],
    ['methods that are not an array', { paths: { '/a': { methods: 'GET' } } }],
    ['methods in lower case', { paths: { '/a': { methods: ['get'] } } }],
    ['methods that are not strings', { paths: { '/a': { methods: [{ toString: null }] } } }],
    ['methods with a hole', { paths: { '/a': { methods: [,] } } }], // eslint-disable-line no-sparse-arrays
    ['filters that are not an object', { paths: { '/a': { filters: [] } } }],
    ['filters that JSON cannot represent', { paths: { '/a': { filters: { a: NaN } } } }],
  ])('an acl with %s', (_name, acl) => {
    expect(codeOf({ acl })).toBe('ERR_CLAIM_INVALID');
  });

  test.each<[string, unknown]>([
    ['an array', []],
    ['a string', 'iss'],
    ['null', null],
  ])('claims that are %s', (_name, claims) => {
    expect(codeOf({ claims })).toBe('ERR_CLAIM_INVALID');
  });
});

describe('no input gives a token out of bounds, or an error that is not a NexmoAuthError,', () => {
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

  const check = (input: unknown) => {
    let token: string;
    try {
      token = generator.generate(input as JwtOptions);
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

  test('from any options of known names', () => {
    fc.assert(fc.property(options, check), { numRuns: runs(1000) });
  });

  test('from options that throw when they are read', () => {
    const throwing = () => {
      throw new Error('hush-hush');
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const claims = Object.defineProperty({}, 'a', { get: throwing, enumerable: true });
    const options = Object.defineProperty({}, 'ttl', { get: throwing });
    const inputs = [{ claims }, { claims: { proxy } }, { acl: { paths: proxy } }, options];
    for (const input of inputs) check(input);
    expect(codeOf({ claims })).toBe('ERR_CLAIM_INVALID');
    expect(codeOf(options)).toBe('ERR_CLAIM_INVALID');
    const enumerable = Object.defineProperty({}, 'ttl', { get: throwing, enumerable: true });
    const codes = [
      () => generateJwt(applicationId, privateKey, enumerable),
      () => generateJwt(applicationId, privateKey, proxy),
      () => new JwtGenerator(credentials, enumerable),
      () => new JwtGenerator(credentials, proxy),
    ].map((make) => failure(make, ['hush-hush']).code);
    const [optionsCode, defaultsCode] = ['ERR_CLAIM_INVALID', 'ERR_INVALID_OPTION'];
    expect(codes).toEqual([optionsCode, optionsCode, defaultsCode, defaultsCode]);
  });

  test('from times near the bounds', () => {
    const offsets = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
    const around = (center: number) =>
      offsets.map((offset) => (offset === undefined ? undefined : center + offset));
    const times = fc.oneof(
      fc.record({ ttl: fc.oneof(around(30), around(86_400)), iat: around(now) }),
      fc.record({
        exp: fc.oneof(around(now), around(now + 30), around(now + 86_400)),
        iat: fc.oneof(around(now), around(now - 86_400)),
        nbf: around(now + 30),
      }),
    );
    fc.assert(fc.property(times, check), { numRuns: runs(300) });
  });

  test('from any value', () => {
    fc.assert(fc.property(fc.anything(), check), { numRuns: runs(300) });
  });

  test('and custom claims are signed unchanged', () => {
    const name = fc
      .string()
      .filter(
        (text) =>
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
          ].includes(text),
      );
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true }),
        (claims) => {
          const signed = JSON.parse(JSON.stringify(claims)) as Record<string, unknown>;
          expect(claimsOf({ claims })).toMatchObject(signed);
        },
      ),
    );
  });
});

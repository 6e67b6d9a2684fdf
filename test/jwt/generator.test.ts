import crypto from 'node:crypto';
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
  test('has the header { alg: RS256, typ: JWT } and no other field', () => {
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

  test('is new at every call', () => {
    expect(claimsOf()['jti']).not.toBe(claimsOf()['jti']);
  });

  test('contains nbf, sub, acl and custom claims if they are given', () => {
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
  ])('has the lifetime given by %s: %j', (_name, options, seconds) => {
    const { iat, exp } = claimsOf(options);
    expect(Number(exp) - Number(iat)).toBe(seconds);
  });

  test('equals the token that jose signs for the same claims, and jose accepts it', async () => {
    const custom = { iss: 'me', n: 1.5 };
    const acl: Acl = { paths: { '/*/users/**': {} } };
    const options = { jti: 'one', exp: now + 60, nbf: now, sub: 'ålice €', acl };
    const token = generator.generate({ ...options, claims: custom });
    const claims = { ...custom, application_id: applicationId, iat: now, ...options };
    const key = await importPKCS8(privateKey, 'RS256');
    const unsigned = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' });
    expect(await unsigned.sign(key)).toBe(token);
    const publicKey = await importSPKI(keyText('rsa-public'), 'RS256');
    const verified = await jwtVerify(token, publicKey, { currentDate: new Date(now * 1000) });
    expect(verified.payload).toEqual(claims);
  });

  test('is the same if generateJwt makes it', () => {
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
  test('of undefined inside acl are left out', () => {
    const acl = { paths: { '/a': { methods: undefined, filters: undefined } } };
    expect(claimsOf({ acl })['acl']).toEqual({ paths: { '/a': {} } });
  });

  test('are not changed, so deeply frozen options can be used twice (@vonage/jwt deletes ttl from its options)', () => {
    const options = deepFreeze({
      ttl: 60,
      acl: { paths: { '/a': { methods: ['GET'] } } },
      claims: { a: { b: [1] } },
    });
    const lifetimes = [1, 2].map(() => {
      const { exp, iat } = claimsOf(options);
      return Number(exp) - Number(iat);
    });
    expect(lifetimes).toEqual([60, 60]);
  });

  test('changed afterwards do not affect a generator', () => {
    const acl = { paths: { '/a': {} } as Record<string, object> };
    const claims: Record<string, unknown> = { iss: 'me' };
    const shared = new JwtGenerator(credentials, { now: clock, acl, claims });
    acl.paths['/b'] = {};
    claims['iss'] = 'other';
    const signed = decodeJwt(shared.generate()).claims;
    expect(signed['acl']).toEqual({ paths: { '/a': {} } });
    expect(signed['iss']).toBe('me');
  });

  test('of a call override the defaults', () => {
    const shared = new JwtGenerator(credentials, {
      now: clock,
      ttl: 60,
      sub: 'alice',
      claims: { a: 1 },
    });
    const claimsFor = (options: JwtOptions) => decodeJwt(shared.generate(options)).claims;
    expect(claimsFor({})).toMatchObject({ exp: now + 60, sub: 'alice', a: 1 });
    expect(claimsFor({ sub: undefined, ttl: undefined })).toMatchObject({
      exp: now + 60,
      sub: 'alice',
    });
    expect(claimsFor({ sub: 'bob', ttl: 90, claims: { b: 2 } })).toMatchObject({
      exp: now + 90,
      sub: 'bob',
      b: 2,
    });
    expect(claimsFor({ claims: { b: 2 } })).not.toHaveProperty('a');
    expect(claimsFor({ exp: now + 45 })).toMatchObject({ exp: now + 45 });
  });

  test.each(['exp', 'iat', 'jti'])('that include %s are refused as defaults', (name) => {
    const defaults = { [name]: name === 'jti' ? 'one' : now + 60 } as JwtGeneratorDefaults;
    const error = failure(() => new JwtGenerator(credentials, defaults));
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toContain(name);
  });

  test.each([null, 'options', 42, [], () => 0])('that are %p are refused', (options) => {
    expect(codeOf(options)).toBe('ERR_INVALID_OPTION');
    expect(failure(() => new JwtGenerator(credentials, options as never)).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });

  test('with an unknown name are refused, not ignored', () => {
    expect(codeOf({ expiresIn: 60 })).toBe('ERR_INVALID_OPTION');
    expect(codeOf({ iss: 'me' })).toBe('ERR_INVALID_OPTION');
    expect(codeOf({ acl: { paths: {}, path: {} } })).toBe('ERR_INVALID_OPTION');
    expect(codeOf({ acl: { paths: { '/a': { method: [] } } } })).toBe('ERR_INVALID_OPTION');
  });
});

describe('a generator refuses', () => {
  test('credentials without application ID or private key, and names what is missing', () => {
    const messageOf = (incomplete: Credentials) =>
      failure(() => new JwtGenerator(incomplete)).message;
    expect(messageOf(new Credentials({}))).toContain('applicationId and privateKey');
    expect(messageOf(new Credentials({ applicationId }))).toContain('needs privateKey');
    expect(messageOf(new Credentials({ privateKey }))).toContain('needs applicationId');
    expect(failure(() => new JwtGenerator(new Credentials({}))).code).toBe(
      'ERR_MISSING_CREDENTIAL',
    );
  });

  test('credentials that are not a Credentials object', () => {
    const plain = { applicationId, privateKey } as unknown as Credentials;
    expect(failure(() => new JwtGenerator(plain)).code).toBe('ERR_INVALID_OPTION');
  });

  test('a clock that is not a function, or returns no time', () => {
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

test('a generator parses its key once for all tokens', () => {
  const parse = jest.spyOn(crypto, 'createPrivateKey');
  const own = new JwtGenerator(new Credentials({ applicationId, privateKey }), { now: clock });
  for (let count = 0; count < 3; count += 1) own.generate();
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});

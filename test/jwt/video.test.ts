import { importSPKI, jwtVerify } from 'jose';
import {
  Credentials,
  decodeJwt,
  generateVideoToken,
  JwtGenerator,
  type VideoTokenOptions,
} from '../../src';
import { applicationId } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const now = 1_500_000_000;
const clock = () => now * 1000;
const generator = new JwtGenerator(new Credentials({ applicationId, privateKey }), {
  now: clock,
  ttl: 60,
  claims: { iss: 'me' },
});
const sessionId = '1_MX4tenant~session';

async function claimsOf(token: string): Promise<unknown> {
  const key = await importSPKI(keyText('rsa-public'), 'RS256');
  return (await jwtVerify(token, key, { currentDate: new Date(clock()) })).payload;
}

test('a video token has the documented claims and a lifetime of 15 minutes by default', async () => {
  expect(await claimsOf(generator.generateVideoToken({ sessionId, jti: 'one' }))).toEqual({
    application_id: applicationId,
    iat: now,
    exp: now + 900,
    jti: 'one',
    sub: 'video',
    acl: { paths: { '/session/**': {} } },
    scope: 'session.connect',
    session_id: sessionId,
    role: 'publisher',
    initial_layout_class_list: '',
  });
});

test.each(['publisher', 'subscriber', 'moderator', 'publisheronly'] as const)(
  'a video token may have the role %s',
  async (role) => {
    const token = generator.generateVideoToken({
      sessionId,
      role,
      initialLayoutClassList: ['focus', 'inactive'],
      connectionData: 'name=Ålice',
    });
    expect(await claimsOf(token)).toMatchObject({
      role,
      initial_layout_class_list: 'focus inactive',
      connection_data: 'name=Ålice',
    });
  },
);

test('a video token has a lifetime of at most 30 days', async () => {
  const month = 30 * 24 * 60 * 60;
  const lifetimes = [{ ttl: month }, { exp: now + month }, { ttl: 30 }];
  for (const lifetime of lifetimes) {
    const claims = await claimsOf(generator.generateVideoToken({ sessionId, ...lifetime }));
    expect(claims).toMatchObject({ exp: now + (lifetime.ttl ?? month) });
  }
  for (const lifetime of [{ ttl: month + 1 }, { exp: now + month + 1 }, { ttl: 29 }]) {
    const make = () => generator.generateVideoToken({ sessionId, ...lifetime });
    expect(failure(make).code).toBe('ERR_LIFETIME_OUT_OF_BOUNDS');
  }
});

test('a video token may be signed in the thread pool, by a signer, or without a generator', async () => {
  const options = { sessionId, jti: 'one' };
  const token = generator.generateVideoToken(options);
  expect(await generator.generateVideoTokenAsync(options)).toBe(token);
  expect(generateVideoToken(applicationId, privateKey, { ...options, now: clock })).toBe(token);
  const keyless = new JwtGenerator(new Credentials({ applicationId }), {
    signer: () => new Uint8Array(256),
  });
  expect(failure(() => keyless.generateVideoToken(options)).code).toBe('ERR_SIGNER_NEEDS_ASYNC');
  expect(await keyless.generateVideoTokenAsync(options)).toMatch(/^eyJ/);
});

test('connectionData may have 1,000 characters', () => {
  const connectionData = 'x'.repeat(1000);
  const { claims } = decodeJwt(generator.generateVideoToken({ sessionId, connectionData }));
  expect(claims).toMatchObject({ connection_data: connectionData });
});

test('video options are not modified', () => {
  const options = Object.freeze({ sessionId, initialLayoutClassList: Object.freeze(['focus']) });
  expect(generator.generateVideoToken(options)).toMatch(/^eyJ/);
});

test.each<[string, object, string]>([
  ['no session', {}, 'ERR_CLAIM_INVALID'],
  ['an empty session', { sessionId: '' }, 'ERR_CLAIM_INVALID'],
  ['an unknown role', { sessionId, role: 'admin' }, 'ERR_CLAIM_INVALID'],
  [
    'a role named like a prototype property',
    { sessionId, role: 'constructor' },
    'ERR_CLAIM_INVALID',
  ],
  [
    'a class list that is a string',
    { sessionId, initialLayoutClassList: 'a' },
    'ERR_CLAIM_INVALID',
  ],
  [
    'a class name with a space',
    { sessionId, initialLayoutClassList: ['a b'] },
    'ERR_CLAIM_INVALID',
  ],
  ['connectionData that is not a string', { sessionId, connectionData: {} }, 'ERR_CLAIM_INVALID'],
  [
    'connectionData of more than 1,000 characters',
    { sessionId, connectionData: 'x'.repeat(1001) },
    'ERR_CLAIM_INVALID',
  ],
  ['ttl and exp', { sessionId, ttl: 60, exp: now + 60 }, 'ERR_TTL_WITH_EXP'],
  ['a ttl with a fraction of a second', { sessionId, ttl: 60.5 }, 'ERR_CLAIM_INVALID'],
  ['custom claims', { sessionId, claims: { role: 'moderator' } }, 'ERR_INVALID_OPTION'],
  ['a custom acl', { sessionId, acl: { paths: {} } }, 'ERR_INVALID_OPTION'],
])('a video token with %s is refused', async (_name, options, code) => {
  const videoOptions = options as VideoTokenOptions;
  expect(failure(() => generator.generateVideoToken(videoOptions)).code).toBe(code);
  expect((await rejection(generator.generateVideoTokenAsync(videoOptions))).code).toBe(code);
});

test('video options that throw when they are read are refused', () => {
  const throwing = () => {
    throw new Error('hush-hush');
  };
  const options: object[] = [
    Object.defineProperty({}, 'sessionId', { get: throwing, enumerable: true }),
    { sessionId, initialLayoutClassList: new Proxy([], { get: throwing }) },
  ];
  for (const each of options) {
    const videoOptions = each as VideoTokenOptions;
    const makes = [
      () => generator.generateVideoToken(videoOptions),
      () => generateVideoToken(applicationId, privateKey, videoOptions),
    ];
    for (const make of makes) expect(failure(make, ['hush-hush']).code).toBe('ERR_CLAIM_INVALID');
  }
});

test('video options of null are refused', () => {
  const make = () => generateVideoToken(applicationId, privateKey, null as never);
  expect(failure(make).code).toBe('ERR_INVALID_OPTION');
});

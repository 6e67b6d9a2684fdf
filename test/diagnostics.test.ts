import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import { AuthInjector, createAuthFetch, Credentials, JwtGenerator } from '../src';
import type { DiagnosticsEvents } from '../src/diagnostics';
import { type Sandbox, startSandbox } from '../src/testing';
import { applicationId, held } from './support/account';
import { rejection } from './support/errors';
import { keyText } from './support/keys';
import { leaksIn } from './support/leaks';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const names: (keyof DiagnosticsEvents)[] = [
  'token:signed',
  'token:reused',
  'token:refreshed',
  'token:refresh-failed',
  'credential:attached',
  'request:refused',
  'request:retried',
];

let events: [string, unknown][];
const listeners = names.map((name) => {
  const listener = (event: unknown) => {
    // In this worker, a call that the tests of another file left behind may reach its deadline now.
    if (String((event as { code?: string }).code).endsWith('_TIMEOUT')) return;
    events.push([name, event]);
  };
  return { channel: `nexmo-auth:${name}`, listener };
});

let time: number;
let sandbox: Sandbox;
beforeEach(async () => {
  time = 1_500_000_000;
  events = [];
  for (const { channel, listener } of listeners) subscribe(channel, listener);
  sandbox = await startSandbox({
    ...held,
    applicationId,
    publicKey: keyText('rsa-public'),
    now: () => time * 1000,
  });
});
afterEach(async () => {
  for (const { channel, listener } of listeners) unsubscribe(channel, listener);
  await sandbox.close();
});

test('events say that a token was signed, reused or refreshed, or that a refresh failed', async () => {
  let sign: (input: Uint8Array) => Uint8Array = () => new Uint8Array(256);
  const signer = (input: Uint8Array) => sign(input);
  const generator = new JwtGenerator(credentials, { now: () => time * 1000, signer });
  await generator.token();
  time += 840;
  await generator.token();
  await setImmediate();
  sign = () => {
    throw new Error('hush-hush');
  };
  time += 840;
  await generator.token();
  await setImmediate();
  const first = { applicationId, iat: 1_500_000_000, exp: 1_500_000_900 };
  const second = { applicationId, iat: 1_500_000_840, exp: 1_500_001_740 };
  expect(events).toEqual([
    ['token:signed', first],
    ['token:reused', first],
    ['token:signed', second],
    ['token:refreshed', second],
    ['token:reused', second],
    ['token:refresh-failed', { applicationId, code: 'ERR_SIGNER_FAILED' }],
  ]);
});

test('events say that a request was sent, was refused, and was retried with the other secret of a pair', async () => {
  const options = { products: sandbox.products, now: () => time * 1000 };
  const pair = ['not-the-secret', held.apiSecret] as const;
  const auth = new AuthInjector(credentials.with({ apiSecret: pair }), options);
  await createAuthFetch(auth)(`${sandbox.url('account')}get-balance`);
  const query = { product: 'account', scheme: 'query' };
  expect(events).toEqual([
    ['credential:attached', query],
    ['credential:attached', query],
    [
      'request:refused',
      {
        ...query,
        status: 401,
        title: 'authentication failed',
        cause: expect.stringContaining('missing or wrong') as string,
        remedy: expect.stringContaining('Check the API key') as string,
        code: '401',
        url: `${sandbox.url('account')}get-balance`,
        date: new Date(time * 1000).toUTCString(),
        clockDifference: 0,
        willRetry: true,
      },
    ],
    ['request:retried', { ...query, with: 'other credentials' }],
  ]);
  expect(leaksIn(events, [...pair, ...Object.values(held).slice(1)])).toEqual([]);
});

test('no event says that a request was retried if its new token could not be signed', async () => {
  const answers = [200, 401];
  const sign = jest.fn(() => new Uint8Array(256));
  const auth = new AuthInjector(credentials, { signer: sign, now: () => time * 1000 });
  const fetch = () => Promise.resolve(new Response('', { status: answers.shift() ?? 200 }));
  const authFetch = createAuthFetch(auth, { fetch });
  await authFetch('https://api.nexmo.com/v1/calls');
  sign.mockImplementation(() => {
    throw new Error('hush-hush');
  });
  const error = await rejection(authFetch('https://api.nexmo.com/v1/calls'), ['hush-hush']);
  expect(error.code).toBe('ERR_SIGNER_FAILED');
  expect(events.map(([name]) => name)).not.toContain('request:retried');
});

test('no event contains the token of a request', async () => {
  const auth = new AuthInjector(credentials, {
    products: sandbox.products,
    now: () => time * 1000,
  });
  const { headers } = await auth.inject({ url: sandbox.url('voice') });
  const token = String(headers['Authorization']).slice(7);
  expect(events.map(([name]) => name)).toEqual(['token:signed', 'credential:attached']);
  expect(leaksIn(events, [token, ...token.split('.')])).toEqual([]);
});

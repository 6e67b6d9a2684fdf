import { setTimeout } from 'node:timers/promises';
import {
  AuthInjector,
  type AuthInjectorOptions,
  createAuthFetch,
  Credentials,
  fromChain,
  type ProviderFunction,
  sharedProvider,
  type SharedProviderOptions,
  WebhookVerifier,
} from '../../src';
import { type Sandbox, signSmsCallback, startSandbox } from '../../src/testing';
import { held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { runs } from '../support/runs';

const many = runs(1000);
const credentials = new Credentials(held);
const rotated = credentials.with({ apiSecret: 'ABCDEFGH01234abd' });

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await startSandbox(held)));
afterEach(() => sandbox.close());

/** A provider that takes a moment. It returns each of `results` once, and then `last` at every call. */
const slow = (last: Credentials, ...results: Credentials[]) =>
  jest.fn<Promise<Credentials>, Parameters<ProviderFunction>>(async () => {
    await setTimeout(5);
    return results.shift() ?? last;
  });

const schemes = { account: 'basic' } as const;
const authOf = (provider: ProviderFunction, options: AuthInjectorOptions = {}) =>
  new AuthInjector(provider, { products: sandbox.products, schemes, ...options });
const send = async (auth: AuthInjector) => {
  const response = await createAuthFetch(auth)(`${sandbox.url('account')}get-balance`);
  await response.arrayBuffer();
  return response.status;
};

test('several injectors and many other callers share one call of the provider, and its result', async () => {
  const provider = slow(credentials);
  const shared = sharedProvider(provider);
  expect(provider).not.toHaveBeenCalled();
  const injectors = Array.from({ length: 20 }, () => authOf(shared));
  const url = `${sandbox.url('account')}get-balance`;
  await Promise.all([
    ...injectors.map((auth) => auth.inject({ url })),
    ...Array.from({ length: many }, async () => (await shared()).reveal('signatureSecret')),
  ]);
  expect(await shared()).toBe(credentials);
  expect(provider).toHaveBeenCalledTimes(1);
});

test.each<[string, (provider: ProviderFunction) => ProviderFunction]>([
  ['a shared provider', (provider) => provider],
  ['a chain around a shared provider', (provider) => fromChain(provider)],
  [
    'a function that adds credentials to those of a shared provider',
    (provider) => async (context) =>
      ((await provider(context)) as Credentials).with({
        oauth1: { consumerKey: 'consumer-key', consumerSecret: 'consumer-secret' },
      }),
  ],
])(
  'with %s, many concurrent refusals in several injectors cause one call of the provider',
  async (_which, around) => {
    const provider = slow(rotated, credentials);
    const shared = sharedProvider(provider);
    const injectors = Array.from({ length: 4 }, () => authOf(around(shared)));
    expect(await Promise.all(injectors.map(send))).toEqual([200, 200, 200, 200]);
    sandbox.change({ apiSecret: rotated.reveal('apiSecret') });
    const requests = injectors.flatMap((auth) =>
      Array.from({ length: many / 4 }, () => send(auth)),
    );
    expect(new Set(await Promise.all(requests))).toEqual(new Set([200]));
    expect(await shared()).toBe(rotated);
    expect(provider).toHaveBeenCalledTimes(2);
    expect(provider.mock.calls.map(([{ refused }]) => refused)).toEqual([
      undefined,
      expect.anything(),
    ]);
  },
);

test('while the provider returns refused credentials, it is called once per back-off interval', async () => {
  const provider = slow(rotated);
  const shared = sharedProvider(provider);
  const injectors = Array.from({ length: 4 }, () => authOf(shared));
  const requests = injectors.flatMap((auth) => Array.from({ length: 15 }, () => send(auth)));
  expect(new Set(await Promise.all(requests))).toEqual(new Set([401]));
  // The first call, one after the refusals and, in a slow run, one for each interval of 1, 2 and 4 seconds.
  expect(provider.mock.calls.length).toBeLessThanOrEqual(5);
});

test('if the second secret of a pair worked for one injector, the others use it at once', async () => {
  const pair = credentials.with({ apiSecret: ['ABCDEFGH01234abd', held.apiSecret] });
  const shared = sharedProvider(() => pair);
  expect(await send(authOf(shared))).toBe(200);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([401, 200]);
  expect(await send(authOf(shared))).toBe(200);
  expect(sandbox.requests).toHaveLength(3);
});

test('a refused pair is recognised, although the secret that worked has been moved to the front', async () => {
  const pair = credentials.with({ apiSecret: ['ABCDEFGH01234abd', held.apiSecret] });
  const next = credentials.with({ apiSecret: 'ABCDEFGH01234abe' });
  const provider = slow(next, pair);
  const auth = authOf(fromChain(sharedProvider(provider)));
  expect(await send(auth)).toBe(200);
  sandbox.change({ apiSecret: 'ABCDEFGH01234abe' });
  await send(auth);
  expect(await send(auth)).toBe(200);
  expect(provider).toHaveBeenCalledTimes(2);
});

test('credentials that expire are replaced for all callers', async () => {
  let time = 1_500_000_000;
  const results = [credentials, rotated];
  const shared = sharedProvider(
    () => ({ credentials: results.shift() ?? rotated, expiresAt: time + 600 }),
    { now: () => time * 1000 },
  );
  expect(await shared()).toBe(credentials);
  time += 590;
  expect(await shared()).toBe(credentials);
  await setTimeout(1);
  expect(await shared()).toBe(rotated);
});

test('maxAge, deadline and signal are options of the shared provider', async () => {
  const provider = slow(rotated, credentials);
  const shared = sharedProvider(provider, { maxAge: 0, deadline: 5 });
  expect([await shared(), await shared()]).toEqual([credentials, rotated]);
  const signal = AbortSignal.abort();
  const error = await rejection(sharedProvider(provider, { signal })());
  expect(error.code).toBe('ERR_PROVIDER_ABORTED');
});

test('an injector with a shared provider takes no provider options of its own', () => {
  const shared = sharedProvider(() => credentials);
  expect(() => authOf(shared, { provider: {} })).not.toThrow();
  expect(() => authOf(shared, { provider: { maxAge: undefined } })).not.toThrow();
  const error = failure(() => authOf(shared, { provider: { maxAge: 60 } }));
  expect(error.code).toBe('ERR_INVALID_OPTION');
  expect(error.message).toContain('sharedProvider');
});

test('an error of the provider reaches all callers, and the next call of shared() calls the provider again', async () => {
  const provider = jest.fn<Credentials, []>(() => {
    throw new Error('hush-hush');
  });
  const shared = sharedProvider(provider);
  const both = await Promise.all([rejection(shared(), ['hush-hush']), rejection(shared())]);
  expect(both.map(({ code }) => code)).toEqual(['ERR_PROVIDER_FAILED', 'ERR_PROVIDER_FAILED']);
  expect(provider).toHaveBeenCalledTimes(1);
  provider.mockReturnValue(credentials);
  expect(await shared()).toBe(credentials);
});

test.each<[string, unknown, unknown]>([
  ['Credentials', credentials, {}],
  ['undefined', undefined, {}],
  ['an unknown option', () => credentials, { ttl: 5 }],
  ['options that are null', () => credentials, null],
  ['a negative maxAge', () => credentials, { maxAge: -1 }],
  ['a clock that is no function', () => credentials, { now: 5 }],
])('sharedProvider refuses %s', (_what, provider, options) => {
  const make = () => sharedProvider(provider as ProviderFunction, options as SharedProviderOptions);
  expect(failure(make).code).toBe('ERR_INVALID_OPTION');
});

test('the secrets of a webhook verifier may come from a shared provider', async () => {
  const provider = slow(credentials);
  const shared = sharedProvider(provider);
  const verifier = new WebhookVerifier({
    secrets: async () => (await shared()).reveal('signatureSecret'),
  });
  for (let count = 0; count < 3; count += 1) {
    const callback = signSmsCallback({ secret: held.signatureSecret, params: { text: 'Hello' } });
    expect(await verifier.verifySms(callback)).toMatchObject({ text: 'Hello' });
  }
  expect(provider).toHaveBeenCalledTimes(1);
});

// Tests of src/credentials/expiry.ts, and of the expiry in src/credentials/source.ts.
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { Credentials } from '../../src';
import {
  type ExpiringCredentials,
  fromChain,
  type ProvidedCredentials,
} from '../../src/credentials/providers';
import { CredentialSource, type ProviderOptions } from '../../src/credentials/source';
import { rejection } from '../support/errors';

const credentialsWith = (apiSecret: string) => new Credentials({ apiKey: 'abcd1234', apiSecret });
const [first, second] = [credentialsWith('one'), credentialsWith('two')];
const start = 1_500_000_000;

/** Seconds of the system clock and of the monotonic clock. */
let [time, monotonic] = [start, 0];
const elapse = (seconds: number) => {
  time += seconds;
  monotonic += seconds;
};
let warnings: jest.SpyInstance;
beforeEach(() => {
  [time, monotonic] = [start, 0];
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  warnings.mockRestore();
});

/**
 * A source whose provider returns `results` in turn, and the last of them at every later call. A result that is an
 * `Error` is thrown.
 */
function sourceOf(results: unknown[], options: ProviderOptions = {}) {
  const provider = jest.fn(async (): Promise<ProvidedCredentials> => {
    await Promise.resolve();
    const result = results.length > 1 ? results.shift() : results[0];
    if (result instanceof Error) throw result;
    return result as ProvidedCredentials;
  });
  const clocks = [() => time * 1000, () => monotonic * 1000] as const;
  return { source: new CredentialSource(provider, options, ...clocks), provider };
}
const until = (expiresAt: unknown, credentials = first) =>
  ({ credentials, expiresAt }) as ExpiringCredentials;
const settle = () => new Promise(setImmediate);

test.each([
  ['seconds', start + 600],
  ['a Date', new Date((start + 600) * 1000)],
  ['a Date of another realm', runInNewContext(`new Date(${(start + 600) * 1000})`) as Date],
])('credentials with an expiresAt given as %s are used until then', async (_form, expiresAt) => {
  const { source, provider } = sourceOf([until(expiresAt), until(start + 9000, second)]);
  expect(await source.current()).toBe(first);
  elapse(539);
  expect(source.current()).toBe(first);
  await settle();
  expect(provider).toHaveBeenCalledTimes(1);
  elapse(1);
  expect(source.current()).toBe(first);
  expect(source.current()).toBe(first);
  await settle();
  expect(provider).toHaveBeenCalledTimes(2);
  expect(source.current()).toBe(second);
});

test('without expiresAt, credentials do not expire', async () => {
  const { source, provider } = sourceOf([{ credentials: first }, second]);
  await source.current();
  elapse(1e9);
  expect(source.current()).toBe(first);
  expect(provider).toHaveBeenCalledTimes(1);
});

test('1,000 requests after the expiry wait for new credentials, and share one call', async () => {
  const { source, provider } = sourceOf([until(start + 600), until(start + 9000, second)]);
  await source.current();
  elapse(600);
  const all = await Promise.all(Array.from({ length: 1000 }, async () => source.current()));
  expect(new Set(all)).toEqual(new Set([second]));
  expect(provider).toHaveBeenCalledTimes(2);
});

test('1,000 requests shortly before the expiry share one call in the background', async () => {
  const { source, provider } = sourceOf([until(start + 600), until(start + 9000, second)]);
  await source.current();
  elapse(590);
  const all = Array.from({ length: 1000 }, () => source.current());
  expect(new Set(all)).toEqual(new Set([first]));
  await settle();
  expect(provider).toHaveBeenCalledTimes(2);
});

test('a call in the background that fails is no error before the expiry, but is an error after it', async () => {
  const { source, provider } = sourceOf([until(start + 600), new Error('hush-hush')]);
  await source.current();
  elapse(590);
  expect(source.current()).toBe(first);
  await settle();
  expect(source.current()).toBe(first);
  expect(provider).toHaveBeenCalledTimes(2);
  expect(warnings.mock.calls).toEqual([
    [expect.any(String), { type: 'NexmoAuthWarning', code: 'ERR_PROVIDER_FAILED' }],
  ]);
  elapse(10);
  for (let count = 0; count < 3; count += 1) {
    expect((await rejection(source.current(), ['hush-hush'])).code).toBe('ERR_PROVIDER_FAILED');
  }
  expect(source.inUse).toBeUndefined();
  expect(warnings).toHaveBeenCalledTimes(1);
});

test('a call in the background that fails is repeated after the back-off interval', async () => {
  const failing = new Error('no network');
  const { source, provider } = sourceOf([until(start + 600), failing, failing, second]);
  await source.current();
  elapse(540);
  for (const [seconds, calls] of [
    [0, 2],
    [1, 3],
    [1, 3],
    [1, 4],
  ] as const) {
    elapse(seconds);
    expect(source.current()).toBe(first);
    await settle();
    expect(provider).toHaveBeenCalledTimes(calls);
  }
  expect(source.current()).toBe(second);
});

test('a provider that returns the same credentials with the same expiry is not asked at every request', async () => {
  const { source, provider } = sourceOf([until(start + 600)]);
  await source.current();
  elapse(540);
  for (let count = 0; count < 50; count += 1) {
    expect(source.current()).toBe(first);
    await settle();
  }
  expect(provider).toHaveBeenCalledTimes(2);
});

test('a call after maxAge that fails is an error if the credentials have expired meanwhile', async () => {
  const results = [until(start + 600), new Error('no network')];
  const { source } = sourceOf(results, { maxAge: 60 });
  await source.current();
  elapse(100);
  expect(await source.current()).toBe(first);
  elapse(400);
  const late = source.current();
  elapse(100);
  expect((await rejection(late)).code).toBe('ERR_PROVIDER_FAILED');
});

describe('the clock', () => {
  test.each([
    ['set back', -86_400],
    ['set forward', 3600],
  ])('%s does not let credentials outlive their lifetime', async (_how, seconds) => {
    const { source } = sourceOf([until(start + 600), until(start + 90_000, second)]);
    await source.current();
    time += seconds;
    elapse(600);
    expect(source.inUse).toBeUndefined();
    expect(await source.current()).toBe(second);
  });

  test('set back leaves credentials in use within their lifetime', async () => {
    const { source } = sourceOf([until(start + 600)]);
    await source.current();
    time -= 86_400;
    elapse(500);
    expect(source.current()).toBe(first);
  });
});

describe('an expiresAt', () => {
  test.each<[string, unknown, string]>([
    ['of now', start, 'have expired: their expiresAt is 2017-07-14T02:40:00.000Z'],
    ['in the past', start - 1, 'expiresAt'],
    ['of 0', 0, 'expiresAt is 1970'],
    ['that is a Date in the past', new Date(0), 'expiresAt'],
    ['of NaN', NaN, 'expiresAt'],
    ['of Infinity', Infinity, 'expiresAt'],
    ['with a fraction', start + 0.5, 'expiresAt'],
    ['below 0', -5, 'expiresAt'],
    ['that is an invalid Date', new Date(NaN), 'expiresAt'],
    ['before 1970', new Date(-5000), 'expiresAt'],
    ['that is text', String(start + 60), 'expiresAt'],
    ['that is a date as text', '2099-01-01T00:00:00Z', 'expiresAt'],
    ['of null', null, 'expiresAt'],
    ['that is an object', { valueOf: () => start + 60 }, 'expiresAt'],
    [
      'in milliseconds',
      (start + 60) * 1000,
      'expiresAt that is not valid. It must be a valid Date, or whole seconds since the epoch; this one seems to be in milliseconds.',
    ],
  ])('%s is an error that names the field', async (_which, expiresAt, message) => {
    const error = await rejection(sourceOf([until(expiresAt)]).source.current(), ['one']);
    expect(error.code).toBe('ERR_PROVIDER_FAILED');
    expect(error.message).toContain(message);
  });

  test('in the year 9999 is accepted', async () => {
    for (const expiresAt of [253_402_300_799, new Date('9999-12-31T23:59:59Z')]) {
      expect(await sourceOf([until(expiresAt)]).source.current()).toBe(first);
    }
  });

  test('in the past, from a call in the background, leaves the earlier credentials in use', async () => {
    const { source } = sourceOf([until(start + 600), until(start + 500, second)]);
    await source.current();
    elapse(590);
    expect(source.current()).toBe(first);
    await settle();
    expect(source.current()).toBe(first);
    expect(String(warnings.mock.calls)).toContain('expiresAt');
  });

  test('of any type either is accepted, or is an error that names the field', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (expiresAt) => {
        const { source } = sourceOf([until(expiresAt)]);
        const result = await Promise.resolve(source.current()).catch((error: unknown) => error);
        if (result === first) return;
        expect(result).toMatchObject({ code: 'ERR_PROVIDER_FAILED' });
        expect((result as Error).message).toContain('expiresAt');
      }),
    );
  });
});

test.each<[string, unknown, string]>([
  ['a mistyped name', { credentials: first, expires_at: start + 600 }, 'ERR_INVALID_OPTION'],
  ['a plain object as credentials', { credentials: { apiKey: 'abcd1234' } }, 'ERR_PROVIDER_FAILED'],
  ['no credentials', { expiresAt: start + 600 }, 'ERR_PROVIDER_FAILED'],
  [
    'a getter that throws',
    {
      get credentials() {
        throw new Error('hush-hush');
      },
    },
    'ERR_PROVIDER_FAILED',
  ],
])('a result with %s is an error', async (_what, result, code) => {
  const error = await rejection(sourceOf([result]).source.current(), ['hush-hush']);
  expect(error.code).toBe(code);
});

test('a chain of providers passes the expiry on', async () => {
  const chain = fromChain(() => until(start + 600));
  expect(await chain()).toEqual(until(start + 600));
  const clocks = [() => time * 1000, () => monotonic * 1000] as const;
  const source = new CredentialSource(chain, {}, ...clocks);
  await source.current();
  elapse(600);
  expect(source.inUse).toBeUndefined();
});

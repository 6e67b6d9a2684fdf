import { Credentials } from '../../src';
import type { CredentialsProvider, ProviderContext } from '../../src/credentials/providers';
import { CredentialSource, type ProviderOptions } from '../../src/credentials/source';
import { findOtherCredentials } from '../../src/injector/retry-policy';
import { applicationId } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const kind = 'key-secret';
const privateKey = keyText('rsa-pkcs8');
const [first, second, third] = ['one', 'two', 'three'].map(
  (apiSecret) => new Credentials({ apiKey: 'abcd1234', apiSecret }),
) as [Credentials, Credentials, Credentials];
const pair = new Credentials({ apiKey: 'abcd1234', apiSecret: ['one', 'two'] });

/** Seconds of the system clock and of the monotonic clock. */
let [time, monotonic] = [0, 0];
const sourceOf = (from: Credentials | CredentialsProvider, options: ProviderOptions = {}) =>
  new CredentialSource(
    from,
    options,
    () => time * 1000,
    () => monotonic * 1000,
  );
const elapse = (seconds: number) => {
  time += seconds;
  monotonic += seconds;
};

/** A provider that returns one value per call, and the contexts of its calls. */
function sequence(...all: (Credentials | Error)[]) {
  const asked: ProviderContext[] = [];
  const provider: CredentialsProvider = async (context) => {
    if (context !== undefined) asked.push(context);
    const next = all[asked.length - 1];
    if (next instanceof Credentials) return Promise.resolve(next);
    throw next ?? new Error('Called too often.');
  };
  return { provider, asked };
}

beforeEach(() => {
  [time, monotonic] = [1_500_000_000, 0];
});

/** The warnings emitted while a function runs. */
async function warningsOf(run: () => Promise<unknown>): Promise<unknown[][]> {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  await run();
  const { calls } = warn.mock;
  warn.mockRestore();
  return calls;
}

describe('a provider', () => {
  test('is called at the first request, once for all concurrent requests', async () => {
    const { provider, asked } = sequence(first);
    const source = sourceOf(provider);
    expect(asked).toHaveLength(0);
    const all = await Promise.all(Array.from({ length: 100 }, async () => source.current()));
    expect(new Set(all)).toEqual(new Set([first]));
    for (const later of [1_000_000, -2_000_000]) {
      time += later;
      expect(await source.current()).toBe(first);
    }
    expect(asked).toHaveLength(1);
  });

  test('is called again after a failed call', async () => {
    const { provider, asked } = sequence(new Error('no network'), first);
    const source = sourceOf(provider);
    expect((await rejection(source.current())).code).toBe('ERR_PROVIDER_FAILED');
    expect(await source.current()).toBe(first);
    expect(asked).toHaveLength(2);
  });

  test('may return synchronously', async () => {
    expect(await sourceOf(() => first).current()).toBe(first);
  });

  test('is called again after maxAge, by the clock or, if the clock was set back, by the monotonic clock', async () => {
    const { provider } = sequence(first, second, third);
    const source = sourceOf(provider, { maxAge: 60 });
    expect(await source.current()).toBe(first);
    time += 59;
    expect(await source.current()).toBe(first);
    time += 1;
    expect(await source.current()).toBe(second);
    for (const setBack of [1, 20, 1_000_000]) {
      time -= setBack;
      elapse(19);
      expect(await source.current()).toBe(second);
    }
    elapse(3);
    expect(await source.current()).toBe(third);
  });

  test('that fails after maxAge leaves its credentials in use, with a warning', async () => {
    const { provider, asked } = sequence(first, new Error('hush-hush'), second);
    const source = sourceOf(provider, { maxAge: 60 });
    await source.current();
    time += 60;
    const warnings = await warningsOf(async () => {
      expect(await source.current()).toBe(first);
      expect(await source.current()).toBe(first);
    });
    expect(warnings).toEqual([
      [
        expect.stringContaining('the previous credentials stay in use'),
        { type: 'NexmoAuthWarning', code: 'ERR_PROVIDER_FAILED' },
      ],
    ]);
    expect(String(warnings)).not.toContain('hush-hush');
    expect(asked).toHaveLength(2);
    elapse(60);
    expect(await source.current()).toBe(second);
  });

  test.each<[string, unknown, string]>([
    ['a TypeError', new TypeError('hush-hush'), 'failed (TypeError).'],
    ['a string', 'hush-hush', 'failed.'],
    ['null', null, 'failed.'],
    [
      'an error with a secret in its name',
      Object.assign(new Error(), { name: 'hush-hush' }),
      'failed.',
    ],
  ])(
    'that throws %s is named in the message, without the text of the error',
    async (_name, thrown, message) => {
      const provider = () => {
        throw thrown;
      };
      const error = await rejection(sourceOf(provider).current(), ['hush-hush']);
      expect(error.code).toBe('ERR_PROVIDER_FAILED');
      expect(error.message).toContain(`The credentials provider ${message}`);
    },
  );

  test('may throw a NexmoAuthError, and fails if it does not return Credentials', async () => {
    const failing = () => {
      throw failure(() => new Credentials({ apiKey: '' }));
    };
    expect((await rejection(sourceOf(failing).current())).code).toBe('ERR_INVALID_CREDENTIAL');
    const wrong = (() => ({ apiKey: 'abcd1234' })) as never;
    expect((await rejection(sourceOf(wrong).current())).code).toBe('ERR_PROVIDER_FAILED');
  });
});

describe('the deadline and the abort signal', () => {
  afterEach(() => jest.useRealTimers());

  const hanging = () => {
    const asked: AbortSignal[] = [];
    const provider: CredentialsProvider = (context) => {
      if (context !== undefined) asked.push(context.signal);
      return new Promise(() => undefined);
    };
    return { provider, asked };
  };

  test.each([
    [undefined, 10],
    [3, 3],
    // The limit of Node's timers: a longer delay would end at once.
    [10_000_000, 2_147_483],
  ])(
    'a deadline of %p ends the call after %i seconds and aborts the signal of the provider',
    async (deadline, s) => {
      jest.useFakeTimers();
      const { provider, asked } = hanging();
      const source = sourceOf(provider, { deadline });
      const outcome = rejection(source.current());
      await jest.advanceTimersByTimeAsync(s * 1000 - 1);
      expect(asked[0]?.aborted).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect((await outcome).code).toBe('ERR_PROVIDER_TIMEOUT');
      expect(asked[0]?.aborted).toBe(true);
      const another = rejection(source.current());
      await jest.advanceTimersByTimeAsync(s * 1000);
      expect((await another).code).toBe('ERR_PROVIDER_TIMEOUT');
      expect(asked).toHaveLength(2);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  test('an abort ends the call in flight and all later calls', async () => {
    const { provider, asked } = hanging();
    const controller = new AbortController();
    const source = sourceOf(provider, { signal: controller.signal });
    const outcome = rejection(source.current());
    await Promise.resolve();
    controller.abort(new Error('hush-hush'));
    expect((await outcome).code).toBe('ERR_PROVIDER_ABORTED');
    expect(asked[0]?.aborted).toBe(true);
    expect((await rejection(source.current())).code).toBe('ERR_PROVIDER_ABORTED');
    expect(asked).toHaveLength(1);
  });

  test('after an abort, the credentials stay in use without a warning', async () => {
    const controller = new AbortController();
    const source = sourceOf(() => first, { signal: controller.signal, maxAge: 0 });
    await source.current();
    controller.abort();
    const warnings = await warningsOf(async () => {
      expect(await source.current()).toBe(first);
    });
    expect(warnings).toEqual([]);
  });
});

describe('after a refusal', () => {
  test('the other secret of a rotation pair is tried, and stays in use if it works', async () => {
    const source = sourceOf(pair);
    await source.current();
    const others = await findOtherCredentials(source, pair, kind);
    expect(others?.reveal('apiSecret')).toBe('two');
    expect(await source.current()).toBe(pair);
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, pair, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
    // Two requests were sent with the first secret before the rotation.
    expect((await findOtherCredentials(source, pair, kind))?.reveal('apiSecret')).toBe('two');
    source.prefer(third, pair, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('a retry with the same credentials does not undo the rotation of another request', async () => {
    const both = pair.with({ applicationId, privateKey });
    const source = sourceOf(both);
    const others = await findOtherCredentials(source, both, kind);
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, both, kind);
    // A request from before the rotation is accepted with a new token of the same credentials.
    source.prefer(both, both, 'application');
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('there are no other credentials without a rotation pair, or with two equal secrets', async () => {
    expect(await findOtherCredentials(sourceOf(first), first, kind)).toBeUndefined();
    const same = first.with({ apiSecret: ['one', 'one'] });
    expect(await findOtherCredentials(sourceOf(same), same, kind)).toBeUndefined();
    expect(await findOtherCredentials(sourceOf(pair), pair, 'application')).toBeUndefined();
  });

  test('the provider is called once for all refused requests, and its new credentials are used', async () => {
    const { provider, asked } = sequence(first, second);
    const source = sourceOf(provider);
    await source.current();
    const all = await Promise.all(
      Array.from({ length: 50 }, () => findOtherCredentials(source, first, kind)),
    );
    expect(new Set(all)).toEqual(new Set([second]));
    expect(await source.current()).toBe(second);
    expect(asked).toHaveLength(2);
  });

  test('there are no other credentials if the provider returns the same, or fails', async () => {
    const same = first.with({});
    const { provider } = sequence(first, same, new Error('hush-hush'));
    const source = sourceOf(provider);
    await source.current();
    expect(await findOtherCredentials(source, first, kind)).toBeUndefined();
    elapse(1);
    const warnings = await warningsOf(async () => {
      expect(await findOtherCredentials(source, same, kind)).toBeUndefined();
    });
    expect(warnings).toHaveLength(1);
    expect(await source.current()).toBe(same);
  });

  test('the other secret of a rotation pair from the provider is tried', async () => {
    const source = sourceOf(sequence(second, pair).provider);
    await source.current();
    expect((await findOtherCredentials(source, second, kind))?.reveal('apiSecret')).toBe('one');
  });

  test('the working secret stays in use when the provider returns the same pair again', async () => {
    const source = sourceOf(sequence(pair, pair, pair).provider, { maxAge: 60 });
    const refused = await source.current();
    const others = await findOtherCredentials(source, refused, kind);
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, refused, kind);
    for (let count = 0; count < 2; count += 1) {
      time += 60;
      expect((await source.current()).reveal('apiSecret')).toBe('two');
    }
  });

  test('the working secret of a pair that the provider returned on the second call is kept', async () => {
    const old = first.with({ apiSecret: 'one' });
    const source = sourceOf(sequence(old, old.with({ apiSecret: ['two', 'one'] })).provider);
    const refused = await source.current();
    const others = await findOtherCredentials(source, refused, kind);
    expect(others?.reveal('apiSecret')).toBe('two');
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, refused, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('a secret that works is used even if the provider has since returned credentials without it', async () => {
    const source = sourceOf(sequence(pair, first).provider, { maxAge: 60 });
    const refused = await source.current();
    const others = await findOtherCredentials(source, refused, kind);
    if (others === undefined) throw new Error('There are none.');
    time += 60;
    expect(await source.current()).toBe(first);
    source.prefer(others, refused, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('rotating one kind of credential keeps the rotation of another kind', async () => {
    const both = pair.with({ signatureSecret: ['three', 'four'] });
    const source = sourceOf(both);
    await source.current();
    for (const each of [kind, 'signature'] as const) {
      const others = await findOtherCredentials(source, both, each);
      if (others === undefined) throw new Error('There are none.');
      source.prefer(others, both, each);
    }
    const used = await source.current();
    expect([used.reveal('apiSecret'), used.reveal('signatureSecret')]).toEqual(['two', 'four']);
  });

  test('during a provider call, the next request calls the provider again', async () => {
    let answer: (credentials: Credentials) => void = () => undefined;
    const answers = [
      () => first,
      () => new Promise<Credentials>((resolve) => (answer = resolve)),
      () => third,
    ];
    const source = sourceOf(() => (answers.shift() ?? (() => second))(), { maxAge: 60 });
    await source.current();
    time += 60;
    const asking = source.current();
    source.markRejected();
    await Promise.resolve();
    answer(second);
    expect(await asking).toBe(second);
    expect(await source.current()).toBe(third);
  });

  test('of both secrets of a pair, the next request calls the provider', async () => {
    const { provider } = sequence(pair, third);
    const source = sourceOf(provider);
    await source.current();
    source.markRejected();
    expect(await source.current()).toBe(third);
    const fixed = sourceOf(pair);
    fixed.markRejected();
    expect(await fixed.current()).toBe(pair);
  });
});

describe('a provider that returns no new credentials', () => {
  /** A provider whose result can be set, and which counts its calls. */
  function settable(...answers: [first: () => Credentials, now?: () => Credentials]) {
    const provider = jest.fn(
      () => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? first,
    );
    const set = (answer: () => Credentials) => answers.splice(0, 2, answer);
    return { provider, set };
  }
  const fail = () => {
    throw new TypeError('no network');
  };
  const intervals = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300];

  test('and fails while 500 requests wait for it causes one warning, not 500', async () => {
    const { provider } = settable(() => first, fail);
    const source = sourceOf(provider, { maxAge: 60 });
    await source.current();
    elapse(60);
    const warnings = await warningsOf(async () => {
      const all = Array.from({ length: 500 }, async (_none, index) =>
        index % 2 === 0 ? source.current() : findOtherCredentials(source, first, kind),
      );
      expect(new Set(await Promise.all(all))).toEqual(new Set([first, undefined]));
    });
    expect(warnings).toHaveLength(1);
    expect(provider).toHaveBeenCalledTimes(2);
  });

  test.each<[string, () => Credentials, number]>([
    ['returns the same', () => first.with({}), 0],
    ['fails', fail, intervals.length],
  ])(
    'and %s is called for refused requests at intervals that double from 1 second to 5 minutes',
    async (_name, answer, count) => {
      const { provider } = settable(() => first, answer);
      const source = sourceOf(provider);
      await source.current();
      const refuse = async (times: number) => {
        for (let sent = 0; sent < times; sent += 1) {
          expect(await findOtherCredentials(source, first, kind)).toBeUndefined();
        }
      };
      const warnings = await warningsOf(async () => {
        for (const [index, interval] of intervals.entries()) {
          await refuse(50);
          expect(provider).toHaveBeenCalledTimes(index + 2);
          elapse(interval - 0.001);
          await refuse(50);
          expect(provider).toHaveBeenCalledTimes(index + 2);
          elapse(0.001);
        }
      });
      expect(warnings).toHaveLength(count);
    },
  );

  test('is called again after an interval of the monotonic clock, whatever the system clock is set to', async () => {
    const { provider } = settable(() => first);
    const source = sourceOf(provider);
    await findOtherCredentials(source, await source.current(), kind);
    for (const later of [1_000_000, -2_000_000]) {
      time += later;
      await findOtherCredentials(source, first, kind);
    }
    expect(provider).toHaveBeenCalledTimes(2);
    monotonic += 1;
    await findOtherCredentials(source, first, kind);
    expect(provider).toHaveBeenCalledTimes(3);
  });

  test.each<[string, Credentials]>([
    ['a new secret', second],
    ['a rotation pair with a new second secret', pair],
    ['a new secret of another kind', first.with({ signatureSecret: 'three' })],
    ['an application in addition', first.with({ applicationId, privateKey })],
  ])('and then returns %s is called at once after the next refusal', async (_name, other) => {
    const { provider, set } = settable(() => first);
    const source = sourceOf(provider);
    await source.current();
    for (const interval of [1, 2, 4]) {
      await findOtherCredentials(source, first, kind);
      elapse(interval);
    }
    set(() => other);
    await findOtherCredentials(source, first, kind);
    await findOtherCredentials(source, other, 'oauth1');
    expect(provider).toHaveBeenCalledTimes(6);
    // Nothing new again, so the intervals start over.
    await findOtherCredentials(source, other, 'oauth1');
    expect(provider).toHaveBeenCalledTimes(6);
    elapse(1);
    await findOtherCredentials(source, other, 'oauth1');
    expect(provider).toHaveBeenCalledTimes(7);
  });

  test('without a refusal is called after each maxAge, without back-off', async () => {
    const { provider } = settable(() => first);
    const source = sourceOf(provider, { maxAge: 60 });
    for (let count = 1; count <= 20; count += 1) {
      await source.current();
      expect(provider).toHaveBeenCalledTimes(count);
      elapse(60);
    }
  });

  test.each([0, 60, 3600])(
    'and fails after a maxAge of %i seconds is called at intervals that double from 1 second to 5 minutes',
    async (maxAge) => {
      const { provider } = settable(() => first, fail);
      const source = sourceOf(provider, { maxAge });
      await source.current();
      elapse(maxAge);
      const warnings = await warningsOf(async () => {
        for (const [index, interval] of intervals.entries()) {
          for (let count = 0; count < 50; count += 1) expect(await source.current()).toBe(first);
          expect(provider).toHaveBeenCalledTimes(index + 2);
          elapse(interval);
        }
      });
      expect(warnings).toHaveLength(intervals.length);
    },
  );

  test('while both secrets of a pair are refused is called once per interval', async () => {
    const { provider } = settable(() => pair);
    const source = sourceOf(provider);
    await source.current();
    for (const [index, interval] of intervals.entries()) {
      for (let count = 0; count < 50; count += 1) {
        source.markRejected();
        expect((await source.current()).equals(pair, kind)).toBe(true);
      }
      expect(provider).toHaveBeenCalledTimes(index + 2);
      elapse(interval);
    }
  });

  test('shares a call in flight with requests that would have to wait for an interval', async () => {
    const { provider } = settable(() => first);
    const source = sourceOf(provider);
    await source.current();
    await findOtherCredentials(source, first, kind);
    elapse(1);
    const asking = findOtherCredentials(source, first, kind);
    provider.mockReturnValue(second);
    source.markRejected();
    const joined = source.current();
    expect([await asking, await joined]).toEqual([undefined, first]);
    expect(provider).toHaveBeenCalledTimes(3);
  });

  test('and fails at the start is called by every request, and each request gets an error', async () => {
    const { provider, set } = settable(fail);
    const source = sourceOf(provider);
    const warnings = await warningsOf(async () => {
      for (let count = 0; count < 5; count += 1) {
        expect((await rejection(source.current())).code).toBe('ERR_PROVIDER_FAILED');
      }
    });
    expect(warnings).toEqual([]);
    expect(provider).toHaveBeenCalledTimes(5);
    set(() => first);
    expect(await source.current()).toBe(first);
  });
});

test.each<[string, unknown, unknown]>([
  ['a source that is neither Credentials nor a function', { apiKey: 'abcd1234' }, {}],
  ['a deadline of NaN', () => first, { deadline: NaN }],
  ['a deadline of 0', () => first, { deadline: 0 }],
  ['a maxAge with a fraction of a second', () => first, { maxAge: 0.5 }],
  ['an object as the signal', () => first, { signal: {} }],
  ['an option that does not exist', () => first, { ttl: 5 }],
  ['null as the options', () => first, null],
])('%s is refused', (_name, from, options) => {
  const make = () => sourceOf(from as Credentials, options as ProviderOptions);
  expect(failure(make).code).toBe('ERR_INVALID_OPTION');
});

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

/** Seconds, by the clock that can be set and by the steady one. */
let [time, steady] = [0, 0];
const sourceOf = (from: Credentials | CredentialsProvider, options: ProviderOptions = {}) =>
  new CredentialSource(
    from,
    options,
    () => time * 1000,
    () => steady * 1000,
  );
const elapse = (seconds: number) => {
  time += seconds;
  steady += seconds;
};

/** Gives one after the other, and counts how often it was asked. */
function inTurn(...all: (Credentials | Error)[]) {
  const asked: ProviderContext[] = [];
  const provider: CredentialsProvider = async (context) => {
    if (context !== undefined) asked.push(context);
    const next = all[asked.length - 1];
    if (next instanceof Credentials) return Promise.resolve(next);
    throw next ?? new Error('Asked too often.');
  };
  return { provider, asked };
}

beforeEach(() => {
  [time, steady] = [1_500_000_000, 0];
});

/** What was warned of in the meantime. */
async function warningsOf(run: () => Promise<unknown>): Promise<unknown[][]> {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  await run();
  const { calls } = warn.mock;
  warn.mockRestore();
  return calls;
}

describe('a provider', () => {
  test('is asked at the first need, once, however many wait', async () => {
    const { provider, asked } = inTurn(first);
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

  test('is asked again after one that failed', async () => {
    const { provider, asked } = inTurn(new Error('no network'), first);
    const source = sourceOf(provider);
    expect((await rejection(source.current())).code).toBe('ERR_PROVIDER_FAILED');
    expect(await source.current()).toBe(first);
    expect(asked).toHaveLength(2);
  });

  test('may answer at once', async () => {
    expect(await sourceOf(() => first).current()).toBe(first);
  });

  test('is asked again at the set age, and when the clock was set back', async () => {
    const { provider } = inTurn(first, second, third);
    const source = sourceOf(provider, { maxAge: 60 });
    expect(await source.current()).toBe(first);
    time += 59;
    expect(await source.current()).toBe(first);
    time += 1;
    expect(await source.current()).toBe(second);
    time -= 1;
    expect(await source.current()).toBe(third);
  });

  test('that fails at that age leaves what it gave in use, with a warning', async () => {
    const { provider, asked } = inTurn(first, new Error('hush-hush'), second);
    const source = sourceOf(provider, { maxAge: 60 });
    await source.current();
    time += 60;
    const warnings = await warningsOf(async () => {
      expect(await source.current()).toBe(first);
      expect(await source.current()).toBe(first);
    });
    expect(warnings).toEqual([
      [
        expect.stringContaining('those from before stay in use'),
        { type: 'NexmoAuthWarning', code: 'ERR_PROVIDER_FAILED' },
      ],
    ]);
    expect(String(warnings)).not.toContain('hush-hush');
    expect(asked).toHaveLength(2);
    elapse(60);
    expect(await source.current()).toBe(second);
  });

  test.each<[string, unknown, string]>([
    ['an error of its kind', new TypeError('hush-hush'), 'failed (TypeError).'],
    ['something else than an error', 'hush-hush', 'failed.'],
    ['nothing', null, 'failed.'],
    ['an error whose name says more', Object.assign(new Error(), { name: 'hush-hush' }), 'failed.'],
  ])('that throws %s is named, and what it says is not', async (_name, thrown, message) => {
    const provider = () => {
      throw thrown;
    };
    const error = await rejection(sourceOf(provider).current(), ['hush-hush']);
    expect(error.code).toBe('ERR_PROVIDER_FAILED');
    expect(error.message).toContain(`The credentials provider ${message}`);
  });

  test('passes on errors of ours, and gives Credentials or fails', async () => {
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

  const silent = () => {
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
    // What Node's timers can wait for: with more, they would end at once.
    [10_000_000, 2_147_483],
  ])('a deadline of %p gives up after %i seconds, and tells the provider', async (deadline, s) => {
    jest.useFakeTimers();
    const { provider, asked } = silent();
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
  });

  test('a signal ends what is under way, and all later asking', async () => {
    const { provider, asked } = silent();
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

  test('what is at hand is given on, without a warning each time', async () => {
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

describe('instead of credentials that were refused', () => {
  test('come the other ones of a rotation pair, used from then on if they worked', async () => {
    const source = sourceOf(pair);
    await source.current();
    const others = await findOtherCredentials(source, pair, kind);
    expect(others?.reveal('apiSecret')).toBe('two');
    expect(await source.current()).toBe(pair);
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, pair, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
    // Two requests that were sent with the first before that.
    expect((await findOtherCredentials(source, pair, kind))?.reveal('apiSecret')).toBe('two');
    source.prefer(third, pair, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('a retry with the same ones undoes nothing that another request has found out', async () => {
    const both = pair.with({ applicationId, privateKey });
    const source = sourceOf(both);
    const others = await findOtherCredentials(source, both, kind);
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, both, kind);
    // A new token of the same credentials was accepted, for a request from before that.
    source.prefer(both, both, 'application');
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('come none where there are none, or the pair is twice the same', async () => {
    expect(await findOtherCredentials(sourceOf(first), first, kind)).toBeUndefined();
    const same = first.with({ apiSecret: ['one', 'one'] });
    expect(await findOtherCredentials(sourceOf(same), same, kind)).toBeUndefined();
    expect(await findOtherCredentials(sourceOf(pair), pair, 'application')).toBeUndefined();
  });

  test('come those that the provider gives by now, asked once by many', async () => {
    const { provider, asked } = inTurn(first, second);
    const source = sourceOf(provider);
    await source.current();
    const all = await Promise.all(
      Array.from({ length: 50 }, () => findOtherCredentials(source, first, kind)),
    );
    expect(new Set(all)).toEqual(new Set([second]));
    expect(await source.current()).toBe(second);
    expect(asked).toHaveLength(2);
  });

  test('come none when the provider gives the same, or fails', async () => {
    const same = first.with({});
    const { provider } = inTurn(first, same, new Error('hush-hush'));
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

  test('come the other ones of a pair that the provider gives by now', async () => {
    const source = sourceOf(inTurn(second, pair).provider);
    await source.current();
    expect((await findOtherCredentials(source, second, kind))?.reveal('apiSecret')).toBe('one');
  });

  test('those that worked stay in use when the provider gives the same pair again', async () => {
    const source = sourceOf(inTurn(pair, pair, pair).provider, { maxAge: 60 });
    const refused = await source.current();
    const others = await findOtherCredentials(source, refused, kind);
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, refused, kind);
    for (let count = 0; count < 2; count += 1) {
      time += 60;
      expect((await source.current()).reveal('apiSecret')).toBe('two');
    }
  });

  test('of a pair that a provider gives only when asked again, the one that worked is kept', async () => {
    const old = first.with({ apiSecret: 'one' });
    const source = sourceOf(inTurn(old, old.with({ apiSecret: ['two', 'one'] })).provider);
    const refused = await source.current();
    const others = await findOtherCredentials(source, refused, kind);
    expect(others?.reveal('apiSecret')).toBe('two');
    if (others === undefined) throw new Error('There are none.');
    source.prefer(others, refused, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('of a pair that the provider has left since, the one that worked is used all the same', async () => {
    const source = sourceOf(inTurn(pair, first).provider, { maxAge: 60 });
    const refused = await source.current();
    const others = await findOtherCredentials(source, refused, kind);
    if (others === undefined) throw new Error('There are none.');
    time += 60;
    expect(await source.current()).toBe(first);
    source.prefer(others, refused, kind);
    expect((await source.current()).reveal('apiSecret')).toBe('two');
  });

  test('what was found out of one kind is kept when another kind is turned', async () => {
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

  test('a doubt that comes while the provider is asked outlasts its answer', async () => {
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

  test('and of both of a pair, the provider is asked at the next need', async () => {
    const { provider } = inTurn(pair, third);
    const source = sourceOf(provider);
    await source.current();
    source.markRejected();
    expect(await source.current()).toBe(third);
    const fixed = sourceOf(pair);
    fixed.markRejected();
    expect(await fixed.current()).toBe(pair);
  });
});

describe('a provider that brings nothing new', () => {
  /** Answers as it is set to, and counts how often it was asked. */
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
    ['gives the same', () => first.with({}), 0],
    ['fails', fail, intervals.length],
  ])(
    'and %s is asked for refused requests after 1 second, then twice as long, at most 5 minutes',
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

  test('is asked by the steady clock, whatever the other one is set to', async () => {
    const { provider } = settable(() => first);
    const source = sourceOf(provider);
    await findOtherCredentials(source, await source.current(), kind);
    for (const later of [1_000_000, -2_000_000]) {
      time += later;
      await findOtherCredentials(source, first, kind);
    }
    expect(provider).toHaveBeenCalledTimes(2);
    steady += 1;
    await findOtherCredentials(source, first, kind);
    expect(provider).toHaveBeenCalledTimes(3);
  });

  test.each<[string, Credentials]>([
    ['another secret', second],
    ['another secret for the time after', pair],
    ['another secret of another kind', first.with({ signatureSecret: 'three' })],
    ['another application', first.with({ applicationId, privateKey })],
  ])('and then %s is asked at once after the next refusal', async (_name, other) => {
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
    // Nothing new again, so from here on as at first.
    await findOtherCredentials(source, other, 'oauth1');
    expect(provider).toHaveBeenCalledTimes(6);
    elapse(1);
    await findOtherCredentials(source, other, 'oauth1');
    expect(provider).toHaveBeenCalledTimes(7);
  });

  test('and was asked by age keeps to that age, since nobody refused anything', async () => {
    const { provider } = settable(() => first);
    const source = sourceOf(provider, { maxAge: 60 });
    for (let count = 1; count <= 20; count += 1) {
      await source.current();
      expect(provider).toHaveBeenCalledTimes(count);
      elapse(60);
    }
  });

  test.each([0, 60, 3600])(
    'and fails at the age of %i seconds is asked again by the same intervals',
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

  test('while both of a pair are refused is asked before a request once in an interval', async () => {
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

  test('shares its answer with those who come while an interval would hold them back', async () => {
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

  test('and fails at the start is asked by every caller, and each gets its error', async () => {
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
  ['neither Credentials nor a function', { apiKey: 'abcd1234' }, {}],
  ['a deadline that is no time', () => first, { deadline: NaN }],
  ['a deadline that is over at once', () => first, { deadline: 0 }],
  ['a fraction of a second', () => first, { maxAge: 0.5 }],
  ['a signal that is none', () => first, { signal: {} }],
  ['an option that does not exist', () => first, { ttl: 5 }],
  ['options that are none', () => first, null],
])('%s is refused', (_name, from, options) => {
  const make = () => sourceOf(from as Credentials, options as ProviderOptions);
  expect(failure(make).code).toBe('ERR_INVALID_OPTION');
});

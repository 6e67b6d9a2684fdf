import { createPrivateKey, createSign } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { Credentials, decodeJwt, JwtGenerator, type JwtGeneratorDefaults } from '../../src';
import { applicationId } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ applicationId, privateKey });
const signingKey = createPrivateKey(privateKey);

let time: number;
beforeEach(() => {
  time = 1_500_000_000;
});

/** A generator that counts its signatures. `state.before` makes them wait or fail. */
function countingGenerator(defaults: JwtGeneratorDefaults = {}) {
  const state = { signatures: 0, before: () => Promise.resolve() };
  const signer = async (input: Uint8Array) => {
    state.signatures += 1;
    await state.before();
    return createSign('sha256').update(input).sign(signingKey);
  };
  const generator = new JwtGenerator(credentials, { now: () => time * 1000, signer, ...defaults });
  return { generator, state };
}

/** Runs a test that sets the monotonic clock, in seconds. */
async function withMonotonicClock(
  run: (set: (seconds: number) => void) => Promise<void>,
): Promise<void> {
  const clock = jest.spyOn(performance, 'now');
  const set = (seconds: number) => void clock.mockReturnValue(seconds * 1000);
  try {
    set(0);
    await run(set);
  } finally {
    clock.mockRestore();
  }
}

const ticks = () => new Promise((resolve) => setImmediate(resolve));
const expOf = (token: string) => Number(decodeJwt(token).claims['exp']);

const throwing = () => {
  throw new Error('hush-hush');
};

describe('token()', () => {
  test('returns the same token again, and another one for other options', async () => {
    const generator = new JwtGenerator(credentials, { now: () => time * 1000 });
    const token = await generator.token();
    expect(await generator.token()).toBe(token);
    expect(await generator.token({})).toBe(token);
    expect(await generator.token({ ttl: undefined })).toBe(token);
    const different = [
      { sub: 'alice' },
      { sub: 'bob' },
      { ttl: 60 },
      { nbf: time },
      { acl: { paths: {} } },
      { acl: { paths: { '/v1/**': {} } } },
      { claims: { a: 1 } },
      { claims: { a: '1' } },
    ];
    const tokens = await Promise.all(different.map((options) => generator.token(options)));
    expect(new Set([token, ...tokens]).size).toBe(different.length + 1);
    const again = await Promise.all(different.map((options) => generator.token(options)));
    expect(again).toEqual(tokens);
  });

  test.each([{ iat: 1_500_000_000 }, { exp: 1_500_000_500 }, { jti: 'one' }])(
    'with %j signs a new token at every call',
    async (options) => {
      const { generator, state } = countingGenerator();
      await generator.token(options);
      await generator.token(options);
      expect(state.signatures).toBe(2);
    },
  );

  test('with cache: false signs a new token at every call', async () => {
    const { generator, state } = countingGenerator({ cache: false });
    expect(await generator.token()).not.toBe(await generator.token());
    expect(state.signatures).toBe(2);
    generator.drop('nothing is kept');
  });

  test('signs once for a thousand concurrent callers, and all get the same token', async () => {
    const { generator, state } = countingGenerator();
    await generator.token();
    time += 900;
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => generator.token()));
    expect(new Set(tokens).size).toBe(1);
    expect(state.signatures).toBe(2);
    expect(expOf(String(tokens[0]))).toBe(time + 900);
  });

  test('does not cache a failed signature: the next call signs again', async () => {
    const { generator, state } = countingGenerator();
    state.before = () => Promise.reject(new Error('hush-hush'));
    const all = await Promise.all(
      [generator.token(), generator.token()].map((one) => rejection(one)),
    );
    expect(all.map(({ code }) => code)).toEqual(['ERR_SIGNER_FAILED', 'ERR_SIGNER_FAILED']);
    expect(state.signatures).toBe(1);
    state.before = () => Promise.resolve();
    await generator.token();
    expect(state.signatures).toBe(2);
  });

  test.each([
    [undefined, 839, 840, 870],
    [30, 23, 24, 27],
    [86_400, 86_339, 86_340, 86_370],
  ])(
    'with ttl %p returns the token at %i s, replaces it in the background at %i s, and evicts it at %i s',
    async (ttl, before, refreshed, due) => {
      const { generator, state } = countingGenerator({ ttl });
      const start = time;
      const first = await generator.token();
      time = start + before;
      expect(await generator.token()).toBe(first);
      await ticks();
      expect(state.signatures).toBe(1);
      time = start + refreshed;
      expect(await generator.token()).toBe(first);
      expect(await generator.token()).toBe(first);
      await ticks();
      expect(state.signatures).toBe(2);
      expect(await generator.token()).not.toBe(first);

      const other = countingGenerator({ ttl });
      time = start;
      const second = await other.generator.token();
      time = start + due;
      expect(await other.generator.token()).not.toBe(second);
      expect(other.state.signatures).toBe(2);
    },
  );

  test('keeps the token if its replacement fails, and retries after 5 s', async () => {
    await withMonotonicClock(async (set) => {
      const { generator, state } = countingGenerator();
      const first = await generator.token();
      state.before = () => Promise.reject(new Error('down'));
      time += 840;
      for (const seconds of [0, 1, 4.999]) {
        set(seconds);
        expect(await generator.token()).toBe(first);
        await ticks();
        expect(state.signatures).toBe(2);
      }
      set(5);
      expect(await generator.token()).toBe(first);
      await ticks();
      expect(state.signatures).toBe(3);
      time += 30;
      expect((await rejection(generator.token())).code).toBe('ERR_SIGNER_FAILED');
    });
  });

  test('counts the 5 s before a retry from the failure, not from the start of the replacement', async () => {
    await withMonotonicClock(async (set) => {
      const { generator, state } = countingGenerator();
      await generator.token();
      let fail: () => void = () => undefined;
      state.before = () => new Promise((_resolve, reject) => (fail = reject));
      time += 840;
      await generator.token();
      set(10);
      time += 10;
      fail();
      await ticks();
      await generator.token();
      expect(state.signatures).toBe(2);
      set(15);
      await generator.token();
      expect(state.signatures).toBe(3);
    });
  });

  test('waits for a pending replacement once the token has expired', async () => {
    const { generator, state } = countingGenerator();
    const first = await generator.token();
    let sign: () => void = () => undefined;
    state.before = () => new Promise((resolve) => (sign = resolve));
    time += 840;
    expect(await generator.token()).toBe(first);
    time += 30;
    const next = generator.token();
    sign();
    expect(expOf(await next)).toBe(expOf(first) + 840);
    expect(state.signatures).toBe(2);
  });

  test('signs again if a pending replacement fails after the token has expired', async () => {
    const { generator, state } = countingGenerator();
    const first = await generator.token();
    let fail: () => void = () => undefined;
    state.before = () => new Promise((_resolve, reject) => (fail = reject));
    time += 840;
    expect(await generator.token()).toBe(first);
    time += 30;
    const next = generator.token();
    state.before = () => Promise.resolve();
    fail();
    const token = await next;
    expect(expOf(token)).toBe(time + 900);
    expect(await generator.token()).toBe(token);
    expect(state.signatures).toBe(3);
  });

  test('after a failed replacement, signs once for concurrent callers', async () => {
    const { generator, state } = countingGenerator();
    await generator.token();
    let fail: () => void = () => undefined;
    state.before = () => new Promise((_resolve, reject) => (fail = reject));
    time += 840;
    await generator.token();
    time += 30;
    const next = generator.token();
    let sign: () => void = () => undefined;
    state.before = () => new Promise((resolve) => (sign = resolve));
    fail();
    await ticks();
    const later = generator.token();
    await ticks();
    sign();
    expect(await later).toBe(await next);
    expect(state.signatures).toBe(3);
  });

  test('keeps Node running for a replacement only while a caller waits for it', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const { generator, state } = countingGenerator();
    await generator.token();
    let sign: () => void = () => undefined;
    state.before = () => new Promise((resolve) => (sign = resolve));
    time += 840;
    const before = timers();
    await generator.token();
    expect(state.signatures).toBe(2);
    expect(timers()).toBe(before);
    time += 30;
    const all = [generator.token(), generator.token()];
    expect(timers()).toBe(before + 1);
    sign();
    await Promise.all(all);
    expect(timers()).toBe(before);
    const another = generator.token({ sub: 'alice' });
    expect(timers()).toBe(before + 1);
    sign();
    await another;
  });

  test('does not return a token that expired during its signature', async () => {
    const { generator, state } = countingGenerator({ ttl: 30 });
    state.before = () => {
      time += 30;
      return Promise.resolve();
    };
    expect((await rejection(generator.token())).code).toBe('ERR_EXP_IN_PAST');
    expect(state.signatures).toBe(2);
  });

  test('evicts a rejected token, and no other', async () => {
    const { generator } = countingGenerator();
    const [plain, alice] = [await generator.token(), await generator.token({ sub: 'alice' })];
    generator.drop(plain);
    expect(await generator.token()).not.toBe(plain);
    expect(await generator.token({ sub: 'alice' })).toBe(alice);
    generator.drop(alice);
    expect(await generator.token({ sub: 'alice' })).not.toBe(alice);
  });

  test('does not let a failed signature affect other tokens, even with size 1', async () => {
    const { generator, state } = countingGenerator({ cache: { size: 1 } });
    let fail: () => void = () => undefined;
    state.before = () => new Promise((_resolve, reject) => (fail = reject));
    const failing = rejection(generator.token({ sub: 'a' }));
    await Promise.resolve();
    const failFirst = fail;
    state.before = () => Promise.resolve();
    const second = await generator.token({ sub: 'b' });
    failFirst();
    expect((await failing).code).toBe('ERR_SIGNER_FAILED');
    expect(await generator.token({ sub: 'b' })).toBe(second);
  });

  test('does not evict pending signatures, even with size 1', async () => {
    const { generator, state } = countingGenerator({ cache: { size: 1 } });
    const subs = ['a', 'b', 'a', 'b'];
    const tokens = await Promise.all(subs.map((sub) => generator.token({ sub })));
    expect(new Set(tokens).size).toBe(2);
    expect(state.signatures).toBe(2);
  });

  test('evicts the least recently used token if there are more tokens than the size option allows', async () => {
    const { generator, state } = countingGenerator({ cache: { size: 2 } });
    for (const sub of ['a', 'b', 'a', 'c', 'a']) await generator.token({ sub });
    expect(state.signatures).toBe(3);
    await generator.token({ sub: 'b' });
    expect(state.signatures).toBe(4);
  });

  test('keeps 1000 tokens by default', async () => {
    const { generator, state } = countingGenerator();
    const subs = Array.from({ length: 1001 }, (_, index) => String(index));
    await Promise.all(subs.map((sub) => generator.token({ sub })));
    await generator.token({ sub: '1' });
    expect(state.signatures).toBe(1001);
    await generator.token({ sub: '0' });
    expect(state.signatures).toBe(1002);
  });

  // docs/threat-model.md#data-kept-too-long
  test('returns a token of more than size times 16 KiB, and does not cache it', async () => {
    const { generator, state } = countingGenerator({ cache: { size: 2 } });
    const small = await generator.token({ sub: 'small' });
    // 3.3 bytes per character: 2 in the options, and 1.3 in the base64url of the token.
    await generator.token({ sub: 'x'.repeat(11_000) });
    await generator.token({ sub: 'x'.repeat(11_000) });
    expect(state.signatures).toBe(3);
    expect(await generator.token({ sub: 'small' })).toBe(small);
    await generator.token({ sub: 'y'.repeat(9_000) });
    await generator.token({ sub: 'y'.repeat(9_000) });
    expect(state.signatures).toBe(4);
  });

  // docs/threat-model.md#data-kept-too-long
  test('evicts the least recently used tokens if all together take more than size times 16 KiB', async () => {
    const { generator, state } = countingGenerator({ cache: { size: 4 } });
    const subs = ['a', 'b', 'c'].map((letter) => letter.repeat(6_000));
    for (const sub of subs) await generator.token({ sub });
    expect(state.signatures).toBe(3);
    for (const sub of subs) await generator.token({ sub });
    expect(state.signatures).toBe(3);
    await generator.token({ sub: 'd'.repeat(6_000) });
    await generator.token({ sub: String(subs[2]) });
    await generator.token({ sub: String(subs[1]) });
    expect(state.signatures).toBe(4);
    await generator.token({ sub: String(subs[0]) });
    expect(state.signatures).toBe(5);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['size 0', { size: 0 }],
    ['a fractional size', { size: 1.5 }],
    ['an unknown option', { max: 5 }],
    [
      'a getter that throws',
      Object.defineProperty({}, 'size', { get: throwing, enumerable: true }),
    ],
  ])('refuses a cache of %s', (_name, cache) => {
    expect(failure(() => countingGenerator({ cache: cache as boolean })).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });
});

// docs/threat-model.md#concurrent-signatures-and-clock-changes
describe('a clock that is set', () => {
  test('back by as little as a second evicts the token', async () => {
    const { generator, state } = countingGenerator();
    await generator.token();
    time -= 1;
    await generator.token();
    expect(state.signatures).toBe(2);
  });

  test('back between two calls does not extend a lifetime', async () => {
    await withMonotonicClock(async (set) => {
      const { generator, state } = countingGenerator();
      await generator.token();
      // After 870 seconds, in which the clock was set back by 600.
      time += 270;
      set(869.999);
      await generator.token();
      expect(state.signatures).toBe(1);
      set(870);
      await generator.token();
      expect(state.signatures).toBe(2);
    });
  });

  test('back between two calls does not extend a lifetime, which begins before the signature and not after it', async () => {
    await withMonotonicClock(async (set) => {
      const { generator, state } = countingGenerator();
      state.before = () => {
        set(9);
        return Promise.resolve();
      };
      await generator.token();
      state.before = () => Promise.resolve();
      set(870);
      await generator.token();
      expect(state.signatures).toBe(2);
    });
  });

  test('forward only during a signature leaves no token from the future in the cache', async () => {
    const { generator, state } = countingGenerator();
    const right = time;
    state.before = () => {
      time = right + 864_000;
      return Promise.resolve();
    };
    await generator.token();
    state.before = () => Promise.resolve();
    time = right;
    expect(decodeJwt(await generator.token()).claims).toMatchObject({ iat: right });
  });

  test.each([
    ['forward past the expiry', 3600],
    ['back', -3600],
  ])('%s during a signature causes a second signature', async (_how, by) => {
    for (const cache of [true, false]) {
      const { generator, state } = countingGenerator({ cache });
      const jumps = [by];
      state.before = () => {
        time += jumps.pop() ?? 0;
        return Promise.resolve();
      };
      expect(decodeJwt(await generator.token()).claims).toMatchObject({
        iat: time,
        exp: time + 900,
      });
      expect(state.signatures).toBe(2);
    }
  });

  test('back during the signature of a token with a given iat has no effect', async () => {
    const { generator, state } = countingGenerator();
    const iat = time + 10;
    expect(decodeJwt(await generator.token({ iat })).claims['iat']).toBe(iat);
    expect(state.signatures).toBe(1);
  });

  test('back during every signature causes a second signature, and no third', async () => {
    const { generator, state } = countingGenerator();
    state.before = () => {
      time -= 1;
      return Promise.resolve();
    };
    expect(decodeJwt(await generator.token()).claims['iat']).toBe(time + 1);
    expect(state.signatures).toBe(2);
  });

  test('back during a signature keeps its token out of the cache', async () => {
    const { generator, state } = countingGenerator();
    let sign: () => void = () => undefined;
    state.before = () => new Promise((resolve) => (sign = resolve));
    const early = generator.token();
    time -= 3600;
    state.before = () => Promise.resolve();
    const later = await generator.token();
    sign();
    await early;
    expect(await generator.token()).toBe(later);
  });

  test('in any direction, any number of times, never gives a token after its lifetime', async () => {
    const steps = fc.array(fc.integer({ min: -2000, max: 2000 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(steps, async (jumps) => {
        const generator = new JwtGenerator(credentials, {
          now: () => time * 1000,
          signer: () => new Uint8Array(256),
        });
        for (const jump of jumps) {
          time += jump;
          const { iat, exp } = decodeJwt(await generator.token()).claims;
          expect(Number(iat)).toBeLessThanOrEqual(time);
          expect(Number(exp)).toBeGreaterThan(time);
        }
      }),
    );
  });
});

// docs/threat-model.md#tokens-of-another-tenant
test('each tenant gets its own tokens', async () => {
  const another = 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab';
  const tenants = [credentials, credentials.with({ applicationId: another })];
  const tokens = await Promise.all(
    tenants.map((tenant) => new JwtGenerator(tenant, { now: () => time * 1000 }).token()),
  );
  const ids = tokens.map((token) => decodeJwt(token).claims['application_id']);
  expect(ids).toEqual([applicationId, another]);
});

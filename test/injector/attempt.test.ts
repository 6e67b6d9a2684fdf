import { createSign } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { performance } from 'node:perf_hooks';
import * as fc from 'fast-check';
import { AuthInjector, Credentials, decodeJwt } from '../../src';
import { applicationId } from '../support/account';
import { keyText } from '../support/keys';
import { runs } from '../support/runs';

const privateKey = keyText('rsa-pkcs8');
const start = 1_500_000_000;
const [life, hour, day] = [900, 3600, 86_400];
const tolerance = 30;
/**
 * Seconds by which a learned clock may move the times of a token: 24 hours, measured to within the tolerance. A
 * learned clock is the time of a host, taken from the Date of a response that refused a token.
 */
const bound = day + tolerance;
const url = 'https://api.nexmo.com/v1/calls';

/** The local and the monotonic clock, in seconds. */
let [own, steady] = [start, 0];
let spies: jest.SpyInstance[];
beforeEach(() => {
  [own, steady] = [start, 0];
  spies = [
    jest.spyOn(process, 'emitWarning').mockImplementation(),
    jest.spyOn(performance, 'now').mockImplementation(() => steady * 1000),
  ];
});
afterEach(() => {
  for (const spy of spies) spy.mockRestore();
});

const signer = (input: Uint8Array) => createSign('sha256').update(input).sign(privateKey);
const authOf = (cache: boolean) =>
  new AuthInjector(new Credentials({ applicationId }), { signer, cache, now: () => own * 1000 });
const answerAt = (seconds: number) => ({ date: new Date(seconds * 1000).toUTCString() });
const datesOf = ({ headers }: { headers: Record<string, unknown> }) => {
  const { iat, exp } = decodeJwt(String(headers['Authorization']).slice('Bearer '.length)).claims;
  return { iat: Number(iat), exp: Number(exp) };
};

test('the secrets of a retry include the refused credential, so that it stays out of logs', async () => {
  const credentials = new Credentials({
    apiKey: 'abcd1234',
    apiSecret: ['new1Secret', 'old1Secret'],
  });
  const auth = new AuthInjector(credentials);
  const attempt = await auth.attempt({ url: 'https://rest.nexmo.com/sms/json' });
  const retry = await attempt.retry({ status: 401 });
  expect(attempt.secrets).toContain('new1Secret');
  expect(retry?.secrets).toEqual(expect.arrayContaining(['old1Secret', 'new1Secret']));
});

test('the event of a refused retry shows no secret of the first attempt', async () => {
  const apiSecret = ['Ij.kl3.mn4.op', 'Ab.cd1.ef2.gh'] as const;
  const auth = new AuthInjector(new Credentials({ apiKey: 'abcd1234', apiSecret }));
  const titles: unknown[] = [];
  const listener = (event: unknown) => titles.push((event as { title?: string }).title);
  subscribe('nexmo-auth:request:refused', listener);
  const attempt = await auth.attempt({ url: 'https://rest.nexmo.com/sms/json' });
  const answer = { status: 401, title: `Refused: ${apiSecret[0]}` };
  const retry = await attempt.retry(answer);
  retry?.refused(answer);
  unsubscribe('nexmo-auth:request:refused', listener);
  expect(titles).toEqual(['Refused: [redacted]', 'Refused: [redacted]']);
});

describe('an attempt', () => {
  const learned = async () => {
    const auth = authOf(false);
    (await auth.attempt({ url })).refused(answerAt(own + hour));
    const attempt = await auth.attempt({ url });
    expect(datesOf(attempt.request).iat).toBe(own + hour);
    return { auth, attempt };
  };

  test.each(['answered', 'accepted'] as const)(
    'corrects a learned clock by 40 seconds in %s(), and drops it at the second contradiction in a row',
    async (said) => {
      const { auth, attempt } = await learned();
      for (const [by, expected] of [
        [hour + 40, hour + 40],
        [0, hour + 40],
        [0, 0],
      ] as const) {
        attempt[said](answerAt(own + by));
        expect(datesOf(await auth.inject({ url })).iat).toBe(own + expected);
      }
    },
  );

  test.each(['answered', 'accepted', 'refused'] as const)(
    'changes no clock in %s() without a response',
    async (said) => {
      const { auth, attempt } = await learned();
      attempt[said]();
      expect(datesOf(await auth.inject({ url })).iat).toBe(own + hour);
    },
  );

  test('whose response took ten minutes to read does not set a clock back', async () => {
    const { auth, attempt } = await learned();
    const date = answerAt(own + hour);
    own += 600;
    steady += 600;
    attempt.answered(date);
    expect(datesOf(await auth.inject({ url })).iat).toBe(own + hour);
  });
});

describe('an attempt refused with HTTP 403', () => {
  const forbidden = (seconds: number) => ({ ...answerAt(seconds), status: 403 });

  test("is retried with the host's clock if the Date header shows that the local one is wrong", async () => {
    const retry = await (await authOf(true).attempt({ url })).retry(forbidden(own + hour));
    expect(retry && datesOf(retry.request).iat).toBe(own + hour);
  });

  test('is not retried if no Date header contradicts the local clock, and a reused token stays in the cache', async () => {
    const auth = authOf(true);
    await auth.attempt({ url });
    const attempt = await auth.attempt({ url });
    expect(await attempt.retry(forbidden(own + tolerance))).toBeUndefined();
    attempt.refused(forbidden(own));
    expect((await auth.attempt({ url })).request).toEqual(attempt.request);
    expect(await attempt.retry({ status: 403 })).toBeUndefined();
    expect(await attempt.retry({ status: 401 })).toBeDefined();
  });

  test('is not retried if the Date header is old only because the response took ten minutes to read', async () => {
    const attempt = await authOf(true).attempt({ url });
    const answer = forbidden(own);
    own += 600;
    steady += 600;
    expect(await attempt.retry(answer)).toBeUndefined();
    expect(await attempt.retry({ ...answer, status: 401 })).toBeDefined();
  });

  test('is retried if another request has learned the clock in the meantime', async () => {
    const auth = authOf(true);
    const attempt = await auth.attempt({ url });
    (await auth.attempt({ url })).refused(answerAt(own + hour));
    const retry = await attempt.retry(forbidden(own + hour));
    expect(retry && datesOf(retry.request).iat).toBe(own + hour);
  });

  test('does not cause a call to the provider', async () => {
    const provider = jest.fn(() => new Credentials({ applicationId }));
    const auth = new AuthInjector(provider, { signer, now: () => own * 1000 });
    for (let count = 0; count < 3; count += 1) {
      const attempt = await auth.attempt({ url });
      await attempt.retry(forbidden(own));
      attempt.refused(forbidden(own));
    }
    expect(provider).toHaveBeenCalledTimes(1);
  });
});

type Attempt = Awaited<ReturnType<AuthInjector['attempt']>>;
type Step =
  | { own: number; steady: number }
  | { say: 'answered' | 'accepted' | 'refused' | 'retry'; offset: number };

const upTo = (seconds: number) => fc.integer({ min: -seconds, max: seconds });
const near = (...seconds: number[]) =>
  fc
    .tuple(fc.constantFrom(...seconds), fc.constantFrom(1, -1), upTo(2))
    .map(([size, sign, more]) => sign * size + more);
const passed = fc.integer({ min: 0, max: 2000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  passed.map((seconds) => ({ own: seconds, steady: seconds })),
  passed.map((seconds) => ({ own: 0, steady: seconds })),
  fc
    .oneof(near(tolerance, hour, day), upTo(3 * day), upTo(60))
    .map((seconds) => ({ own: seconds, steady: 0 })),
  fc.record({
    say: fc.constantFrom('answered', 'accepted', 'refused', 'retry'),
    offset: fc.oneof(near(0, tolerance, hour, bound, 364 * day), upTo(2 * day), upTo(400 * day)),
  }),
);

test('no token expires later than its lifetime and the bound allow, by the local and the monotonic clock', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 30 }), async (cache, steps) => {
      [own, steady] = [start, 0];
      const auth = authOf(cache);
      /** At the last answer: the local minus the monotonic time, and the monotonic time. */
      let [lead, answered] = [own, steady];

      const check = ({ request }: Attempt) => {
        const { iat, exp } = datesOf(request);
        expect(exp - iat).toBe(life);
        expect(exp).toBeGreaterThan(own - bound);
        expect(exp).toBeLessThanOrEqual(own + life + bound);
        if (iat <= own) return;
        // A learned clock has dated the token, so the local clock has not jumped since the last answer.
        expect(Math.abs(own - steady - lead)).toBeLessThanOrEqual(tolerance);
        expect(steady - answered).toBeLessThanOrEqual(hour);
        expect(exp).toBeLessThanOrEqual(lead + steady + life + bound + tolerance);
      };

      for (const next of steps) {
        const attempt = await auth.attempt({ url });
        check(attempt);
        if ('own' in next) {
          own += next.own;
          steady += next.steady;
        } else {
          [lead, answered] = [own - steady, steady];
          const second = await attempt[next.say](answerAt(own + next.offset));
          if (typeof second === 'object') check(second);
        }
      }
      check(await auth.attempt({ url }));
    }),
    { numRuns: runs(100) },
  );
});

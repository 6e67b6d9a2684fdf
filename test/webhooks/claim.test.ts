import { createHmac } from 'node:crypto';
import {
  MemoryReplayGuard,
  NexmoAuthError,
  type ReplayGuard,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from '../../src';
import { rejection } from '../support/errors';
import { claims, encode, secret, time, tokenOf, webhook } from '../support/webhooks';

let now: number;
beforeEach(() => (now = time));
const clock = () => now * 1000;

function verifierWith(options: Partial<WebhookVerifierOptions> = {}): WebhookVerifier {
  const replayGuard = new MemoryReplayGuard({ now: clock });
  return new WebhookVerifier({ secrets: secret, replayGuard, now: clock, ...options });
}

const codeOf = async (promise: Promise<unknown>) => (await rejection(promise, [secret])).code;

test('without a replay guard, copies are accepted until they are too old', async () => {
  const verifier = verifierWith({ replayGuard: undefined });
  expect(await verifier.verify(webhook())).toEqual(claims);
  const { content, release } = await verifier.receive(webhook());
  await release();
  expect(content).toEqual(claims);
});

// docs/threat-model.md#replayed-callbacks
describe('each webhook is accepted once', () => {
  test('exactly one of 1,000 concurrent copies is accepted', async () => {
    const verifier = verifierWith();
    const copies = Array.from({ length: 1000 }, () => verifier.verify(webhook()));
    const outcomes = await Promise.allSettled(copies);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_WEBHOOK_HANDLED');
  });

  test.each<[string, () => unknown]>([
    ['Date objects', () => new Date(clock())],
    ['text', () => String(clock())],
    ['NaN', () => NaN],
    ['Infinity', () => Infinity],
    ['a bigint', () => BigInt(clock())],
    ['nothing', () => undefined],
    ['a negative number', () => -1],
    [
      'an error',
      () => {
        throw new Error(secret);
      },
    ],
  ])(
    'a guard whose clock gives %s accepts neither a callback nor its copies',
    async (_what, invalidNow) => {
      const verifier = verifierWith({
        replayGuard: new MemoryReplayGuard({ now: invalidNow as () => number }),
      });
      for (let count = 0; count < 3; count += 1) {
        expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
      }
    },
  );

  test.each([
    'old',
    'NEW',
    '',
    true,
    1,
    0,
    null,
    undefined,
    {},
    ['new'],
    new String('new'),
    new Date(0),
  ])('a callback is not accepted if the guard gives %p', async (state) => {
    const replayGuard = {
      claim: () => Promise.resolve(state),
      confirm: () => Promise.resolve(),
      release: () => Promise.resolve(),
    } as unknown as ReplayGuard;
    expect(await codeOf(verifierWith({ replayGuard }).verify(webhook()))).toBe(
      'ERR_REPLAY_GUARD_UNAVAILABLE',
    );
  });

  test('a copy whose token is encoded differently is not accepted', async () => {
    const verifier = verifierWith();
    await verifier.verify(webhook());
    const token = tokenOf();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.slice(-1));
    // The last of the 43 characters for 32 bytes has two unused bits.
    const reencoded = token.slice(0, -1) + String(alphabet[last ^ 1]);
    expect(reencoded).not.toBe(token);
    expect(await codeOf(verifier.verify(webhook(reencoded)))).toBe('ERR_WEBHOOK_MALFORMED');
    const resigned = tokenOf({ ...claims, iat: time + 1 });
    expect(await codeOf(verifier.verify(webhook(resigned)))).toBe('ERR_WEBHOOK_HANDLED');
  });

  test('the same jti of another account is another webhook', async () => {
    const verifier = verifierWith();
    await verifier.verify(webhook());
    const otherAccount = { ...claims, api_key: 'other123' };
    expect(await verifier.verify(webhook(tokenOf(otherAccount)))).toEqual(otherAccount);
    // Concatenated, api_key and jti give the same string as those of the first webhook.
    const [api_key, jti] = [
      claims.api_key.slice(0, -1),
      `${String(claims.api_key.at(-1))}${claims.jti}`,
    ];
    const shifted = { ...claims, api_key, jti };
    expect(await verifier.verify(webhook(tokenOf(shifted)))).toEqual(shifted);
  });

  test('a refused callback claims nothing', async () => {
    const verifier = verifierWith();
    const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    const forged = `${input}.${createHmac('sha256', 'x').update(input).digest('base64url')}`;
    await codeOf(verifier.verify(webhook(forged)));
    await codeOf(verifier.verify(webhook(undefined, { rawBody: 'other' })));
    expect(await verifier.verify(webhook())).toEqual(claims);
  });

  test('a callback is remembered for as long as a copy could be accepted', async () => {
    const options = { maxAge: 100, clockTolerance: 20 };
    const verifier = verifierWith(options);
    // Signed at the latest accepted time.
    const early = webhook(tokenOf({ ...claims, iat: time + 20 }));
    await verifier.verify(early);
    now = time + 140;
    expect(await codeOf(verifier.verify(early))).toBe('ERR_WEBHOOK_HANDLED');
    now = time + 141;
    expect(await codeOf(verifier.verify(early))).toBe('ERR_WEBHOOK_TOO_OLD');
  });

  test('a copy is too old if its body ends only after the guard has forgotten the callback', async () => {
    const verifier = verifierWith();
    await verifier.verify(webhook());
    const { rawBody } = webhook();
    const slow = () => {
      now = time + 5000;
      return String(rawBody);
    };
    expect(await codeOf(verifier.verify(webhook(undefined, { rawBody: slow })))).toBe(
      'ERR_WEBHOOK_TOO_OLD',
    );
    now = time;
    const withoutHash = webhook(tokenOf({ ...claims, payload_hash: undefined }), { rawBody: slow });
    const lenient = verifierWith({ requirePayloadHash: false });
    expect(await codeOf(lenient.verify(withoutHash))).toBe('ERR_WEBHOOK_TOO_OLD');
    now = time;
    const unguarded = verifierWith({ replayGuard: undefined });
    expect(await codeOf(unguarded.verify(webhook(undefined, { rawBody: slow })))).toBe(
      'ERR_WEBHOOK_TOO_OLD',
    );
  });

  test.each<[Partial<WebhookVerifierOptions>, number]>([
    [{}, 300 + 2 * 300 + 1 + 10],
    [{ maxAge: 60, clockTolerance: 5, deadline: 2 }, 60 + 2 * 5 + 1 + 2],
    [{ maxAge: Number.MAX_SAFE_INTEGER, deadline: 2 }, 10_000_000_000 + 2],
  ])('with %p, the guard remembers a callback for %i seconds', async (options, seconds) => {
    const remembered: number[] = [];
    const replayGuard: ReplayGuard = {
      claim: (_id, leaseSeconds) => {
        remembered.push(leaseSeconds);
        return Promise.resolve('new');
      },
      confirm: (_id, ttlSeconds) => Promise.resolve(void remembered.push(ttlSeconds)),
      release: () => Promise.resolve(),
    };
    const verifier = verifierWith({ replayGuard, lease: 30, ...options });
    await verifier.verify(webhook());
    expect(remembered.splice(0)).toEqual([seconds, seconds]);
    await (await verifier.receive(webhook())).confirm();
    expect(remembered).toEqual([30, seconds]);
  });

  test.each<[string, () => Promise<void>]>([
    ['fails', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    [
      'throws',
      () => {
        throw new Error(secret);
      },
    ],
    ['never settles', () => new Promise(() => undefined)],
  ])('verify accepts a webhook once, although confirm of the guard %s', async (_what, confirm) => {
    const guard = new MemoryReplayGuard({ now: clock });
    const replayGuard: ReplayGuard = {
      claim: (id, lease) => guard.claim(id, lease),
      confirm,
      release: (id) => guard.release(id),
    };
    const verifier = verifierWith({ replayGuard, deadline: 1 });
    expect(await verifier.verify(webhook())).toEqual(claims);
    for (const age of [0, 61, 600]) {
      now = time + age;
      expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_WEBHOOK_PENDING');
    }
    now = time + 601;
    expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_WEBHOOK_TOO_OLD');
  });
});

test('a claim that the guard grants only after the end of its lease is refused', async () => {
  const steady = jest.spyOn(performance, 'now').mockReturnValue(0);
  const replayGuard: ReplayGuard = {
    claim: () => {
      steady.mockReturnValue(1000);
      return Promise.resolve('new');
    },
    confirm: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
  const answer = verifierWith({ replayGuard, lease: 1 }).receive(webhook());
  expect(await codeOf(answer)).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
  steady.mockRestore();
});

// docs/threat-model.md#lost-deliveries
describe('no webhook is lost', () => {
  test('a copy is pending until the first delivery is confirmed, then handled', async () => {
    const verifier = verifierWith();
    const { content, confirm } = await verifier.receive(webhook());
    expect(content).toEqual(claims);
    expect(await codeOf(verifier.receive(webhook()))).toBe('ERR_WEBHOOK_PENDING');
    await confirm();
    expect(await codeOf(verifier.receive(webhook()))).toBe('ERR_WEBHOOK_HANDLED');
  });

  test('the next attempt is accepted after the handler has failed', async () => {
    const verifier = verifierWith();
    const { release } = await verifier.receive(webhook());
    await release();
    const { confirm } = await verifier.receive(webhook());
    await confirm();
    expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_WEBHOOK_HANDLED');
  });

  test('a second release does not release the claim of another delivery', async () => {
    const verifier = verifierWith();
    const first = await verifier.receive(webhook());
    await first.release();
    const second = await verifier.receive(webhook());
    await first.release();
    expect(await codeOf(verifier.receive(webhook()))).toBe('ERR_WEBHOOK_PENDING');
    await second.confirm();
    await second.release();
    expect(await codeOf(verifier.receive(webhook()))).toBe('ERR_WEBHOOK_HANDLED');
  });

  test('the next attempt is accepted when the process has died and the lease has expired', async () => {
    const verifier = verifierWith({ lease: 30 });
    await verifier.receive(webhook());
    now = time + 29;
    expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_WEBHOOK_PENDING');
    now = time + 30;
    expect(await verifier.verify(webhook())).toEqual(claims);
  });

  test('a handler that fails after its lease does not release the claim of another delivery', async () => {
    const released: string[] = [];
    const replayGuard: ReplayGuard = {
      claim: () => Promise.resolve('new'),
      confirm: () => Promise.resolve(),
      release: (id) => Promise.resolve(void released.push(id)),
    };
    const steady = jest.spyOn(performance, 'now').mockReturnValue(0);
    const verifier = verifierWith({ replayGuard, lease: 30 });
    const [first, second] = [await verifier.receive(webhook()), await verifier.receive(webhook())];
    steady.mockReturnValue(29_999);
    await first.release();
    expect(released).toHaveLength(1);
    steady.mockReturnValue(30_000);
    await second.release();
    expect(released).toHaveLength(1);
    steady.mockRestore();
  });

  const guardThatAnswers = (answer: () => Promise<never>): ReplayGuard => ({
    claim: answer,
    confirm: answer,
    release: answer,
  });

  test.each<[string, ReplayGuard]>([
    ['fails', guardThatAnswers(() => Promise.reject(new Error(`redis://:${secret}@host`)))],
    [
      'throws',
      guardThatAnswers(() => {
        throw new Error(secret);
      }),
    ],
    [
      'fails with another code of this package',
      guardThatAnswers(() => Promise.reject(new NexmoAuthError('ERR_INVALID_OPTION', 'No lease.'))),
    ],
    ['gives an unknown state', guardThatAnswers(() => Promise.resolve('OK' as never))],
    ['gives undefined', guardThatAnswers(() => Promise.resolve(undefined as never))],
  ])(
    'a guard that %s accepts nothing: ERR_REPLAY_GUARD_UNAVAILABLE',
    async (_name, replayGuard) => {
      const verifier = verifierWith({ replayGuard });
      expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
    },
  );

  test('a claim is released if the guard makes it after the deadline, but within its lease', async () => {
    type State = 'new' | 'pending';
    const answers: ((state: State) => void)[] = [];
    const released: string[] = [];
    const replayGuard: ReplayGuard = {
      claim: () => new Promise<State>((resolve) => answers.push(resolve)),
      confirm: () => Promise.resolve(),
      release: (id) => Promise.resolve(void released.push(id)),
    };
    const verifier = verifierWith({ replayGuard, deadline: 1 });
    const codes = await Promise.all(
      [webhook(), webhook(), webhook()].map((copy) => codeOf(verifier.receive(copy))),
    );
    expect(codes).toEqual(Array<string>(3).fill('ERR_REPLAY_GUARD_UNAVAILABLE'));
    expect(released).toHaveLength(0);
    answers[0]?.('new');
    answers[1]?.('pending');
    await new Promise(setImmediate);
    expect(released).toHaveLength(1);

    // After the lease, another process may hold the claim.
    const steady = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
    answers[2]?.('new');
    await new Promise(setImmediate);
    expect(released).toHaveLength(1);
    steady.mockRestore();
  });

  test('a query that is sent when its method then is called is sent once, although it misses the deadline', async () => {
    const query = { then: jest.fn() };
    const replayGuard: ReplayGuard = {
      claim: () => query as unknown as Promise<'new'>,
      confirm: () => Promise.resolve(),
      release: () => Promise.resolve(),
    };
    const verifier = verifierWith({ replayGuard, deadline: 1 });
    expect(await codeOf(verifier.verify(webhook()))).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
    expect(query.then).toHaveBeenCalledTimes(1);
  });

  test('an error of a guard with the code ERR_REPLAY_GUARD_UNAVAILABLE is passed on', async () => {
    const error = new NexmoAuthError('ERR_REPLAY_GUARD_UNAVAILABLE', 'Full.');
    const verifier = verifierWith({ replayGuard: guardThatAnswers(() => Promise.reject(error)) });
    await expect(verifier.verify(webhook())).rejects.toBe(error);
  });

  test('a failed confirmation is an error, a failed release is not', async () => {
    const lost = () => Promise.reject(new Error('lost'));
    const replayGuard = {
      claim: () => Promise.resolve('new' as const),
      confirm: lost,
      release: lost,
    };
    const verifier = verifierWith({ replayGuard });
    const { confirm, release } = await verifier.receive(webhook());
    expect(await codeOf(confirm())).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
    await expect(release()).resolves.toBeUndefined();
  });
});

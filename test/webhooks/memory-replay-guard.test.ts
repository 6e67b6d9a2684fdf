import fc from 'fast-check';
import { MemoryReplayGuard } from '../../src';
import { failure, rejection } from '../support/errors';
import { runs } from '../support/runs';

let time: number;
beforeEach(() => (time = 1_700_000_000_000));
const now = () => time;
const advance = (seconds: number) => (time += seconds * 1000);

const guardOf = (maxEntries?: number) => new MemoryReplayGuard({ maxEntries, now });

test('one of 1,000 concurrent claims gets the callback', async () => {
  const guard = guardOf();
  const answers = await Promise.all(Array.from({ length: 1000 }, () => guard.claim('a', 60)));
  expect(answers.filter((answer) => answer === 'new')).toHaveLength(1);
  expect(answers.filter((answer) => answer === 'pending')).toHaveLength(999);
  expect(await guard.claim('b', 60)).toBe('new');
});

// docs/threat-model.md#lost-deliveries
test('a claim expires, is released, or is confirmed', async () => {
  const guard = guardOf();
  await guard.claim('died', 60);
  await guard.claim('failed', 60);
  await guard.claim('handled', 60);
  await guard.release('failed');
  await guard.confirm('handled', 300);
  expect(await guard.claim('failed', 60)).toBe('new');
  expect(await guard.claim('died', 60)).toBe('pending');
  advance(59.999);
  expect(await guard.claim('died', 60)).toBe('pending');
  advance(0.001);
  expect(await guard.claim('died', 60)).toBe('new');
  expect(await guard.claim('handled', 60)).toBe('done');
  advance(239.999);
  expect(await guard.claim('handled', 60)).toBe('done');
  advance(0.001);
  expect(await guard.claim('handled', 60)).toBe('new');
});

// docs/threat-model.md#lost-deliveries
test('a lease does not end early or late when the system clock is set', async () => {
  const guard = new MemoryReplayGuard();
  const systemClock = jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
  const steadyClock = jest.spyOn(performance, 'now').mockReturnValue(1000);
  try {
    await guard.claim('a', 60);
    await guard.claim('b', 60);
    await guard.confirm('b', 300);
    steadyClock.mockReturnValue(60_999);
    systemClock.mockReturnValue(1_700_000_299_999);
    expect(await guard.claim('a', 60)).toBe('pending');
    expect(await guard.claim('b', 60)).toBe('done');
    steadyClock.mockReturnValue(61_000);
    systemClock.mockReturnValue(1_600_000_000_000);
    expect(await guard.claim('a', 60)).toBe('new');
    expect(await guard.claim('b', 60)).toBe('done');
  } finally {
    jest.restoreAllMocks();
  }
});

// docs/threat-model.md#lost-deliveries
test('a callback is remembered if the system clock was set back during its handler', async () => {
  const systemClock = jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
  try {
    const guard = new MemoryReplayGuard();
    await guard.claim('a', 60);
    systemClock.mockReturnValue(0);
    await guard.confirm('a', 300);
    expect(await guard.claim('a', 60)).toBe('done');
    systemClock.mockReturnValue(1_700_000_299_999);
    expect(await guard.claim('a', 60)).toBe('done');
    systemClock.mockReturnValue(1_700_000_300_000);
    expect(await guard.claim('a', 60)).toBe('new');
  } finally {
    jest.restoreAllMocks();
  }
});

test('a callback is remembered from its claim on, for any time at which it is confirmed', async () => {
  const start = time;
  const offset = fc.integer({ min: -10_000, max: 10_000 });
  const age = fc.double({ min: 0, max: 299.999, noNaN: true });
  await fc.assert(
    fc.asyncProperty(offset, age, async (seconds, later) => {
      const guard = guardOf();
      time = start;
      await guard.claim('a', 60);
      advance(seconds);
      await guard.confirm('a', 300);
      time = start + later * 1000;
      expect(await guard.claim('a', 60)).toBe('done');
    }),
    { numRuns: runs(300) },
  );
});

test('a release does not undo a confirmation', async () => {
  const guard = guardOf();
  await guard.claim('a', 60);
  await guard.confirm('a', 300);
  await guard.release('a');
  expect(await guard.claim('a', 60)).toBe('done');
});

test('a callback that is confirmed after its lease is remembered', async () => {
  const guard = guardOf();
  await guard.claim('a', 60);
  advance(61);
  await guard.confirm('a', 300);
  expect(await guard.claim('a', 60)).toBe('done');
});

test('a callback is remembered that was never claimed, or whose claim was deleted after its lease', async () => {
  const guard = guardOf();
  await guard.confirm('a', 300);
  await guard.claim('b', 60);
  advance(61);
  await guard.claim('c', 60);
  await guard.confirm('b', 300);
  expect(await guard.claim('a', 60)).toBe('done');
  expect(await guard.claim('b', 60)).toBe('done');
});

// docs/threat-model.md#lost-deliveries
describe('a full guard', () => {
  test('refuses new callbacks and keeps unexpired entries', async () => {
    const guard = guardOf(2);
    await guard.claim('a', 60);
    await guard.claim('b', 60);
    await guard.confirm('b', 300);
    const { code, message } = await rejection(guard.claim('c', 60));
    expect(code).toBe('ERR_REPLAY_GUARD_UNAVAILABLE');
    expect(message).toContain('maxEntries');
    expect(await guard.claim('a', 60)).toBe('pending');
    expect(await guard.claim('b', 60)).toBe('done');
    advance(60);
    expect(await guard.claim('c', 60)).toBe('new');
    await expect(guard.claim('d', 60)).rejects.toThrow('full');
  });

  test('deletes expired entries behind unexpired ones', async () => {
    const guard = guardOf(3);
    await guard.claim('long', 600);
    await guard.claim('short', 30);
    await guard.claim('middle', 60);
    await expect(guard.claim('new', 60)).rejects.toThrow('full');
    advance(30);
    expect(await guard.claim('new', 60)).toBe('new');
    await expect(guard.claim('newer', 60)).rejects.toThrow('full');
    advance(30);
    expect(await guard.claim('newer', 60)).toBe('new');
    expect(await guard.claim('long', 60)).toBe('pending');
  });

  test('keeps all entries when the clock is set back', async () => {
    const guard = guardOf(1);
    await guard.claim('a', 60);
    advance(-3600);
    expect(await guard.claim('a', 60)).toBe('pending');
    await expect(guard.claim('b', 60)).rejects.toThrow('full');
  });
});

test('the guard agrees with a model that keeps everything, for any sequence of calls', async () => {
  type Entry = { isDone: boolean; end: number };
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const seconds = fc.integer({ min: 1, max: 100 });
  const step = fc.oneof(
    fc.record({ call: fc.constant('claim' as const), id, seconds }),
    fc.record({ call: fc.constant('confirm' as const), id, seconds }),
    fc.record({ call: fc.constant('release' as const), id, seconds }),
    fc.record({ call: fc.constant('pass' as const), id, seconds }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const guard = guardOf(3);
      const model = new Map<string, Entry>();
      const live = (name: string) => {
        const entry = model.get(name);
        return entry !== undefined && entry.end > time ? entry : undefined;
      };
      for (const { call, id: name, seconds: length } of steps) {
        const end = time + length * 1000;
        if (call === 'pass') advance(length);
        else if (call === 'claim') {
          const entry = live(name);
          const isFull = [...model.keys()].filter((other) => live(other)).length >= 3;
          const expected = entry ? (entry.isDone ? 'done' : 'pending') : isFull ? 'full' : 'new';
          const answer = await guard.claim(name, length).catch(() => 'full');
          expect(answer).toBe(expected);
          if (answer === 'new') model.set(name, { isDone: false, end });
        } else if (call === 'confirm' && model.get(name)?.isDone === false) {
          await guard.confirm(name, length);
          model.set(name, { isDone: true, end });
        } else if (call === 'release' && model.get(name)?.isDone === false) {
          await guard.release(name);
          model.delete(name);
        }
      }
    }),
    { numRuns: runs(500) },
  );
});

test.each<[string, unknown]>([
  ['null as options', null],
  ['an unknown option', { size: 10 }],
  ['a maxEntries of 0', { maxEntries: 0 }],
  ['an infinite maxEntries', { maxEntries: Infinity }],
  ['a clock that is not a function', { now: 1 }],
])('the constructor throws ERR_INVALID_OPTION for %s', (_name, options) => {
  expect(failure(() => new MemoryReplayGuard(options as object)).code).toBe('ERR_INVALID_OPTION');
});

const clocks: [string, () => unknown][] = [
  ['Date objects', () => new Date()],
  ['text', () => String(Date.now())],
  ['NaN', () => NaN],
  ['Infinity', () => Infinity],
  ['a bigint', () => BigInt(Date.now())],
  ['nothing', () => undefined],
  ['a negative number', () => -1],
];

test('an error of the clock is not passed on, since it may contain a secret', async () => {
  const now = () => {
    throw new Error('correct horse');
  };
  const { code, message } = await rejection(new MemoryReplayGuard({ now }).claim('a', 60), [
    'correct horse',
  ]);
  expect(code).toBe('ERR_INVALID_OPTION');
  expect(message).toContain('now threw an error');
});

test.each(clocks)(
  'with a clock that gives %s, nothing is claimed or confirmed',
  async (_what, clock) => {
    const guard = new MemoryReplayGuard({ now: clock as () => number });
    for (let count = 0; count < 2; count += 1) {
      expect((await rejection(guard.claim('a', 60))).code).toBe('ERR_INVALID_OPTION');
      expect((await rejection(guard.confirm('a', 60))).code).toBe('ERR_INVALID_OPTION');
    }
  },
);

test.each(clocks)('a callback stays claimed if the clock later gives %s', async (_what, clock) => {
  let clockNow: () => unknown = now;
  const guard = new MemoryReplayGuard({ now: () => clockNow() as number });
  await guard.claim('a', 60);
  clockNow = clock;
  expect((await rejection(guard.confirm('a', 300))).code).toBe('ERR_INVALID_OPTION');
  clockNow = now;
  expect(await guard.claim('a', 60)).toBe('pending');
});

test.each([0, -1, 1.5, NaN, Infinity, '60', 60n, null, undefined, new Date()])(
  'a lease or duration of %p is refused, and nothing is claimed',
  async (seconds) => {
    const guard = guardOf();
    expect((await rejection(guard.claim('a', seconds as number))).code).toBe('ERR_INVALID_OPTION');
    expect(await guard.claim('a', 60)).toBe('new');
    expect((await rejection(guard.confirm('a', seconds as number))).code).toBe(
      'ERR_INVALID_OPTION',
    );
    expect(await guard.claim('a', 60)).toBe('pending');
  },
);

test.each([undefined, null, 7, 7n, {}, ['a'], Buffer.from('a'), 'a'.repeat(257)])(
  // docs/threat-model.md#data-kept-too-long
  'an ID that is not a string of at most 256 characters is refused: %#',
  async (id) => {
    const guard = guardOf();
    for (const call of [
      guard.claim(id as string, 60),
      guard.confirm(id as string, 60),
      guard.release(id as string),
    ]) {
      expect((await rejection(call)).code).toBe('ERR_INVALID_OPTION');
    }
  },
);

test('IDs of 256 characters and of lone surrogates are distinct', async () => {
  const guard = guardOf();
  for (const id of ['a'.repeat(256), 'a'.repeat(255), '\uD800', '\uDC00', '\uFFFD', '']) {
    expect(await guard.claim(id, 60)).toBe('new');
    expect(await guard.claim(id, 60)).toBe('pending');
  }
});

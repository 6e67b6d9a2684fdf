import { HostClocks } from '../../src/injector/host-clocks';

const start = 1_500_000_000;
const [host, other] = ['api.nexmo.com', 'gateway.test'];
const dateOf = (seconds: number) => new Date(seconds * 1000).toUTCString();
const day = 86_400;

let now: number;
let steady: number;
let clocks: HostClocks;
let warnings: jest.SpyInstance;
beforeEach(() => {
  now = start;
  steady = 0;
  clocks = new HostClocks(
    () => now * 1000 + 250,
    () => steady * 1000,
  );
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  warnings.mockRestore();
});

const elapse = (seconds: number) => {
  now += seconds;
  steady += seconds;
};
const secondsAt = (name: string) => Math.floor(clocks.at(name)() / 1000);
const learn = (offset: number) => {
  clocks.learn(host, dateOf(now + offset));
};
const confirm = (offset: number, sent?: number) => {
  clocks.confirm(host, dateOf(now + offset), sent);
};
const offsetNow = () => secondsAt(host) - now;
const messages = () => (warnings.mock.calls as [string, unknown][]).map(([message]) => message);

test.each([
  [3600, 'behind'],
  [-3600, 'ahead of'],
  [31, 'behind'],
  [-31, 'ahead of'],
])('a host whose Date is %i seconds off has a clock of its own, with a warning', (by, how) => {
  clocks.learn(host, dateOf(start + by));
  expect(secondsAt(host)).toBe(start + by);
  elapse(100);
  expect(secondsAt(host)).toBe(start + by + 100);
  expect(secondsAt(other)).toBe(start + 100);
  const [message, options] = warnings.mock.calls[0] as [string, unknown];
  expect(message).toContain(`is ${Math.abs(by)} seconds ${how} that of ${host}, `);
  expect(options).toEqual({ type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_CLOCK' });
});

test.each([30, 0, -30])('a host whose Date is %i seconds off has the own clock', (by) => {
  clocks.learn(host, dateOf(start + by));
  expect(clocks.at(host)).toBe(clocks.at(other));
  expect(warnings).not.toHaveBeenCalled();
});

test('a clock is replaced each time that it is wrong, with one warning, and none outlives that', () => {
  learn(3600);
  const first = clocks.at(host);
  learn(3610);
  expect(clocks.at(host)).toBe(first);
  learn(7200);
  const second = clocks.at(host);
  expect(second).not.toBe(first);
  expect([first, second].map((clock) => Math.floor(clock() / 1000) - now)).toEqual([7200, 7200]);
  learn(0);
  expect(clocks.at(host)).toBe(clocks.at(other));
  expect([first, second].map((clock) => Math.floor(clock() / 1000))).toEqual([now, now]);
  expect(warnings).toHaveBeenCalledTimes(1);
});

test('the same host on another port is another', () => {
  clocks.learn('localhost:1', dateOf(start + 3600));
  expect(secondsAt('localhost:2')).toBe(start);
});

/** RFC 9110, section 5.6.7: what servers generate, what they no longer may, and what they never might. */
test.each([
  ['that does not exist', 'Mon, 99 Foo 2017 99:99:99 GMT'],
  ['in the form of RFC 850', 'Friday, 14-Jul-17 03:40:00 GMT'],
  ['in the form of asctime', 'Fri Jul 14 03:40:00 2017'],
  ['in ISO 8601', '2017-07-14T03:40:00Z'],
  ['with more around it', 'x Fri, 14 Jul 2017 03:40:00 GMT'],
  ['that is a number', '-1'],
  ['that is zero', '0'],
  ['with a number in it', 'garbage 7'],
  ['that is empty', ''],
  ['that is none', undefined],
  ['of null', null],
  ['that is no text', { toString: () => dateOf(start + 3600) }],
])('a Date %s says nothing', (_name, date) => {
  clocks.learn(host, date);
  expect(clocks.at(host)).toBe(clocks.at(other));
  expect(warnings).not.toHaveBeenCalled();
  learn(3600);
  const learned = clocks.at(host);
  clocks.learn(host, date);
  clocks.confirm(host, date);
  expect(clocks.at(host)).toBe(learned);
});

describe('the own clock jumps', () => {
  test.each([31, -31, 3600, -3600, day, -day])(
    'by %i seconds: what was learned is dropped',
    (by) => {
      learn(7200);
      const learned = clocks.at(host);
      elapse(1000);
      now += by;
      expect(learned()).toBe(now * 1000 + 250);
      expect(clocks.at(host)).toBe(clocks.at(other));
    },
  );

  test('the steady clock advances alone, as nothing but a fault would have it: dropped', () => {
    learn(7200);
    steady += 31;
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test.each([30, -30])('by %i seconds, within the tolerance: it stays in force', (by) => {
    learn(7200);
    now += by;
    expect(offsetNow()).toBe(7200);
  });

  test('and back again: a dropped clock does not return', () => {
    learn(7200);
    const learned = clocks.at(host);
    now += day;
    expect(clocks.at(host)).not.toBe(learned);
    now -= day;
    expect(clocks.at(host)).not.toBe(learned);
    expect(Math.floor(learned() / 1000)).toBe(now);
  });

  test('little by little: a confirmed clock is compared with the time of its confirmation', () => {
    learn(7200);
    const learned = clocks.at(host);
    for (let count = 0; count < 5; count += 1) {
      now += 20;
      clocks.confirm(host, dateOf(now + 7200));
    }
    expect(clocks.at(host)).toBe(learned);
    now += 20;
    now += 20;
    expect(clocks.at(host)).not.toBe(learned);
  });

  test('and is found wrong again: it is learned again, without another warning', () => {
    learn(7200);
    now -= 3600;
    expect(offsetNow()).toBe(0);
    learn(10_800);
    expect(offsetNow()).toBe(10_800);
    expect(warnings).toHaveBeenCalledTimes(1);
  });
});

describe('a later answer', () => {
  test.each([3600 + 30, 3600, 3600 - 30])('at %i seconds of 3600 confirms', (by) => {
    learn(3600);
    const learned = clocks.at(host);
    confirm(by);
    expect(clocks.at(host)).toBe(learned);
    expect(offsetNow()).toBe(3600);
  });

  test.each([3600 + 31, 3600 - 31, 31, -31, day, -day])('at %i seconds of 3600 corrects', (by) => {
    learn(3600);
    const learned = clocks.at(host);
    confirm(by);
    expect(clocks.at(host)).not.toBe(learned);
    expect(offsetNow()).toBe(by);
    expect(warnings).toHaveBeenCalledTimes(1);
  });

  test.each([30, 0, -30])('at %i seconds, that is at the own time, drops', (by) => {
    learn(3600);
    confirm(by);
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test('teaches nothing where nothing was learned, and says nothing', () => {
    for (const by of [3600, -3600, 364 * day]) confirm(by);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(warnings).not.toHaveBeenCalled();
  });

  test('teaches nothing where what was learned has been dropped by a jump', () => {
    learn(3600);
    now += day;
    confirm(3600);
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test('that took long to read is as old as that, and so confirms', () => {
    learn(3600);
    const learned = clocks.at(host);
    const sent = steady;
    elapse(600);
    for (const age of [0, 300, 630]) confirm(3600 - age, sent);
    expect(clocks.at(host)).toBe(learned);
    confirm(3600 - 631, sent);
    expect(offsetNow()).toBe(3600 - 631);
  });
});

describe('a difference of more than 24 hours', () => {
  test.each([day, -day, day + 30, -day - 30])('starts beyond %i seconds', (by) => {
    learn(by);
    expect(offsetNow()).toBe(by);
  });

  test.each([
    [day + 31, 'about 24 hours behind'],
    [-day - 31, 'about 24 hours ahead of'],
    [2 * day, 'about 2 days behind'],
    [364 * day, 'about 364 days behind'],
    [-10 * 365.25 * day, 'about 10 years ahead of'],
  ])('%i seconds: is not learned, and that is said once', (by, words) => {
    for (let count = 0; count < 2; count += 1) learn(by);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(messages()).toEqual([
      `The clock of this machine is ${words} that of ${host}, and tokens are not dated by a clock that differs by more than 24 hours, so the host may refuse them all. Set the clock that is wrong.`,
    ]);
    expect(warnings.mock.calls[0]).toContainEqual({
      type: 'NexmoAuthWarning',
      code: 'NEXMO_AUTH_CLOCK',
    });
  });

  test.each([['refusal', learn] as const, ['answer', confirm] as const])(
    'drops at a later %s what was learned before, with a second warning',
    (_name, answer) => {
      learn(3600);
      const learned = clocks.at(host);
      answer(364 * day);
      expect(clocks.at(host)).toBe(clocks.at(other));
      expect(Math.floor(learned() / 1000)).toBe(now);
      expect(messages()).toHaveLength(2);
      expect(messages()[1]).toContain('about 364 days behind');
    },
  );

  test.each([0, 1, 3600])('a machine that wakes %i seconds after 1970 is told so', (seconds) => {
    now = seconds;
    clocks.learn(host, 'Wed, 25 Nov 2026 12:00:00 GMT');
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(messages()[0]).toContain('about 57 years behind that of api.nexmo.com');
  });

  test.each([
    [start, 'Mon, 01 Jan 1900 00:00:00 GMT'],
    [60, 'Wed, 31 Dec 1969 23:59:00 GMT'],
  ])('at %i: a Date before 1970, which no token can have, is not learned', (time, date) => {
    now = time;
    clocks.learn(host, date);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(messages()).toHaveLength(1);
  });
});

test('a clock that gives no time teaches nothing', () => {
  learn(3600);
  now = NaN;
  clocks.learn(host, dateOf(start + 7200));
  clocks.confirm(host, dateOf(start + 7200));
  now = start;
  expect(clocks.at(host)).toBe(clocks.at(other));
});

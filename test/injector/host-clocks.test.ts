import { HostClocks } from '../../src/injector/host-clocks';

const start = 1_500_000_000;
const other = 'gateway.test';
const dateOf = (seconds: number) => new Date(seconds * 1000).toUTCString();
const day = 86_400;

/** Another host for each test: a warning is given once per host and process. */
let host: string;
let count = 0;
let now: number;
let steady: number;
let clocks: HostClocks;
let warnings: jest.SpyInstance;
beforeEach(() => {
  host = `gateway-${(count += 1)}.test`;
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
  clocks.check(host, dateOf(now + offset), sent);
};
const offsetNow = () => secondsAt(host) - now;
const messages = () => (warnings.mock.calls as [string, unknown][]).map(([message]) => message);

test.each([
  [3600, 'behind'],
  [-3600, 'ahead of'],
  [31, 'behind'],
  [-31, 'ahead of'],
])('a Date header %i seconds off gives the host its own clock, with a warning', (by, how) => {
  clocks.learn(host, dateOf(start + by));
  expect(secondsAt(host)).toBe(start + by);
  elapse(100);
  expect(secondsAt(host)).toBe(start + by + 100);
  expect(secondsAt(other)).toBe(start + 100);
  const [message, options] = warnings.mock.calls[0] as [string, unknown];
  expect(message).toContain(`is ${Math.abs(by)} seconds ${how} that of ${host}, `);
  expect(options).toEqual({ type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_CLOCK' });
});

test.each([30, 0, -30])('a host whose Date is %i seconds off gets no clock of its own', (by) => {
  clocks.learn(host, dateOf(start + by));
  expect(clocks.at(host)).toBe(clocks.at(other));
  expect(warnings).not.toHaveBeenCalled();
});

test('a wrong learned clock is replaced, with one warning in total', () => {
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

test('another port is another host', () => {
  clocks.learn('localhost:1', dateOf(start + 3600));
  expect(secondsAt('localhost:2')).toBe(start);
});

/** Servers send one format of RFC 9110, section 5.6.7. The two obsolete formats, and all other values, are ignored. */
test.each([
  ['with a date that does not exist', 'Mon, 99 Foo 2017 99:99:99 GMT'],
  ['in the form of RFC 850', 'Friday, 14-Jul-17 03:40:00 GMT'],
  ['in the form of asctime', 'Fri Jul 14 03:40:00 2017'],
  ['in ISO 8601', '2017-07-14T03:40:00Z'],
  ['with other text around it', 'x Fri, 14 Jul 2017 03:40:00 GMT'],
  ['that is a number', '-1'],
  ['that is zero', '0'],
  ['with a number in it', 'garbage 7'],
  ['that is empty', ''],
  ['of undefined', undefined],
  ['of null', null],
  ['that is no text', { toString: () => dateOf(start + 3600) }],
])('a Date header %s is ignored', (_name, date) => {
  clocks.learn(host, date);
  expect(clocks.at(host)).toBe(clocks.at(other));
  expect(warnings).not.toHaveBeenCalled();
  learn(3600);
  const learned = clocks.at(host);
  clocks.learn(host, date);
  clocks.check(host, date);
  expect(clocks.at(host)).toBe(learned);
});

// docs/threat-model.md#data-kept-too-long
test('the clocks of at most a thousand hosts are kept, and of none that no response confirmed for an hour', () => {
  const hosts = Array.from({ length: 1001 }, (_none, each) => `${each}.${host}`);
  const learned = () => hosts.filter((each) => secondsAt(each) !== now);
  for (const each of hosts) clocks.learn(each, dateOf(now + 60));
  expect(learned()).toEqual(hosts.slice(1));
  elapse(3601);
  learn(60);
  elapse(-3601);
  expect(learned()).toEqual([]);
});

describe('when the local clock is set', () => {
  test.each([31, -31, 3600, -3600, day, -day])(
    'by %i seconds, the learned clock is dropped',
    (by) => {
      learn(7200);
      const learned = clocks.at(host);
      elapse(1000);
      now += by;
      expect(learned()).toBe(now * 1000 + 250);
      expect(clocks.at(host)).toBe(clocks.at(other));
    },
  );

  test('back by the time that has passed, the learned clock is dropped', () => {
    learn(7200);
    steady += 31;
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test.each([5, -5])('by %i seconds, the learned clock stays in use', (by) => {
    learn(7200);
    now += by;
    expect(offsetNow()).toBe(7200);
  });

  test.each([6, -6])(
    'by %i seconds, the learned clock is dropped, since only 5 seconds of drift are tolerated',
    (by) => {
      learn(7200);
      now += by;
      expect(offsetNow()).toBe(0);
    },
  );

  test('and back again, a dropped clock does not return', () => {
    learn(7200);
    const learned = clocks.at(host);
    now += day;
    expect(clocks.at(host)).not.toBe(learned);
    now -= day;
    expect(clocks.at(host)).not.toBe(learned);
    expect(Math.floor(learned() / 1000)).toBe(now);
  });

  test('in small steps, drift is measured from the last confirmation', () => {
    learn(7200);
    const learned = clocks.at(host);
    for (let count = 0; count < 5; count += 1) {
      now += 4;
      clocks.check(host, dateOf(now + 7200));
    }
    expect(clocks.at(host)).toBe(learned);
    now += 4;
    now += 4;
    expect(clocks.at(host)).not.toBe(learned);
  });

  test('and a token is refused again, the clock is learned again without another warning', () => {
    learn(7200);
    now -= 3600;
    expect(offsetNow()).toBe(0);
    learn(10_800);
    expect(offsetNow()).toBe(10_800);
    expect(warnings).toHaveBeenCalledTimes(1);
  });
});

describe('a later accepted response', () => {
  test.each([3600 + 30, 3600, 3600 - 30])(
    'whose Date is %i seconds off confirms a clock learned as 3600 seconds off',
    (by) => {
      learn(3600);
      const learned = clocks.at(host);
      confirm(by);
      expect(clocks.at(host)).toBe(learned);
      expect(offsetNow()).toBe(3600);
    },
  );

  test.each([3600 + 31, 3600 - 31, 3600 + 60, 3600 - 60])(
    'whose Date is %i seconds off corrects a clock learned as 3600 seconds off, since clocks drift',
    (by) => {
      learn(3600);
      const learned = clocks.at(host);
      confirm(by);
      expect(clocks.at(host)).not.toBe(learned);
      expect(offsetNow()).toBe(by);
      expect(warnings).toHaveBeenCalledTimes(1);
    },
  );

  test('corrects a clock by at most a minute, even with many responses', () => {
    learn(3600);
    for (const by of [3640, 3660]) confirm(by);
    expect(offsetNow()).toBe(3640);
    confirm(3691);
    expect(offsetNow()).toBe(3640);
    confirm(3691);
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test.each([
    [31, 0],
    [day, day + 60],
    [-day, -day - 60],
  ])(
    'drops a clock instead of correcting it to a difference too small or too large to learn: %i to %i seconds',
    (from, to) => {
      learn(from);
      confirm(to);
      confirm(to);
      expect(clocks.at(host)).toBe(clocks.at(other));
    },
  );

  test.each([3600 + 61, 3600 - 61, 0, 31, -3600, 20 * 3600, day, -day, 364 * day])(
    'whose Date is %i instead of 3600 seconds off is ignored, and the second in a row drops the clock',
    (by) => {
      learn(3600);
      const learned = clocks.at(host);
      confirm(by);
      expect(clocks.at(host)).toBe(learned);
      expect(offsetNow()).toBe(3600);
      confirm(by);
      expect(clocks.at(host)).toBe(clocks.at(other));
      expect(Math.floor(learned() / 1000)).toBe(now);
      expect(warnings).toHaveBeenCalledTimes(1);
    },
  );

  test('that confirms the clock between two contradictions keeps it', () => {
    learn(3600);
    const learned = clocks.at(host);
    for (let round = 0; round < 5; round += 1) for (const by of [0, 3600]) confirm(by);
    expect(clocks.at(host)).toBe(learned);
    expect(offsetNow()).toBe(3600);
  });

  test('without a valid Date header between two contradictions does not keep the clock', () => {
    learn(3600);
    confirm(0);
    clocks.check(host, 'garbage');
    confirm(0);
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test('that contradicted one clock does not count against the clock that replaced it', () => {
    learn(3600);
    confirm(0);
    learn(7200);
    confirm(0);
    expect(offsetNow()).toBe(7200);
  });

  test('never sets a clock, and causes no warning', () => {
    for (const by of [3600, -3600, 364 * day]) confirm(by);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(warnings).not.toHaveBeenCalled();
  });

  test('does not restore a clock that was dropped', () => {
    learn(3600);
    now += day;
    confirm(3600);
    expect(clocks.at(host)).toBe(clocks.at(other));
  });

  test('that took long to read has an old Date header, which is no contradiction', () => {
    learn(3600);
    const learned = clocks.at(host);
    const sent = steady;
    elapse(600);
    for (const age of [300, 630, 31]) confirm(3600 - age, sent);
    expect(clocks.at(host)).toBe(learned);
    for (let round = 0; round < 2; round += 1) confirm(3600 - 631, sent);
    expect(clocks.at(host)).toBe(clocks.at(other));
  });
});

describe('a learned clock', () => {
  test('expires an hour after it was learned', () => {
    learn(7200);
    const learned = clocks.at(host);
    elapse(3600);
    expect(clocks.at(host)).toBe(learned);
    elapse(1);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(Math.floor(learned() / 1000)).toBe(now);
  });

  test('expires an hour after its last confirmation or correction', () => {
    learn(7200);
    for (const by of [7200, 7200 + 40, 7200 + 40]) {
      elapse(3600);
      confirm(by);
    }
    elapse(3600);
    expect(offsetNow()).toBe(7240);
    elapse(1);
    expect(offsetNow()).toBe(0);
  });

  test.each<[string, () => void]>([
    [
      'that contradicts',
      () => {
        confirm(0);
      },
    ],
    [
      'that took ten minutes to read',
      () => {
        confirm(7200 - 600, steady - 600);
      },
    ],
    [
      'without a Date',
      () => {
        clocks.check(host, undefined);
      },
    ],
  ])('expires in spite of a response %s', (_name, answer) => {
    learn(7200);
    elapse(1800);
    answer();
    elapse(1801);
    expect(offsetNow()).toBe(0);
  });

  test('that has expired is learned again only from a refusal', () => {
    learn(7200);
    elapse(3601);
    confirm(7200);
    expect(offsetNow()).toBe(0);
    learn(7200);
    expect(offsetNow()).toBe(7200);
  });
});

describe('a warning is emitted once per process', () => {
  const tenants = (count: number) =>
    Array.from({ length: count }, () => new HostClocks(() => now * 1000));

  test('even if several injectors find the same clock wrong', () => {
    for (const each of tenants(1000)) each.learn(host, dateOf(now + 3600));
    expect(messages()).toHaveLength(1);
    for (const each of tenants(1000)) each.learn(host, dateOf(now + 2 * day));
    expect(messages()).toHaveLength(2);
  });

  test('for each host', () => {
    for (const each of tenants(3)) {
      each.learn(host, dateOf(now + 3600));
      each.learn(`other.${host}`, dateOf(now + 3600));
    }
    expect(messages()).toHaveLength(2);
  });
});

describe('a difference of more than 24 hours', () => {
  test.each([day, -day, day + 30, -day - 30])(
    'does not begin at %i seconds, since clocks are compared to within 30 seconds',
    (by) => {
      learn(by);
      expect(offsetNow()).toBe(by);
    },
  );

  test.each([
    [day + 31, 'about 24 hours behind'],
    [-day - 31, 'about 24 hours ahead of'],
    [2 * day, 'about 2 days behind'],
    [364 * day, 'about 364 days behind'],
    [-10 * 365.25 * day, 'about 10 years ahead of'],
  ])('of %i seconds is not learned, and causes one warning', (by, words) => {
    for (let count = 0; count < 2; count += 1) learn(by);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(messages()).toEqual([
      `The clock of this machine is ${words} that of ${host}, and tokens are not dated by a clock that differs by more than 24 hours, so the host may refuse them all. Correct the wrong clock.`,
    ]);
    expect(warnings.mock.calls[0]).toContainEqual({
      type: 'NexmoAuthWarning',
      code: 'NEXMO_AUTH_CLOCK',
    });
  });

  test('drops a clock that was learned before, with a second warning', () => {
    learn(3600);
    const learned = clocks.at(host);
    learn(364 * day);
    expect(clocks.at(host)).toBe(clocks.at(other));
    expect(Math.floor(learned() / 1000)).toBe(now);
    expect(messages()).toHaveLength(2);
    expect(messages()[1]).toContain('about 364 days behind');
  });

  test.each([0, 1, 3600])(
    'causes a warning if the local clock shows %i seconds after the start of 1970',
    (seconds) => {
      now = seconds;
      clocks.learn(host, 'Wed, 25 Nov 2026 12:00:00 GMT');
      expect(clocks.at(host)).toBe(clocks.at(other));
      expect(messages()[0]).toContain(`about 57 years behind that of ${host}`);
    },
  );

  test.each([
    [start, 'Mon, 01 Jan 1900 00:00:00 GMT'],
    [60, 'Wed, 31 Dec 1969 23:59:00 GMT'],
  ])(
    'is not the only reason to ignore a Date: one before 1970, which no token can have, is ignored (local time: %i)',
    (time, date) => {
      now = time;
      clocks.learn(host, date);
      expect(clocks.at(host)).toBe(clocks.at(other));
      expect(messages()).toHaveLength(1);
    },
  );
});

test('nothing is learned while the local clock fails', () => {
  learn(3600);
  now = NaN;
  clocks.learn(host, dateOf(start + 7200));
  clocks.check(host, dateOf(start + 7200));
  now = start;
  expect(clocks.at(host)).toBe(clocks.at(other));
});

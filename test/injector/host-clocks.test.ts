import { HostClocks } from '../../src/injector/host-clocks';

const start = 1_500_000_000;
const [host, other] = ['api.nexmo.com', 'gateway.test'];
const dateOf = (seconds: number) => new Date(seconds * 1000).toUTCString();

let now: number;
let clocks: HostClocks;
let warnings: jest.SpyInstance;
beforeEach(() => {
  now = start;
  clocks = new HostClocks(() => now * 1000 + 250);
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  warnings.mockRestore();
});

const secondsAt = (name: string) => Math.floor(clocks.at(name)() / 1000);

test.each([
  [3600, 'behind'],
  [-3600, 'ahead of'],
  [31, 'behind'],
  [-31, 'ahead of'],
])('a host whose Date is %i seconds off has a clock of its own, with a warning', (by, how) => {
  clocks.learn(host, dateOf(start + by));
  expect(secondsAt(host)).toBe(start + by);
  now += 100;
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

test('a clock is never set but replaced, each time that it is wrong, and that is said once', () => {
  const own = clocks.at(host);
  clocks.learn(host, dateOf(start + 3600));
  const first = clocks.at(host);
  clocks.learn(host, dateOf(start + 3610));
  expect(clocks.at(host)).toBe(first);
  clocks.learn(host, dateOf(start));
  expect(new Set([own, first, clocks.at(host)]).size).toBe(3);
  expect([own, first, clocks.at(host)].map((clock) => Math.floor(clock() / 1000))).toEqual([
    start,
    start + 3600,
    start,
  ]);
  expect(warnings).toHaveBeenCalledTimes(1);
});

test('the same host on another port is another', () => {
  clocks.learn('localhost:1', dateOf(start + 3600));
  expect(secondsAt('localhost:2')).toBe(start);
});

/** RFC 9110, section 5.6.7: what servers generate, what they no longer may, and what they never might. */
test.each([
  ['before 1970 (no request would get a token)', 'Mon, 01 Jan 1900 00:00:00 GMT'],
  ['more than a year ahead', 'Sat, 14 Jul 2018 02:40:01 GMT'],
  ['more than a year behind', 'Thu, 14 Jul 2016 02:39:59 GMT'],
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
});

test('a Date of a year off is believed', () => {
  clocks.learn(host, 'Sat, 14 Jul 2018 02:40:00 GMT');
  clocks.learn(other, 'Thu, 14 Jul 2016 02:40:00 GMT');
  expect([secondsAt(host), secondsAt(other)]).toEqual([start + 31_536_000, start - 31_536_000]);
});

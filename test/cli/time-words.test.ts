import { durationInWords, isoTime, relativeTime } from '../../src/cli/time-words';

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [7199, '1 hour'],
  [172_800, '2 days'],
])('%i seconds are %s', (seconds, words) => {
  expect(durationInWords(seconds)).toBe(words);
});

test.each([
  [1000, 'now'],
  [1240, 'in 4 minutes'],
  [400, '10 minutes ago'],
])('at the time 1000, the time %i is %s', (time, words) => {
  expect(relativeTime(time, 1000)).toBe(words);
});

test('a time is written in ISO 8601, or undefined if it is too large for a Date', () => {
  expect(isoTime(1_795_694_400)).toBe('2026-11-26T12:00:00Z');
  expect(isoTime(1e300)).toBeUndefined();
});

import { errorGroups } from '../src/error-meanings';
import { NexmoAuthError, shownName } from '../src/errors';

test('a NexmoAuthError has a name, a code, a message, and no other field', () => {
  const error = new NexmoAuthError('ERR_INVALID_URL', 'Do this.');
  expect(error).toBeInstanceOf(Error);
  expect({ ...error }).toEqual({ code: 'ERR_INVALID_URL', name: 'NexmoAuthError' });
  expect(String(error)).toBe('NexmoAuthError: Do this.');
  expect(error.cause).toBeUndefined();
});

test.each(Object.values(errorGroups).flatMap((group) => Object.entries(group)))(
  '%s has a cause in one sentence, and a remedy',
  (code, { cause, remedy }) => {
    expect(code).toMatch(/^ERR(_[A-Z][A-Z0-9]*)+$/);
    expect(cause).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
  },
);

test.each([
  ['api_key', 'api_key'],
  ['größe[0].x-y', 'größe[0].x-y'],
  ['api_secret=hunter2', 'api_secret…'],
  ['x-api-key: hunter2', 'x-api-key…'],
  ['api_secret%3Dhunter2', 'api_secret…'],
  ['{"api_secret":"hunter2"}', '…'],
  ['a\uD83D', 'a…'],
  ['', ''],
  ['a'.repeat(61), `${'a'.repeat(60)}…`],
])('the name %j is shown as %j', (name, shown) => {
  expect(shownName(name)).toBe(shown);
});

import { warnOnce } from '../src/warnings';

let emitted: jest.SpyInstance;
beforeEach(() => {
  emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  emitted.mockRestore();
});

test('a warning is emitted once per code and cause', () => {
  for (let round = 0; round < 3; round += 1) {
    warnOnce('NEXMO_AUTH_ONE', 'a', 'One of a.');
    warnOnce('NEXMO_AUTH_ONE', 'b', 'One of b.');
    warnOnce('NEXMO_AUTH_TWO', 'a', 'Two of a.');
  }
  expect(emitted.mock.calls).toEqual([
    ['One of a.', { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_ONE' }],
    ['One of b.', { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_ONE' }],
    ['Two of a.', { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_TWO' }],
  ]);
});

test('after a thousand other causes, a warning is emitted again', () => {
  warnOnce('NEXMO_AUTH_MANY', 'first', 'First.');
  for (let count = 0; count < 1000; count += 1) warnOnce('NEXMO_AUTH_MANY', `${count}`, 'Other.');
  emitted.mockClear();
  warnOnce('NEXMO_AUTH_MANY', 'first', 'First.');
  expect(emitted).toHaveBeenCalledTimes(1);
});

import { withProgress } from '../../src/cli/progress';
import { contextFor, outputOf } from '../support/cli';

const slow = () => new Promise((resolve) => setTimeout(resolve, 20, 'done'));

test('progress is shown on a terminal, and cleared at the end', async () => {
  const io = contextFor({ isTerminal: true });
  expect(await withProgress('Waiting …', slow(), io, 1)).toBe('done');
  expect(outputOf(io.stderr)).toBe('Waiting …\r\u001B[K');
});

test.each([
  ['what takes less than a second', { isTerminal: true }, false, 1000],
  ['a pipe', { isTerminal: false }, false, 1],
  ['--quiet', { isTerminal: true }, true, 1],
])('no progress is shown for %s', async (_name, options, quiet, delay) => {
  const io = { ...contextFor(options), quiet };
  await withProgress('Waiting …', slow(), io, delay);
  expect(outputOf(io.stderr)).toBe('');
});

import fc from 'fast-check';
import { decodedPath } from '../../src/injector/decoded-path';
import { runs } from '../support/runs';

test.each([
  ['%73ms', 'sms'],
  ['%2573ms', 'sms'],
  ['%252525%37%33ms', 'sms'],
  ['%%37%33ms', 'sms'],
  ['%25%32%35%37%33ms', 'sms'],
  ['a%2Fb%5c%2E%3B', 'a/b\\.;'],
  ['a%20b%2520%C3%A4', 'a b %C3%A4'],
  ['%40%2B%3A%7E%00%7F%25', '@+:~%00%7F%25'],
  ['%', '%'],
  ['%2', '%2'],
])('%s is decoded to %s', (path, expected) => {
  expect(decodedPath(path)).toBe(expected);
});

test('the result is that of decoding again and again, for any path', () => {
  const escape = /%(?:25)*([0-9a-f]{2})/gi;
  const decodedOnce = (path: string) =>
    path.replace(escape, (text, code: string) => {
      const character = String.fromCharCode(parseInt(code, 16));
      return /[ -~]/.test(character) && character !== '%' ? character : text;
    });
  const decodedFully = (path: string): string => {
    const once = decodedOnce(path);
    return once === path ? path : decodedFully(once);
  };
  const part = fc.constantFrom('%', '2', '5', '3', '7', 'f', 'E', '/', '%25', '%2', '%3', '%41');
  fc.assert(
    fc.property(fc.string({ unit: part, maxLength: 12 }), (path) => {
      expect(decodedPath(path)).toBe(decodedFully(path));
    }),
    { numRuns: runs(20_000) },
  );
});

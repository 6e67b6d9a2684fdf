import fc from 'fast-check';
import { readBase64url } from '../../src/readers/base64url';
import { runs } from '../support/runs';

/** RFC 7515, appendix C, and RFC 4648, section 10, without padding. */
test.each<[string, string | Uint8Array]>([
  ['A-z_4ME', new Uint8Array([3, 236, 255, 224, 193])],
  ['', ''],
  ['Zg', 'f'],
  ['Zm8', 'fo'],
  ['Zm9v', 'foo'],
  ['Zm9vYg', 'foob'],
  ['Zm9vYmE', 'fooba'],
  ['Zm9vYmFy', 'foobar'],
])('%j is decoded', (text, bytes) => {
  expect(readBase64url(text)).toEqual(Buffer.from(bytes as string));
});

test.each([
  ['of an impossible length', 'Zm9vA'],
  ['of one character', 'A'],
  ['with four pad bits that are not all zero (RFC 4648, section 3.5)', 'Zh'],
  ['with two pad bits that are not both zero', 'Zm9'],
  ['with padding', 'Zg=='],
  ['in the base64 alphabet', 'A+z/4ME'],
  ['with white space', 'Zm9v Ymf'],
  ['with a line break', 'Zm9v\n'],
  ['with a character outside ASCII', 'Zm9vé'],
])('a text %s is refused', (_name, text) => {
  expect(readBase64url(text)).toBeUndefined();
});

test('no two texts decode to the same bytes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\w+/=-]{0,8}$/), (text) => {
      const bytes = readBase64url(text);
      if (bytes !== undefined) expect(bytes.toString('base64url')).toBe(text);
    }),
    { numRuns: runs(2000) },
  );
});

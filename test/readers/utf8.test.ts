import fc from 'fast-check';
import { readUtf8 } from '../../src/readers/utf8';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';

/** RFC 3629, sections 3, 4 and 10. */
test.each<[string, number[]]>([
  ['0xFF, which is in no character', [0xff]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['an overlong /', [0xe0, 0x80, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a character past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a sequence cut short', [0xe2, 0x82]],
  ['a lone continuation byte', [0x61, 0x80]],
])('%s is not UTF-8', (_name, bytes) => {
  expect(readUtf8(new Uint8Array(bytes))).toBeUndefined();
});

test('any well-formed text is decoded unchanged, including a byte-order mark and U+FFFD', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      expect(readUtf8(Buffer.from(`\uFEFF\uFFFD${text}`))).toBe(`\uFEFF\uFFFD${text}`);
    }),
  );
  expect(readUtf8(new Uint8Array([0x61]).buffer)).toBe('a');
});

test('different bytes never decode to the same text', () => {
  const bytes = fc.uint8Array({ maxLength: 8 });
  fc.assert(
    fc.property(bytes, (input) => {
      const text = readUtf8(input);
      if (text !== undefined) expect([...Buffer.from(text)]).toEqual([...input]);
    }),
    { numRuns: runs(2000) },
  );
});

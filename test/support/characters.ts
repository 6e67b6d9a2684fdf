import fc from 'fast-check';

const codePoint = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
  { weight: 2, arbitrary: fc.integer({ min: 0x80, max: 0xd7_ff }) },
  fc.integer({ min: 0xe0_00, max: 0xff_ff }),
  fc.integer({ min: 0x1_00_00, max: 0x10_ff_ff }),
);

/** Any character of Unicode. Like the unit `binary` of fast-check, which takes most of a second to set up. */
export const anyCharacter = codePoint.map((code) => String.fromCodePoint(code));

import { lowerCaseAscii } from '../../src/readers/ascii';

test('only the capital letters of ASCII become small letters', () => {
  expect(lowerCaseAscii('ABCXYZ.abc-019[]')).toBe('abcxyz.abc-019[]');
  expect(lowerCaseAscii('\u212A\u0130Ä')).toBe('\u212A\u0130Ä');
});

/** The hexadecimal codes of the printable characters of ASCII, without the percent sign. */
const codes = '(2[0-46-9a-f]|[3-6][\\da-f]|7[\\da-e])';
const decodedCode = new RegExp(`^${codes}$`, 'i');
const plainEscape = new RegExp(`%${codes}`, 'gi');
/** A percent sign that is escaped, or that does not begin an escape. Only with such a sign can decoding add escapes. */
const loosePercent = /%(?:25|(?![\da-f]{2}))/i;
/** An escape of such a character. The percent sign may itself be escaped, as %25. */
const decodedEscape = new RegExp(`%(25)*${codes}`, 'i');

/**
 * A path in which each `decodedEscape` is decoded, also those that appear when others are decoded. Takes one pass: a
 * decoded character can only complete an escape that ends with it.
 */
export function decodedPath(path: string): string {
  if (!loosePercent.test(path))
    return path.replace(plainEscape, (_escape, code: string) => decode(code));
  if (!decodedEscape.test(path)) return path;
  const characters: string[] = [];
  for (const character of path) {
    characters.push(character);
    for (let start = lastEscape(characters); start >= 0; start = lastEscape(characters)) {
      characters.splice(start, Infinity, decode(characters.slice(-2).join('')));
    }
  }
  return characters.join('');
}

/** The start of the escape that ends with the last character. -1 if there is no such escape. */
function lastEscape(characters: readonly string[]): number {
  if (!decodedCode.test(characters.slice(-2).join(''))) return -1;
  let start = characters.length - 3;
  while (characters[start] === '5' && characters[start - 1] === '2') start -= 2;
  return characters[start] === '%' ? start : -1;
}

function decode(code: string): string {
  return String.fromCharCode(parseInt(code, 16));
}

/**
 * Replaces secrets in a text by `[redacted]`. Also finds secrets that are percent-encoded, once or repeatedly, secrets
 * with the escapes of JSON, JavaScript or HTML, and base64 without its padding. `Sanitizer` uses this function for
 * axios, and `public-response.ts` uses it for `fetch`.
 */
export function redact(text: string, secrets: readonly string[]): string {
  if (!secrets.some((secret) => mayHold(text, withoutPadding(secret)))) return text;
  const { starts, all } = matcherOf(secrets);
  let clean = '';
  let position = 0;
  for (const { index } of text.matchAll(starts)) {
    if (index < position) continue;
    // If one secret begins with another, the longer one is replaced.
    const end = Math.max(...all.map((pieces) => endOf(pieces, text, index) ?? 0));
    if (end === 0) continue;
    clean += `${text.slice(position, index)}[redacted]`;
    position = end;
  }
  return clean + text.slice(position);
}

/** `starts` matches where a secret may start, and `all` has the pieces of each secret. */
type Matcher = { starts: RegExp; all: readonly (readonly Piece[])[] };

const matchers = new WeakMap<readonly string[], Matcher>();

/** The matcher of a list of secrets. It is kept as long as the list, since a response has many texts. */
function matcherOf(secrets: readonly string[]): Matcher {
  const known = matchers.get(secrets);
  if (known !== undefined) return known;
  const all = secrets.flatMap((secret) => [secret, withoutPadding(secret)]).map(piecesOf);
  const firstPieces = all.flatMap((pieces) => pieces.slice(0, 1));
  const starts = new RegExp(`(?=${firstPieces.map(({ pattern }) => pattern).join('|')})`, 'giu');
  const matcher = { starts, all };
  matchers.set(secrets, matcher);
  return matcher;
}

/** A secret without its padding, if it may be base64. */
function withoutPadding(secret: string): string {
  return secret.endsWith('=') && secret.length % 4 === 0 ? secret.replace(/={1,2}$/, '') : secret;
}

/**
 * Redacts the name of a header. Writes `redacted` without brackets, since the name of a header cannot contain brackets
 * (RFC 9110, section 5.6.2). Ignores a secret without a digit, because a real header could have that name. The platform
 * requires a digit in each API secret.
 */
export function redactName(name: string, secrets: readonly string[]): string {
  // A fast path, since nearly every name has no secret, and each response has many names.
  if (redact(name, secrets) === name) return name;
  const withDigit = secrets.filter((secret) => /\d/.test(secret));
  return redact(name, withDigit).replaceAll('[redacted]', 'redacted');
}

/** Redacts the names and the values of headers. */
export function redactHeaders<Headers extends object>(
  headers: Headers,
  secrets: readonly string[],
): Headers {
  const redacted = Object.entries(headers).map(([name, value]) => [
    redactName(name, secrets),
    redactValue(value, secrets),
  ]);
  return Object.fromEntries(redacted) as Headers;
}

/** Redacts a string or a list of strings. Returns any other value as it is. */
export function redactValue(value: unknown, secrets: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => redactValue(item, secrets));
  return typeof value === 'string' ? redact(value, secrets) : value;
}

/**
 * Returns the index after the last piece if the text has all the pieces in a row from `index` on. Otherwise returns
 * undefined.
 */
function endOf(pieces: readonly Piece[], text: string, index: number): number | undefined {
  let end: number | undefined = index;
  for (const piece of pieces) {
    end = piece.endFrom(text, end);
    if (end === undefined) return undefined;
  }
  return end;
}

/**
 * Splits a secret into pieces. The pattern of a whole token can be too large for V8, and V8's error would quote the
 * token. A piece does not end within an encoded percent sign, so that pieces can be matched one by one. Several
 * backslashes in a row count as one, since JSON doubles them.
 */
function piecesOf(secret: string): Piece[] {
  return Array.from(
    secret.replaceAll(/\\+/g, '\\').matchAll(/%[%25]{0,255}|[^%]{1,64}/gu),
    ([characters]) => new Piece(characters),
  );
}

/**
 * A part of a secret. Matches that part in any encoding. The pattern is compiled at its first use, since most pieces
 * are never used.
 */
class Piece {
  readonly #characters: string;
  #matcher: RegExp | undefined;

  constructor(characters: string) {
    this.#characters = characters;
  }

  get pattern(): string {
    return patternOf(this.#characters);
  }

  endFrom(text: string, index: number): number | undefined {
    this.#matcher ??= new RegExp(this.pattern, 'yiu');
    this.#matcher.lastIndex = index;
    return this.#matcher.test(text) ? this.#matcher.lastIndex : undefined;
  }
}

/** Whether a text may contain a secret. This cheap test rules out nearly every text without a secret. */
function mayHold(text: string, secret: string): boolean {
  if (text.length < secret.length) return false;
  return /[%+\\&\u0080-\uFFFF]/.test(text) || text.toLowerCase().includes(secret.toLowerCase());
}

function patternOf(text: string): string {
  const patterns = Array.from(text, (character) => {
    const pattern = `(?:${spellingsOf(character).join('|')})`;
    // Stands for several backslashes in a row (see `piecesOf`).
    return character === '\\' ? `${pattern}+` : pattern;
  });
  return patterns.join('');
}

/** Patterns of the ways in which servers write a character. */
function spellingsOf(character: string): string[] {
  const bytes = Array.from(Buffer.from(character), (byte) => hex(byte, 2));
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const codePoint = Number(character.codePointAt(0));
  const entities = [`#0*${codePoint}`, `#x0*${hex(codePoint, 1)}`, htmlNames[character] ?? []];
  return [
    // Percent-encoded, also repeatedly.
    bytes.map((byte) => `%(?:25)*${byte}`).join(''),
    // \u0026 in JSON, %u0026 in the query of IIS, and \x26, \u{26} and \46 in JavaScript.
    units.map((unit) => `(?:\\\\{1,4}|%(?:25)*)u${hex(unit, 4)}`).join(''),
    `\\\\{1,4}(?:x${hex(codePoint, 2)}|u\\{0*${hex(codePoint, 1)}\\}|${codePoint.toString(8)})`,
    `&(?:amp;)*(?:${entities.flat().join('|')});?`,
    ...(specialSpellings[character] ?? plainSpellings(character)),
  ];
}

/** The names of characters in HTML (HTML Standard, section 13.5). */
const htmlNames: Readonly<Partial<Record<string, string>>> = {
  ...{ '!': 'excl', '"': 'quot', '#': 'num', $: 'dollar', '%': 'percnt', '&': 'amp' },
  ...{
    "'": 'apos',
    '(': 'lpar',
    ')': 'rpar',
    '*': 'ast',
    '+': 'plus',
    ',': 'comma',
    '.': 'period',
  },
  ...{ '/': 'sol', ':': 'colon', ';': 'semi', '<': 'lt', '=': 'equals', '>': 'gt' },
  ...{ '?': 'quest', '@': 'commat', '[': 'lsqb', '\\': 'bsol', ']': 'rsqb', '^': 'hat' },
  ...{ _: 'lowbar', '`': 'grave', '{': 'lcub', '|': 'verbar', '}': 'rcub' },
};

/** A backslash before a character in JSON or JavaScript. JSON within JSON has up to three. */
const backslashes = '\\\\{0,3}';

/** The other spellings of the characters that JSON, JavaScript, HTML or forms write in a special way. */
const specialSpellings: Readonly<Partial<Record<string, readonly string[]>>> = {
  ' ': [' ', '\\+'],
  // A match begins at the first of several backslashes. Otherwise the time would grow with the square of their number.
  '\\': ['(?<!\\\\)\\\\+'],
  '/': [`${backslashes}/`],
  '"': [`${backslashes}"`],
  "'": [`${backslashes}'`],
  // HTML within HTML.
  '&': ['&(?:amp;)*'],
};

function plainSpellings(character: string): string[] {
  const literal = character.replace(/[$()*+.?[\]^{|}]/, '\\$&');
  // HTTP clients read headers as Latin-1, even if the server sent UTF-8.
  return /[ -~]/.test(character) ? [literal] : [literal, Buffer.from(character).toString('latin1')];
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

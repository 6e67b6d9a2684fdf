/**
 * Replaces secrets in a text by `[redacted]`. Finds secrets as they are, percent-encoded (once or repeatedly), as JSON
 * or HTML (see `writingsOf`), and as base64 without its padding. `Sanitizer` uses this function for axios, and
 * `public-response.ts` uses it for `fetch`.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const matcher = matcherOf(secrets);
  if (!matcher.mayMatch(text)) return text;
  const { starts, pieces } = matcher.compiled;
  let clean = '';
  let position = 0;
  for (const { index } of text.matchAll(starts)) {
    if (index < position) continue;
    // If one secret begins with another, the longer one is replaced.
    const end = Math.max(...pieces.map((each) => endOf(each, text, index) ?? 0));
    if (end === 0) continue;
    clean += `${text.slice(position, index)}[redacted]`;
    position = end;
  }
  return clean + text.slice(position);
}

/** `starts` matches where a secret may start, and `pieces` has the pieces of each writing. */
type Compiled = { starts: RegExp; pieces: readonly (readonly Piece[])[] };

/** Finds some secrets in texts. Compiled at its first use, since most texts hold no secret. */
class Matcher {
  readonly #secrets: readonly string[];
  readonly #shortest: number;
  readonly #cores: readonly string[];
  #compiled: Compiled | undefined;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
    this.#shortest = Math.min(...secrets.map((secret) => withoutPadding(secret).length));
    this.#cores = secrets.map((secret) => coreOf(secret).toLowerCase());
  }

  /** Whether a text may contain a secret. This cheap test rules out nearly every text without a secret. */
  mayMatch(text: string): boolean {
    if (text.length < this.#shortest) return false;
    if (/[%+\u0080-\uFFFF]/.test(text)) return true;
    const lower = text.toLowerCase();
    return this.#cores.some((core) => lower.includes(core));
  }

  get compiled(): Compiled {
    return (this.#compiled ??= this.#compile());
  }

  #compile(): Compiled {
    const writings = [...new Set(this.#secrets.flatMap(writingsOf))];
    const beginnings = new Set(writings.map((each) => Array.from(each).slice(0, 8).join('')));
    const starts = Array.from(beginnings, patternOf).join('|');
    return { starts: new RegExp(`(?=${starts})`, 'giu'), pieces: writings.map(piecesOf) };
  }
}

/** The longest part of a secret that no writer of JSON or HTML changes. */
function coreOf(secret: string): string {
  const parts = secret.match(/[\w.-]+/g) ?? [];
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

const matchers = new WeakMap<readonly string[], Matcher>();

/** The matcher of a list of secrets. It is kept as long as the list, since a response has many texts. */
function matcherOf(secrets: readonly string[]): Matcher {
  const known = matchers.get(secrets);
  if (known !== undefined) return known;
  const matcher = new Matcher(secrets);
  matchers.set(secrets, matcher);
  return matcher;
}

/**
 * The texts that servers write for a secret: as it is, without the padding of base64, as JSON, as HTML, and as JSON
 * within JSON, if the two have the same writer or one is written by `JSON.stringify`. Whole texts, and not a pattern for
 * each escape, since patterns that match a text in several ways take exponential time.
 */
function writingsOf(secret: string): string[] {
  // A fast path, since nearly every secret has only such characters.
  if (/^[\w.-]*$/.test(secret)) return [secret];
  const plain = [...new Set([secret, withoutPadding(secret)])];
  const jsons = plain.flatMap((text) =>
    jsonWriters.flatMap((write) => {
      const json = write(text);
      return [json, write(json), jsonOf(json), write(jsonOf(text))];
    }),
  );
  const htmls = plain.flatMap((text) => htmlEscapes.map((escapes) => htmlOf(text, escapes)));
  return [...plain, ...jsons, ...htmls];
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What writers of JSON write as `\u` and four digits, although `JSON.stringify` does not. */
const escapedInJson: readonly RegExp[] = [
  /(?!)/g, // JavaScript
  /[^ -~]/g, // PHP and Python
  /[&<>\u2028\u2029]/g, // Go and Rails
  /[&<>=']/g, // Gson
  /[&<>']|[^ -~]/g, // Jinja2
  /[&<>'+`]|\\"|[^ -~]/g, // .NET
  // PHP with JSON_HEX_AMP, JSON_HEX_TAG, both, JSON_HEX_APOS, JSON_HEX_QUOT, or all of them
  /&|[^ -~]/g,
  /[<>]|[^ -~]/g,
  /[&<>]|[^ -~]/g,
  /'|[^ -~]/g,
  /\\"|[^ -~]/g,
  /[&<>']|\\"|[^ -~]/g,
];

const jsonWriters = escapedInJson.flatMap((escaped) => {
  const write = (text: string) => jsonOf(text).replace(escaped, escapeUnit);
  // PHP also escapes slashes, unless it has the option JSON_UNESCAPED_SLASHES.
  return [write, (text: string) => write(text).replaceAll('/', '\\/')];
});

/** Escapes the last unit. A unit before it is the backslash of an escaped quote. */
function escapeUnit(units: string): string {
  return `\\u${units
    .charCodeAt(units.length - 1)
    .toString(16)
    .padStart(4, '0')}`;
}

/** How writers of HTML write characters. All of them write `&` as `&amp;`. */
const htmlEscapes: readonly Readonly<Partial<Record<string, string>>>[] = [
  { '"': '&quot;' }, // attributes of the DOM
  ...[
    {}, // text of the DOM, and of Python
    { '"': '&quot;' }, // attributes of Python
    { '"': '&quot;', "'": '&#39;' }, // JavaScript: lodash, escape-html
    { '"': '&quot;', "'": '&#x27;' }, // Python
    { '"': '&quot;', "'": '&#039;' }, // PHP
    { '"': '&quot;', "'": '&apos;' }, // XML
    { '"': '&#34;', "'": '&#39;' }, // Go, and MarkupSafe of Python
    { '"': '&#34;', "'": '&#39;', '+': '&#43;' }, // html/template of Go
    { '"': '&quot;', "'": '&#39;', '/': '&#x2F;', '=': '&#x3D;', '`': '&#x60;' }, // Mustache
    { '"': '&quot;', "'": '&#x27;', '=': '&#x3D;', '`': '&#x60;' }, // Handlebars
    { '"': '&quot;', "'": '&#x27;', '`': '&#x60;' }, // Underscore
    { '"': '&quot;', "'": '&#x27;', '/': '&#x2F;' }, // the rules of OWASP
    { '"': '&quot;', "'": '&#x27;', '+': '&#x2B;', '`': '&#x60;' }, // .NET
  ].map((escapes) => ({ '<': '&lt;', '>': '&gt;', ...escapes })),
];

function htmlOf(text: string, escapes: Readonly<Partial<Record<string, string>>>): string {
  const names: Partial<Record<string, string>> = { '&': '&amp;', ...escapes };
  return text.replace(/[&<>"'/=+`]/g, (character) => names[character] ?? character);
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

/** What an error of `JSON.parse` quotes: up to ten characters before and after the fault, or a short text as a whole. */
const quotedJson = /"[^]{0,50}"(?=(?:\.{3})? is not valid JSON)/g;

/** How many characters of a secret in a row count as a part of it. */
const partLength = 4;

/** Redacts what an error of `JSON.parse` quotes, if that may be a part of a secret. `redact` finds only whole secrets. */
export function redactQuotedJson(text: string, secrets: readonly string[]): string {
  return text.replace(quotedJson, (quote) => {
    const count = quote.length - partLength + 1;
    const parts = Array.from({ length: count }, (_, index) =>
      quote.slice(index, index + partLength),
    );
    const isOfSecret = (part: string) => secrets.some((secret) => secret.includes(part));
    return parts.some(isOfSecret) ? '"[redacted]"' : quote;
  });
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
 * token. A piece does not end within an encoded percent sign, so that pieces can be matched one by one.
 */
function piecesOf(secret: string): Piece[] {
  return Array.from(
    secret.matchAll(/%[%25]{0,255}|[^%]{1,64}/gu),
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

  endFrom(text: string, index: number): number | undefined {
    this.#matcher ??= new RegExp(patternOf(this.#characters), 'yiu');
    this.#matcher.lastIndex = index;
    return this.#matcher.test(text) ? this.#matcher.lastIndex : undefined;
  }
}

function patternOf(text: string): string {
  const characters = Array.from(text, (character) => {
    const literal = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const encoded = Array.from(Buffer.from(character), (byte) => `%(?:25)*${hex(byte)}`).join('');
    if (character === ' ') return `(?:${encoded}| |\\+)`;
    // HTTP clients read headers as Latin-1, even if the server sent UTF-8.
    const latin1 = Buffer.from(character).toString('latin1');
    return `(?:${encoded}|${literal}${latin1 === character ? '' : `|${latin1}`})`;
  });
  return characters.join('');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

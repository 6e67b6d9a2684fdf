/** Names of parameters that carry a credential, without punctuation, and their documented spellings. */
const spellings: Readonly<Record<string, string>> = {
  APIKEY: 'api_key',
  APISECRET: 'api_secret',
  SIG: 'sig',
  ACCESSTOKEN: 'access_token',
};

const parameterName = /^(?:APIKEY|APISECRET|SIG|ACCESSTOKEN|OAUTH.+)$/isu;

/** Names that carry a credential only in headers, without punctuation. */
const headerName =
  /^(?:AUTHORIZATION|PROXYAUTHORIZATION|AUTHTOKEN|OPENTOKAUTH|TBPARTNERAUTH|TBTOKENAUTH)$/i;

/** The first letters of all these names. This pattern quickly rules out most other names. */
const firstLetter = /^[_-]*[aopst]/i;

/**
 * Characters that some servers drop from a name: format characters, accents, white space, NUL, lone surrogates. In runs
 * of limited length, since longer ones overflow V8's stack.
 */
const dropped = /[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\s]{1,999}/gu;

/** Arabic phrases of 18 and 8 letters in one character. Normalising a long text of them would need seconds. */
const phrases = /[\uFDFA\uFDFB]/g;

/** The punctuation between the segments of a name. */
const punctuation = /[^\p{L}\p{N}_-]{1,999}/u;

/**
 * Text that begins like JSON or XML: with a quote, a brace or a tag, possibly after the brackets of arrays. Does not
 * match `[api_key]`.
 */
const otherFormat = /^\[*["{<].*["':<]/s;

/**
 * The documented spelling of the credential that a server could see in a parameter with this name. Undefined for other
 * parameters. Unlike the given name, the spelling cannot contain a secret, so a message may show the spelling. In
 * `name`, the credential's name may be in capitals or full-width letters, or contain escapes, accents or invisible
 * characters. It may also be a segment of a longer name, such as `a[api_key][0]`.
 *
 * A name that begins like JSON or XML is text in another format that was parsed as a form. In such text, only the
 * segments in brackets are names. Also finds names that only some servers see: some drop the second question mark of
 * `/sms??api_key=x`, and some end a name at NUL.
 */
export function credentialNameIn(name: string): string | undefined {
  if (isPlain(name)) return firstLetter.test(name) ? spellingOf(plainLetters(name)) : undefined;
  const unescaped = unescape(name);
  const text = visible(unescaped);
  const nul = unescaped.indexOf('\0');
  const readings = nul === -1 ? [text] : [text, visible(unescaped.slice(0, nul))];
  const parts = otherFormat.test(text)
    ? segmentsInBrackets(text)
    : readings.flatMap((each) => [each, ...each.split(punctuation)]);
  return parts.map((part) => spellingOf(lettersOf(part))).find((found) => found !== undefined);
}

/** The names in brackets without quotes. (In JSON, a name in brackets has quotes.) */
function segmentsInBrackets(text: string): string[] {
  const texts = text.split('[').map((part) => part.slice(0, Math.max(0, part.indexOf(']'))));
  return texts.filter((each) => !punctuation.test(each));
}

function spellingOf(letters: string): string | undefined {
  if (!parameterName.test(letters)) return undefined;
  return spellings[letters.toUpperCase()] ?? 'oauth_…';
}

/** The letters that a server may see, in their plain form. */
function visible(text: string): string {
  // Drops accents before normalising, because V8 needs quadratic time for long runs of accents. Drops accents again
  // afterwards, because normalising separates further accents from their letters.
  return text
    .replace(phrases, '\u0635')
    .replace(dropped, '')
    .normalize('NFKD')
    .replace(dropped, '');
}

/** The name that a server sees if it ignores a leading `=` and therefore reads `=api_key=x` as `api_key=x`. */
export function effectiveName(name: string, value: unknown): string {
  return name === '' && typeof value === 'string' ? value.slice(0, endOfName(value)) : name;
}

/** Whether a header with this name carries a credential. Ignores a leading `X-`. */
export function isCredentialHeader(name: string): boolean {
  const text = name.replace(/^x[_-]/i, '');
  if (isPlain(text) && !firstLetter.test(text)) return false;
  return headerName.test(lettersOf(text)) || credentialNameIn(text) !== undefined;
}

/** The names in a Cookie header (RFC 6265, section 4.2.1). */
export function cookieNames(cookie: string): string[] {
  return cookie.split(/[;,]/).map((pair) => pair.slice(0, endOfName(pair)));
}

function endOfName(text: string): number {
  const end = text.indexOf('=');
  return end === -1 ? text.length : end;
}

function lettersOf(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}]{1,999}/gu, '');
}

/**
 * Whether a name has no special characters. Nearly every name is plain, and a plain name is checked in a fraction of
 * the time.
 */
function isPlain(name: string): boolean {
  return /^[\w-]*$/.test(name);
}

/** The letters and digits of a plain name. */
function plainLetters(name: string): string {
  return name.replace(/[_-]+/g, '');
}

/**
 * Escapes of JSON (`\u0061`) and URLs (`%u0061`), and the further escapes of JavaScript, Python and YAML: `\U00000061`,
 * `\u{61}`, `\x61`, `\141`, `\n`, and a line break after a backslash.
 */
const charEscape =
  /\\(?:U([\da-fA-F]{8})|[ux]\{0*([\da-fA-F]{1,6})\}|x([\da-fA-F]{2})|([0-3]?[0-7]{1,2})|[bfnrtv\n]|\r\n?)|[\\%][uU]([\da-fA-F]{4})/g;

/** Decodes escapes of JSON, lenient JSON, XML and URLs (also if encoded repeatedly). */
function unescape(text: string): string {
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replace(/%(?:25)*([\da-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1')
    .toString()
    .replace(
      charEscape,
      (_escape, long?: string, point?: string, byte?: string, octal?: string, unit?: string) => {
        if (octal !== undefined) return fromCode(parseInt(octal, 8));
        const hex = long ?? point ?? byte ?? unit;
        return hex === undefined ? ' ' : fromCode(parseInt(hex, 16));
      },
    )
    .replace(/&(?:amp;)*#(?:x([\da-f]+)|(\d+));?/gi, (_escape, hex?: string, decimal?: string) =>
      fromCode(hex === undefined ? Number(decimal) : parseInt(hex, 16)),
    );
}

function fromCode(code: number): string {
  return String.fromCodePoint(Math.min(code, 0x10_ff_ff));
}

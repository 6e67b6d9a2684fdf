/** Names of credentials, normalized to upper case without punctuation. */
const credentialName = /^(?:APIKEY|APISECRET|SIG|ACCESSTOKEN|OAUTH.+)$/su;

const credentialHeader =
  /^(?:PROXYAUTHORIZATION|AUTHORIZATION|AUTHTOKEN|OPENTOKAUTH|TBPARTNERAUTH|TBTOKENAUTH)$/;

/** Characters that some servers drop from a name: format characters, accents, white space, NUL, lone surrogates. */
const droppedCharacters = /[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\s]+/gu;

/** Nearly every name has only these characters, and takes a fast path. */
const wordCharacters = /^[\w-]*$/;

/** Whether a server could treat a parameter with this name as a credential, in any spelling. */
export function isCredentialName(name: string): boolean {
  if (wordCharacters.test(name)) return credentialName.test(normalizeName(name));
  return matchCredentialName(decodeEscapes(name)) !== undefined;
}

/** Whether a header with this name carries a credential. Ignores a leading `X-`. */
export function isCredentialHeader(name: string): boolean {
  const text = name.replace(/^x[_-]/i, '');
  return credentialHeader.test(normalizeName(text)) || isCredentialName(text);
}

/**
 * Returns the part of a text that is the name of a credential: the whole text, or a segment of a structured name.
 * Shares no code with the library under test.
 */
function matchCredentialName(text: string): string | undefined {
  const name = text.replace(droppedCharacters, '');
  // In JSON and XML, only a name in brackets without quotes counts, such as `api_key` in {"a":[api_key]}.
  if (/^\[*["{<].*["':<]/s.test(name)) {
    const inBrackets = name.match(/\[[\p{L}\p{N}_-]+\]/gu) ?? [];
    return inBrackets.find((segment) => credentialName.test(normalizeName(segment)));
  }
  // Some servers end a name at NUL.
  const untilNul = String(text.split('\0', 1)[0]).replace(droppedCharacters, '');
  return [name, untilNul]
    .flatMap((reading) => [...reading.split(/[^\p{L}\p{N}_-]+/u), reading])
    .find((segment) => credentialName.test(normalizeName(segment)));
}

/**
 * A name as a reason quotes it. Text that was encoded twice is one name, and may hold the value of a secret. Of such a
 * name, only the name of the credential in it is quoted.
 */
export function quotedName(name: string): string {
  if (/^[^=:&;,%<>{}"'\s]{1,64}$/.test(name)) return name;
  const found = matchCredentialName(decodeEscapes(name));
  if (found === undefined) return 'another parameter';
  return String(/[^=:&;,%<>{}"'\s]{1,64}/.exec(found)?.[0]);
}

function normalizeName(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Credentials in parameters with an empty name, since some servers read `=api_key=x` as `api_key=x`. */
export function unnamedCredentials(parameters: Iterable<readonly [string, string]>): string[] {
  return Array.from(parameters, ([name, value]) => (name === '' ? nameOf(value) : ''))
    .filter(isCredentialName)
    .map(quotedName);
}

/** The names of headers, trailers and cookies (RFC 6265 section 4.2.1) that carry a credential. */
export function headerCredentials(headers: NodeJS.Dict<string[]>): string[] {
  const cookies = (headers['cookie'] ?? []).flatMap((cookie) => cookie.split(/[;,]/).map(nameOf));
  return [
    ...Object.keys(headers).filter(isCredentialHeader),
    ...cookies.filter(isCredentialName).map((name) => `the cookie ${quotedName(name.trim())}`),
  ];
}

function nameOf(pair: string): string {
  return String(pair.split('=', 1)[0]);
}

/**
 * The names of credentials in a body that the sandbox does not parse. Includes text that only looks like a parameter,
 * because another server may read it as a parameter.
 */
export function findCredentialNames(body: Buffer): string[] {
  return decodeBody(body).flatMap((text) => {
    const tags = Array.from(text.matchAll(tag), ([, name]) => matchCredentialName(String(name)));
    const names = [...namesBeforeValues(text), ...tags, ...partNames(text)];
    return names.filter((name) => name !== undefined).map(quotedName);
  });
}

const tag = /<\s*([^\s<>"'=]+)/g;

/**
 * The name of a part of multipart/form-data (RFC 7578 section 4.2). RFC 7578 forbids the notation `name*` of RFC 5987,
 * so a part with `name*` always counts as a credential.
 */
const partName = /(?<![\p{L}\p{N}_-])name(\*[\d*]*)?\s*=\s*["']?([^"<>;\r\n]*)/giu;

function partNames(text: string): (string | undefined)[] {
  return Array.from(text.matchAll(partName), ([, star, value]) => {
    const segments = String(value).split("'").filter(Boolean);
    if (star !== undefined) return matchCredentialName(String(segments.at(-1))) ?? 'name*';
    const name = String(segments[0]);
    return matchCredentialName(name) ?? matchCredentialName(String(name.split(/\s/, 1)[0]));
  });
}

const separator = /([=:>]|[&;,?{}"'<\r\n])/;

/** The names of credentials that stand before a value in a form, JSON, XML, YAML or a list of headers. */
function namesBeforeValues(text: string): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  let previous = '';
  for (const token of text.split(separator)) {
    if (/^[=:>]$/.test(token)) {
      if (previous !== '') names.push(nameAtEnd(previous));
      previous = '';
    } else if (/\S/.test(token) && !separator.test(token)) {
      previous = token;
      // Some servers end a name at NUL, whatever follows it.
      if (token.includes('\0')) names.push(nameAtEnd(String(token.split('\0', 1)[0])));
    }
  }
  return names;
}

function nameAtEnd(text: string): string | undefined {
  return matchCredentialName(String(text.trim().split(/\s+/).at(-1))) ?? matchCredentialName(text);
}

/** Decodes a body as UTF-8 and, if it has zero bytes, also as UTF-16. */
function decodeBody(body: Buffer): string[] {
  const encodings = body.includes(0) ? ['utf-8', 'utf-16le', 'utf-16be'] : ['utf-8'];
  return encodings.map((encoding) => decodeEscapes(new TextDecoder(encoding).decode(body)));
}

/** An escape of JSON, JavaScript, Python or YAML: a number of a character, a control character, or a line break. */
const escape =
  /\\U([\da-fA-F]{8})|\\[ux]\{0*([\da-fA-F]{1,6})\}|\\x([\da-fA-F]{2})|[\\%][uU]([\da-fA-F]{4})|\\([0-3]?[0-7]{1,2})|\\(?:[bfnrtv\n]|\r\n?)/g;

/**
 * Decodes the escapes of forms (even if encoded several times), JSON, other formats that resemble JSON, and XML.
 * Normalizes letters to NFKD.
 */
function decodeEscapes(text: string): string {
  const latin1 = Buffer.from(text)
    .toString('latin1')
    .replace(/%(?:25)*([\da-f]{2})/gi, (_escape, hex: string) => fromHex(hex));
  return (
    Buffer.from(latin1, 'latin1')
      .toString()
      .replace(escape, (_escape, ...codes: (string | undefined)[]) => {
        const hex = codes.slice(0, 4).find((code) => code !== undefined);
        if (hex !== undefined) return fromCode(`0x${hex}`);
        return codes[4] === undefined ? ' ' : fromCode(`0o${codes[4]}`);
      })
      .replace(/&(?:amp;)*#(x[\da-f]+|\d+);?/gi, (_entity, code: string) =>
        fromCode(code.replace(/^x/i, '0x')),
      )
      // Removes accents first, because V8 normalises long runs of accents in quadratic time.
      .replace(/\p{M}+/gu, '')
      .normalize('NFKD')
  );
}

function fromCode(code: string): string {
  return String.fromCodePoint(Math.min(Number(code), 0x10ffff));
}

function fromHex(hex: string): string {
  return String.fromCharCode(parseInt(hex, 16));
}

/** Why two servers could read a query or a form differently. */
export function formAmbiguity(text: string, kind: 'query' | 'form'): string | undefined {
  if (/%(?![\da-f]{2})/i.test(text)) return `the ${kind} has a % without two hexadecimal digits`;
  try {
    decodeURIComponent(text);
  } catch {
    return `the ${kind} is not percent-encoded UTF-8`;
  }
  if (text.includes(';') && countCredentials(text.replaceAll(';', '&')) > countCredentials(text)) {
    return `the ${kind} has a credential parameter after a ;`;
  }
  return undefined;
}

function countCredentials(form: string): number {
  return [...new URLSearchParams(`&${form}`).keys()].filter(isCredentialName).length;
}

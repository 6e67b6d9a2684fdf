/** In capitals, and without punctuation. */
const credential = /^(?:APIKEY|APISECRET|SIG|ACCESSTOKEN|OAUTH.+)$/su;

const credentialHeader = /^(?:PROXYAUTHORIZATION|AUTHORIZATION|AUTHTOKEN|OPENTOKAUTH)$/;

/** Characters that some servers drop from a name: format characters, accents, white space, NUL, lone surrogates. */
const dropped = /[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\s]+/gu;

/** Nearly every name: the fast path. */
const plain = /^[\w-]*$/;

/** Whether a server could take a parameter of this name for a credential, in any spelling. */
export function isCredentialName(name: string): boolean {
  if (plain.test(name)) return credential.test(essence(name));
  return credentialNameIn(readable(name)) !== undefined;
}

/** Whether a header carries a credential by its name, with or without `X-`. */
export function isCredentialHeader(name: string): boolean {
  const text = name.replace(/^x[_-]/i, '');
  return credentialHeader.test(essence(text)) || isCredentialName(text);
}

/** Written apart from that of the library under test: each name is a whole name or a segment of a structured one. */
function credentialNameIn(text: string): string | undefined {
  const name = text.replace(dropped, '');
  if (/^["{[<]/.test(name)) return undefined;
  return [...name.split(/[^\p{L}\p{N}_?-]+/u), name].find((part) => credential.test(essence(part)));
}

function essence(text: string): string {
  return text.toUpperCase().replace(/[^\p{L}\p{N}?]+/gu, '');
}

/** The credential among parameters without a name: some servers take `=api_key=x` for `api_key=x`. */
export function unnamedCredentials(parameters: Iterable<readonly [string, string]>): string[] {
  return Array.from(parameters, ([name, value]) => (name === '' ? nameIn(value) : '')).filter(
    isCredentialName,
  );
}

/** The names of headers and trailers that carry a credential, and those in a Cookie (RFC 6265, section 4.2.1). */
export function headerCredentials(headers: NodeJS.Dict<string[]>): string[] {
  const cookies = (headers['cookie'] ?? []).flatMap((cookie) => cookie.split(/[;,]/).map(nameIn));
  return [
    ...Object.keys(headers).filter(isCredentialHeader),
    ...cookies.filter(isCredentialName).map((name) => `the cookie ${name.trim()}`),
  ];
}

function nameIn(pair: string): string {
  return String(pair.split('=', 1)[0]);
}

/**
 * The names of credential parameters in a body that the sandbox takes no fields from, in whatever
 * notation. Text that merely looks like one counts, too: another server may read it.
 */
export function credentialNamesIn(body: Buffer): string[] {
  return textsOf(body).flatMap((text) => {
    const tags = Array.from(text.matchAll(tag), ([, name]) => credentialNameIn(String(name)));
    const all = [...namesBeforeValues(text), ...tags, ...partNames(text)];
    return all.filter((name) => name !== undefined);
  });
}

const tag = /<\s*([^\s<>"'=]+)/g;

/** RFC 7578, section 4.2; the form of RFC 5987 with a `*` is not allowed there, so it always counts. */
const partName = /(?<![\p{L}\p{N}_-])name(\*[\d*]*)?\s*=\s*["']?([^"<>;\r\n]*)/giu;

function partNames(text: string): (string | undefined)[] {
  return Array.from(text.matchAll(partName), ([, star, value]) => {
    const parts = String(value).split("'").filter(Boolean);
    if (star !== undefined) return credentialNameIn(String(parts.at(-1))) ?? 'name*';
    const name = String(parts[0]);
    return credentialNameIn(name) ?? credentialNameIn(String(name.split(/\s/, 1)[0]));
  });
}

const separator = /([=:>]|[&;,?{}"'<\r\n])/;

/** The names in a form, JSON, XML, YAML or a list of headers. */
function namesBeforeValues(text: string): (string | undefined)[] {
  const names: (string | undefined)[] = [];
  let last = '';
  for (const part of text.split(separator)) {
    if (/^[=:>]$/.test(part)) {
      if (last !== '') names.push(nameAtEndOf(last));
      last = '';
    } else if (/\S/.test(part) && !separator.test(part)) last = part;
  }
  return names;
}

function nameAtEndOf(part: string): string | undefined {
  return credentialNameIn(String(part.trim().split(/\s+/).at(-1))) ?? credentialNameIn(part);
}

/** In UTF-8, and where there are zero bytes, in UTF-16. */
function textsOf(body: Buffer): string[] {
  const encodings = body.includes(0) ? ['utf-8', 'utf-16le', 'utf-16be'] : ['utf-8'];
  return encodings.map((encoding) => readable(new TextDecoder(encoding).decode(body)));
}

/** Without the escapes of forms (however often they were encoded), JSON and XML, and without other widths of letters. */
function readable(text: string): string {
  const latin1 = Buffer.from(text)
    .toString('latin1')
    .replace(/%(?:25)*([\da-f]{2})/gi, (_escape, hex: string) => fromHex(hex));
  return (
    Buffer.from(latin1, 'latin1')
      .toString()
      .replaceAll('\0', '')
      .replace(/[\\%]u([\da-f]{4})/gi, (_escape, hex: string) => fromHex(hex))
      .replace(/&(?:amp;)*#(x[\da-f]+|\d+);?/gi, (_entity, code: string) =>
        String.fromCodePoint(Math.min(Number(code.replace(/^x/i, '0x')), 0x10ffff)),
      )
      // V8 normalises long runs of accents in quadratic time.
      .replace(/\p{M}+/gu, '')
      .normalize('NFKD')
  );
}

function fromHex(hex: string): string {
  return String.fromCharCode(parseInt(hex, 16));
}

/** Why two servers could read a query or a form differently. */
export function formFault(text: string, what: 'query' | 'form'): string | undefined {
  if (/%(?![\da-f]{2})/i.test(text)) return `the ${what} is not percent-encoded: it has a % alone`;
  try {
    decodeURIComponent(text);
  } catch {
    return `the ${what} is not percent-encoded UTF-8`;
  }
  if (text.includes(';') && countIn(text.replaceAll(';', '&')) > countIn(text)) {
    return `the ${what} has a credential parameter behind a ;`;
  }
  return undefined;
}

function countIn(form: string): number {
  return [...new URLSearchParams(`&${form}`).keys()].filter(isCredentialName).length;
}

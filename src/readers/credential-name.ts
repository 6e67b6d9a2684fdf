/** Parameters that carry a credential, in capitals and without punctuation. */
const parameters = /^(?:APIKEY|APISECRET|SIG|ACCESSTOKEN|OAUTH.+)$/su;

/** Headers that carry a credential and are not named like such a parameter. */
const headers = /^(?:AUTHORIZATION|PROXYAUTHORIZATION|AUTHTOKEN|OPENTOKAUTH)$/;

/** Characters that some servers drop from a name: format characters, accents, white space, NUL, lone surrogates. */
const dropped = /[\p{M}\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\s]+/gu;

/**
 * Whether a server could treat a parameter of this name as a credential: in any case and width, with escapes, accents or
 * invisible characters, or as a segment of a structured name such as `a[api_key][0]`.
 *
 * A name that begins with a quote, a bracket or a brace is text in another format, such as a JSON body that was parsed as
 * a form, so its segments are not names. A question mark is part of a name.
 */
export function isCredentialName(name: string): boolean {
  const text = plainText(name);
  if (/^["{[<]/.test(text)) return false;
  return [text, ...text.split(/[^\p{L}\p{N}_?-]+/u)].some((part) =>
    parameters.test(lettersOf(part)),
  );
}

/** The name of a parameter to a server that parses `=api_key=x` like `api_key=x`. */
export function effectiveName(name: string, value: unknown): string {
  return name === '' && typeof value === 'string' ? value.slice(0, endOfName(value)) : name;
}

/** Whether a header of this name carries a credential, with or without `X-`. */
export function isCredentialHeader(name: string): boolean {
  const text = name.replace(/^x[_-]/i, '');
  return headers.test(lettersOf(text)) || isCredentialName(text);
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
  return text.toUpperCase().replace(/[^\p{L}\p{N}?]+/gu, '');
}

function plainText(name: string): string {
  // Fast path for nearly every name.
  if (/^[\w-]*$/.test(name)) return name;
  // Accents are dropped twice, since V8 normalises long runs of them in quadratic time.
  return unescape(name).replace(dropped, '').normalize('NFKD').replace(dropped, '');
}

/** Decodes the escapes of URLs (also repeated ones), JSON and XML. */
function unescape(text: string): string {
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replace(/%(?:25)*([\da-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1')
    .toString()
    .replace(/[\\%]u([\da-f]{4})/gi, (_escape, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    )
    .replace(/&(?:amp;)*#(?:x([\da-f]+)|(\d+));?/gi, (_escape, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return String.fromCodePoint(Math.min(code, 0x10ffff));
    });
}

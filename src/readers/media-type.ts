/**
 * How to parse a body, according to its Content-Type. `verbatim` means that no parser changes the body. `none` means
 * that there is no Content-Type. `ambiguous` means that two parsers could choose different types, or that the charset
 * is not UTF-8.
 */
export type BodyType = 'json' | 'form' | 'verbatim' | 'other' | 'none' | 'ambiguous';

const bodyTypes: Readonly<Partial<Record<string, BodyType>>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
  'application/octet-stream': 'verbatim',
  'text/plain': 'verbatim',
};

const token = String.raw`[\w!#$%&'*+.^|~\x60-]+`;
const essence = new RegExp(`^[ \\t]*(${token}/${token})[ \\t]*$`);
/** A parameter (RFC 9110, section 5.6.6), or nothing. A quoted value has no `/` or `,`, which could name a second type. */
const parameter = new RegExp(`^[ \\t]*(?:${token}=(?:${token}|"[^"\\\\/,]*")[ \\t]*)?$`);

/** The type of a body by its media type, which is the text before the first `;` (RFC 9110, section 8.3.1). */
export function bodyTypeOf(contentType: string): BodyType {
  if (contentType === '') return 'none';
  const [first, ...parameters] = contentType.toLowerCase().split(';');
  const name = essence.exec(String(first))?.[1];
  if (name === undefined) return 'ambiguous';
  const type = bodyTypes[name];
  if (type === undefined) return 'other';
  // Some parsers read a second media type behind a comma, or search the whole header for a media type.
  if (!parameters.every((text) => parameter.test(text))) return 'ambiguous';
  const charset = charsetIn(contentType);
  return charset === undefined || /^utf-?8$/.test(charset) ? type : 'ambiguous';
}

/** A charset as a parameter. Some servers accept spaces around the `=`, apostrophes, or a comma for the `;`. */
const clearCharset = /(?<=[;,\s])charset\s*=\s*(["']?)([\w.:+-]+)\1\s*(?:[;,]|$)/;

/**
 * The charset that a Content-Type names, in lower case. Undefined if the Content-Type has no charset. Empty if servers
 * could read different charsets: from several charsets, from the forms of RFC 2231 (`charset*=utf-8''utf-7` and
 * `charset*0=utf`), from quotes within quotes, or from another parameter that contains `charset=`.
 */
export function charsetIn(contentType: string): string | undefined {
  const text = contentType.toLowerCase();
  const mentions = text.split('charset').length - 1;
  if (mentions === 0) return undefined;
  return (mentions === 1 ? clearCharset.exec(text)?.[2] : undefined) ?? '';
}

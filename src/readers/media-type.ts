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
const parameter = new RegExp(`^[ \\t]*(?:(${token})=(?:(${token})|"([^"\\\\/,]*)")[ \\t]*)?$`);

/** The type of a body by its media type, which is the text before the first `;` (RFC 9110, section 8.3.1). */
export function bodyTypeOf(contentType: string): BodyType {
  if (contentType === '') return 'none';
  const [first, ...parameters] = contentType.toLowerCase().split(';');
  const name = essence.exec(String(first))?.[1];
  if (name === undefined) return 'ambiguous';
  const type = bodyTypes[name];
  if (type === undefined) return 'other';
  const matches = parameters.map((text) => parameter.exec(text));
  // Some parsers read a second media type behind a comma, or search the whole header for a media type.
  if (matches.includes(null)) return 'ambiguous';
  return isUtf8(matches) ? type : 'ambiguous';
}

/** Whether parameters contain no charset other than UTF-8. */
function isUtf8(matches: readonly (RegExpExecArray | null)[]): boolean {
  const charsets = matches.filter((match) => match?.[1] === 'charset');
  return (
    charsets.length < 2 &&
    charsets.every((match) => /^utf-?8$/.test(String(match?.[2] ?? match?.[3])))
  );
}

/**
 * How a body is to be read, by its Content-Type. `verbatim`: every reader leaves it as it is. `none`: there is no
 * Content-Type. `ambiguous`: two readers could take it for different types, or it names another charset than UTF-8
 * for JSON or a form.
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
const parameter = new RegExp(`^[ \\t]*(?:(${token})=(?:(${token})|"([^"\\\\]*)")[ \\t]*)?$`);

/**
 * The type of a body, by the essence of its media type, which is the text before the first `;` (RFC 9110,
 * section 8.3.1). No other code reads a Content-Type.
 */
export function bodyTypeOf(contentType: string): BodyType {
  if (contentType === '') return 'none';
  const [first, ...parameters] = contentType.toLowerCase().split(';');
  const name = essence.exec(String(first))?.[1];
  if (name === undefined) return 'ambiguous';
  const type = bodyTypes[name];
  if (type === undefined) return 'other';
  return type === 'verbatim' || isUtf8(parameters) ? type : 'ambiguous';
}

/** Whether parameters are well-formed (RFC 9110, section 5.6.6), and name UTF-8 once if they name a charset. */
function isUtf8(parameters: readonly string[]): boolean {
  const read = parameters.map((text) => parameter.exec(text));
  const charsets = read.filter((match) => match?.[1] === 'charset');
  return (
    !read.includes(null) &&
    charsets.length < 2 &&
    charsets.every((match) => /^utf-?8$/.test(String(match?.[2] ?? match?.[3])))
  );
}

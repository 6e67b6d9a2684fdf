/** A JSON text, and what in it parsers disagree about. */
export type ParsedJson = {
  value: unknown;
  /** A member name that occurs twice in one object: parsers keep the first, the last or both. */
  repeatedName: string | undefined;
  /** A number whose text JavaScript writes differently, such as `1.0` or one of 20 digits. */
  inexactNumber: string | undefined;
};

/**
 * Parses JSON (RFC 8259). Undefined for a text that is not JSON, that begins with a byte-order mark, or that is nested
 * too deeply to be written again.
 */
export function readJson(text: string): ParsedJson | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Nothing is lost in a text that is written again as it was. That is the fast path.
    const isExact = JSON.stringify(value) === text;
    return { value, ...(isExact ? exact : scan(text)) };
  } catch {
    return undefined;
  }
}

const exact = { repeatedName: undefined, inexactNumber: undefined };

/** Strings, structural characters, and literals (RFC 8259, section 2). */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/** Scans a text that is known to be JSON. */
function scan(text: string): Omit<ParsedJson, 'value'> {
  const found: Omit<ParsedJson, 'value'> = { ...exact };
  const names: Set<string>[] = [];
  let previous = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') names.push(new Set());
    else if (token === '}' || token === ']') names.pop();
    else if (token === ':') found.repeatedName ??= repeated(JSON.parse(previous) as string, names);
    else if (/^[-\d]/.test(token) && String(Number(token)) !== token) found.inexactNumber ??= token;
    previous = token;
  }
  return found;
}

function repeated(name: string, names: Set<string>[]): string | undefined {
  const inObject = names.at(-1);
  if (inObject?.has(name) === true) return name;
  inObject?.add(name);
  return undefined;
}

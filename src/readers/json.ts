/** A JSON value, and the parts of its text that parsers treat differently. */
export type ParsedJson = {
  value: unknown;
  /** A member name that occurs twice in an object: parsers keep the first value, the last value or both. */
  repeatedName: string | undefined;
  /** A number that JavaScript would serialise differently, such as `1.0` or a number of 20 digits. */
  inexactNumber: string | undefined;
};

/** Parses JSON (RFC 8259). Returns undefined for text that is not JSON or begins with a byte-order mark. */
export function readJson(text: string): ParsedJson | undefined {
  const value = parse(text);
  if (value === undefined) return undefined;
  return { value, ...(isSerialisedTo(value, text) ? exact : scan(text)) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Fast path: if serialising the value gives the same text, parsing lost nothing. Serialising may fail, because V8
 * parses deeper nesting than it can serialise.
 */
function isSerialisedTo(value: unknown, text: string): boolean {
  try {
    return JSON.stringify(value) === text;
  } catch {
    return false;
  }
}

const exact = { repeatedName: undefined, inexactNumber: undefined };

/** Strings without escapes, structural characters, and literals (RFC 8259, section 2). */
const tokens = /"[^"]*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

function scan(validJson: string): Omit<ParsedJson, 'value'> {
  const result: Omit<ParsedJson, 'value'> = { ...exact };
  // Replaces escapes by text of the same length. A pattern of strings that matches many escapes overflows V8's stack.
  const withoutEscapes = validJson.replace(/\\./g, '__');
  /** The names of each open object; undefined for each open array. */
  const names: (Set<string> | undefined)[] = [];
  let previous = '';
  for (const { 0: token, index } of withoutEscapes.matchAll(tokens)) {
    if (token === '{') names.push(new Set());
    else if (token === '[') names.push(undefined);
    else if (token === '}' || token === ']') names.pop();
    else if (token === ':') result.repeatedName ??= addName(JSON.parse(previous) as string, names);
    else if (/^[-\d]/.test(token) && String(Number(token)) !== token)
      result.inexactNumber ??= token;
    previous = validJson.slice(index, index + token.length);
  }
  return result;
}

/** Adds a name to the innermost object. Returns the name if that object has it already. */
function addName(name: string, names: readonly (Set<string> | undefined)[]): string | undefined {
  const siblings = names.at(-1);
  if (siblings?.has(name) === true) return name;
  siblings?.add(name);
  return undefined;
}

import { isUtf8 } from 'node:buffer';
import { kindOf } from '../errors';

type MemberNames = {
  /** The member names of the object, with duplicates. */
  names: readonly string[];
  /** The member names of each nested object. */
  nested: readonly (readonly string[])[];
};

/** A parsed JSON object. For a duplicate name, `fields` has the last value. */
export type JsonObject = MemberNames & { fields: Readonly<Record<string, unknown>> };

/**
 * The maximum number of levels of nesting. `JSON.stringify` is recursive and overflows the stack at several thousand
 * levels.
 */
const maxDepth = 1000;

/**
 * Parses a JSON object (RFC 8259) in linear time. Returns `undefined` for any other JSON value, for text that is not
 * JSON or not UTF-8, and for more than 1000 levels of nesting.
 */
export function parseJsonObject(bytes: Buffer): JsonObject | undefined {
  const text = bytes.toString();
  const value = isUtf8(bytes) ? parseJsonOrUndefined(text) : undefined;
  if (kindOf(value) !== 'an object') return undefined;
  const names = memberNames(text);
  return names && { ...names, fields: value as JsonObject['fields'] };
}

function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * All member names, including duplicates, which `JSON.parse` hides. `json` must be an object that `JSON.parse` accepts.
 */
function memberNames(json: string): MemberNames | undefined {
  const objects: string[][] = [];
  // One entry for each open object or array: the names of an object, or `undefined` for an array.
  const open: (string[] | undefined)[] = [];
  let expectsName = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      const end = closingQuote(json, at);
      if (expectsName) open.at(-1)?.push(JSON.parse(json.slice(at, end + 1)) as string);
      at = end;
    } else if (character === '{') {
      const names: string[] = [];
      objects.push(names);
      open.push(names);
    } else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    if (open.length > maxDepth) return undefined;
    if (character === '{' || character === ',') expectsName = true;
    if (character === ':') expectsName = false;
  }
  const [names, ...nested] = objects;
  return names && { names, nested };
}

function closingQuote(json: string, opening: number): number {
  let at = opening + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

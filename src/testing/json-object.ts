import { isUtf8 } from 'node:buffer';
import { kindOf } from '../errors';

type Names = {
  /** The member names of the object, repeated names included. */
  names: readonly string[];
  /** The member names of each object inside it, except in members that are `skipped`. */
  nested: readonly (readonly string[])[];
};

/** Of a repeated name, `fields` has the last value. */
export type JsonObject = Names & { fields: Readonly<Record<string, unknown>> };

/** `JSON.stringify` is recursive and overflows the stack at several thousand levels. */
const maxDepth = 1000;

/**
 * Reads a JSON object (RFC 8259) in time linear in its length. Gives `undefined` for any other JSON
 * value, for text that is not JSON or not UTF-8, and for more than 1000 levels of nesting.
 */
export function readJsonObject(
  bytes: Buffer,
  skipped: readonly string[] = [],
): JsonObject | undefined {
  const text = bytes.toString();
  const value = isUtf8(bytes) ? parse(text) : undefined;
  if (kindOf(value) !== 'an object') return undefined;
  const names = memberNames(text, skipped);
  return names && { ...names, fields: value as JsonObject['fields'] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `JSON.parse` hides repeated names. The text must be an object that it accepts. */
function memberNames(json: string, skipped: readonly string[]): Names | undefined {
  const objects: string[][] = [];
  // The names of each open object, and nothing for an open array.
  const open: (string[] | undefined)[] = [];
  let expectsName = false;
  /** The level of the object whose member is being skipped. */
  let skippedAt = Infinity;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      const end = closingQuote(json, at);
      const names = expectsName ? open.at(-1) : undefined;
      if (names !== undefined) {
        const name = JSON.parse(json.slice(at, end + 1)) as string;
        names.push(name);
        if (skipped.includes(name)) skippedAt = Math.min(skippedAt, open.length);
      }
      at = end;
    } else if (character === '{') {
      const names: string[] = [];
      if (open.length < skippedAt) objects.push(names);
      open.push(names);
    } else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    if (open.length > maxDepth) return undefined;
    const isNext = character === ',' && open.length === skippedAt;
    if (isNext || open.length < skippedAt) skippedAt = Infinity;
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

import type { CommandContext } from './context';
import { parseJsonObject } from './parse-values';
import { readFileOrInput, requireUtf8 } from './read-input';

/**
 * Reads a JSON object. An argument that begins with `{` is JSON text. Any other argument is a path, or `-` for standard
 * input.
 */
export async function readJsonObject(
  argument: string,
  what: string,
  io: CommandContext,
): Promise<Record<string, unknown>> {
  const isJson = argument.trimStart().startsWith('{');
  const text = isJson ? argument : requireUtf8(await readFileOrInput(argument, what, io), what);
  return parseJsonObject(text, what);
}

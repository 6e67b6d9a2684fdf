import type { CommandContext } from './context';
import { parseJsonObject } from './parse-values';
import { readFileOrInput, requireUtf8 } from './read-input';

/** A JSON object: the argument itself if it begins with `{`, otherwise the file at that path. */
export async function readJsonObject(
  argument: string,
  what: string,
  io: CommandContext,
): Promise<Record<string, unknown>> {
  const isJson = argument.trimStart().startsWith('{');
  const text = isJson ? argument : requireUtf8(await readFileOrInput(argument, what, io), what);
  return parseJsonObject(text, what);
}

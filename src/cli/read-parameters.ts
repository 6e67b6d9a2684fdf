import { usageError } from './cli-error';
import type { CommandContext } from './context';
import { parseJsonObject, parsePairs } from './parse-values';
import { readFileOrInput } from './read-input';

export type ParameterSources = { parameters: string[]; params?: string };

/** The parameters of an SMS: `name=value` arguments, one URL or query string, or a file with JSON or a query string. */
export async function readParameters(
  { parameters, params }: ParameterSources,
  io: CommandContext,
): Promise<Record<string, unknown>> {
  if (params !== undefined && parameters.length > 0) {
    throw usageError('Pass parameters as arguments or with --params, not both.');
  }
  if (params !== undefined) {
    const what = 'The file of --params';
    return parametersIn((await readFileOrInput(params, what, io)).toString(), what);
  }
  const [first = '', ...others] = parameters;
  if (first === '') throw usageError('Pass parameters as name=value, or a file with --params.');
  const isQuery = others.length === 0 && (/^https?:\/\//.test(first) || first.includes('&'));
  return isQuery
    ? parametersIn(first, 'The query')
    : Object.fromEntries(parsePairs(parameters, 'A parameter'));
}

function parametersIn(fileText: string, what: string): Record<string, unknown> {
  const text = fileText.replace(/^\uFEFF/, '').trim();
  if (text.startsWith('{')) return parseJsonObject(text, what);
  const query = /^https?:\/\//.test(text) ? text.replace(/^[^?]*\??/, '') : text;
  const entries = [...new URLSearchParams(query.replace(/#.*$/, ''))];
  const names = entries.map(([name]) => name);
  if (new Set(names).size < names.length) {
    throw usageError(`${what} has a parameter twice. Nexmo signs each parameter once.`);
  }
  return Object.fromEntries(entries);
}

import { usageError } from './cli-error';
import type { CommandContext } from './context';
import { parseJsonObject, parsePairs } from './parse-values';
import { readFileOrInput, requireUtf8 } from './read-input';

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
    return parametersIn(requireUtf8(await readFileOrInput(params, what, io), what), what);
  }
  const [first = '', ...others] = parameters;
  if (first === '') throw usageError('Pass parameters as name=value, or a file with --params.');
  const isQuery = others.length === 0 && (/^https?:\/\//.test(first) || first.includes('&'));
  return isQuery
    ? parametersIn(first, 'The query')
    : Object.fromEntries(parsePairs(parameters, 'A parameter'));
}

function parametersIn(content: string, what: string): Record<string, unknown> {
  const text = content.trim();
  if (text.startsWith('{')) return parseJsonObject(text, what);
  const isUrl = /^https?:\/\//.test(text);
  const query = isUrl ? text.replace(/#.*$/s, '').replace(/^[^?]*\??/, '') : text;
  requirePercentEncoded(query, what);
  const entries = [...new URLSearchParams(query)];
  const names = entries.map(([name]) => name);
  if (new Set(names).size < names.length) {
    throw usageError(`${what} has a parameter twice. Nexmo signs each parameter once.`);
  }
  return Object.fromEntries(entries);
}

/** Refuses other text, because it would be decoded to U+FFFD. Different texts would then have the same signature. */
function requirePercentEncoded(query: string, what: string): void {
  try {
    decodeURIComponent(query);
  } catch {
    throw usageError(`${what} must be percent-encoded UTF-8. Write a percent sign as %25.`);
  }
}

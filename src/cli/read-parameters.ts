import { usageError } from './cli-error';
import type { CommandContext } from './context';
import { parseParameters } from './parse-parameters';
import { parsePairs } from './parse-values';
import { readFileOrInput, requireUtf8 } from './read-input';

export type ParameterSources = { parameters: string[]; params?: string };

/**
 * Reads the parameters of an SMS from the arguments or from the file of `--params`. The arguments are `name=value`
 * pairs, or one URL or query string. The file contains a JSON object, a query string or a URL.
 */
export async function readParameters(
  { parameters, params }: ParameterSources,
  io: CommandContext,
): Promise<Record<string, unknown>> {
  if (params !== undefined && parameters.length > 0) {
    throw usageError('Pass parameters as arguments or with --params, not both.');
  }
  if (params !== undefined) {
    const what = 'The file of --params';
    return parseParameters(requireUtf8(await readFileOrInput(params, what, io), what), what);
  }
  const [first = '', ...others] = parameters;
  if (first === '') throw usageError('Pass parameters as name=value, or a file with --params.');
  const isQuery = others.length === 0 && (/^https?:\/\//.test(first) || first.includes('&'));
  return isQuery
    ? parseParameters(first, 'The query')
    : Object.fromEntries(parsePairs(parameters, 'A parameter'));
}

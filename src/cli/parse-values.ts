import { CliError, usageError } from './cli-error';
import type { CommandContext } from './context';

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration in seconds: `3600`, `90s`, `15m`, `1h` or `1d`. */
export function parseDuration(text: string, option: string): number {
  const [, digits, unit = 's'] = /^(\d{1,10})([smhd]?)$/.exec(text) ?? [];
  if (digits === undefined) {
    throw usageError(`${option} must be seconds, or a number with s, m, h or d, such as 15m.`);
  }
  return Number(digits) * (secondsPerUnit[unit] ?? 1);
}

/** A time in seconds since the epoch: `1767225600`, or `2026-01-01T00:00:00Z`. */
export function parseTime(text: string, option: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isDate ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time / 1000;
  throw usageError(
    `${option} must be seconds since the epoch, or a date with a time zone, such as 2026-01-01T00:00:00Z.`,
  );
}

/** Parses the value of an option that may be missing. */
export function parseOptional<Value>(
  text: string | undefined,
  option: string,
  parse: (text: string, option: string) => Value,
): Value | undefined {
  return text === undefined ? undefined : parse(text, option);
}

/** The clock of a check. With `--at`, the clock always shows that time. Otherwise, it is the clock of the machine. */
export function clockOf(at: string | undefined, io: CommandContext): () => number {
  if (at === undefined) return io.now;
  const milliseconds = parseTime(at, '--at') * 1000;
  return () => milliseconds;
}

/** Pairs of `name=value`, in their order. The value is all text after the first `=`. */
export function parsePairs(pairs: readonly string[], what: string): [string, string][] {
  const names = new Set<string>();
  return pairs.map((pair) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) {
      throw usageError(`${what} must have the form name=value.`);
    }
    if (names.has(name)) throw usageError(`${what} ${name} is set twice. Set it once.`);
    names.add(name);
    return [name, value];
  });
}

/** Parses JSON. Returns text that is not JSON unchanged. */
export function parseJsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Parses a JSON object. Refuses an object that has a name twice, because parsers may disagree on the value. Does not
 * pass on the error of `JSON.parse`, because that error quotes the text.
 *
 * @throws CliError `ERR_FILE_INVALID`
 */
export function parseJsonObject(text: string, what: string): Record<string, unknown> {
  const value = parseJsonOrText(text);
  if (!isObject(value)) throw new CliError('ERR_FILE_INVALID', `${what} must be a JSON object.`);
  if (!hasRepeatedName(text)) return value;
  throw new CliError('ERR_FILE_INVALID', `${what} has a name twice in a JSON object. Remove one.`);
}

/** Strings, and the structural characters (RFC 8259, section 2). */
const jsonTokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;

function hasRepeatedName(validJson: string): boolean {
  const names: (Set<string> | undefined)[] = [];
  let previous = '';
  for (const [token] of validJson.matchAll(jsonTokens)) {
    if (token === '{') names.push(new Set());
    else if (token === '[') names.push(undefined);
    else if (token === '}' || token === ']') names.pop();
    else if (token === ':') {
      const name = JSON.parse(previous) as string;
      if (names.at(-1)?.has(name) === true) return true;
      names.at(-1)?.add(name);
    }
    previous = token;
  }
  return false;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

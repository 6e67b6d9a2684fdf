import { decodeJwt } from '../../index';
import type { CommandContext } from '../context';
import { printResult, style, table } from '../output';
import { readToken } from '../read-token';
import { isoTime, relativeTime } from '../time-words';
import { problemsOf, type TokenProblem } from '../token-problems';

export type JwtDecodeOptions = { token?: string };

/** Shows what a token contains, and why the platform would refuse it. Does not verify its signature. */
export async function jwtDecode({ token }: JwtDecodeOptions, io: CommandContext): Promise<void> {
  const { header, claims } = decodeJwt(await readToken(token, io));
  const now = Math.floor(io.now() / 1000);
  const problems = problemsOf(header, claims, now);
  const times = timesOf(claims, now);
  printResult(io, { header, claims, times, problems, signature: 'not verified' }, () =>
    [
      style(io, 'bold', 'Header'),
      rowsOf(header),
      '',
      style(io, 'bold', 'Claims'),
      rowsOf(claims, times),
      '',
      'The signature was not verified: use nexmo-auth jwt verify.',
      verdictText(problems, io),
    ].join('\n'),
  );
}

const timeWords: Readonly<Record<string, (words: string, isPast: boolean) => string>> = {
  iat: (words) => `issued ${words}`,
  nbf: (words, isPast) => (isPast ? `valid since ${words}` : `valid ${words}`),
  exp: (words, isPast) => (isPast ? `expired ${words}` : `expires ${words}`),
};

/** The times among the claims, as dates and in words. */
function timesOf(
  claims: Readonly<Record<string, unknown>>,
  now: number,
): Record<string, { date: string; words: string }> {
  const entries = Object.entries(timeWords).flatMap(([name, words]) => {
    const time = claims[name];
    const date = typeof time === 'number' ? isoTime(time) : undefined;
    if (date === undefined) return [];
    const seconds = Number(time);
    return [[name, { date, words: words(relativeTime(seconds, now), seconds <= now) }] as const];
  });
  return Object.fromEntries(entries);
}

function rowsOf(
  values: Readonly<Record<string, unknown>>,
  times: Readonly<Record<string, { date: string; words: string }>> = {},
): string {
  const rows = Object.entries(values).map(([name, value]) => {
    const time = times[name];
    const text = typeof value === 'string' ? printable(value) : JSON.stringify(value);
    return [`  ${printable(name)}`, time ? `${text} (${time.date}, ${time.words})` : text];
  });
  return table(rows);
}

/** Escapes control characters, because a claim may contain control sequences of a terminal. */
function printable(text: string): string {
  return /[\p{Cc}\p{Cf}\p{Surrogate}]/u.test(text) ? JSON.stringify(text) : text;
}

function verdictText(problems: readonly TokenProblem[], io: CommandContext): string {
  if (problems.length === 0)
    return style(io, 'green', 'The token has nothing that the platform would refuse.');
  const lines = problems.map(({ message }) => `  ${message}`);
  return [style(io, 'red', 'The platform would refuse the token:'), ...lines].join('\n');
}

import { jsonText, printable } from './json-text';
import { isoTime, relativeTime } from './time-words';
import { problemsOf, type TokenProblem } from './token-problems';

type Values = Readonly<Record<string, unknown>>;
type Times = Readonly<Record<string, { date: string; words: string }>>;

/** The name of a value, and its text. */
export type Row = readonly [name: string, text: string];

export type TokenDescription = {
  readonly header: readonly Row[];
  readonly claims: readonly Row[];
  readonly times: Times;
  readonly problems: readonly TokenProblem[];
  readonly verdict: string;
};

/** Describes what a token contains, and why the platform would refuse it. `now` is in seconds. */
export function describeToken(header: Values, claims: Values, now: number): TokenDescription {
  const problems = problemsOf(header, claims, now);
  const times = timesOf(claims, now);
  return {
    header: rowsOf(header),
    claims: rowsOf(claims, times),
    times,
    problems,
    verdict:
      problems.length === 0
        ? 'The token has nothing that the platform would refuse.'
        : 'The platform would refuse the token:',
  };
}

const timeWords: Readonly<Record<string, (words: string, isPast: boolean) => string>> = {
  iat: (words) => `issued ${words}`,
  nbf: (words, isPast) => (isPast ? `valid since ${words}` : `valid ${words}`),
  exp: (words, isPast) => (isPast ? `expired ${words}` : `expires ${words}`),
};

/** The times among the claims, as dates and in words. */
function timesOf(claims: Values, now: number): Times {
  const entries = Object.entries(timeWords).flatMap(([name, words]) => {
    const time = claims[name];
    const date = typeof time === 'number' ? isoTime(time) : undefined;
    if (date === undefined) return [];
    const seconds = Number(time);
    return [[name, { date, words: words(relativeTime(seconds, now), seconds <= now) }] as const];
  });
  return Object.fromEntries(entries);
}

function rowsOf(values: Values, times: Times = {}): Row[] {
  return Object.entries(values).map(([name, value]) => {
    const time = Object.hasOwn(times, name) ? times[name] : undefined;
    const text = typeof value === 'string' ? printable(value) : jsonText(value);
    return [printable(name), time ? `${text} (${time.date}, ${time.words})` : text];
  });
}

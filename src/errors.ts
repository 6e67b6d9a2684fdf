import type { NexmoAuthErrorCode } from './error-meanings';

export type { NexmoAuthErrorCode };

/**
 * The only error class that this package exports. `code` is stable and meant for programs. `message` says what to do
 * and is meant for people. No field ever holds a secret, a token or the text of a key. There is no `cause`, since the
 * original error could hold a secret.
 */
export class NexmoAuthError extends Error {
  /** The name of the class. */
  override readonly name = 'NexmoAuthError';
  /** The stable code. docs/errors.md lists the cause and the remedy of each code. */
  readonly code: NexmoAuthErrorCode;

  constructor(code: NexmoAuthErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The type of a value, for a message. A message must not show the value, since it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (Number.isNaN(value)) return 'NaN';
  if (value === undefined) return 'undefined';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A hint if the value is an instance of one of these classes, but from another copy of this package. */
export function copyHint(value: unknown, ...classNames: readonly string[]): string {
  const name = classNames.find((className) => className === constructorName(value));
  return name === undefined
    ? ''
    : ` It is an instance of ${name} from another copy of nexmo-auth. Run npm ls nexmo-auth, and remove one of the copies.`;
}

/**
 * A name from the caller's data, for a message. Cuts the name off at the first character that is rare in names: if a
 * query was encoded twice, for example, the name contains the values, which may be secrets.
 */
export function shownName(name: string): string {
  const shown = String(/^[\p{L}\p{N}_.[\]-]{0,60}/u.exec(name));
  return shown === name ? name : `${shown}…`;
}

/**
 * A message for an unknown name, with the closest known name and all known names. Shows the unknown name only if it
 * looks like a name, since any other text may be a secret.
 */
export function unknownName(what: string, name: unknown, known: readonly string[]): string {
  const shown =
    typeof name === 'string' && /^[\w -]{1,30}$/.test(name) ? `${what} "${name}"` : `such ${what}`;
  const similar = typeof name === 'string' ? closestName(name, known) : undefined;
  const hint = similar === undefined ? '' : ` Did you mean "${similar}"?`;
  return `There is no ${shown}.${hint} Known names: ${known.join(', ')}.`;
}

/** The known name with the smallest distance, if that distance is at most a third of the known name's length. */
function closestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 30) return undefined;
  const normalized = name.toLowerCase().replace(/[\s_]+/g, '-');
  return known
    .map((candidate) => ({ candidate, distance: levenshtein(normalized, candidate) }))
    .filter(({ candidate, distance }) => distance <= candidate.length / 3)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** The number of characters to insert, delete or replace in order to turn one text into the other. */
function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, character] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = Number(row[column]) + Number(character !== other);
      next.push(Math.min(replaced, Number(row[column + 1]) + 1, Number(next[column]) + 1));
    }
    row = next;
  }
  return Number(row.at(-1));
}

/** The name of a value's class. Undefined if a getter throws. */
function constructorName(value: unknown): unknown {
  try {
    return (value as { constructor?: { name: unknown } } | null | undefined)?.constructor?.name;
  } catch {
    return undefined;
  }
}

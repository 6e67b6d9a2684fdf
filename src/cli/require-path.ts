import { usageError } from './cli-error';

/**
 * Patterns of text that is not a path: control characters, PEM, JSON, a token, a named secret, and base64 of a key in
 * DER or PEM.
 */
const nonPathPatterns: readonly RegExp[] = [
  /[\p{Cc}\p{Surrogate}]/u,
  /-----BEGIN/,
  /^\s*[[{].*["':]/,
  /^\s*(bearer +)?eyJ[\w-]+\./i,
  /(secret|passphrase|private[-_]?key)["' ]*[=:]/i,
  /(^|[\s"'`:,;=])(MII|LS0t)[\w+/=\\ -]{20,}/,
];

/** Whether text is clearly something other than a path, such as a key. */
export function isNoPath(text: string): boolean {
  return (
    nonPathPatterns.some((pattern) => pattern.test(text)) ||
    text.split(/[\s"'`:,;]+/).some(isRandom)
  );
}

/**
 * A credential that may be shown, such as the API key. Returns `instead` if there is no value, or if the value looks
 * like a secret that was put in the wrong place.
 */
export function shownCredential(value: string | undefined, instead: string): string {
  return value === undefined || isNoPath(value) ? instead : value;
}

/**
 * Refuses text that is clearly not a path. Without this check, a message could show a secret, or a new file could have
 * a secret as its name. The error does not quote the text.
 *
 * @param option the option or argument, for the message
 * @throws CliError `ERR_USAGE`
 */
export function requirePath(text: string, option: string): void {
  if (!isNoPath(text)) return;
  throw usageError(
    `${option} must be a path, not a key, a token or other content. Its value is not shown here. Save it in a file that only you can read, and pass the path of that file.`,
  );
}

/**
 * Whether a word is long and random, like a part of a key. There are four kinds of characters: lower case, upper case,
 * digits and others. In random base64, the kind changes at two of every three characters. In a path of words, the kind
 * rarely changes.
 */
function isRandom(text: string): boolean {
  if (!/^[\w+/=-]{40,}$/.test(text)) return false;
  const isMixed = [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(text));
  const groups = [...text.matchAll(/[a-z]+|[A-Z]+|\d+|[^a-zA-Z\d]+/g)];
  return isMixed && groups.length >= 0.45 * text.length;
}

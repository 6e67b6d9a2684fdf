import { usageError } from './cli-error';

/** Control characters, PEM, JSON, a token, a named secret, and base64 of a key or of its PEM. */
const noPaths: readonly RegExp[] = [
  /[\p{Cc}\p{Surrogate}]/u,
  /-----BEGIN/,
  /^\s*[[{].*["':]/,
  /^\s*(bearer +)?eyJ[\w-]+\./i,
  /(secret|passphrase|private[-_]?key)["' ]*[=:]/i,
  /^(MII|LS0t)[\w+/=\\ -]{20,}$/,
];

/** Whether text plainly is no path, such as the text of a key. */
export function isNoPath(text: string): boolean {
  return noPaths.some((pattern) => pattern.test(text)) || isRandom(text);
}

/**
 * Refuses text that plainly is no path. As a path it would be shown, or a file would get this name. Does not quote it.
 *
 * @param option the option or argument, for the message
 * @throws CliError `ERR_USAGE`
 */
export function requirePath(text: string, option: string): void {
  if (!isNoPath(text)) return;
  throw usageError(
    `${option} must be a path, but it has the text of a key, a token or other content. It is not shown. Save it in a file that only you can read, and pass the path of that file.`,
  );
}

/**
 * Whether text is long and random, as a part of a key is. Two of three characters of random base64 differ in kind from the
 * character before, but only few in a path of words.
 */
function isRandom(text: string): boolean {
  if (!/^[\w+/=-]{40,}$/.test(text)) return false;
  const isMixed = [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(text));
  const groups = [...text.matchAll(/[a-z]+|[A-Z]+|\d+|[^a-zA-Z\d]+/g)];
  return isMixed && groups.length >= 0.45 * text.length;
}

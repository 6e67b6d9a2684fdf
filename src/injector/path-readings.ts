import { decodedPath } from './decoded-path';

/** Whether all servers read a path as it is written. */
export function isOrdinary(segments: readonly string[]): boolean {
  return segments.every((segment) => /^[a-z\d._~*-]*[a-z\d_~*-]$/.test(segment));
}

/**
 * What some servers remove from a decoded path: control characters, spaces at both ends of a segment, and dots at its
 * end. The segments `.` and `..` end with a dot, too. ASP.NET removes segments with the ID of a session, such as
 * `(S(x))`.
 */
const removed = /%(25)*([01][\da-f]|7f)|(^|[/\\])[ (]|[. ]([/\\;?#]|$)/;

/** Escapes of Http.sys (IIS), such as %u002e. */
const longEscape = /%(25)*u[\da-f]{4}/;

/** The rest of an escape that is itself escaped, such as %25c0. */
const nestedEscape = /%(25)+(?=[\da-f]{2})/g;

/**
 * Whether servers may read other characters in a decoded path than this package: characters that some remove, escapes
 * that only some decode, bytes that are not UTF-8, and characters that some turn into ASCII.
 */
export function isUnclear(decoded: string): boolean {
  if (removed.test(decoded) || longEscape.test(decoded)) return true;
  try {
    const text = decodeURIComponent(decoded.replace(nestedEscape, '%'));
    const others = text.match(/[^ -~]/gu) ?? [];
    return others.some(isLikeAscii);
  } catch {
    return true;
  }
}

/** Letters, their marks, digits, the euro sign and emoji. */
const writtenText = /[\p{L}\p{Mn}\p{Mc}\p{Nd}\p{Emoji_Presentation}\u20AC]/u;

/**
 * Whether servers may turn a character beyond ASCII into ASCII: as punctuation or a symbol, by a code page of Windows
 * (U+2215); by compatibility normalisation (U+FF0E); by lower case (U+0130); or by upper case (U+0131). An upper case
 * of several characters, such as that of U+00DF, does not count.
 */
function isLikeAscii(character: string): boolean {
  return (
    !writtenText.test(character) ||
    /[ -~]/.test(character.normalize('NFKC') + character.toLowerCase()) ||
    /^[ -~]$/.test(character.toUpperCase())
  );
}

/** A path with all escapes decoded (RFC 3986, section 6.2.2), in lower case. */
export function decodedText(segments: readonly string[]): string {
  return decodedPath(segments.join('/')).toLowerCase();
}

/**
 * The ways in which servers may read a decoded path: as a whole or up to a `?` or `#`; with a backslash as a slash or
 * not; with or without empty segments; with or without the parameters of a segment (RFC 3986, section 3.3).
 */
export function readingsOf(decoded: string): string[][] {
  const texts = [decoded];
  if (/[?#]/.test(decoded)) texts.push(String(decoded.split(/[?#]/, 1)[0]));
  const splits = texts.map((text) => text.split('/'));
  if (decoded.includes('\\')) splits.push(...texts.map((text) => text.split(/[/\\]/)));
  const withAndWithoutEmpty = splits.flatMap((split) => [split, withoutEmpty(split)]);
  const stripped = decoded.includes(';') ? withAndWithoutEmpty.map(withoutParameters) : [];
  return [...withAndWithoutEmpty, ...stripped, ...stripped.map(withoutEmpty)];
}

function withoutEmpty(segments: readonly string[]): string[] {
  return segments.filter((segment) => segment !== '');
}

function withoutParameters(segments: readonly string[]): string[] {
  return segments.map((segment) => String(segment.split(';', 1)[0]));
}

/**
 * Whether a path has both a `;` and an encoded slash. Servers remove the parameters of a segment before or after they
 * decode it, so they see different segments.
 */
export function hasAmbiguousParameters(segments: readonly string[], decoded: string): boolean {
  return decoded.includes(';') && decoded.split(/[/\\]/).length !== segments.length;
}

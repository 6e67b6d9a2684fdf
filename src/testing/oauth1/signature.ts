import { createHmac } from 'node:crypto';

/** A decoded parameter. */
export type Parameter = readonly [name: string, value: string];

/**
 * Percent-encodes all characters except letters, digits, `-`, `.`, `_` and `~`. Writes hexadecimal digits in upper case
 * (RFC 5849 section 3.6).
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parses a query or a form body, in which `+` is a space (section 3.4.1.3.1). */
export function formParameters(text: string): Parameter[] {
  // A leading `?` is part of a name. Without the `&`, the constructor would drop that `?`.
  return [...new URLSearchParams(`&${text}`)];
}

/** The base string URI: scheme and host in lower case, no default port, no query (section 3.4.1.2). */
export function baseStringUri(origin: string, path: string): string {
  return `${new URL(origin).origin}${path}`;
}

/**
 * The base string. Sorts the encoded parameters by the bytes of their names, then by the bytes of their values (section
 * 3.4.1).
 */
export function baseString(method: string, uri: string, parameters: readonly Parameter[]): string {
  const encoded = parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)]);
  // Encoded text contains no space, and a space sorts before every character of encoded text. So a name sorts before
  // every longer name with the same beginning, as `a` before `ab`.
  const sorted = encoded.map((pair) => pair.join(' ')).sort();
  const normalized = sorted.map((pair) => pair.replace(' ', '=')).join('&');
  return [method.toUpperCase(), uri, normalized].map(percentEncode).join('&');
}

/** The signature (section 3.4.2). `tokenSecret` is `''` without a token. */
export function hmacSha1(text: string, consumerSecret: string, tokenSecret: string): string {
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac('sha1', key).update(text).digest('base64');
}

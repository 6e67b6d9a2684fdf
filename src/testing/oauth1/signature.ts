import { createHmac } from 'node:crypto';

/** Decoded. */
export type Parameter = readonly [name: string, value: string];

/** RFC 5849 section 3.6: encodes all except letters, digits, `-`, `.`, `_` and `~`, in upper-case hexadecimal. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Section 3.4.1.3.1: parses a query or a form body, in which `+` is a space. */
export function formParameters(text: string): Parameter[] {
  // Without the `&`, the constructor would drop a leading `?`, which belongs to a name here.
  return [...new URLSearchParams(`&${text}`)];
}

/** Section 3.4.1.2: scheme and host in lower case, no default port, no query. */
export function baseStringUri(origin: string, path: string): string {
  return `${new URL(origin).origin}${path}`;
}

/** Section 3.4.1: the encoded parameters are sorted by name, then by value, by their bytes. */
export function baseString(method: string, uri: string, parameters: readonly Parameter[]): string {
  const encoded = parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)]);
  // Encoded text has no space, and a space sorts first: so a name sorts before its extensions.
  const sorted = encoded.map((pair) => pair.join(' ')).sort();
  const normalized = sorted.map((pair) => pair.replace(' ', '=')).join('&');
  return [method.toUpperCase(), uri, normalized].map(percentEncode).join('&');
}

/** Section 3.4.2. `tokenSecret` is `''` without a token. */
export function hmacSha1(text: string, consumerSecret: string, tokenSecret: string): string {
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac('sha1', key).update(text).digest('base64');
}

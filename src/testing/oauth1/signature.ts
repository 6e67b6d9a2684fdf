import { createHmac } from 'node:crypto';

/** Name and value, decoded. */
export type Parameter = readonly [name: string, value: string];

/** RFC 5849 section 3.6: all but letters, digits, `-`, `.`, `_` and `~`, in upper-case hex. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Section 3.4.1.3.1: a query or a form body, in which `+` is a space. */
export function formParameters(text: string): Parameter[] {
  // The constructor drops a `?` at the beginning, which here would belong to a name.
  return [...new URLSearchParams(`&${text}`)];
}

/** Section 3.4.1.2: scheme and host in lower case, no default port, no query. */
export function baseStringUri(origin: string, path: string): string {
  return `${new URL(origin).origin}${path}`;
}

/** Section 3.4.1: sorted by name, then by value, both in their encoded form and by their bytes. */
export function baseString(method: string, uri: string, parameters: readonly Parameter[]): string {
  const encoded = parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)]);
  // A space is not left in encoded text, and comes before all that is: it ends the shorter name.
  const sorted = encoded.map((pair) => pair.join(' ')).sort();
  const normalized = sorted.map((pair) => pair.replace(' ', '=')).join('&');
  return [method.toUpperCase(), uri, normalized].map(percentEncode).join('&');
}

/** Section 3.4.2. Without a token, its secret is empty. */
export function hmacSha1(text: string, consumerSecret: string, tokenSecret: string): string {
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac('sha1', key).update(text).digest('base64');
}

/**
 * A callback as the platform sends it: ready for a verifier, for an HTTP client, and for
 * `sandbox.deliver`. It is yours to tamper with.
 */
export type SignedCallback = {
  method: string;
  /** A path or an absolute URL, as it was given, with the query that is sent. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Empty where there is no body. */
  rawBody: Buffer;
};

export type Content = { type: string; bytes: Buffer };

export function callbackOf(
  method: string,
  url: string,
  content: Content | undefined,
  headers: Record<string, string> = {},
): SignedCallback {
  if (content === undefined) return { method, url, headers, rawBody: Buffer.alloc(0) };
  const { type, bytes } = content;
  const described = { 'content-type': type, 'content-length': String(bytes.length) };
  return { method, url, headers: { ...headers, ...described }, rawBody: bytes };
}

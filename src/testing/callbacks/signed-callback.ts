/** A callback as the platform sends it, for a verifier, an HTTP client or `sandbox.deliver`. A test may modify it. */
export type SignedCallback = {
  /** The HTTP method. */
  method: string;
  /** The path or absolute URL of the receiver. Parameters that are sent in the query are appended. */
  url: string;
  /** Headers by name, in lower case. */
  headers: Record<string, string>;
  /** Empty if there is no body. */
  rawBody: Buffer;
};

export type CallbackBody = { type: string; bytes: Buffer };

export function createCallback(
  method: string,
  url: string,
  body?: CallbackBody,
  headers: Record<string, string> = {},
): SignedCallback {
  if (body === undefined) return { method, url, headers, rawBody: Buffer.alloc(0) };
  const { type, bytes } = body;
  const entityHeaders = { 'content-type': type, 'content-length': String(bytes.length) };
  return { method, url, headers: { ...headers, ...entityHeaders }, rawBody: bytes };
}

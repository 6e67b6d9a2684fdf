import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { types } from 'node:util';

/**
 * A response to send. A string or bytes are sent unchanged. Any other body is sent as JSON. The body may be missing.
 */
export type HttpResponse = {
  status: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
};

export const ok = (body?: unknown): HttpResponse => ({ status: 200, body });

export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** A response that is already serialised, so that `JSON.stringify` cannot fail while it is sent. */
export type SerializedResponse = {
  status: number;
  headers: Readonly<Record<string, string>>;
  content: string | Uint8Array | undefined;
};

export function serialize({ status, body, headers }: HttpResponse): SerializedResponse {
  if (body === undefined || typeof body === 'string' || types.isUint8Array(body)) {
    return { status, headers: { ...headers }, content: body };
  }
  const type = { 'content-type': 'application/json' };
  return { status, headers: { ...type, ...headers }, content: JSON.stringify(body) };
}

export function sendResponse(
  response: ServerResponse,
  { status, headers, content }: SerializedResponse,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(content);
}

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { types } from 'node:util';

/**
 * What the platform answers. Text and bytes are sent as they are, anything else as JSON; without a
 * body, nothing is sent but status and headers.
 */
export type Answer = {
  status: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
};

export const ok = (body?: unknown): Answer => ({ status: 200, body });

export const hexId = (bytes: number): string => randomBytes(bytes).toString('hex');

/** An answer as it is sent, to which nothing can fail any more. */
export type WrittenAnswer = {
  status: number;
  headers: Readonly<Record<string, string>>;
  content: string | Uint8Array | undefined;
};

export function write({ status, body, headers }: Answer): WrittenAnswer {
  if (body === undefined || typeof body === 'string' || types.isUint8Array(body)) {
    return { status, headers: { ...headers }, content: body };
  }
  const type = { 'content-type': 'application/json' };
  return { status, headers: { ...type, ...headers }, content: JSON.stringify(body) };
}

export function send(response: ServerResponse, { status, headers, content }: WrittenAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(content);
}

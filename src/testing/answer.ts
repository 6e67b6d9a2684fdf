import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

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

/** `now` is in milliseconds. */
export function send(
  response: ServerResponse,
  { status, body, headers = {} }: Answer,
  now: number,
): void {
  const isJson = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
  response.statusCode = status;
  response.setHeader('date', new Date(now).toUTCString());
  if (isJson) response.setHeader('content-type', 'application/json');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(isJson ? JSON.stringify(body) : body);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { types } from 'node:util';
import { type Chunks, readBody } from '../webhooks/read-body';
import type { Incoming } from '../webhooks/reception';
import { bodyParsed } from '../webhooks/request';

/** Milliseconds for which what is still sent after a refusal is read, and dropped. */
const lingering = 1000;

/** A callback as Node has it. */
export function incomingOf(request: IncomingMessage, url: string, body: () => Chunks): Incoming {
  const { method, headers } = request;
  return {
    carrier: request,
    method: String(method),
    url,
    headers,
    read: async (limit) => readBody(body(), limit, headers['content-length']),
  };
}

/**
 * The bytes of a body, or what a parser kept of them. Text is as good: if it was not decoded faithfully, it is
 * not what was signed.
 *
 * @param howToKeep what to do about a parser that keeps nothing
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`
 */
export function unparsed(
  body: Readable,
  parsed: { rawBody?: unknown; body?: unknown },
  howToKeep: string,
): Chunks {
  for (const kept of [parsed.rawBody, parsed.body]) {
    if (typeof kept === 'string') return [Buffer.from(kept)];
    if (types.isUint8Array(kept)) return [kept];
  }
  // Text that was decoded on the way is not what arrived.
  if (body.readableDidRead || body.readableEncoding !== null) throw bodyParsed(howToKeep);
  // What is left off is still to be read, and dropped.
  return body.iterator({ destroyOnReturn: false });
}

/**
 * Has an answer end the connection, where the request is not read to its end. But not at once: a client that
 * is still sending would lose the answer (RFC 9112, section 9.6). In HTTP/2, no more is sent than is read.
 */
export function lingerUnlessRead(request: IncomingMessage, response: ServerResponse): void {
  // One that Fastify injects does not say, and is whole.
  if (!('complete' in request) || request.complete || request.httpVersionMajor > 1) return;
  response.setHeader('connection', 'close');
  const end = response.end.bind(response);
  response.end = (content?: unknown) => {
    response.flushHeaders();
    if (content !== undefined && content !== null) response.write(content);
    request.resume();
    const signal = AbortSignal.timeout(lingering);
    void finished(request, { signal })
      .catch(() => undefined)
      .then(() => end());
    return response;
  };
}

/** Leaves nothing of a head that is not to be sent. */
export function removeHeaders(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

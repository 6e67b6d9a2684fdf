import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { types } from 'node:util';
import type { IncomingCallback } from '../webhooks/receiver';
import { bodyParsedError } from '../webhooks/request';
import { encodeDecodedText } from './text';

/** How long, in milliseconds, the rest of a refused request is read and discarded. */
const lingerTime = 1000;

/** What a parser may have added to a request. */
export type Parsed = { readonly rawBody?: unknown; readonly body?: unknown };

/**
 * Reads a callback from Node's request.
 *
 * @param url the URL as it arrived. Middleware may have changed `request.url`
 * @param stream the stream of the request's body
 * @param parsed the objects to which parsers add `body` and `rawBody`
 * @param hint what the user can do about a parser that keeps no bytes
 */
export function fromNodeRequest(
  request: IncomingMessage,
  url: string,
  { stream, parsed, hint }: { stream: Readable; parsed: readonly Parsed[]; hint: string },
): IncomingCallback {
  const { method, headers } = request;
  return {
    source: request,
    method: String(method),
    url,
    handlerUrl: request.url,
    headers,
    body: () => {
      const bodies = [...parsed.map(({ rawBody }) => rawBody), ...parsed.map(({ body }) => body)];
      const bytes = bodies.find(types.isUint8Array);
      if (bytes !== undefined) return [bytes];
      const text = bodies.find((body) => typeof body === 'string');
      if (text !== undefined) return [encodeDecodedText(text, headers, hint)];
      // A stream with an encoding yields text, not the bytes that arrived.
      if (stream.readableDidRead || stream.readableEncoding !== null) throw bodyParsedError(hint);
      // The stream must stay open, so that the rest of a refused body can be read and discarded.
      return stream.iterator({ destroyOnReturn: false });
    },
  };
}

/**
 * After the response to an incomplete request, reads the request for a while, then closes the connection. If the
 * connection closed at once, a client that is still sending could lose the response (RFC 9112, section 9.6). Does
 * nothing in HTTP/2, which has flow control.
 */
export function lingeringClose(request: IncomingMessage, response: ServerResponse): void {
  // A request of Fastify's inject() is complete, but has no property `complete`.
  if (!('complete' in request) || request.complete || isHttp2(request)) return;
  response.setHeader('connection', 'close');
  const end = response.end.bind(response);
  response.end = (content?: unknown) => {
    response.flushHeaders();
    if (content !== undefined && content !== null) response.write(content);
    request.resume();
    const signal = AbortSignal.timeout(lingerTime);
    void finished(request, { signal })
      .catch(() => undefined)
      .then(() => end());
    return response;
  };
}

/** Whether a request came over HTTP/2. The comparison converts text, which some serverless adapters give. */
export function isHttp2({ httpVersionMajor }: IncomingMessage): boolean {
  return httpVersionMajor > 1;
}

export function removeHeaders(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

/** Whether the head of a response was sent, by Node's own `headersSent`: @fastify/express puts another in front of it. */
export function isHeadSent(response: Pick<ServerResponse, 'headersSent'>): boolean {
  const prototype = Object.getPrototypeOf(response) as Partial<ServerResponse>;
  // Servers with another kind of response may have no getter.
  return Reflect.get(prototype, 'headersSent', response) ?? response.headersSent;
}

/** Ends a response that could not be sent. */
export function endWithError(response: ServerResponse): void {
  try {
    removeHeaders(response);
    // HTTP/2 has no status message, and Node warns if it is set.
    if (!isHttp2(response.req)) response.statusMessage = '';
    response.writeHead(500);
    response.end();
  } catch {
    abort(response);
  }
}

/** Whether the connection of a response is closed. In HTTP/2, only the stream of the response tells. */
export function isDestroyed(response: ServerResponse): boolean {
  if (!isHttp2(response.req)) return response.destroyed;
  return (response as unknown as Http2ServerResponse).stream.destroyed;
}

/** The error code INTERNAL_ERROR (RFC 9113, section 7). */
const internalError = 2;

/** Breaks off a response of which a part was sent, so that the client sees a failure. */
export function abort(response: ServerResponse): void {
  if (!isHttp2(response.req)) {
    response.destroy();
    return;
  }
  // In HTTP/2, destroy() would close the stream without an error.
  const { stream } = response as unknown as Http2ServerResponse;
  stream.close(internalError);
}

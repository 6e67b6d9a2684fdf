import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { types } from 'node:util';
import type { IncomingCallback } from '../webhooks/receiver';
import { bodyParsedError } from '../webhooks/request';
import { encodeDecodedText } from './text';

/** Milliseconds for which the rest of a refused request is read and discarded. */
const lingerTime = 1000;

/** What a parser may have added to a request. */
export type Parsed = { readonly rawBody?: unknown; readonly body?: unknown };

/**
 * Reads a callback from Node's request.
 *
 * @param stream the stream of its body
 * @param parsed the objects to which parsers add what they read
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
    headers,
    body: () => {
      const bodies = [...parsed.map(({ rawBody }) => rawBody), ...parsed.map(({ body }) => body)];
      const bytes = bodies.find(types.isUint8Array);
      if (bytes !== undefined) return [bytes];
      const text = bodies.find((body) => typeof body === 'string');
      if (text !== undefined) return [encodeDecodedText(text, headers, hint)];
      // A stream with an encoding gives text, not the bytes that arrived.
      if (stream.readableDidRead || stream.readableEncoding !== null) throw bodyParsedError(hint);
      // Not destroyed: the rest of a refused body is read and discarded.
      return stream.iterator({ destroyOnReturn: false });
    },
  };
}

/**
 * Closes the connection after the response to an incomplete request, but keeps reading for a while: otherwise a client
 * that still sends would lose the response (RFC 9112, section 9.6). HTTP/2 needs none of this, since it has flow control.
 */
export function lingeringClose(request: IncomingMessage, response: ServerResponse): void {
  // A request by Fastify's inject() is complete, but has no such property.
  if (!('complete' in request) || request.complete || request.httpVersionMajor > 1) return;
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

export function removeHeaders(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { types } from 'node:util';
import type { IncomingCallback } from '../webhooks/receiver';
import { bodyParsedError } from '../webhooks/request';
import { encodeDecodedText } from './text';

/** Milliseconds for which what is still sent after a refusal is read, and dropped. */
const lingering = 1000;

/** What a parser may have left at a request. */
export type Parsed = { readonly rawBody?: unknown; readonly body?: unknown };

/**
 * A callback as Node has it.
 *
 * @param stream what its body is read from
 * @param parsed where parsers leave what they read
 * @param hint what to do about a parser that keeps no bytes
 */
export function incomingOf(
  request: IncomingMessage,
  url: string,
  { stream, parsed, hint }: { stream: Readable; parsed: readonly Parsed[]; hint: string },
): IncomingCallback {
  const { method, headers } = request;
  return {
    carrier: request,
    method: String(method),
    url,
    headers,
    body: () => {
      const kept = [...parsed.map(({ rawBody }) => rawBody), ...parsed.map(({ body }) => body)];
      const bytes = kept.find(types.isUint8Array);
      if (bytes !== undefined) return [bytes];
      const text = kept.find((each) => typeof each === 'string');
      if (text !== undefined) return [encodeDecodedText(text, headers, hint)];
      // Text that was decoded on the way is not what arrived.
      if (stream.readableDidRead || stream.readableEncoding !== null) throw bodyParsedError(hint);
      // What is left off is still to be read, and dropped.
      return stream.iterator({ destroyOnReturn: false });
    },
  };
}

/**
 * Has an answer end the connection, where the request is not read to its end. But not at once: a client that
 * is still sending would lose the answer (RFC 9112, section 9.6). In HTTP/2, no more is sent than is read.
 */
export function lingeringClose(request: IncomingMessage, response: ServerResponse): void {
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

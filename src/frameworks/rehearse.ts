import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { isUnsendable } from '../webhooks/receiver';

/** How a framework sends a response. Undefined members are not set before the content is sent. */
type Sending = {
  /** The arguments of `writeHead`. */
  head?: [statusCode: number, headers?: OutgoingHttpHeaders] | undefined;
  /** The arguments of `end`. */
  content?: readonly unknown[] | undefined;
};

/**
 * Writes a copy of a response that is never sent. Throws what Node throws if the response cannot be sent, for example
 * because of a character in a header or a body that is a number. The framework then answers with an error, although the
 * handler had set a status of success. So this must be known before a claim is settled.
 *
 * Does not check headers for HTTP/2, which has other rules.
 */
export function rehearse(response: ServerResponse, { head, content }: Sending): void {
  const { req, headersSent, statusCode, strictContentLength } = response;
  const copy = new ServerResponse(req);
  Object.assign(copy, { statusCode, strictContentLength });
  const isHttp1 = req.httpVersionMajor === 1;
  if (isHttp1) {
    // HTTP/2 has no status message, and Node warns if it is read.
    copy.statusMessage = response.statusMessage;
    const headers = headersSent ? {} : response.getHeaders();
    for (const [name, value] of Object.entries(headers)) copy.setHeader(name, value as string);
  }
  if (head !== undefined) copy.writeHead(head[0], isHttp1 ? head[1] : undefined);
  if (content === undefined) return;
  // The encoding is not checked before the text is sent.
  const [text, encoding] = content;
  if (typeof text === 'string' && encoding !== undefined) Buffer.from('', encoding as 'utf8');
  (copy.end as (...args: readonly unknown[]) => unknown)(...content);
}

/** Recognises a `Response` of another realm too, as Fastify does. */
export function isResponse(content: unknown): content is Response {
  return Object.prototype.toString.call(content) === '[object Response]';
}

/** Whether the content is a `Response` or a stream of Node or of the web. */
export function isStream(content: unknown): boolean {
  const { pipe, getReader } = (content ?? {}) as Partial<Readable & ReadableStream>;
  return Boolean(pipe ?? getReader) || isResponse(content);
}

/** Whether a stream or `Response` was not read and has not failed. Any other content is intact. */
export function isIntact(content: unknown): boolean {
  if (isUnsendable(content)) return false;
  if (!isStream(content)) return true;
  const { destroyed = false, readableEnded, errored } = content as Partial<Readable>;
  return errored == null && (!destroyed || readableEnded === true);
}

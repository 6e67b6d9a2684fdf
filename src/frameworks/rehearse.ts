import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isHeadSent, isHttp2 } from './node';

/** The calls with which a framework sends a response. A missing one is not rehearsed. */
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
  const { req, statusCode, strictContentLength } = response;
  const copy = new ServerResponse(req);
  Object.assign(copy, { statusCode, strictContentLength });
  if (!isHttp2(req)) {
    // HTTP/2 has no status message, and Node warns if it is read.
    copy.statusMessage = response.statusMessage;
    const headers = isHeadSent(response) ? {} : response.getHeaders();
    for (const [name, value] of Object.entries(headers)) copy.setHeader(name, value as string);
  }
  if (head !== undefined) copy.writeHead(head[0], isHttp2(req) ? undefined : head[1]);
  if (content === undefined) return;
  // The encoding is not checked before the text is sent.
  const [text, encoding] = content;
  if (typeof text === 'string' && encoding !== undefined) Buffer.from('', encoding as 'utf8');
  (copy.end as (...args: readonly unknown[]) => unknown)(...content);
}

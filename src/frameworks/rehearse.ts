import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';

type Unsent = Pick<ServerResponse, 'req' | 'statusCode' | 'statusMessage' | 'strictContentLength'>;

/**
 * Writes a copy of a response that is never sent. Throws what Node throws if the response cannot be sent, for example
 * because of a character in a header or a body that is a number. The framework then answers with an error, although the
 * handler had set a status of success. So this must be known before a claim is settled.
 *
 * Does not check headers for HTTP/2, which has other rules.
 *
 * @param content the arguments of `end`. Undefined if the content is sent later
 */
export function rehearse(
  response: Unsent,
  headers: OutgoingHttpHeaders,
  content?: readonly unknown[],
  statusCode = response.statusCode,
): void {
  const { req, strictContentLength } = response;
  const copy = new ServerResponse(req);
  Object.assign(copy, { statusCode, strictContentLength });
  if (req.httpVersionMajor === 1) {
    // HTTP/2 has no status message, and Node warns if it is read.
    copy.statusMessage = response.statusMessage;
    for (const [name, value] of Object.entries(headers)) copy.setHeader(name, value as string);
  }
  if (content === undefined) {
    copy.writeHead(statusCode);
    return;
  }
  // The encoding is not checked before the text is sent.
  const [text, encoding] = content;
  if (typeof text === 'string' && encoding !== undefined) Buffer.from('', encoding as 'utf8');
  (copy.end as (...args: readonly unknown[]) => unknown)(...content);
}

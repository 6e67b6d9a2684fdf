import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { RefusalResponse, SettleClaim } from '../webhooks/receiver';
import { removeHeaders } from './node';

type End = (...args: unknown[]) => ServerResponse;

/**
 * Delays the end of a response until the replay guard's claim on the callback is confirmed or released. If the claim
 * cannot be confirmed, a refusal replaces the response. If a part of the response was already sent, the connection is
 * destroyed instead.
 *
 * If the sender has closed the connection, a handler that pipes a stream into the response never ends the response. Its
 * status then counts as soon as both have happened, unless the stream has failed.
 *
 * @param answer sends a refusal as the response
 * @param fail gets the error that Node throws for an invalid `end`, such as `end(1)`
 */
export function holdBack(
  response: ServerResponse,
  settle: SettleClaim,
  answer: (refusal: RefusalResponse) => void,
  fail: (error: unknown) => void,
): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- restored below
  const end = response.end as End;

  async function finish(content: unknown[]): Promise<void> {
    const { statusCode } = response;
    // HTTP/2 has no status message, and Node warns if it is read.
    const message =
      response.req.httpVersionMajor > 1 ? {} : { statusMessage: response.statusMessage };
    const headers = Object.entries(response.getHeaders()) as [string, OutgoingHttpHeader][];
    const refusal = await settle(statusCode).finally(() => {
      response.end = end as typeof response.end;
    });
    if (response.headersSent) {
      if (refusal === undefined) end.apply(response, content);
      else response.destroy();
      return;
    }
    removeHeaders(response);
    if (refusal !== undefined) {
      answer(refusal);
      return;
    }
    // Restores the status and the headers, since an error handler, for example, may have changed them meanwhile.
    Object.assign(response, { statusCode, ...message });
    for (const [name, value] of headers) response.setHeader(name, value);
    end.apply(response, content);
  }

  let finishing: Promise<void> | undefined;
  const hold: End = (...args) => {
    for (const arg of args) if (isCallback(arg)) response.once('finish', arg);
    finishing ??= finish(args.filter((arg) => !isCallback(arg))).catch(fail);
    return response;
  };
  response.end = hold as typeof response.end;

  const settleUnsent = () => {
    finishing ??= settle(response.statusCode)
      .then(() => undefined)
      .catch(fail);
  };
  let piped: Partial<Readable> | undefined;
  response.on('pipe', (stream: Readable) => {
    piped = stream;
    if (isClosed(response)) settleUnsent();
  });
  response.on('close', () => {
    const isStreaming = piped !== undefined && piped.errored == null;
    if (isStreaming && isClosedBySender(response)) settleUnsent();
  });
}

/** A response of HTTP/1.1 or of HTTP/2, which has a `stream`. */
type AnyResponse = ServerResponse & { stream?: ServerHttp2Stream };

function isClosed({ stream, destroyed }: AnyResponse): boolean {
  return stream?.destroyed ?? destroyed;
}

/** Errors of a connection that the sender has closed or that has failed. */
const lossOfConnection = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT'];

/**
 * Whether the sender closed the connection or cancelled the request. Otherwise, the program did so itself, which means
 * that the response has failed. (A program that cancels the HTTP/2 stream with the code CANCEL cannot be told apart.)
 */
function isClosedBySender({ stream, errored, req }: AnyResponse): boolean {
  if (stream !== undefined) {
    return stream.errored == null && stream.rstCode === constants.NGHTTP2_CANCEL;
  }
  // Test doubles and servers of functions may have no socket.
  const socket = req.socket as Partial<Socket> | null | undefined;
  const { code = '' } = (socket?.errored ?? {}) as NodeJS.ErrnoException;
  return errored == null && (socket?.readableEnded === true || lossOfConnection.includes(code));
}

function isCallback(arg: unknown): arg is () => void {
  return typeof arg === 'function';
}

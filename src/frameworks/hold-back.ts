import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { Refusal, SettleClaim } from '../webhooks/receiver';
import { removeHeaders } from './node';

type End = (...args: unknown[]) => ServerResponse;

/**
 * Holds the end of an answer back until it is settled. What was written before its end has left by then,
 * so that no other answer can take its place: then the connection breaks off.
 *
 * @param answer answers in place of the handler
 * @param fail takes what Node does not let end, such as `end(1)`, for others to answer
 */
export function holdBack(
  response: ServerResponse,
  settle: SettleClaim,
  answer: (refusal: Refusal) => void,
  fail: (error: unknown) => void,
): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was
  const end = response.end as End;

  async function finish(content: unknown[]): Promise<void> {
    const { statusCode } = response;
    // HTTP/2 has none, and warns of it.
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
    // As it was: whoever has answered once more meanwhile, as a handler of errors may, is too late.
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
}

function isCallback(arg: unknown): arg is () => void {
  return typeof arg === 'function';
}

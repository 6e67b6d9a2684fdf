import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { RefusalResponse, SettleClaim } from '../webhooks/receiver';
import { endWithError, removeHeaders } from './node';
import { rehearse } from './rehearse';

type End = (...args: unknown[]) => ServerResponse;

/**
 * Delays the end of a response until the replay guard's claim on the callback is confirmed or released. If the claim
 * cannot be confirmed, a refusal replaces the response. If a part of the response was already sent, the connection is
 * destroyed instead.
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

  let sentStatus: number | undefined;
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  // Node also calls this method for a head that is written implicitly.
  response.writeHead = (...args: unknown[]) => {
    writeHead(...args);
    sentStatus ??= response.statusCode;
    return response;
  };
  const settleByStatus = () => settle(sentStatus ?? response.statusCode);

  async function finish(content: unknown[]): Promise<void> {
    const { statusCode } = response;
    // HTTP/2 has no status message, and Node warns if it is read.
    const message =
      response.req.httpVersionMajor > 1 ? {} : { statusMessage: response.statusMessage };
    const headers = Object.entries(response.getHeaders()) as [string, OutgoingHttpHeader][];
    const resume = suspend(response);
    const refusal = await settleByStatus().finally(() => {
      resume();
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

  /** Ends the response after the error handler has failed too. */
  async function giveUp(): Promise<void> {
    await settle(500);
    response.end = end as typeof response.end;
    endWithError(response);
  }

  let finishing: Promise<void> | undefined;
  let hasFailed = false;
  const hold: End = (...args) => {
    if (finishing !== undefined) return response;
    const content = args.filter((arg) => !isCallback(arg));
    try {
      rehearse(response, { content });
    } catch (error) {
      if (hasFailed) finishing = giveUp();
      else {
        hasFailed = true;
        fail(error);
      }
      return response;
    }
    for (const arg of args) if (isCallback(arg)) response.once('finish', arg);
    finishing = finish(content).catch(fail).catch(giveUp);
    return response;
  };
  response.end = hold as typeof response.end;
}

/** Makes a response ignore further content until the returned function is called. */
function suspend(response: ServerResponse): () => void {
  const ignored = {
    write: () => true,
    writeHead: () => response,
    flushHeaders: () => undefined,
  };
  const methods = Object.keys(ignored).map((name) => [name, Reflect.get(response, name)] as const);
  Object.assign(response, ignored);
  return () => Object.assign(response, Object.fromEntries(methods));
}

function isCallback(arg: unknown): arg is () => void {
  return typeof arg === 'function';
}

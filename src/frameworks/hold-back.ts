import type { ServerResponse } from 'node:http';
import type { RefusalResponse, SettleClaim } from '../webhooks/receiver';
import { freeze } from './freeze';
import { abort, endWithError, isDestroyed, isHeadSent, isHttp2, removeHeaders } from './node';
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
    if (isHeadSent(response)) sentStatus ??= response.statusCode;
    // Over HTTP/2, Node ignores the head if the sender has left. The status counts all the same.
    else response.statusCode = finalStatus(args[0]);
    return response;
  };

  /** Settles the claim while the response is frozen. From then on, `end` is Node's own. */
  async function settleFrozen(status: number): Promise<RefusalResponse | undefined> {
    const unfreeze = freeze(response);
    try {
      return await settle(status);
    } finally {
      unfreeze();
      response.end = end as typeof response.end;
    }
  }

  async function finish(content: unknown[]): Promise<void> {
    const refusal = await settleFrozen(sentStatus ?? response.statusCode);
    if (refusal === undefined) end.apply(response, content);
    else if (isHeadSent(response)) abort(response);
    else {
      removeHeaders(response);
      answer(refusal);
    }
  }

  /** Ends the response after the error handler has failed too. */
  async function giveUp(): Promise<void> {
    await settleFrozen(500);
    endWithError(response);
  }

  let hasFailed = false;
  const hold: End = (...args) => {
    const content = args.filter((arg) => !isCallback(arg));
    try {
      rehearse(response, { content });
    } catch (error) {
      if (hasFailed) void giveUp();
      else {
        hasFailed = true;
        fail(error);
      }
      return response;
    }
    callAtEnd(response, args.filter(isCallback));
    finish(content).catch(fail).catch(giveUp);
    return response;
  };
  response.end = hold as typeof response.end;
}

/** The status of a head. 500 for a status with which Node would have thrown. */
function finalStatus(value: unknown): number {
  const status = Number(value);
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : 500;
}

/** Calls functions once the response is sent or, as Node does over HTTP/2, soon if the sender has left. */
function callAtEnd(response: ServerResponse, callbacks: readonly (() => void)[]): void {
  const hasLeft = isHttp2(response.req) && isDestroyed(response);
  for (const callback of callbacks) {
    if (hasLeft) process.nextTick(callback);
    else response.once('finish', callback);
  }
}

function isCallback(arg: unknown): arg is () => void {
  return typeof arg === 'function';
}

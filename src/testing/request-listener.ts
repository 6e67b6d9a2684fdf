import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { isNativeError } from 'node:util/types';
import { kindOf } from '../errors';
import { send, write, type WrittenAnswer } from './response';
import { type Arrived, arrivedOf, readBody } from './parsed-request';
import type { Known } from './check-credential';
import { documentedAt } from './documented-at';
import { outcomeOf } from './router';

/** A request as it arrived. It holds the credentials that were sent: keep it out of logs. */
export type SandboxRequest = {
  readonly method: string;
  /** The real host, which is the first path segment of the sandbox's URLs. */
  readonly host: string;
  /** Without the host and without empty segments; of a target that cannot be read, the target. */
  readonly path: string;
  /** Of a repeated parameter, the last. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The product at this place, if the sandbox knows one. */
  readonly product: string | undefined;
  /** The status that was answered. */
  readonly status: number;
  /**
   * Why the request or its credential was refused, in more words than the platform has for it. For
   * a status of 500, how the sandbox itself failed.
   */
  readonly refusal: string | undefined;
};

type Received = { record: SandboxRequest; answer: WrittenAnswer };

/** Answers and records every request that arrives at a server. `known` is read when one arrives. */
export function receive(
  server: Server,
  origin: string,
  known: () => Known,
  requests: SandboxRequest[],
): void {
  const reply = (request: IncomingMessage, response: ServerResponse) => {
    judge(request, origin, known()).then(
      ({ record, answer }) => {
        requests.push(record);
        send(response, answer);
      },
      // The client went away before its request was complete.
      () => response.destroy(),
    );
  };
  server.on('request', reply);
  // Node would close the connection of a CONNECT without an answer.
  server.on('connect', (request, socket) => {
    const response = responseToConnect(request);
    if (response === undefined) socket.destroy();
    else reply(request, response);
  });
}

async function judge(request: IncomingMessage, origin: string, known: Known): Promise<Received> {
  const arrived = arrivedOf(request, await readBody(request), origin);
  const { answer, product, refusal } = outcomeOrFault(arrived, known);
  const { method, host, path, query, headers, body } = arrived;
  const { status } = answer;
  return { record: { method, host, path, query, headers, body, product, status, refusal }, answer };
}

/** Whatever fails inside is an answer, too: the process of a test must not end by a request. */
function outcomeOrFault(arrived: Arrived, known: Known) {
  try {
    const { answer, ...outcome } = outcomeOf(arrived, known);
    const date = new Date(known.account.now()).toUTCString();
    return { ...outcome, answer: write({ ...answer, headers: { date, ...answer.headers } }) };
  } catch (error) {
    const detail = describe(error);
    const body = { type: 'SANDBOX_FAULT', title: 'The sandbox itself failed', detail };
    return {
      answer: write({ status: 500, body }),
      product: documentedAt(arrived.host, arrived.path)?.name,
      refusal: `the sandbox itself failed: ${detail}`,
    };
  }
}

function describe(error: unknown): string {
  if (!isNativeError(error)) return `${kindOf(error)} was thrown`;
  try {
    return `${error.name}: ${error.message}`;
  } catch {
    return 'an error that cannot be described';
  }
}

/**
 * The server no longer watches the socket of a CONNECT, neither for errors nor for its end. Undefined where an earlier
 * request on it still waits for its answer.
 */
function responseToConnect(request: IncomingMessage): ServerResponse | undefined {
  const { socket } = request;
  socket.on('error', () => socket.destroy());
  if ('_httpMessage' in socket && socket._httpMessage !== null) return undefined;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => {
    socket.destroySoon();
  });
  return response;
}

import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { isNativeError } from 'node:util/types';
import { kindOf } from '../errors';
import type { SandboxState } from './check-credential';
import { type ParsedRequest, parseRequest, readBody } from './parsed-request';
import { sendResponse, serialize, type SerializedResponse } from './response';
import { findProduct, route } from './router';

/** A recorded request. It holds the credentials that were sent: keep it out of logs. */
export type SandboxRequest = {
  readonly method: string;
  /** The real host, which is the first path segment of the sandbox's URLs. */
  readonly host: string;
  /** Without the host and without empty segments. If the request target cannot be read, the target itself. */
  readonly path: string;
  /** The last value of a repeated parameter. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The product that host and path belong to, if the sandbox knows one. */
  readonly product: string | undefined;
  /** The status of the response. */
  readonly status: number;
  /**
   * Why the request or its credential was refused, in more detail than the platform's response. For
   * status 500, how the sandbox itself failed.
   */
  readonly refusal: string | undefined;
};

type Reply = { record: SandboxRequest; response: SerializedResponse };

/** Answers every request to a server and records it in `requests`. Reads `state` when a request arrives. */
export function addRequestListeners(
  server: Server,
  origin: string,
  state: () => SandboxState,
  requests: SandboxRequest[],
): void {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    replyTo(request, origin, state()).then(
      (reply) => {
        requests.push(reply.record);
        sendResponse(response, reply.response);
      },
      // The client disconnected before its request was complete.
      () => response.destroy(),
    );
  };
  server.on('request', listener);
  // By default, Node closes the connection of a CONNECT without a response.
  server.on('connect', (request, socket) => {
    const response = responseToConnect(request);
    if (response === undefined) socket.destroy();
    else listener(request, response);
  });
}

async function replyTo(
  message: IncomingMessage,
  origin: string,
  state: SandboxState,
): Promise<Reply> {
  const request = parseRequest(message, await readBody(message), origin);
  const { response, product, refusal } = routeOrFail(request, state);
  const { method, host, path, query, headers, body } = request;
  const record = { method, host, path, query, headers, body, product, status: response.status };
  return { record: { ...record, refusal }, response };
}

/** Answers a fault of the sandbox with a 500, so that no request ends the test process. */
function routeOrFail(request: ParsedRequest, state: SandboxState) {
  try {
    const { response, product, refusal } = route(request, state);
    const date = new Date(state.account.now()).toUTCString();
    const headers = { date, ...response.headers };
    return { response: serialize({ ...response, headers }), product, refusal };
  } catch (error) {
    const detail = describeError(error);
    const body = { type: 'SANDBOX_FAULT', title: 'The sandbox itself failed', detail };
    return {
      response: serialize({ status: 500, body }),
      product: findProduct(request.host, request.path)?.name,
      refusal: `the sandbox itself failed: ${detail}`,
    };
  }
}

function describeError(error: unknown): string {
  if (!isNativeError(error)) return `${kindOf(error)} was thrown`;
  try {
    return `${error.name}: ${error.message}`;
  } catch {
    return 'an error that cannot be described';
  }
}

/**
 * The server no longer watches the socket of a CONNECT for errors or its end. Returns `undefined` while
 * an earlier request on the socket waits for its response.
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

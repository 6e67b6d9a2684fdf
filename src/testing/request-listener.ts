import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { isNativeError } from 'node:util/types';
import { kindOf } from '../errors';
import type { SandboxState } from './check-credential';
import {
  maximumBodyBytes,
  type ParsedRequest,
  parseRequest,
  type SandboxRequest,
} from './parsed-request';
import { sendResponse, serialize, type SerializedResponse } from './response';
import { findProduct, route } from './router';

type Reply = { record: SandboxRequest; response: SerializedResponse };

/** Responds to every request to a server, and passes each request to `record`. Calls `state` when a request arrives. */
export function addRequestListeners(
  server: Server,
  origin: string,
  state: () => SandboxState,
  record: (request: SandboxRequest) => void,
): void {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    replyTo(request, origin, state()).then(
      (reply) => {
        record(reply.record);
        sendResponse(response, reply.response);
      },
      // The client disconnected before its request was complete.
      () => response.destroy(),
    );
  };
  server.on('request', listener);
  // By default, Node itself responds to an unknown Expect header.
  server.on('checkExpectation', listener);
  // By default, Node sends no response to a CONNECT and closes the connection.
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
  const { response, product, scheme, refusal } = routeOrFail(request, state);
  const { method, host, path, query, headers, body } = request;
  const received = { method, host, path, query, headers, body };
  const verdict = { product, scheme, status: response.status, refusal: shortened(refusal) };
  return { record: { ...received, ...verdict }, response };
}

/** The maximum number of characters of a reason. It may quote a name or a number of any length from the request. */
const maximumReason = 300;

function shortened(reason: string | undefined): string | undefined {
  if (reason === undefined || reason.length <= maximumReason) return reason;
  return `${reason.slice(0, maximumReason)}…`;
}

/**
 * Reads a body to its end. Returns undefined for a body that is too long. Copies the body into one growing buffer, since
 * a list of one-byte chunks would take a hundred times as much memory.
 */
async function readBody(message: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  let bytes = Buffer.alloc(0);
  let length = 0;
  for await (const chunk of message) {
    const end = length + chunk.length;
    if (end > bytes.length && end <= maximumBodyBytes) bytes = Buffer.concat([bytes], 2 * end);
    if (end <= maximumBodyBytes) bytes.set(chunk, length);
    length = end;
  }
  return length <= maximumBodyBytes ? bytes.subarray(0, length) : undefined;
}

/** Routes a request. If the sandbox itself fails, responds with a 500, so that no request ends the test process. */
function routeOrFail(request: ParsedRequest, state: SandboxState) {
  try {
    const { response, ...verdict } = route(request, state);
    const date = new Date(state.account.now()).toUTCString();
    const headers = { date, ...response.headers };
    return { response: serialize({ ...response, headers }), ...verdict };
  } catch (error) {
    const detail = describeError(error);
    const body = { type: 'SANDBOX_FAULT', title: 'The sandbox itself failed', detail };
    return {
      response: serialize({ status: 500, body }),
      product: findProduct(request.host, request.path)?.name,
      scheme: undefined,
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
 * The response to a CONNECT. Also destroys the socket after an error and after the response, because Node's server no
 * longer manages the socket after a CONNECT. Returns `undefined` while an earlier request on the socket waits for its
 * response.
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

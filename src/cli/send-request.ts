import { once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { CliError } from './cli-error';

/** A request with its credential. */
export type SentRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
};

export type Answer = {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Sends a request. In its URL, `base` replaces `https://`. Follows no redirect.
 *
 * @param timeout seconds for the whole answer
 * @throws CliError `ERR_NETWORK`
 */
export async function sendRequest(
  request: SentRequest,
  base: string,
  timeout: number,
): Promise<Answer> {
  const target = request.url.replace(/^https:\/\//, () => base);
  const signal = AbortSignal.timeout(timeout * 1000);
  const send = target.startsWith('http:') ? sendDirectly : sendWithFetch;
  try {
    return await send({ ...request, url: target }, signal);
  } catch (error) {
    // An error of `fetch` has the network error as its cause.
    const { name, code = name, cause } = error as { name: string; code?: string; cause?: unknown };
    const { code: networkCode = code } = Object(cause) as { code?: string };
    const reason = signal.aborted ? 'no answer in time' : networkCode;
    throw new CliError(
      'ERR_NETWORK',
      `${new URL(target).host} cannot be reached (${reason}). Check the network, or raise --timeout.`,
    );
  }
}

/**
 * Sends a request over plain HTTP. Uses a new agent, so that the request bypasses all proxies. A proxy would see the
 * credential.
 */
async function sendDirectly(
  { method, url, headers, body }: SentRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const options = { method, headers: { ...headers, ...length }, agent: new Agent(), signal };
  const outgoing = httpRequest(url, options);
  // Without this listener, Node closes the connection after status 101 and emits no event.
  outgoing.on('upgrade', (_response, socket) => {
    outgoing.emit('error', Object.assign(new Error(), { code: 'UPGRADE' }));
    socket.destroy();
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { statusCode, statusMessage, headersDistinct } = response;
  const entries = Object.entries(headersDistinct as Record<string, string[]>);
  return {
    status: Number(statusCode),
    statusText: String(statusMessage),
    headers: Object.fromEntries(entries.map(([name, values]) => [name, values.join(', ')])),
    body: (await buffer(response)).toString(),
  };
}

async function sendWithFetch(
  { method, url, headers, body }: SentRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const init = { method, headers, body: body ?? null, redirect: 'manual', signal } as const;
  const response = await fetch(url, init);
  const { status, statusText } = response;
  const answerHeaders = Object.fromEntries(response.headers);
  return { status, statusText, headers: answerHeaders, body: await response.text() };
}

import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { MemoryReplayGuard, type ReplayGuard, WebhookVerifier } from '../../src';
import {
  type SignedCallback,
  signSmsCallback,
  type SignSmsCallbackOptions,
  signWebhook,
  type SignWebhookOptions,
} from '../../src/testing';
import { held } from '../support/account';
import { inbound } from '../support/webhooks';
import type { Answer, Found, Framework, Handler, Served } from './hosts';

const { apiKey, signatureSecret: secret } = held;

export const webhook = (options: Partial<SignWebhookOptions> = {}) =>
  signWebhook({ secret, apiKey, body: inbound, ...options });

export const sms = (options: Partial<SignSmsCallbackOptions> = {}) =>
  signSmsCallback({
    secret,
    apiKey,
    params: { msisdn: '447700900001', to: '447700900000', text: 'Hello & good-bye = \u{1F44B}' },
    ...options,
  });

export const verifierOf = (replayGuard: ReplayGuard = new MemoryReplayGuard()) =>
  new WebhookVerifier({ secrets: (key) => (key === apiKey ? secret : undefined), replayGuard });

/** A custom guard with some methods replaced. */
export function guardThat(changes: Partial<ReplayGuard>): ReplayGuard {
  const guard = new MemoryReplayGuard();
  return {
    claim: (id, lease) => guard.claim(id, lease),
    confirm: (id, ttl) => guard.confirm(id, ttl),
    release: (id) => guard.release(id),
    ...changes,
  };
}

/** A guard that confirms and releases every claim, and records both. */
export function recordingGuard() {
  const events: ('confirm' | 'release')[] = [];
  const record = (event: (typeof events)[number]) => () => {
    events.push(event);
    return Promise.resolve();
  };
  return { guard: guardThat({ confirm: record('confirm'), release: record('release') }), events };
}

export const failToConnect = () => Promise.reject(new Error('connect ECONNREFUSED'));

export type Listening = { url: string; server: Server };

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }
});

/** Listens on a free loopback port until the test ends. */
export async function listen(
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<Listening> {
  const server = createServer(options, listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhooks`, server };
}

export type Site = Listening & {
  /** The arguments of each call of the handler. */
  handled: Found[];
  /** The errors that the framework's error handler received. */
  errors: unknown[];
};

/** Serves callbacks with a framework until the test ends. */
export async function serve(
  framework: Framework,
  { handler = () => ({ status: 200, text: 'Handled' }), ...options }: Partial<Served> = {},
): Promise<Site> {
  const handled: Found[] = [];
  const errors: unknown[] = [];
  const recordingHandler: Handler = (found) => {
    handled.push(found);
    return handler(found);
  };
  const listener = await framework({
    verify: 'verifyWebhook',
    verifier: verifierOf(),
    parsedBefore: false,
    onError: (error) => errors.push(error),
    handler: recordingHandler,
    ...options,
  });
  return { ...(await listen(listener)), handled, errors };
}

/** Sends a callback and gives the answer. */
export async function send(site: { url: string }, callback: SignedCallback): Promise<Answer> {
  const { method, headers, rawBody } = callback;
  const { search } = new URL(callback.url, site.url);
  const { 'content-length': _, ...kept } = headers;
  const answer = await fetch(`${site.url}${search}`, {
    method,
    headers: kept,
    ...(method !== 'GET' && { body: rawBody }),
  });
  return {
    status: answer.status,
    text: await answer.text(),
    headers: Object.fromEntries(answer.headers),
  };
}

/** Sends a webhook over HTTP/2, and reads the answer. Gives the status. */
export async function sendOverHttp2(url: string): Promise<unknown> {
  const session = connectHttp2(url);
  const { headers, rawBody } = webhook();
  const stream = session.request({ ...headers, ':method': 'POST', ':path': '/webhooks' });
  stream.end(rawBody);
  const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
  await stream.toArray().finally(() => {
    session.close();
  });
  return head[':status'];
}

/** Sends the head alone, and leaves the body to the caller. */
export function sendHead(site: { url: string }, headers: Record<string, string>) {
  const sending = request(site.url, { method: 'POST', headers });
  const answer = once(sending, 'response').then(([answer]) => read(answer as IncomingMessage));
  // A test that aborts the request gets no answer.
  answer.catch(() => undefined);
  sending.flushHeaders();
  return { request: sending, answer };
}

/** Sends a callback with a body by any method. With `fetch`, a GET cannot have a body. */
export async function sendWithBody(
  site: { url: string },
  { method, url, headers }: SignedCallback,
  body: string,
): Promise<Answer> {
  const { search } = new URL(url, site.url);
  const sending = request(site.url + search, { method, headers }).end(body);
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  return read(answer);
}

async function read(answer: IncomingMessage): Promise<Answer> {
  const text = Buffer.concat(await answer.toArray()).toString();
  return {
    status: Number(answer.statusCode),
    text,
    headers: answer.headers as Record<string, string>,
  };
}

/** Begins a POST on a raw socket. The answer is recorded in `seen`, but the sender does not act on it. */
export async function begin(site: { url: string }, headers: Record<string, string>) {
  const { hostname, port } = new URL(site.url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({ host: hostname, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`POST /webhooks HTTP/1.1\r\n${head}\r\n`);
  const seen = { received: '', errors: [] as Error[] };
  socket.on('data', (data) => (seen.received += data.toString()));
  socket.on('error', (error) => seen.errors.push(error));
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve();
    });
  });
  await once(socket, 'connect');
  return { socket, seen, closed };
}

/** Sends an endless body until the connection ends. Gives the answer and the number of bytes sent. */
export async function sendWithoutEnd(
  site: { url: string },
  headers: Record<string, string>,
): Promise<{ received: string; sent: number }> {
  const begun = await begin(site, { ...headers, 'transfer-encoding': 'chunked' });
  const { socket, seen, closed } = begun;
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
  while (!socket.destroyed) {
    if (socket.write(chunk)) await wait(1);
    else await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
  }
  await closed;
  return { received: seen.received, sent: socket.bytesWritten };
}

/** Polls until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(5);
}

/** A promise that the test resolves with `open`. */
export function gate<Value = void>() {
  let open: (value: Value) => void = () => undefined;
  const opened = new Promise<Value>((resolve) => (open = resolve));
  return { opened, open };
}

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseHttpUrl, queryOf, setQuery } from './callback-url';
import { invalid, refuseUnknownOptions, requireRecord, requireString } from '../options';
import { retryDelays } from './retry-delays';
import type { SignedCallback } from './signed-callback';

/** The options of `deliver`. */
export type DeliverOptions = {
  /** The absolute URL of your receiver, without a query. The callback keeps its own query, which is signed. */
  to: string;
  /** The maximum number of attempts (default: 103, as many as fit into 24 hours). */
  attempts?: number | undefined;
  /**
   * Waits before every attempt except the first (default: with a real timer). Pass a function of your own in tests that
   * must not wait. Its `signal` aborts when the option `signal` aborts or the sandbox closes.
   */
  wait?: ((seconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Seconds after which an attempt fails (default: 15). */
  timeout?: number | undefined;
  /** When this signal aborts, the delivery ends. */
  signal?: AbortSignal | undefined;
};

/** One attempt. */
export type DeliveryAttempt = {
  /** The HTTP status of your receiver. Undefined if the connection failed or timed out. */
  status: number | undefined;
};

/** The outcome of a delivery. */
export type Delivery = {
  /** Whether the last attempt had a status from 200 to 299. */
  delivered: boolean;
  /** The attempts, in their order. */
  attempts: DeliveryAttempt[];
};

type DeliveryRequest = {
  url: URL;
  method: SignedCallback['method'];
  headers: Record<string, string>;
  body: Uint8Array | undefined;
};

/** The implementation of `Sandbox.deliver`. `closing` aborts when the sandbox closes. */
export async function deliver(
  callback: SignedCallback,
  options: DeliverOptions,
  closing: AbortSignal,
): Promise<Delivery> {
  requireRecord(options, 'The options of deliver');
  const { to, attempts = Infinity, wait = pause, timeout = 15, signal, ...unknown } = options;
  refuseUnknownOptions(unknown, 'deliver');
  requireLimits(attempts, timeout);
  if (typeof wait !== 'function') throw invalid('wait must be a function that returns a promise.');
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw invalid('signal must be an AbortSignal.');
  }
  const request = readRequest(callback, to);
  const cutShort = AbortSignal.any([closing, followSignal(signal)]);

  const results: DeliveryAttempt[] = [];
  for (const delay of retryDelays.slice(0, attempts)) {
    if (delay > 0) await wait(delay, cutShort);
    if (cutShort.aborted) break;
    const status = await attemptDelivery(request, timeout, cutShort);
    results.push({ status });
    if (status === undefined || isRetried(status)) continue;
    return { delivered: status >= 200 && status < 300, attempts: results };
  }
  return { delivered: false, attempts: results };
}

/**
 * Checks only the shape, because a signal of another realm has a different class. `followSignal` converts such a
 * signal.
 */
function isAbortSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null;
  return typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
}

/** A signal of this realm that aborts when `signal` aborts. */
function followSignal(signal: AbortSignal | undefined): AbortSignal {
  const controller = new AbortController();
  const abort = () => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  return controller.signal;
}

function isRetried(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * Sends a callback once and returns the status. Reads the whole response. If the response breaks off, the attempt
 * fails.
 */
async function attemptDelivery(
  request: DeliveryRequest,
  timeout: number,
  cutShort: AbortSignal,
): Promise<number | undefined> {
  const timedOut = new AbortController();
  const timer = setTimeout(() => {
    timedOut.abort();
  }, timeout * 1000);
  try {
    const signal = AbortSignal.any([timedOut.signal, cutShort]);
    return await send(request, signal);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Connects without a proxy. `fetch` may use a proxy that the environment sets, and that proxy would see the signature.
 */
async function send(
  { url, method, headers, body }: DeliveryRequest,
  signal: AbortSignal,
): Promise<number> {
  const client = url.protocol === 'https:' ? https : http;
  const outgoing = client.request(url, { method, headers, signal, agent: new client.Agent() });
  // Without this listener, Node closes the connection after status 101 and emits no event.
  outgoing.on('upgrade', (_response, socket) => {
    outgoing.emit('error', new Error('The receiver switched protocols.'));
    socket.destroy();
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
  await buffer(response);
  return Number(response.statusCode);
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  // `sleep` rejects only if the signal aborts. The caller checks whether the signal has aborted.
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}

function requireLimits(attempts: unknown, timeout: unknown): void {
  const isCount = attempts === Infinity || Number.isSafeInteger(attempts);
  if (!isCount || Number(attempts) < 1) throw invalid('attempts must be a whole number above 0.');
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= 86_400)) {
    throw invalid('timeout must be a number of seconds, more than 0 and at most 86400.');
  }
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION`, also for a request that cannot be sent */
function readRequest(callback: SignedCallback, to: unknown): DeliveryRequest {
  const target = parseHttpUrl(requireString(to, 'The option "to"'), 'The option "to"');
  if (target.search !== '') {
    throw invalid(
      'The option "to" must not have a query. The query is signed, so pass it to signWebhook.',
    );
  }
  requireRecord(callback, 'The callback');
  const { method, url, headers, rawBody } = callback;
  requireRecord(headers, 'The headers of the callback');
  setQuery(target, queryOf(requireString(url, 'The url of the callback')));
  // The Content-Length of the callback is left out, since the test may have modified the body. Node sets the right
  // value.
  const { 'content-length': _, ...otherHeaders } = headers;
  const body = method === 'GET' ? undefined : rawBody;
  try {
    new Request(target, { method, headers: otherHeaders, body: body ?? null });
  } catch {
    throw invalid(
      'The callback cannot be sent. Pass what signWebhook or signSmsCallback returned.',
    );
  }
  return { url: target, method, headers: otherHeaders, body };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { parseUrl, queryOf } from './callback-url';
import { invalid, refuseUnknown, requireRecord, requireText } from './options';
import { retryDelays } from './retry-delays';
import type { SignedCallback } from './signed-callback';

export type DeliverOptions = {
  /**
   * The absolute URL of what receives it, in place of the callback's own, whose query it is sent
   * with. It has none itself, since a query is part of what is signed.
   */
  to: string;
  /** At most so many attempts; by default as many as there is time for in 24 hours, which is 103. */
  attempts?: number | undefined;
  /**
   * Waits before an attempt that is not the first, with a real timer by default: for tests that
   * have no time. The signal is aborted once there is nothing to wait for any more.
   */
  wait?: ((seconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** Seconds that an attempt may take before it has failed, 15 by default. */
  timeout?: number | undefined;
  /** Ends all attempts. */
  signal?: AbortSignal | undefined;
};

/** The status is undefined where the connection failed, or took too long. */
export type DeliveryAttempt = { status: number | undefined };

export type Delivery = {
  /** Whether the last attempt was answered with a status of 200 to 299. */
  delivered: boolean;
  attempts: DeliveryAttempt[];
};

type Sending = { url: URL; init: RequestInit };

/** Ends, too, when the sandbox that it is sent from closes. */
export async function deliver(
  callback: SignedCallback,
  options: DeliverOptions,
  closing: AbortSignal,
): Promise<Delivery> {
  requireRecord(options, 'The options of deliver');
  const { to, attempts = Infinity, wait = pause, timeout = 15, signal, ...unknown } = options;
  refuseUnknown(unknown, 'deliver');
  requireLimits(attempts, timeout);
  if (typeof wait !== 'function') throw invalid('wait must be a function that returns a promise.');
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw invalid('signal must be an AbortSignal.');
  }
  const sending = readSending(callback, to);
  const end = AbortSignal.any([closing, followed(signal)]);

  const made: DeliveryAttempt[] = [];
  for (const delay of retryDelays.slice(0, attempts)) {
    if (delay > 0) await wait(delay, end);
    if (end.aborted) break;
    const status = await statusOf(sending, timeout, end);
    made.push({ status });
    if (status === undefined || isRetried(status)) continue;
    return { delivered: status >= 200 && status < 300, attempts: made };
  }
  return { delivered: false, attempts: made };
}

/** By its shape: another realm has another class, which `AbortSignal.any` does not take. */
function isAbortSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null;
  return typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function';
}

function followed(signal: AbortSignal | undefined): AbortSignal {
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

/** The answer is read to its end, since one that breaks off has not arrived. */
async function statusOf(
  { url, init }: Sending,
  timeout: number,
  end: AbortSignal,
): Promise<number | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, timeout * 1000);
  try {
    const signal = AbortSignal.any([late.signal, end]);
    const { status, body } = await fetch(url, { ...init, signal });
    await body?.pipeTo(new WritableStream());
    return status;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  // It only fails once the signal is aborted, which is asked for after every wait.
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}

function requireLimits(attempts: unknown, timeout: unknown): void {
  const isCount = attempts === Infinity || Number.isSafeInteger(attempts);
  if (!isCount || Number(attempts) < 1) throw invalid('attempts must be a whole number from 1 on.');
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= 86_400)) {
    throw invalid('timeout must be a number of seconds, more than 0 and at most 86400.');
  }
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION`, for what fetch would refuse at every attempt too */
function readSending(callback: SignedCallback, to: unknown): Sending {
  const target = parseUrl(requireText(to, 'to'), 'to');
  if (target.search !== '') {
    throw invalid('to must be without a query, which is signed: give it to what signs, as url.');
  }
  requireRecord(callback, 'The callback');
  const { method, url, headers, rawBody } = callback;
  requireRecord(headers, 'The headers of the callback');
  target.search = queryOf(requireText(url, 'The url of the callback'));
  // fetch counts anew: what was tampered with may be of another length than what was signed.
  const { 'content-length': _, ...kept } = headers;
  const body = method === 'GET' ? {} : { body: rawBody };
  const init: RequestInit = { method, headers: kept, redirect: 'manual', ...body };
  try {
    new Request(target, init);
  } catch {
    throw invalid('The callback cannot be sent. Is it what signWebhook or signSmsCallback gave?');
  }
  return { url: target, init };
}

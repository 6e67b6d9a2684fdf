import { type CallbackKind, publish } from '../diagnostics';
import { copyHint, NexmoAuthError, type NexmoAuthErrorCode } from '../errors';
import { refuseUnknown, requireCount, requireObject } from '../options';
import { warnOnce } from '../warnings';
import type { Claim } from './claim';
import { readBody, type BodyChunks } from './read-body';
import { readJson } from '../readers/json';
import { readUtf8 } from '../readers/utf8';
import { hasNoBody, headerValue, bodyTypeIn, type WebhookHeaders, type WebhookRequest } from './request';
import type { WebhookClaims } from './signed-token';
import { WebhookVerifier } from './verifier';

/** A callback as a framework has it, its body not read yet. */
export type IncomingCallback = {
  /** What carries it through the framework, the same for all middleware on its way. */
  carrier: object;
  method: string;
  url: string;
  headers: WebhookHeaders;
  /** Gives the body, without reading it yet; `ERR_WEBHOOK_BODY_PARSED` where its bytes are not there. */
  body: () => BodyChunks | Promise<BodyChunks>;
};

export type AdapterOptions = {
  /** Bytes that a body may have; by default 1 MiB, of an SMS callback 64 KiB. */
  limit?: number | undefined;
};

/** What a handler finds of a webhook that was accepted. */
export type AcceptedWebhook = { claims: WebhookClaims; rawBody: Uint8Array };

/** What a handler finds of an SMS callback that was accepted. */
export type AcceptedSms = { params: Record<string, string>; rawBody: Uint8Array };

/** The answer in place of the handler's. */
export type Refusal = { status: number; code: NexmoAuthErrorCode };

/** Takes the status of the handler's answer before that is sent, and gives what to send in its place, if so. */
export type SettleClaim = (status: number) => Promise<Refusal | undefined>;

export type Accepted<Callback> = {
  callback: Callback;
  /** What to show as parsed body: what was verified. Undefined where there is no body. */
  body: () => unknown;
  /** What to give to a framework's own parser, so that it shows what was verified. */
  payload: () => Uint8Array;
  settle: SettleClaim;
  refusal?: never;
};

export type CallbackReceiver<Callback> = (
  incoming: IncomingCallback,
) => Promise<Accepted<Callback> | { refusal: Refusal }>;

/**
 * What is answered in place of a handler. The platform tries again after 429 and 5xx, for 24 hours. An
 * error that is not here is a fault of the program, and the framework's to answer.
 */
const statuses: Partial<Record<NexmoAuthErrorCode, number>> = {
  ERR_WEBHOOK_HANDLED: 200,
  ERR_WEBHOOK_MALFORMED: 401,
  ERR_WEBHOOK_ALGORITHM: 401,
  ERR_WEBHOOK_UNKNOWN_ACCOUNT: 401,
  ERR_WEBHOOK_SIGNATURE: 401,
  ERR_WEBHOOK_TOO_OLD: 401,
  ERR_WEBHOOK_FROM_FUTURE: 401,
  ERR_WEBHOOK_TAMPERED: 401,
  ERR_WEBHOOK_BODY_TOO_LARGE: 413,
  ERR_WEBHOOK_UNSIGNED: 503,
  ERR_WEBHOOK_PENDING: 503,
  ERR_WEBHOOK_SECRETS_FAILED: 503,
  ERR_WEBHOOK_SECRETS_TIMEOUT: 503,
  ERR_REPLAY_GUARD_UNAVAILABLE: 503,
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function webhookReceiver(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): CallbackReceiver<AcceptedWebhook> {
  return receptionBy('webhook', verifier, readLimit(options, 1_048_576), async (request) => {
    const { content: claims, ...handling } = await verifier.receive(request);
    return {
      ...handling,
      callback: (rawBody) => ({ claims, rawBody }),
      body: (rawBody) => parsed(rawBody, request.headers),
      payload: (rawBody) => rawBody,
    };
  });
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function smsReceiver(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): CallbackReceiver<AcceptedSms> {
  return receptionBy('sms', verifier, readLimit(options, 65_536), async (request) => {
    const { content: params, ...handling } = await verifier.receiveSms(request);
    return {
      ...handling,
      callback: (rawBody) => ({ params, rawBody }),
      body: () => ({ ...params }),
      payload: (rawBody) => {
        if (bodyTypeIn(request.headers) !== 'json' || isAllText(rawBody)) return rawBody;
        return Buffer.from(JSON.stringify(params));
      },
    };
  });
}

/** By what carries them: whoever is mounted after them would take each for a copy of itself. */
const accepted = new WeakSet<object>();

type Receive<Callback> = (request: WebhookRequest) => Promise<
  Claim & {
    callback: (rawBody: Uint8Array) => Callback;
    body: (rawBody: Uint8Array) => unknown;
    payload: (rawBody: Uint8Array) => Uint8Array;
  }
>;

function receptionBy<Callback>(
  kind: CallbackKind,
  verifier: WebhookVerifier,
  limit: number,
  receive: Receive<Callback>,
): CallbackReceiver<Callback> {
  if (!(verifier instanceof WebhookVerifier)) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      `The first argument is a WebhookVerifier.${copyHint(verifier, 'WebhookVerifier')}`,
    );
  }
  return async ({ carrier, method, url, headers, body }) => {
    let reading: Promise<Uint8Array> | undefined;
    const read = async () => readBody(await body(), limit, headerValue(headers, 'content-length'));
    const rawBody = () => (reading ??= read());
    const request = { method, url, headers, rawBody };
    let release: (() => Promise<void>) | undefined;
    try {
      refuseMountedTwice(carrier);
      if (hasNoBody(request)) refuseAnnouncedBody(headers);
      await requireBody(body, kind);
      const received = await receive(request);
      ({ release } = received);
      const bytes = await rawBody();
      accepted.add(carrier);
      return {
        callback: received.callback(bytes),
        body: () => (bytes.length === 0 ? undefined : received.body(bytes)),
        payload: () => (bytes.length === 0 ? bytes : received.payload(bytes)),
        settle: (status) => settle(received, status),
      };
    } catch (error) {
      await release?.();
      return { refusal: refusalOf(error) };
    }
  };
}

function readLimit(options: AdapterOptions | undefined, byDefault: number): number {
  if (options !== undefined) requireObject(options, 'The options');
  const { limit = byDefault, ...unknown } = options ?? {};
  refuseUnknown(unknown, 'the options');
  return requireCount(limit, 'limit (in bytes)');
}

function refuseMountedTwice(carrier: object): void {
  if (!accepted.has(carrier)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'verifyWebhook or verifySmsCallback is mounted twice on this path: leave one of them.',
  );
}

/**
 * Refuses what cannot be verified before its token is looked at: whoever has sent it, the fault is the program's.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`
 */
async function requireBody(body: IncomingCallback['body'], kind: CallbackKind): Promise<void> {
  try {
    await body();
  } catch (error) {
    const { code, message } = error as NexmoAuthError;
    // At the first callback: no framework tells earlier what reads bodies.
    warnOnce(
      'NEXMO_AUTH_BODY_PARSED',
      message,
      `A callback cannot be verified, and is answered with 500. ${message}`,
    );
    publish('webhook:refused', { kind, code });
    throw error;
  }
}

/** A `Request` never shows the body of a GET or HEAD, which its framework may have all the same. */
function refuseAnnouncedBody(headers: WebhookHeaders): void {
  const length = headerValue(headers, 'content-length') ?? 0;
  if (Number(length) === 0 && headerValue(headers, 'transfer-encoding') === undefined) return;
  throw new NexmoAuthError('ERR_WEBHOOK_TAMPERED', 'A body was added to a GET or HEAD.');
}

/** A handler that answers 4xx or 5xx has not handled the callback, nor one whose status is none. */
async function settle(
  { confirm, release }: Claim,
  status: number,
): Promise<Refusal | undefined> {
  try {
    await (status >= 100 && status < 400 ? confirm() : release());
    return undefined;
  } catch (error) {
    // The platform tries again, since a copy would be accepted now.
    return refusalOf(error);
  }
}

/**
 * What the handler answers, settled by its status; or by its failure, which goes on.
 *
 * @throws what the handler throws
 */
export async function settleBy<Answer extends { status: number }>(
  settle: SettleClaim,
  handle: () => Answer | Promise<Answer>,
): Promise<{ answer: Answer; refusal: Refusal | undefined }> {
  let answer: Answer;
  let status: number;
  try {
    answer = await handle();
    ({ status } = answer);
  } catch (error) {
    await settle(500);
    throw error;
  }
  return { answer, refusal: await settle(status) };
}

/** @throws what is no refusal */
function refusalOf(error: unknown): Refusal {
  if (error instanceof NexmoAuthError) {
    const status = statuses[error.code];
    if (status !== undefined) return { status, code: error.code };
  }
  throw error;
}

/** Numbers and booleans are verified as text, and shown as such. */
function isAllText(json: Uint8Array): boolean {
  const values = Object.values(JSON.parse(Buffer.from(json).toString()) as object);
  return values.every((value) => typeof value === 'string');
}

/** What a framework's own parsers would have made of a webhook's body, had they been given it. */
function parsed(body: Uint8Array, headers: WebhookHeaders): unknown {
  const text = readUtf8(body);
  const type = bodyTypeIn(headers);
  if (text !== undefined && type === 'form')
    return Object.fromEntries(new URLSearchParams(`&${text}`));
  const reading = text !== undefined && type === 'json' ? readJson(text) : undefined;
  return reading === undefined ? body : reading.value;
}

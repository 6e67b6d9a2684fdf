import { type CallbackKind, publish } from '../diagnostics';
import { copyHint, NexmoAuthError, type NexmoAuthErrorCode } from '../errors';
import { isOwnError, refuseUnknown, requireCount, requireObject } from '../options';
import { warnOnce } from '../warnings';
import { type Claim, isGuarded } from './claim';
import { readBody, type BodyChunks } from './read-body';
import { isReadableStream, isResponse } from '../readers/brands';
import { invalidInHeaderValue } from '../readers/header-value';
import { readJson } from '../readers/json';
import { readUtf8 } from '../readers/utf8';
import {
  bodyTypeIn,
  isGetOrHead,
  isSplitElsewhere,
  headerValue,
  queryOf,
  refuseAnnouncedBody,
  type WebhookHeaders,
  type WebhookRequest,
} from './request';
import { isFailedLookup } from './secrets';
import type { WebhookClaims } from './signed-token';
import { type ClaimedCallback, WebhookVerifier } from './verifier';

/** A callback as a framework receives it, with an unread body. */
export type IncomingCallback = {
  /** The framework's request object, which is the same object for all middleware. */
  source: object;
  method: string;
  url: string;
  /** The URL from which the framework parses the query for the handler, if it is not `url`. */
  handlerUrl?: string | undefined;
  headers: WebhookHeaders;
  /** Returns the unread body. Throws `ERR_WEBHOOK_BODY_PARSED` if its bytes are missing. */
  body: () => BodyChunks | Promise<BodyChunks>;
};

/** The options of `verifyWebhook` and `verifySmsCallback`. */
export type AdapterOptions = {
  /** Maximum size of a body in bytes (default: 1 MiB; for SMS callbacks, 64 KiB). */
  limit?: number | undefined;
};

/** An accepted webhook, for the handler. */
export type AcceptedWebhook = {
  /** The verified claims of the token. */
  claims: WebhookClaims;
  /** The body as it arrived. */
  rawBody: Uint8Array;
};

/** An accepted SMS callback, for the handler. */
export type AcceptedSms = {
  /** The verified parameters. */
  params: Record<string, string>;
  /** The body as it arrived. Empty for a GET. */
  rawBody: Uint8Array;
};

/** The response to send instead of the handler's response. */
export type RefusalResponse = { status: number; code: NexmoAuthErrorCode };

/**
 * Confirms or releases the claim, depending on the status of the handler's response. Call this function before that
 * response is sent. If the claim cannot be confirmed, returns the response to send instead.
 */
export type SettleClaim = (status: number) => Promise<RefusalResponse | undefined>;

export type Accepted<Callback> = {
  callback: Callback;
  /** The verified body, parsed. For an empty body, what parsers return (see `emptyBody`). */
  parsedBody: () => unknown;
  /** The bytes to pass to a framework's own parser, which then returns the verified values. */
  parserInput: () => Uint8Array;
  settle: SettleClaim;
  /** Whether a replay guard needs `settle`. Otherwise, the response need not be delayed. */
  isGuarded: boolean;
  refusal?: never;
};

export type CallbackReceiver<Callback> = (
  incoming: IncomingCallback,
) => Promise<Accepted<Callback> | { refusal: RefusalResponse }>;

/**
 * The status of the response to a refused callback. After 429 and 5xx, the platform tries again for 24 hours. An error
 * code without a status means a fault of the program, so the framework handles that error, unless the error comes from a
 * look-up of secrets.
 */
const refusalStatus: Partial<Record<NexmoAuthErrorCode, number>> = {
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
  ERR_REPLAY_GUARD_UNAVAILABLE: 503,
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function webhookReceiver(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): CallbackReceiver<AcceptedWebhook> {
  return createReceiver('webhook', verifier, readLimit(options, 1_048_576), {
    receive: (request) => verifier.receive(request),
    callback: (claims, rawBody) => ({ claims, rawBody }),
    parsedBody: (_claims, rawBody, headers) => parseBody(rawBody, headers),
    parserInput: (_claims, rawBody) => rawBody,
  });
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function smsReceiver(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): CallbackReceiver<AcceptedSms> {
  return createReceiver('sms', verifier, readLimit(options, 65_536), {
    receive: (request) => verifier.receiveSms(request),
    callback: (params, rawBody) => ({ params, rawBody }),
    parsedBody: (params) => ({ ...params }),
    // Numbers and booleans are verified as strings, so the handler gets them as strings.
    parserInput: (params, rawBody, headers) =>
      bodyTypeIn(headers) !== 'json' || hasOnlyStrings(rawBody)
        ? rawBody
        : Buffer.from(JSON.stringify(params)),
  });
}

/**
 * The requests that were already accepted. They show whether middleware is mounted twice. Without this check, the
 * second middleware would report a replay.
 */
const acceptedRequests = new WeakSet<object>();

/** How a kind of callback is verified, and how the handler gets the content of the callback. */
type CallbackFormat<Content, Callback> = {
  receive(request: WebhookRequest): Promise<ClaimedCallback<Content>>;
  callback(content: Content, rawBody: Uint8Array): Callback;
  parsedBody(content: Content, rawBody: Uint8Array, headers: WebhookHeaders): unknown;
  parserInput(content: Content, rawBody: Uint8Array, headers: WebhookHeaders): Uint8Array;
};

function createReceiver<Content, Callback>(
  kind: CallbackKind,
  verifier: WebhookVerifier,
  limit: number,
  format: CallbackFormat<Content, Callback>,
): CallbackReceiver<Callback> {
  if (!(verifier instanceof WebhookVerifier)) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      `The first argument must be a WebhookVerifier.${copyHint(verifier, 'WebhookVerifier')}`,
    );
  }
  return async ({ source, method, url, handlerUrl = url, headers, body }) => {
    let bodyRead: Promise<Uint8Array> | undefined;
    const read = async () => readBody(await body(), limit, headerValue(headers, 'content-length'));
    const rawBody = () => (bodyRead ??= read());
    const request = { method, url, headers, rawBody };
    let claim: Claim | undefined;
    try {
      refuseMountedTwice(source);
      if (isGetOrHead(request)) {
        refuseRewrittenQuery(url, handlerUrl);
        refuseAnnouncedBody(headers);
      }
      await requireBody(body, kind);
      const { content, ...received } = await format.receive(request);
      claim = received;
      const bytes = await rawBody();
      const isEmpty = bytes.length === 0;
      acceptedRequests.add(source);
      return {
        callback: format.callback(content, bytes),
        parsedBody: () =>
          isEmpty ? emptyBody(headers) : format.parsedBody(content, bytes, headers),
        parserInput: () => (isEmpty ? bytes : format.parserInput(content, bytes, headers)),
        settle: (status) => settle(received, status),
        isGuarded: isGuarded(received),
      };
    } catch (error) {
      await claim?.release();
      return { refusal: refusalResponse(error) };
    }
  };
}

function readLimit(options: AdapterOptions | undefined, byDefault: number): number {
  if (options !== undefined) requireObject(options, 'The options');
  const { limit = byDefault, ...unknown } = options ?? {};
  refuseUnknown(unknown, 'the options');
  return requireCount(limit, 'limit (in bytes)');
}

function refuseMountedTwice(source: object): void {
  if (!acceptedRequests.has(source)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'verifyWebhook or verifySmsCallback is mounted twice on this path. Remove one of the two.',
  );
}

/**
 * The signature of a GET covers the query, but not the rest of the URL, from which a rewrite may take parameters. It may
 * also leave a URL that a framework splits elsewhere, such as at a decoded `%23`, or because its path is missing. A
 * rewrite that drops the whole query shows the handler nothing that is not verified. If the URL was split elsewhere
 * already as it arrived, it is refused later, as the sender's fault.
 */
function refuseRewrittenQuery(url: string, handlerUrl: string): void {
  const isSame = ['', queryOf(url)].includes(queryOf(handlerUrl));
  if (isSame && (isSplitElsewhere(url) || !isSplitElsewhere(handlerUrl))) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The server has rewritten the query of the callback, so the handler would see parameters that the signature does not cover. Rewrite only the path, without decoding it or leaving it empty, and pass other values in another way, such as route parameters.',
  );
}

/**
 * Before the token is read, checks that the bytes of the body exist. Missing bytes are a fault of the program, so the
 * error is thrown even for a forged callback.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`
 */
async function requireBody(body: IncomingCallback['body'], kind: CallbackKind): Promise<void> {
  try {
    await body();
  } catch (error) {
    // The message of a framework's own error may quote the body.
    const message = isOwnError(error) ? error.message : 'The body could not be read.';
    const { code } = error as NexmoAuthError;
    // Missing bytes cannot be detected at setup, since frameworks do not show which middleware reads bodies.
    warnOnce(
      'NEXMO_AUTH_BODY_PARSED',
      message,
      `A callback was not verified, and the response was 500. ${message}`,
    );
    publish('webhook:refused', { kind, code });
    throw error;
  }
}

/**
 * Confirms the claim for a status of 200 to 399, and releases it for any other status, such as the 0 of
 * `Response.error()`.
 */
async function settle(
  { confirm, release }: Claim,
  status: number,
): Promise<RefusalResponse | undefined> {
  try {
    await (status >= 200 && status < 400 ? confirm() : release());
    return undefined;
  } catch (error) {
    // Confirming failed, so a copy would be accepted. The response becomes a 503: the platform then sends a copy, which
    // can be confirmed.
    return refusalResponse(error);
  }
}

/**
 * Runs the handler and settles the claim according to the status of the handler's response. Releases the claim if the
 * handler throws. Without a replay guard, does not look at the response: servers such as @hono/node-server send a
 * response in another way once its body was accessed.
 *
 * @throws any error of the handler
 */
export async function runHandler<Answer extends { status: number }>(
  { settle, isGuarded }: Pick<Accepted<unknown>, 'settle' | 'isGuarded'>,
  handle: () => Answer | Promise<Answer>,
): Promise<{ answer: Answer; refusal: RefusalResponse | undefined }> {
  let answer: Answer;
  let status: number;
  try {
    answer = await handle();
    status = isGuarded && isUnsendable(answer) ? 500 : answer.status;
  } catch (error) {
    await settle(500);
    throw error;
  }
  return { answer, refusal: await settle(status) };
}

/**
 * Whether a Response or a web stream cannot be sent, since it was read or has a reader, or since a header has a control
 * character. The server then answers with an error.
 */
export function isUnsendable(content: unknown): boolean {
  if (isReadableStream(content)) return content.locked;
  if (!isResponse(content)) return false;
  const isInvalid = [...content.headers].some(([, value]) => invalidInHeaderValue.test(value));
  return content.bodyUsed || isUnsendable(content.body) || isInvalid;
}

/** @throws the error itself if it has no status */
function refusalResponse(error: unknown): RefusalResponse {
  if (!(error instanceof NexmoAuthError)) throw error;
  const { code, message } = error;
  if (isFailedLookup(error)) {
    warnOnce(code, 'callback', `A callback was not verified, and the response was 503. ${message}`);
    return { status: 503, code };
  }
  const status = refusalStatus[code];
  if (status === undefined) throw error;
  return { status, code };
}

/**
 * What parsers return for an empty body. Undefined if no header describes a body, since parsers then read none. If they
 * read a body that the adapter has read, they would fail or wait for ever.
 */
function emptyBody(headers: WebhookHeaders): object | undefined {
  const descriptions = ['content-length', 'transfer-encoding', 'content-type'];
  return descriptions.some((name) => headerValue(headers, name) !== undefined) ? {} : undefined;
}

function hasOnlyStrings(json: Uint8Array): boolean {
  const values = Object.values(JSON.parse(Buffer.from(json).toString()) as object);
  return values.every((value) => typeof value === 'string');
}

/**
 * Parses the body of a webhook in the same way as the framework's own parsers. Returns the bytes of a body that is
 * neither a form nor JSON.
 */
function parseBody(body: Uint8Array, headers: WebhookHeaders): unknown {
  const text = readUtf8(body);
  const type = bodyTypeIn(headers);
  if (text !== undefined && type === 'form')
    return Object.fromEntries(new URLSearchParams(`&${text}`));
  const json = text !== undefined && type === 'json' ? readJson(text) : undefined;
  return json === undefined ? body : json.value;
}

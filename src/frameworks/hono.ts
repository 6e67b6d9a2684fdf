import { types } from 'node:util';
import {
  type AcceptedSms,
  type AcceptedWebhook,
  type CallbackReceiver,
  type AdapterOptions,
  runHandler,
  smsReceiver,
  webhookReceiver,
} from '../webhooks/receiver';
import type { WebhookVerifier } from '../webhooks/verifier';
import { encodeDecodedText } from './text';
import { toResponse, fromWebRequest, responseToSend, withBody } from './web';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- fails where Hono is not installed
/** @ts-ignore */
declare module 'hono' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface merges
  interface ContextVariableMap {
    /** Set by `verifyWebhook`. */
    webhook: AcceptedWebhook;
    /** Set by `verifySmsCallback`. */
    smsCallback: AcceptedSms;
  }
}

/** The members of Hono's context that the middleware uses. */
export type HonoContextLike = {
  /** Hono's request. */
  readonly req: {
    /** The `Request` that Hono received. */
    raw: Request;
    /** The body, if it was already read. */
    bodyCache: object;
  };
  /** With @hono/node-server, `incoming` is Node's request. */
  readonly env?: unknown;
  /** The error of the handler. */
  readonly error: Error | undefined;
  /** Whether the handler has returned a response. */
  readonly finalized: boolean;
  get res(): Response;
  set res(response: Response | undefined);
  set(name: string, value: unknown): void;
};

/** Middleware of Hono. */
export type HonoMiddleware = (
  context: HonoContextLike,
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/**
 * Middleware that verifies webhooks of Messages, Voice and Dispatch. If the verifier has a `replayGuard`, refuses a
 * webhook that is being handled or was handled. Sets `context.get('webhook')` to the claims and the raw body. The
 * handler can still read the body of `context.req`.
 *
 * Delays the handler's response until the replay guard is updated. A status of 200 to 399 confirms the webhook: the
 * guard records it as handled. Any other status, or an error, releases the webhook, so that the platform's next attempt
 * reaches the handler. If the guard cannot confirm the webhook, sends 503 instead. A response that other code sets
 * until then is discarded. `RESPONSE_ALREADY_SENT` of @hono/node-server counts as status 200.
 *
 * Refused callbacks do not reach the handler. The response is `{"code":"ERR_…"}`. Its status is:
 *
 * - 401 if the callback is forged, modified, too old, from the future, malformed or of an unknown account
 * - 413 if the body is over the limit
 * - 200 if the callback was already handled
 * - 503, so that the platform tries again, if the callback is unsigned (signatures may be off for the account), if a
 *   copy is being handled at the moment, or if the replay guard or the secrets are unavailable
 *
 * @example app.post('/webhooks/inbound', verifyWebhook(verifier), (context) => context.body(null, 204));
 * @param options `limit`: maximum size of a body in bytes (default: 1 MiB)
 * @throws NexmoAuthError `ERR_INVALID_OPTION`. The middleware throws `ERR_WEBHOOK_BODY_PARSED` if the body was read
 * without keeping its bytes
 */
export function verifyWebhook(verifier: WebhookVerifier, options?: AdapterOptions): HonoMiddleware {
  return middleware(webhookReceiver(verifier, options), 'webhook');
}

/**
 * Middleware that verifies inbound SMS and delivery receipts, as `verifyWebhook` verifies webhooks. An SMS or receipt
 * may be sent by GET, as a form or as JSON. Sets `context.get('smsCallback')` to the parameters and the raw body.
 * Unless the callback is a GET, its signature is in the body, so the body is read (up to `limit`) before the sender is
 * verified.
 *
 * @example app.all('/webhooks/sms', verifySmsCallback(verifier), (context) => context.body(null, 204));
 * @param options `limit`: maximum size of a body in bytes (default: 64 KiB)
 * @throws NexmoAuthError the errors of `verifyWebhook`
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): HonoMiddleware {
  return middleware(smsReceiver(verifier, options), 'smsCallback');
}

function middleware(
  receive: CallbackReceiver<AcceptedWebhook | AcceptedSms>,
  name: 'webhook' | 'smsCallback',
): HonoMiddleware {
  return async (context, next) => {
    const { req } = context;
    const incoming = fromWebRequest(req.raw, {
      hint,
      source: req,
      context: [context.env],
      cachedBody: () => cachedBytes(req),
    });
    const outcome = await receive(incoming);
    if (outcome.refusal !== undefined) return toResponse(outcome.refusal);
    const { callback, parserInput, isGuarded } = outcome;
    context.set(name, callback);
    let handled: Response | undefined;
    const { refusal } = await runHandler(outcome, async () => {
      req.raw = withBody(req.raw, parserInput());
      // The cache may hold values that differ from the verified body.
      req.bodyCache = {};
      await next();
      // If the handler throws, Hono responds and sets `context.error`. A handler that does not respond has failed too.
      const isAnswered = context.finalized && context.error === undefined;
      handled = isAnswered ? context.res : undefined;
      return handled ?? { status: 500 };
    });
    // Other code may have changed the response meanwhile.
    const response = handled && isGuarded ? responseToSend(req.raw, handled, refusal) : handled;
    if (response !== undefined && response !== context.res) {
      // Hono would otherwise keep the headers of the previous response.
      context.res = undefined;
      context.res = response;
    }
    return undefined;
  };
}

/**
 * The bytes of a body that `context.req` has already read. Hono derives all cached representations from the first one.
 * If the first one is parsed JSON or a parsed form, the bytes are lost.
 */
async function cachedBytes({
  raw,
  bodyCache,
}: HonoContextLike['req']): Promise<Uint8Array | undefined> {
  const [first] = Object.keys(bodyCache);
  const { [String(first)]: cached } = bodyCache as Record<string, unknown>;
  const content = await cached;
  if (types.isAnyArrayBuffer(content)) return new Uint8Array(content);
  if (first === 'blob') return new Uint8Array(await (content as Blob).arrayBuffer());
  return first === 'text' ? encodeDecodedText(String(content), raw.headers, hint) : undefined;
}

const hint =
  'Use verifyWebhook or verifySmsCallback before any middleware that reads context.req.raw or parses a form. Middleware that calls context.req.text(), json() or arrayBuffer() may come first.';

import type { IncomingMessage, ServerResponse } from 'node:http';
import { types } from 'node:util';
import {
  type AcceptedSms,
  type AcceptedWebhook,
  type CallbackReceiver,
  type AdapterOptions,
  type RefusalResponse,
  type SettleClaim,
  runHandler,
  smsReceiver,
  webhookReceiver,
} from '../webhooks/receiver';
import type { WebhookVerifier } from '../webhooks/verifier';
import { discard, isIntact, isStream, watchErrors } from './content';
import { remember } from './freeze';
import { abort, fromNodeRequest, isHeadSent, lingeringClose, removeHeaders } from './node';
import { rehearse } from './rehearse';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

/** The members of Koa's context that the middleware uses. */
export type KoaContextLike = {
  /** Node's request. */
  readonly req: IncomingMessage;
  /** Node's response. */
  readonly res: ServerResponse;
  /** Koa's request, in which parsers store the body. */
  readonly request: object;
  /** The URL before a router changed it. */
  readonly originalUrl: string;
  /** Where the accepted callback is stored. */
  readonly state: object;
  /** If `false`, Koa does not send the response. */
  readonly respond?: boolean | undefined;
  /** The HTTP status of the response. */
  status: number;
  /** The body of the response. */
  body: unknown;
};

/** Middleware of Koa. */
export type KoaMiddleware = (
  context: KoaContextLike,
  next: () => Promise<unknown>,
) => Promise<void>;

/**
 * Middleware that verifies webhooks of Messages, Voice and Dispatch. If the verifier has a `replayGuard`, refuses a
 * webhook that is being handled or was handled. Sets `context.state.webhook` to the claims and the raw body, and
 * `context.request.body` to the parsed body.
 *
 * Delays the handler's response until the replay guard is updated. Changes that other code makes until then are undone.
 * A status of 200 to 399 confirms the webhook: the guard records it as handled. Any other status, or an error, releases
 * the webhook, so that the platform's next attempt reaches the handler. If the guard cannot confirm the webhook, sends
 * 503 instead. After `context.respond = false`, neither confirms nor releases the webhook, so copies are refused until
 * the verifier's `lease` expires. Does not wait for the content of a streamed response: the status counts even if the
 * stream fails later.
 *
 * Refused callbacks do not reach the handler. The response is `{"code":"ERR_…"}`. Its status is:
 *
 * - 401 if the callback is forged, modified, too old, from the future, malformed or of an unknown account
 * - 413 if the body is over the limit
 * - 200 if the callback was already handled
 * - 503, so that the platform tries again, if the callback is unsigned (signatures may be off for the account), if a
 *   copy is being handled at the moment, or if the replay guard or the secrets are unavailable
 *
 * @example router.post('/webhooks/inbound', verifyWebhook(verifier), (context) => { context.status = 204; });
 * @param options `limit`: maximum size of a body in bytes (default: 1 MiB)
 * @throws NexmoAuthError `ERR_INVALID_OPTION`. The middleware throws `ERR_WEBHOOK_BODY_PARSED` if a parser has read the
 * body without keeping its bytes
 */
export function verifyWebhook(verifier: WebhookVerifier, options?: AdapterOptions): KoaMiddleware {
  return middleware(webhookReceiver(verifier, options), 'webhook');
}

/**
 * Middleware that verifies inbound SMS and delivery receipts, as `verifyWebhook` verifies webhooks. An SMS or receipt
 * may be sent by GET, as a form or as JSON. Sets `context.state.smsCallback` to the parameters and the raw body. Unless
 * the callback is a GET, its signature is in the body, so the body is read (up to `limit`) before the sender is
 * verified.
 *
 * @example router.all('/webhooks/sms', verifySmsCallback(verifier), (context) => { context.status = 204; });
 * @param options `limit`: maximum size of a body in bytes (default: 64 KiB)
 * @throws NexmoAuthError the errors of `verifyWebhook`
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): KoaMiddleware {
  return middleware(smsReceiver(verifier, options), 'smsCallback');
}

function middleware(
  receive: CallbackReceiver<AcceptedWebhook | AcceptedSms>,
  name: 'webhook' | 'smsCallback',
): KoaMiddleware {
  return async (context, next) => {
    const { req, request, originalUrl } = context;
    const outcome = await receive(
      fromNodeRequest(req, originalUrl, { stream: req, parsed: [request, req], hint }),
    );
    if (outcome.refusal !== undefined) {
      answer(context, outcome.refusal);
      return;
    }
    const { callback, settle, isGuarded } = outcome;
    const body = outcome.parsedBody();
    Object.assign(context.state, { [name]: callback });
    if (body !== undefined) Object.assign(request, { body });
    let isKoaResponse = true;
    let failureOfBody: () => Error | undefined = () => undefined;
    const settleAnswer: SettleClaim = async (status) => {
      if (!isKoaResponse || !isGuarded) return undefined;
      failureOfBody = watchErrors(context.body);
      const restore = rememberAnswer(context);
      try {
        return await settle(status);
      } finally {
        restore();
      }
    };
    const { refusal } = await runHandler({ settle: settleAnswer, isGuarded }, async () => {
      await next();
      // With `context.respond = false`, the handler responds later by itself, with a status not known here.
      isKoaResponse = context.respond !== false;
      if (isKoaResponse) requireSendable(context);
      return context;
    });
    if (refusal !== undefined) {
      replaceAnswer(context, refusal);
      return;
    }
    const failure = failureOfBody();
    if (failure !== undefined) throw failure;
  };
}

/** Throws if Koa would fail to send the response, since Koa then answers with 500. */
function requireSendable({ body, res }: KoaContextLike): void {
  if (!isIntact(body)) throw new TypeError('The body of the response was read or has failed.');
  // Koa writes everything but text, bytes and streams as JSON, and fails if there is none, as for a symbol.
  const isJson =
    body != null && typeof body !== 'string' && !types.isUint8Array(body) && !isStream(body);
  const json = isJson ? (JSON.stringify(body) as string | undefined) : '';
  if (json === undefined) throw new TypeError('The body of the response is no JSON.');
  const headers = isJson ? { 'content-length': Buffer.byteLength(json) } : {};
  if (!isHeadSent(res)) rehearse(res, { head: [res.statusCode, headers] });
}

/**
 * Remembers the response. The returned function restores it. The response is not frozen, since Koa would then not
 * respond to an error of middleware that has stopped waiting.
 */
function rememberAnswer(context: KoaContextLike): () => void {
  const { res, body } = context;
  const restore = remember(res);
  return () => {
    if (context.body !== body) context.body = body;
    // The body may have set headers.
    restore();
  };
}

/** Replaces the handler's response, which is discarded. */
function replaceAnswer(context: KoaContextLike, refusal: RefusalResponse): void {
  if (isHeadSent(context.res)) {
    abort(context.res);
    return;
  }
  discard(context.body);
  removeHeaders(context.res);
  answer(context, refusal);
}

function answer(context: KoaContextLike, { status, code }: RefusalResponse): void {
  lingeringClose(context.req, context.res);
  context.status = status;
  context.body = { code };
}

const hint =
  'Use verifyWebhook or verifySmsCallback before the body parser. A parser that sets context.request.rawBody may come first: koa-bodyparser, or koa-body with includeUnparsed: true. Both parsers keep the body as text, so verification works only if the body can be decoded without loss.';

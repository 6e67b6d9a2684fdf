import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { fromNodeRequest, lingeringClose, removeHeaders } from './node';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

/** What is needed of a context of Koa. */
export type KoaContextLike = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly request: object;
  readonly originalUrl: string;
  readonly state: object;
  readonly respond?: boolean | undefined;
  status: number;
  body: unknown;
};

export type KoaMiddleware = (
  context: KoaContextLike,
  next: () => Promise<unknown>,
) => Promise<void>;

/**
 * Middleware that lets signed webhooks of Messages, Voice and Dispatch through, each to be handled once: as
 * `context.state.webhook`, its claims and the bytes of its body, with `context.request.body` parsed.
 *
 * The handler's answer is held back until the replay guard knows of it. A status below 400 confirms the
 * webhook; any other, or an error, releases it, so that the next attempt is handled. Where it cannot be confirmed,
 * 503 is sent instead. After `context.respond = false` it is neither confirmed nor released, so that a copy is
 * refused until the lease is over, and handled then. What a stream gives is not waited for: one that fails
 * is confirmed by its status.
 *
 * Answers in place of the handler, with `{"code":"ERR_…"}`: 401 to what is forged, changed, too old or of
 * an unknown account; 413 to a body over the limit; 503 to what bears no signature, is being handled, or
 * cannot be told from a copy, as guard or secrets fail; 200 to what was handled before. Checks no more than
 * the verifier does.
 *
 * @example router.post('/webhooks/inbound', verifyWebhook(verifier), (context) => { context.status = 204; });
 * @param options `limit`: bytes that a body may have, 1 MiB by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; the middleware `ERR_WEBHOOK_BODY_PARSED` for
 * a body that was parsed before, its bytes not kept
 */
export function verifyWebhook(verifier: WebhookVerifier, options?: AdapterOptions): KoaMiddleware {
  return middleware(webhookReceiver(verifier, options), 'webhook');
}

/**
 * The same as `verifyWebhook` for inbound SMS and delivery receipts, by GET, form or JSON: as
 * `context.state.smsCallback`, its parameters and the bytes of its body. The signature is in the body, so
 * that is read before anything is known of who sent it.
 *
 * @example router.all('/webhooks/sms', verifySmsCallback(verifier), (context) => { context.status = 204; });
 * @param options `limit`: bytes that a body may have, 64 KiB by default
 * @throws NexmoAuthError as `verifyWebhook` does
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
    const { callback, settle } = outcome;
    const body = outcome.parsedBody();
    Object.assign(context.state, { [name]: callback });
    if (body !== undefined) Object.assign(request, { body });
    let isAnswered = true;
    const settleAnswer: SettleClaim = (status) =>
      isAnswered ? settle(status) : Promise.resolve(undefined);
    const { refusal } = await runHandler(settleAnswer, async () => {
      await next();
      // The answer is yet to come from elsewhere, and its status with it.
      isAnswered = context.respond !== false;
      return context;
    });
    if (refusal !== undefined) answerInPlace(context, refusal);
  };
}

/** After the handler has answered, whose answer is not to be sent. */
function answerInPlace(context: KoaContextLike, refusal: RefusalResponse): void {
  if (context.res.headersSent) {
    context.res.destroy();
    return;
  }
  removeHeaders(context.res);
  answer(context, refusal);
}

function answer(context: KoaContextLike, { status, code }: RefusalResponse): void {
  lingeringClose(context.req, context.res);
  context.status = status;
  context.body = { code };
}

const hint =
  'Use verifyWebhook or verifySmsCallback before the body parser. One that keeps context.request.rawBody may come first, such as koa-bodyparser or koa-body with includeUnparsed: true; as that is text, it serves only for a body that was decoded without loss.';

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
import { toResponse, fromWebRequest, replaceResponse, withBody } from './web';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

/** Turns a handler of accepted callbacks into a handler of requests, with the same further arguments. */
export type HandlerWrapper<Callback> = <Rest extends unknown[]>(
  handle: (request: Request, callback: Callback, ...rest: Rest) => Response | Promise<Response>,
) => (request: Request, ...rest: Rest) => Promise<Response>;

/**
 * Wraps a handler of webhooks (Messages, Voice, Dispatch) into a handler of a standard `Request`, for Next.js, Bun, Deno,
 * Remix and others. Verifies each webhook and calls the handler once for it: with an unread `Request`, the claims and
 * the raw body, and any further arguments.
 *
 * Delays the handler's response until the replay guard is updated. A status below 400 confirms the webhook. Any other
 * status, or an error, releases it, so that the platform's next attempt is handled. If the guard cannot confirm, sends
 * 503 instead.
 *
 * Refused callbacks do not reach the handler. The response is `{"code":"ERR_…"}` with status 401 (forged, modified,
 * too old, from the future, malformed or of an unknown account), 413 (body over the limit), 200 (already
 * handled), or 503, after which the platform tries again: for an unsigned callback (signatures may be off for the account),
 * while a copy is being handled, or if the replay guard or the secrets are unavailable. The adapter adds no checks of its
 * own to those of `WebhookVerifier`. Does not read the rest of a refused body: the server has to.
 *
 * @example export const POST = verifyWebhook(verifier)((request, { claims }) => Response.json({}));
 * @param options `limit`: maximum size of a body in bytes, 1 MiB by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; the wrapped handler throws `ERR_WEBHOOK_BODY_PARSED` if the body was
 * already read
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): HandlerWrapper<AcceptedWebhook> {
  return createWrapper(webhookReceiver(verifier, options));
}

/**
 * As `verifyWebhook`, for inbound SMS and delivery receipts by GET, form or JSON. The handler gets the parameters and
 * the raw body. The signature is in the body, so the body (up to `limit`) is read
 * before the sender is verified.
 *
 * @example export const GET = verifySmsCallback(verifier)((request, { params }) => new Response());
 * @param options `limit`: maximum size of a body in bytes, 64 KiB by default
 * @throws NexmoAuthError as `verifyWebhook` does
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): HandlerWrapper<AcceptedSms> {
  return createWrapper(smsReceiver(verifier, options));
}

function createWrapper<Callback extends { rawBody: Uint8Array }>(
  receive: CallbackReceiver<Callback>,
): HandlerWrapper<Callback> {
  return (handle) =>
    async (request, ...rest) => {
      const outcome = await receive(fromWebRequest(request, hint, request));
      if (outcome.refusal !== undefined) return toResponse(outcome.refusal);
      const { callback, parserInput, settle } = outcome;
      const { answer, refusal } = await runHandler(settle, () =>
        handle(withBody(request, parserInput()), callback, ...rest),
      );
      return refusal === undefined ? answer : replaceResponse(answer, refusal);
    };
}

const hint = 'Pass the request before it is read, or a clone: request.clone().';

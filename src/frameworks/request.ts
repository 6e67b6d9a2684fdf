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

/** Makes of a handler of accepted callbacks one of requests. What else it is called with is handed on. */
export type HandlerWrapper<Callback> = <Rest extends unknown[]>(
  handle: (request: Request, callback: Callback, ...rest: Rest) => Response | Promise<Response>,
) => (request: Request, ...rest: Rest) => Promise<Response>;

/**
 * Makes of a handler of signed webhooks (Messages, Voice, Dispatch) a handler of any `Request`, for Next.js,
 * Bun, Deno, Remix and the like. It is given a `Request` still to be read, then the webhook, to be handled
 * once: its claims and the bytes of its body; then whatever else it is called with.
 *
 * The handler's answer is held back until the replay guard knows of it. A status below 400 confirms the
 * webhook; any other, or an error, releases it, so that the next attempt is handled. Where it cannot be confirmed,
 * 503 is sent instead.
 *
 * Answers in place of the handler, with `{"code":"ERR_…"}`: 401 to what is forged, changed, too old or of
 * an unknown account; 413 to a body over the limit; 503 to what bears no signature, is being handled, or
 * cannot be told from a copy, as guard or secrets fail; 200 to what was handled before. Checks no more than
 * the verifier does. What is left of a body that is not read to its end is for whoever calls the handler.
 *
 * @example export const POST = verifyWebhook(verifier)((request, { claims }) => Response.json({}));
 * @param options `limit`: bytes that a body may have, 1 MiB by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; the handler `ERR_WEBHOOK_BODY_PARSED` for a
 * body that was read before
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): HandlerWrapper<AcceptedWebhook> {
  return wrapper(webhookReceiver(verifier, options));
}

/**
 * The same as `verifyWebhook` for inbound SMS and delivery receipts, by GET, form or JSON: the handler is
 * given its parameters and the bytes of its body. The signature is in the body, so that is read before
 * anything is known of who sent it.
 *
 * @example export const GET = verifySmsCallback(verifier)((request, { params }) => new Response());
 * @param options `limit`: bytes that a body may have, 64 KiB by default
 * @throws NexmoAuthError as `verifyWebhook` does
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): HandlerWrapper<AcceptedSms> {
  return wrapper(smsReceiver(verifier, options));
}

function wrapper<Callback extends { rawBody: Uint8Array }>(
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

const hint = 'Give it the request before it is read, or a clone of it: request.clone().';

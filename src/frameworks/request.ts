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
import { toResponse, fromWebRequest, responseToSend, withBody } from './web';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

/** Turns a handler of accepted callbacks into a handler of requests. Both handlers get the same further arguments. */
export type HandlerWrapper<Callback> = <Rest extends unknown[]>(
  handle: (request: Request, callback: Callback, ...rest: Rest) => Response | Promise<Response>,
) => (request: Request, ...rest: Rest) => Promise<Response>;

/**
 * Wraps a handler of webhooks (Messages, Voice, Dispatch) in a handler of a standard `Request`, for Next.js, Bun, Deno,
 * Remix and others. Verifies each webhook before it calls your handler. Passes your handler an unread `Request` and an
 * object with the claims and the raw body, followed by any further arguments. If the verifier has a `replayGuard`,
 * refuses a webhook that is being handled or was handled. In the handler of a GET, do not read a body from any other
 * object of the server: over HTTP/2, such an object can have a body that the `Request` does not show.
 *
 * Delays the handler's response until the replay guard is updated. A status of 200 to 399 confirms the webhook: the
 * guard records it as handled. Any other status, or an error, releases the webhook, so that the platform's next attempt
 * reaches the handler. If the guard cannot confirm the webhook, sends 503 instead.
 *
 * Refused callbacks do not reach the handler. The response is `{"code":"ERR_…"}`. Its status is:
 *
 * - 401 if the callback is forged, modified, too old, from the future, malformed or of an unknown account
 * - 413 if the body is over the limit
 * - 200 if the callback was already handled
 * - 503, so that the platform tries again, if the callback is unsigned (signatures may be off for the account), if a
 *   copy is being handled at the moment, or if the replay guard or the secrets are unavailable
 *
 * The server that calls the handler must read what is left of a refused body.
 *
 * @example export const POST = verifyWebhook(verifier)((request, { claims }) => Response.json({}));
 * @param options `limit`: maximum size of a body in bytes (default: 1 MiB)
 * @throws NexmoAuthError `ERR_INVALID_OPTION`. The outer handler throws `ERR_WEBHOOK_BODY_PARSED` if the body was
 * already read
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): HandlerWrapper<AcceptedWebhook> {
  return createWrapper(webhookReceiver(verifier, options));
}

/**
 * Wraps a handler of inbound SMS and delivery receipts, as `verifyWebhook` wraps a handler of webhooks. An SMS or
 * receipt may be sent by GET, as a form or as JSON. Your handler gets the parameters and the raw body. Unless the
 * callback is a GET, its signature is in the body, so the body is read (up to `limit`) before the sender is verified.
 *
 * @example export const GET = verifySmsCallback(verifier)((request, { params }) => new Response());
 * @param options `limit`: maximum size of a body in bytes (default: 64 KiB)
 * @throws NexmoAuthError the errors of `verifyWebhook`
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
      const outcome = await receive(
        fromWebRequest(request, { hint, source: request, context: rest }),
      );
      if (outcome.refusal !== undefined) return toResponse(outcome.refusal);
      const { callback, parserInput } = outcome;
      const { answer, refusal } = await runHandler(outcome, () =>
        handle(withBody(request, parserInput()), callback, ...rest),
      );
      return outcome.isGuarded ? responseToSend(request, answer, refusal) : answer;
    };
}

const hint = 'Pass the request before it is read, or pass request.clone().';

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AcceptedSms,
  type AcceptedWebhook,
  type CallbackReceiver,
  type AdapterOptions,
  type RefusalResponse,
  smsReceiver,
  webhookReceiver,
} from '../webhooks/receiver';
import type { WebhookVerifier } from '../webhooks/verifier';
import { holdBack } from './hold-back';
import { fromNodeRequest, lingeringClose, type Parsed } from './node';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- it is how Express has it
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface merges
    interface Request {
      /** Of a webhook that `verifyWebhook` has accepted. */
      webhook?: AcceptedWebhook | undefined;
      /** Of an SMS callback that `verifySmsCallback` has accepted. */
      smsCallback?: AcceptedSms | undefined;
    }
  }
}

export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Middleware that lets signed webhooks of Messages, Voice and Dispatch through, each to be handled once: as
 * `request.webhook`, its claims and the bytes of its body, with `request.body` parsed. For Express 4 and 5,
 * and whatever else calls `(request, response, next)`.
 *
 * The handler's answer is held back until the replay guard knows of it. A status below 400 confirms the
 * webhook; any other releases it, so that the next attempt is handled. Where it cannot be confirmed,
 * 503 is sent instead. What a handler writes before it ends its answer is not held back, so that the
 * connection breaks off instead.
 *
 * Answers in place of the handler, with `{"code":"ERR_…"}`: 401 to what is forged, changed, too old or of
 * an unknown account; 413 to a body over the limit; 503 to what bears no signature, is being handled, or
 * cannot be told from a copy, as guard or secrets fail; 200 to what was handled before. Checks no more than
 * the verifier does.
 *
 * @example app.post('/webhooks/inbound', verifyWebhook(verifier), (request, response) => response.end());
 * @param options `limit`: bytes that a body may have, 1 MiB by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; to `next` it gives `ERR_WEBHOOK_BODY_PARSED` for
 * a body that was parsed before, its bytes not kept
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): ExpressMiddleware {
  return middleware(webhookReceiver(verifier, options), 'webhook');
}

/**
 * The same as `verifyWebhook` for inbound SMS and delivery receipts, by GET, form or JSON: as
 * `request.smsCallback`, its parameters and the bytes of its body. The signature is in the body, so that
 * is read before anything is known of who sent it.
 *
 * @example app.all('/webhooks/sms', verifySmsCallback(verifier), (request, response) => response.end());
 * @param options `limit`: bytes that a body may have, 64 KiB by default
 * @throws NexmoAuthError as `verifyWebhook` does
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): ExpressMiddleware {
  return middleware(smsReceiver(verifier, options), 'smsCallback');
}

function middleware(
  receive: CallbackReceiver<AcceptedWebhook | AcceptedSms>,
  name: 'webhook' | 'smsCallback',
): ExpressMiddleware {
  return (request: IncomingMessage & Parsed & { originalUrl?: string }, response, next) => {
    const { originalUrl = String(request.url) } = request;
    const incoming = fromNodeRequest(request, originalUrl, {
      stream: request,
      parsed: [request],
      hint,
    });
    const answer = ({ status, code }: RefusalResponse) => {
      const text = JSON.stringify({ code });
      lingeringClose(request, response);
      const headers = { 'content-type': 'application/json', 'content-length': text.length };
      response.writeHead(status, headers).end(text);
    };
    receive(incoming)
      .then((outcome) => {
        if (outcome.refusal !== undefined) {
          answer(outcome.refusal);
          return;
        }
        const { callback, settle } = outcome;
        const body = outcome.parsedBody();
        Object.assign(request, { [name]: callback });
        // The latter tells the parsers of Express 4 that the body was read.
        if (body !== undefined) Object.assign(request, { body, _body: true });
        holdBack(response, settle, answer, next);
        next();
      })
      .catch(next);
  };
}

const hint =
  'Mount verifyWebhook or verifySmsCallback before express.json() and any other parser, or have each of them keep the bytes (express.urlencoded likewise): express.json({ verify: (request, response, bytes) => { Object.assign(request, { rawBody: bytes }); } }). In Nest: NestFactory.create(AppModule, { rawBody: true }).';

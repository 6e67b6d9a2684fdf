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
  // eslint-disable-next-line @typescript-eslint/no-namespace -- this is how Express declares its types
  namespace Express {
    // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface merges
    interface Request {
      /** Set by `verifyWebhook`. */
      webhook?: AcceptedWebhook | undefined;
      /** Set by `verifySmsCallback`. */
      smsCallback?: AcceptedSms | undefined;
    }
  }
}

/** Express middleware, declared with the types of Node. */
export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Middleware that verifies webhooks of Messages, Voice and Dispatch. If the verifier has a `replayGuard`, refuses a
 * webhook that is being handled or was handled. Sets `request.webhook` to the claims and the raw body, and
 * `request.body` to the parsed body. If a body was read, also sets `request.rawBody`. Works with Express 4 and 5, and
 * with any server that calls middleware with `(request, response, next)`.
 *
 * With a replay guard, delays the end of the handler's response until the guard is updated. After a status of 200 to
 * 399, the guard records the webhook as handled. After any other status, it forgets the webhook, so that the platform's
 * next attempt reaches the handler. If the guard cannot record the webhook, sends 503 instead of the handler's
 * response. If a part of that response was already sent, a 503 is no longer possible: the connection is destroyed. A
 * sender who has the whole content by then, as with a streamed file (`sendFile`), does not notice.
 *
 * If the sender closes the connection before a handler has streamed its response (`pipe`, `pipeline`, `sendFile`), Node
 * never ends that response. Then the webhook is neither confirmed nor released, so copies are refused until the
 * verifier's `lease` expires. A response that was sent in one go is confirmed or released all the same.
 *
 * Until the guard is updated, the response looks sent (`headersSent` and `writableEnded`, but not the deprecated
 * `finished`), and changes to it are ignored. If a handler throws right after its response, Express's own error handler
 * closes the connection before the response is sent. The status of that response counts all the same.
 *
 * Refused callbacks do not reach the handler. The response is `{"code":"ERR_…"}`. Its status is:
 *
 * - 401 if the callback is forged, modified, too old, from the future, malformed or of an unknown account
 * - 413 if the body is over the limit
 * - 200 if the callback was already handled
 * - 503, so that the platform tries again, if the callback is unsigned (signatures may be off for the account), if
 *   the same callback is being handled at the moment, or if the replay guard or the secrets are unavailable
 *
 * @example app.post('/webhooks/inbound', verifyWebhook(verifier), (request, response) => response.end());
 * @param options `limit`: maximum size of a body in bytes (default: 1 MiB)
 * @throws NexmoAuthError `ERR_INVALID_OPTION`. The middleware passes `ERR_WEBHOOK_BODY_PARSED` to `next` if a parser
 * has read the body without keeping its bytes
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): ExpressMiddleware {
  return middleware(webhookReceiver(verifier, options), 'webhook');
}

/**
 * Middleware that verifies inbound SMS and delivery receipts, which may be sent by GET, as a form or as JSON. Sets
 * `request.smsCallback` to the parameters and the raw body. Its responses are those of `verifyWebhook`. Unless the
 * callback is a GET, its signature is in the body, so the body is read (up to `limit`) before the sender is verified.
 *
 * @example app.all('/webhooks/sms', verifySmsCallback(verifier), (request, response) => response.end());
 * @param options `limit`: maximum size of a body in bytes (default: 64 KiB)
 * @throws NexmoAuthError the errors of `verifyWebhook`
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): ExpressMiddleware {
  return middleware(smsReceiver(verifier, options), 'smsCallback');
}

/** An absolute URL up to its query, if a mounted Express has removed the whole path. Express still reads its query. */
const emptyPath = /^https?:\/\/[^/?]+(?=\?|$)/i;

function middleware(
  receive: CallbackReceiver<AcceptedWebhook | AcceptedSms>,
  name: 'webhook' | 'smsCallback',
): ExpressMiddleware {
  return (request: IncomingMessage & Parsed & { originalUrl?: string }, response, next) => {
    const { originalUrl = String(request.url) } = request;
    const incoming = {
      ...fromNodeRequest(request, originalUrl, { stream: request, parsed: [request], hint }),
      handlerUrl: String(request.url).replace(emptyPath, '$&/'),
    };
    const answer = ({ status, code }: RefusalResponse) => {
      const text = JSON.stringify({ code });
      lingeringClose(request, response);
      const headers = { 'content-type': 'application/json', 'content-length': text.length };
      // Some servers, such as restify, replace `writeHead` by a function that returns nothing.
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : text);
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
        // The field _body tells the parsers of Express 4 that the body was read.
        if (body !== undefined) Object.assign(request, { body, _body: true });
        // Some servers, such as h3, prefer rawBody to body.
        if (body !== undefined && request.rawBody === undefined) {
          Object.assign(request, { rawBody: Buffer.from(outcome.parserInput()) });
        }
        if (outcome.isGuarded) holdBack(response, settle, answer, next);
        next();
      })
      .catch(next);
  };
}

const hint =
  'Mount verifyWebhook or verifySmsCallback before express.json() and any other parser, or make each parser (also express.urlencoded) keep the bytes, for example express.json({ verify: (request, response, bytes) => { Object.assign(request, { rawBody: bytes }); } }). In Nest, call NestFactory.create(AppModule, { rawBody: true }).';

import { Readable } from 'node:stream';
import { types } from 'node:util';
import type { BodyChunks } from '../webhooks/read-body';
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
import { hasNoBody } from '../webhooks/request';
import { encodeDecodedText } from './text';
import { toResponse, fromWebRequest, replaceResponse, withBody } from './web';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- without Hono there is no such module
/** @ts-ignore */
declare module 'hono' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface merges
  interface ContextVariableMap {
    /** Of a webhook that `verifyWebhook` has accepted. */
    webhook: AcceptedWebhook;
    /** Of an SMS callback that `verifySmsCallback` has accepted. */
    smsCallback: AcceptedSms;
  }
}

/** What is needed of a context of Hono. */
export type HonoContextLike = {
  readonly req: { raw: Request; bodyCache: object };
  /** Of @hono/node-server: `incoming` is Node's request. */
  readonly env?: unknown;
  readonly error: Error | undefined;
  readonly finalized: boolean;
  get res(): Response;
  set res(response: Response | undefined);
  set(name: string, value: unknown): void;
};

export type HonoMiddleware = (
  context: HonoContextLike,
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/**
 * Middleware that lets signed webhooks of Messages, Voice and Dispatch through, each to be handled once: as
 * `context.get('webhook')`, its claims and the bytes of its body, with `context.req` still to be read.
 *
 * The handler's answer is held back until the replay guard knows of it. A status below 400 confirms the
 * webhook; any other, or an error, releases it, so that the next attempt is handled. Where it cannot be confirmed,
 * 503 is sent instead.
 *
 * Answers in place of the handler, with `{"code":"ERR_…"}`: 401 to what is forged, changed, too old or of
 * an unknown account; 413 to a body over the limit; 503 to what bears no signature, is being handled, or
 * cannot be told from a copy, as guard or secrets fail; 200 to what was handled before. Checks no more than
 * the verifier does.
 *
 * @example app.post('/webhooks/inbound', verifyWebhook(verifier), (context) => context.body(null, 204));
 * @param options `limit`: bytes that a body may have, 1 MiB by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; the middleware `ERR_WEBHOOK_BODY_PARSED` for
 * a body that was read before, its bytes not kept
 */
export function verifyWebhook(verifier: WebhookVerifier, options?: AdapterOptions): HonoMiddleware {
  return middleware(webhookReceiver(verifier, options), 'webhook');
}

/**
 * The same as `verifyWebhook` for inbound SMS and delivery receipts, by GET, form or JSON: as
 * `context.get('smsCallback')`, its parameters and the bytes of its body. The signature is in the body, so
 * that is read before anything is known of who sent it.
 *
 * @example app.all('/webhooks/sms', verifySmsCallback(verifier), (context) => context.body(null, 204));
 * @param options `limit`: bytes that a body may have, 64 KiB by default
 * @throws NexmoAuthError as `verifyWebhook` does
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
    const incoming = fromWebRequest(req.raw, hint, req, () => cachedBytes(req));
    const outcome = await receive({ ...incoming, body: bodyOfNode(context) ?? incoming.body });
    if (outcome.refusal !== undefined) return toResponse(outcome.refusal);
    const { callback, parserInput, settle } = outcome;
    context.set(name, callback);
    const { refusal } = await runHandler(settle, async () => {
      req.raw = withBody(req.raw, parserInput());
      // What was cached before may be another reading of the body.
      req.bodyCache = {};
      await next();
      // Once Hono has answered what a handler threw, it is there; and what gives no answer is about to fail.
      const isAnswered = context.finalized && context.error === undefined;
      return isAnswered ? context.res : { status: 500 };
    });
    if (refusal === undefined) return undefined;
    const { res } = context;
    // Or else the headers of the handler's answer would be kept.
    context.res = undefined;
    context.res = replaceResponse(res, refusal);
    return undefined;
  };
}

/** A `Request` by GET has no body, even where one arrived at Node's server, which a handler could read there. */
function bodyOfNode({ req, env }: HonoContextLike): (() => BodyChunks) | undefined {
  const { incoming } = (env ?? {}) as { incoming?: unknown };
  return hasNoBody(req.raw) && incoming instanceof Readable ? () => incoming : undefined;
}

/**
 * The bytes that Hono keeps of a body that was read by `context.req`. What was read first is what the others of the
 * cache are made of; what was parsed is not the bytes.
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
  'Use verifyWebhook or verifySmsCallback before what reads context.req.raw or parses a form. What context.req.text(), json() or arrayBuffer() read may come first.';

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  type AcceptedSms,
  type AcceptedWebhook,
  type CallbackReceiver,
  type AdapterOptions,
  type RefusalResponse,
  type SettleClaim,
  smsReceiver,
  webhookReceiver,
} from '../webhooks/receiver';
import type { WebhookVerifier } from '../webhooks/verifier';
import { fromNodeRequest, lingeringClose, type Parsed, removeHeaders } from './node';
import { cancelStream } from './web';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- without Fastify there is no such module
/** @ts-ignore */
declare module 'fastify' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface merges
  interface FastifyRequest {
    /** Of a webhook that `verifyWebhook` has accepted. */
    webhook?: AcceptedWebhook | undefined;
    /** Of an SMS callback that `verifySmsCallback` has accepted. */
    smsCallback?: AcceptedSms | undefined;
  }
}

/** What is needed of an instance of Fastify. */
export type FastifyLike = {
  decorateRequest(name: string, value: undefined): unknown;
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(
    type: string,
    options: { parseAs: 'string' },
    parse: (...args: never[]) => unknown,
  ): unknown;
  addHook(name: 'preParsing' | 'onSend', hook: (...args: never[]) => unknown): unknown;
};

export type FastifyPluginLike = (scope: FastifyLike) => Promise<void>;

/**
 * Plugin by which all routes of the scope that it is registered in take signed webhooks of Messages, Voice
 * and Dispatch alone, each to be handled once: as `request.webhook`, its claims and the bytes of its body,
 * with `request.body` by Fastify's own parsers, within `bodyLimit`. It brings a parser of forms where the
 * scope has none: one of yours is to be registered before.
 *
 * The handler's answer is held back until the replay guard knows of it. A status below 400 confirms the
 * webhook; any other releases it, so that the next attempt is handled. Where it cannot be confirmed,
 * 503 is sent instead. After `reply.hijack()` or `reply.raw.end()` it is neither confirmed nor released, so that a
 * copy is refused until the lease is over, and handled then. What a stream gives is not waited for: one
 * that fails is confirmed by its status, although Fastify answers 500 where nothing of it was sent.
 *
 * Answers in place of the handler, with `{"code":"ERR_…"}`: 401 to what is forged, changed, too old or of
 * an unknown account; 413 to a body over the limit; 503 to what bears no signature, is being handled, or
 * cannot be told from a copy, as guard or secrets fail; 200 to what was handled before. Checks no more than
 * the verifier does.
 *
 * @example app.register(async (scope) => { await scope.register(verifyWebhook(verifier)); scope.post(…); });
 * @param options `limit`: bytes that a body may have, 1 MiB by default
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; to Fastify it gives `ERR_WEBHOOK_BODY_PARSED` for a body that
 * was read before, its bytes not kept
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): FastifyPluginLike {
  return plugin(webhookReceiver(verifier, options), 'webhook');
}

/**
 * The same as `verifyWebhook` for inbound SMS and delivery receipts, by GET, form or JSON: as
 * `request.smsCallback`, its parameters and the bytes of its body. The signature is in the body, so that
 * is read before anything is known of who sent it.
 *
 * @example app.register(async (scope) => { await scope.register(verifySmsCallback(verifier)); scope.get(…); });
 * @param options `limit`: bytes that a body may have, 64 KiB by default
 * @throws NexmoAuthError as `verifyWebhook` does
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): FastifyPluginLike {
  return plugin(smsReceiver(verifier, options), 'smsCallback');
}

const form = 'application/x-www-form-urlencoded';

/** What is needed of a request and of a reply. */
type RequestLike = Parsed & {
  readonly raw: IncomingMessage & Parsed;
  readonly originalUrl: string;
};
type ReplyLike = {
  readonly raw: ServerResponse;
  readonly statusCode: number;
  getHeaders(): object;
  removeHeader(name: string): unknown;
  code(status: number): ReplyLike;
  header(name: string, value: string): ReplyLike;
  send(body: unknown): unknown;
};

type Done<Result> = (error: Error | null, result?: Result) => void;

function plugin(
  receive: CallbackReceiver<AcceptedWebhook | AcceptedSms>,
  name: 'webhook' | 'smsCallback',
): FastifyPluginLike {
  const settling = new WeakMap<object, SettleClaim>();

  function verify(request: RequestLike, reply: ReplyLike, payload: Readable, done: Done<Readable>) {
    const { raw, originalUrl } = request;
    const incoming = fromNodeRequest(raw, originalUrl, {
      stream: payload,
      parsed: [request, raw],
      hint,
    });
    receive(incoming)
      .then((outcome) => {
        if (outcome.refusal !== undefined) {
          reply.send(answer(request, reply, outcome.refusal));
          return;
        }
        const { callback, parserInput, settle } = outcome;
        settling.set(request, settle);
        Object.assign(request, { [name]: callback });
        done(null, payloadOf(parserInput(), callback.rawBody.length));
      })
      .catch(done);
  }

  async function settleAnswer(request: RequestLike, reply: ReplyLike, payload: unknown) {
    const settle = settling.get(request);
    settling.delete(request);
    // That of a `Response` is Fastify's after its hooks.
    const refusal = await settle?.(isResponse(payload) ? payload.status : reply.statusCode);
    if (refusal === undefined) return payload;
    discard(payload);
    removeHeaders(reply.raw);
    for (const header of Object.keys(reply.getHeaders())) reply.removeHeader(header);
    return answer(request, reply, refusal);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- rejects rather than throws
  const add: FastifyPluginLike = async (scope) => {
    // Both, so that Fastify starts with one plugin on a path alone.
    scope.decorateRequest('webhook', undefined);
    scope.decorateRequest('smsCallback', undefined);
    if (!scope.hasContentTypeParser(form)) {
      scope.addContentTypeParser(form, { parseAs: 'string' }, parseForm);
    }
    scope.addHook('preParsing', verify);
    scope.addHook('onSend', settleAnswer);
  };
  // Its hooks are for the scope that it is registered in, as fastify-plugin has it.
  return Object.assign(add, { [Symbol.for('skip-override')]: true });
}

function parseForm(_request: unknown, body: string, done: Done<unknown>): void {
  // Behind a &, a question mark in front is part of a name.
  done(null, Object.fromEntries(new URLSearchParams(`&${body}`)));
}

/** The body once more, for Fastify's own parsers. */
function payloadOf(payload: Uint8Array, receivedEncodedLength: number): Readable {
  return Object.assign(Readable.from([payload]), { receivedEncodedLength });
}

/** As Fastify tells it, of whatever realm. */
function isResponse(payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === '[object Response]';
}

/** Ends what is not to be sent. */
function discard(payload: unknown): void {
  if (isResponse(payload)) discard(payload.body);
  const stream = payload as Partial<Readable & ReadableStream> | null | undefined;
  if (typeof stream?.destroy === 'function') stream.destroy();
  if (typeof stream?.cancel === 'function') cancelStream(stream as ReadableStream);
}

/** Sets the head of the answer, and gives its body. */
function answer(request: RequestLike, reply: ReplyLike, { status, code }: RefusalResponse): string {
  lingeringClose(request.raw, reply.raw);
  reply.code(status).header('content-type', 'application/json');
  return JSON.stringify({ code });
}

const hint =
  'Register verifyWebhook or verifySmsCallback before what else reads the body in a preParsing hook, or have that keep the bytes as request.rawBody.';

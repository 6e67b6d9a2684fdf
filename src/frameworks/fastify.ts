import type {
  IncomingMessage,
  OutgoingHttpHeader,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
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
import { discard, isIntact, isResponse, isStream, watchErrors } from './content';
import { copyHeaders, freeze } from './freeze';
import {
  abort,
  endWithError,
  fromNodeRequest,
  isDestroyed,
  isHeadSent,
  lingeringClose,
  type Parsed,
  removeHeaders,
} from './node';
import { rehearse } from './rehearse';

export type { AcceptedSms, AcceptedWebhook, AdapterOptions };

// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- fails where Fastify is not installed
/** @ts-ignore */
declare module 'fastify' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface merges
  interface FastifyRequest {
    /** Set by `verifyWebhook`. */
    webhook?: AcceptedWebhook | undefined;
    /** Set by `verifySmsCallback`. */
    smsCallback?: AcceptedSms | undefined;
  }
}

/** The methods of a Fastify instance that the plugin calls. */
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

/** A plugin of Fastify, for `register`. */
export type FastifyPluginLike = (scope: FastifyLike) => Promise<void>;

/**
 * Plugin that verifies webhooks of Messages, Voice and Dispatch on all routes of its scope. If the verifier has a
 * `replayGuard`, refuses a webhook that is being handled or was handled. Sets `request.webhook` to the claims and the
 * raw body. Fastify's own parsers set `request.body`, within `bodyLimit`. Adds a parser of forms if the scope has none.
 * To use your own form parser, register that parser before this plugin.
 *
 * With a replay guard, delays the handler's response until the guard is updated. Until then, `reply.sent` is true, and
 * changes to the response are ignored. A status of 200 to 399 confirms the webhook: the guard records it as handled.
 * Any other status releases the webhook, so that the platform's next attempt reaches the handler. If the guard cannot
 * confirm the webhook, sends 503 instead, or breaks off the response if the handler has sent its head. Neither confirms
 * nor releases the webhook after `reply.hijack()` or `reply.raw.end()`, nor if an asynchronous handler returns nothing
 * after its sender has left: Fastify then sends no response. Copies are refused until the verifier's `lease` expires,
 * and the next one is handled. So return the response, as in `return reply.code(204).send()`. Does not wait for the
 * content of a streamed response: the status counts even if the stream fails later. (If nothing was sent before the
 * failure, Fastify responds with 500.)
 *
 * Refused callbacks do not reach the handler. The response is `{"code":"ERR_…"}`. Its status is:
 *
 * - 401 if the callback is forged, modified, too old, from the future, malformed or of an unknown account
 * - 413 if the body is over the limit
 * - 200 if the callback was already handled
 * - 503, so that the platform tries again, if the callback is unsigned (signatures may be off for the account), if a
 *   copy is being handled at the moment, or if the replay guard or the secrets are unavailable
 *
 * @example app.register(async (scope) => { await scope.register(verifyWebhook(verifier)); scope.post(…); });
 * @param options `limit`: maximum size of a body in bytes (default: 1 MiB)
 * @throws NexmoAuthError `ERR_INVALID_OPTION`. The plugin passes `ERR_WEBHOOK_BODY_PARSED` to Fastify if another hook
 * has read the body without keeping its bytes
 */
export function verifyWebhook(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): FastifyPluginLike {
  return plugin(webhookReceiver(verifier, options), 'webhook');
}

/**
 * Plugin that verifies inbound SMS and delivery receipts, as `verifyWebhook` verifies webhooks. An SMS or receipt may
 * be sent by GET, as a form or as JSON. Sets `request.smsCallback` to the parameters and the raw body. Unless the
 * callback is a GET, its signature is in the body, so the body is read (up to `limit`) before the sender is verified.
 *
 * @example app.register(async (scope) => { await scope.register(verifySmsCallback(verifier)); scope.get(…); });
 * @param options `limit`: maximum size of a body in bytes (default: 64 KiB)
 * @throws NexmoAuthError the errors of `verifyWebhook`
 */
export function verifySmsCallback(
  verifier: WebhookVerifier,
  options?: AdapterOptions,
): FastifyPluginLike {
  return plugin(smsReceiver(verifier, options), 'smsCallback');
}

const formType = 'application/x-www-form-urlencoded';

/** The members of Fastify's request and reply that the plugin uses. */
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
  header(name: string, value: OutgoingHttpHeader): ReplyLike;
  send(body: unknown): unknown;
};

type Done<Result> = (error: Error | null, result?: Result) => void;

function plugin(
  receive: CallbackReceiver<AcceptedWebhook | AcceptedSms>,
  name: 'webhook' | 'smsCallback',
): FastifyPluginLike {
  const openClaims = new WeakMap<object, SettleClaim>();

  function verify(request: RequestLike, reply: ReplyLike, payload: Readable, done: Done<Readable>) {
    const { raw, originalUrl } = request;
    // Without a listener, an error of the stream would end the process. The reader of the body also gets the error.
    payload.on('error', () => undefined);
    const incoming = fromNodeRequest(raw, originalUrl, {
      stream: payload,
      parsed: [request, raw],
      hint,
    });
    receive(incoming)
      .then((outcome) => {
        if (outcome.refusal !== undefined) {
          reply.send(refusalBody(request, reply, outcome.refusal));
          return;
        }
        const { callback, parserInput, settle } = outcome;
        if (outcome.isGuarded) openClaims.set(request, settle);
        Object.assign(request, { [name]: callback });
        done(null, toPayload(parserInput(), callback.rawBody.length));
      })
      .catch(done);
  }

  /**
   * Calls `done` at once if there is nothing to settle, or if Fastify is going to answer with 500: if this hook is
   * asynchronous, some versions of Fastify 5 let the process end because of a response that cannot be sent.
   */
  function settleAnswer(
    request: RequestLike,
    reply: ReplyLike,
    payload: unknown,
    done: Done<unknown>,
  ) {
    const settle = openClaims.get(request);
    openClaims.delete(request);
    if (settle === undefined) {
      done(null, payload);
      return;
    }
    const canBeSent = isSendable(reply, payload);
    if (!canBeSent && !isHeadSent(reply.raw)) {
      void settle(500);
      done(null, payload);
      return;
    }
    const failureOfPayload = watchErrors(payload);
    const unfreeze = freezeReply(reply);
    const respond = (error: Error | null, refusal?: RefusalResponse) => {
      try {
        unfreeze();
        if (refusal) done(null, replaceAnswer(request, reply, payload, refusal));
        else done(error ?? failureOfPayload() ?? null, toSend(reply, payload));
      } catch {
        // Fastify cannot send the response after all. The error would end the process.
        endWithError(reply.raw);
      }
    };
    settle(canBeSent ? sentStatus(reply, payload) : 500).then((refusal) => {
      respond(null, refusal);
    }, respond);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- rejects rather than throws
  const register: FastifyPluginLike = async (scope) => {
    // Decorates with both names, so that Fastify refuses a second plugin (of either kind) in this scope and in the
    // scopes inside it.
    scope.decorateRequest('webhook', undefined);
    scope.decorateRequest('smsCallback', undefined);
    if (!scope.hasContentTypeParser(formType)) {
      scope.addContentTypeParser(formType, { parseAs: 'string' }, parseForm);
    }
    scope.addHook('preParsing', verify);
    scope.addHook('onSend', settleAnswer);
  };
  // Makes the hooks apply to the scope that registers the plugin, as fastify-plugin does.
  return Object.assign(register, { [Symbol.for('skip-override')]: true });
}

function parseForm(_request: unknown, body: string, done: Done<unknown>): void {
  // URLSearchParams drops a question mark at the start of its input. With the & in front, it keeps the question mark.
  done(null, Object.fromEntries(new URLSearchParams(`&${body}`)));
}

/** A stream of the body for Fastify's own parsers. */
function toPayload(payload: Uint8Array, receivedEncodedLength: number): Readable {
  return Object.assign(Readable.from([payload]), { receivedEncodedLength });
}

/**
 * Replaces the response, which is discarded. Returns the body of the refusal. If the head was already sent, breaks off
 * the response instead.
 */
function replaceAnswer(
  request: RequestLike,
  reply: ReplyLike,
  payload: unknown,
  refusal: RefusalResponse,
): unknown {
  discard(payload);
  if (isHeadSent(reply.raw)) {
    abort(reply.raw);
    return emptyStream();
  }
  removeReplyHeaders(reply);
  return refusalBody(request, reply, refusal);
}

/** Removes the headers of Node's response and those that Fastify keeps. */
function removeReplyHeaders(reply: ReplyLike): void {
  removeHeaders(reply.raw);
  for (const header of Object.keys(reply.getHeaders())) reply.removeHeader(header);
}

/** Freezes the response, also the status and the headers that Fastify keeps. */
function freezeReply(reply: ReplyLike): () => void {
  const headers = copyHeaders(reply.getHeaders());
  const unfreeze = freeze(reply.raw);
  return () => {
    unfreeze();
    if (isHeadSent(reply.raw)) return;
    removeReplyHeaders(reply);
    for (const [name, value] of headers) reply.header(name, value);
  };
}

/** Whether Fastify can send the response. Otherwise, it answers with 500, or closes the connection. */
function isSendable(reply: ReplyLike, payload: unknown): boolean {
  const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload);
  const isKnown = isWhole || payload == null || isStream(payload);
  if (!isKnown || !isIntact(payload)) return false;
  if (isHeadSent(reply.raw)) return needsNoHead(reply, payload);
  const headers = { ...reply.getHeaders(), ...headersOf(payload) } as OutgoingHttpHeaders;
  if (isWhole) headers['content-length'] = Buffer.byteLength(payload);
  try {
    rehearse(reply.raw, {
      head: [statusOf(reply, payload), headers],
      content: isWhole ? [payload] : undefined,
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether Fastify sends content after a head that the handler has sent. It does so for a stream. Otherwise, it writes a
 * second head, which fails.
 */
function needsNoHead(reply: ReplyLike, payload: unknown): boolean {
  const content = isResponse(payload) ? payload.body : payload;
  return isStream(content) && statusOf(reply, payload) !== 204;
}

/** The status that the sender gets. A head that the handler has sent keeps its status. */
function sentStatus(reply: ReplyLike, payload: unknown): number {
  return isHeadSent(reply.raw) ? reply.statusCode : statusOf(reply, payload);
}

/** Fastify takes the status of a `Response` only after its hooks. */
function statusOf(reply: ReplyLike, payload: unknown): number {
  return isResponse(payload) ? payload.status : reply.statusCode;
}

/** Fastify takes the headers of a `Response` only after its hooks. */
function headersOf(payload: unknown): object {
  return isResponse(payload) ? Object.fromEntries(payload.headers) : {};
}

/** Discards a stream if the sender has left: Fastify would cancel it in the turn of a read (see `cancelStream`). */
function toSend(reply: ReplyLike, payload: unknown): unknown {
  if (!isDestroyed(reply.raw) || !isStream(payload)) return payload;
  discard(payload);
  return emptyStream();
}

/** Content for which Fastify does not write the head once more, which would fail if the handler wrote it. */
function emptyStream(): Readable {
  return Readable.from([]);
}

/** Sets the status and the type of a refusal, and returns its body. */
function refusalBody(
  request: RequestLike,
  reply: ReplyLike,
  { status, code }: RefusalResponse,
): string {
  lingeringClose(request.raw, reply.raw);
  reply.code(status).header('content-type', 'application/json');
  return JSON.stringify({ code });
}

const hint =
  'Register verifyWebhook or verifySmsCallback before any other preParsing hook that reads the body, or make that hook keep the bytes as request.rawBody.';

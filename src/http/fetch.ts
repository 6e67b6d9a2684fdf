import type { Attempt } from '../injector/attempt';
import { isNodesFetch } from '../injector/no-proxy';
import {
  attemptAt,
  type AuthInjector,
  type Destination,
  destinationOf,
  requireInjector,
} from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { isAbortSignal, isResponse } from '../readers/brands';
import type { AuthenticatedRequest, PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { Sanitizer } from './sanitizer';
import { bufferLimit, readFetchBody } from './fetch-body';
import { type FetchCall, inputUrl, readFetchCall, withoutHash } from './fetch-call';
import { cancelStream } from './node-stream';
import { holdBody, peekText, publicResponse } from './public-response';
import type { ResponseSummary } from './refusal';
import { sendAttempt } from './send-attempt';
import { cancelBody, failureOf } from './streamed-body';
import { markAuthFetch, UnderlyingFetch } from './underlying-fetch';
import { warnUnclaimed } from './unclaimed-url';
import { typedHeaders, wireRequest } from './wire-request';

/**
 * Creates a `fetch` that attaches the credential to each request to a product, and sends other requests unchanged.
 *
 * Sends with `options.fetch` (default: the global `fetch` at the time of each request) and behaves like that `fetch`,
 * apart from the differences in docs/http-clients.md. `Request`, `Headers` and other objects may come from any copy of
 * undici. A `dispatcher` works only in the second argument. A request with a credential is not redirected: you get the
 * 3xx response, or an error if you set `redirect: 'error'`. The `Response` that you get may be a copy. Its `url` is the
 * URL that you passed. Secrets that the server repeats are redacted in headers and errors, but not in bodies.
 *
 * As with `attachAuth`, a platform URL that matches no product causes one warning. If the platform refuses the
 * credential, the request is sent once more if there is another credential: the other half of a rotation pair, new
 * credentials from the provider, or a new token. A new token is made if the refused token was reused or was dated by a
 * wrong clock. To make a retry possible, the body of a `Request` is read into memory before it is sent. A stream, or
 * the body of a `Request` if it is over 16 MiB, is sent only once. If a product has a `refusal` (as SMS, Verify and
 * Number Insight have), the JSON or XML body of an HTTP 200 response is read before you get the response. While the
 * channel `nexmo-auth:request:refused` has a subscriber, the JSON or XML body of any refusal is also read before you
 * get the response. While the credential of a retry is awaited, the body of any refusal is read too. Reading a body
 * fails with `ERR_RESPONSE_TOO_LARGE` if more than 16 MiB of it were read before you got the response.
 *
 * A request body is searched for credentials only if it is a form, is JSON or has no type. Only such a body can get a
 * credential. A compressed body is neither searched nor changed. For the schemes `body`, `signature` and `oauth1`, a
 * string without a Content-Type is treated as a form or JSON, as in axios. With `product`, this `fetch` accepts only
 * URLs of that product.
 *
 * With the `fetch` of Next.js, a call whose URL has a credential goes around the cache, since the cache keeps the URL.
 *
 * The returned `fetch` rejects with the errors of `AuthInjector.inject`, the errors of `fetch`, and
 * `ERR_INVALID_REQUEST` for arguments that it does not recognise.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function createAuthFetch(
  auth: AuthInjector,
  options: { product?: string | undefined; fetch?: typeof fetch | undefined } = {},
): typeof fetch {
  requireInjector(auth, 'The first argument of createAuthFetch must be an AuthInjector');
  requireObject(options, 'The options of createAuthFetch');
  const { product, fetch: fetchOption, ...unknown } = options;
  refuseUnknown(unknown, 'the options of createAuthFetch');
  const underlying = new UnderlyingFetch(fetchOption);

  return markAuthFetch(async (input, init) => {
    if (underlying.isReentrant(input, init)) return underlying.sendWithOriginal(input, init);
    const url = inputUrl(input);
    const destination = destinationOf(auth, url, product);
    if (destination === undefined) {
      warnUnclaimed(url);
      return underlying.send(input, init);
    }
    const call = readFetchCall(url, input, init);
    const signal = isAbortSignal(call.signal) ? call.signal : undefined;
    const headers = typedHeaders(call);
    const sending: Sending = { url, call, headers, content: call.body?.content };
    const failure = failureOf(sending.content);
    const prepared = Promise.race([prepare(auth, destination, sending, signal), failure]);
    const { before, attempt } = await unlessAborted(prepared, signal).catch((error: unknown) => {
      cancelBody(sending.content, error);
      throw error;
    });
    const { content } = sending;

    async function send({ request: after, secrets }: AuthenticatedRequest): Promise<Response> {
      const changes = { before, after, content };
      const { fetch: sender } = underlying;
      const [wireUrl, wireInit] = wireRequest(call, changes, sender);
      const secretBody = after.data === before.data ? undefined : after.data;
      const isNative = isNodesFetch(sender);
      const toPublic = (response: Response): Response => {
        const callerUrl = withoutHash(url);
        const urls = { wireUrl: wireUrl === url ? callerUrl : withoutHash(wireUrl), callerUrl };
        return publicResponse(response, { ...urls, secrets, sanitize, isNative });
      };
      const view = { config: {}, request: {}, secrets, publicResponse: toPublic };
      const sanitizer: Sanitizer = new Sanitizer(view);
      const sanitize = (error: unknown) => sanitizer.error(error);
      try {
        const response = await underlying.send(wireUrl, wireInit, secretBody);
        // A test double may return anything.
        return isResponse(response) ? toPublic(response) : response;
      } catch (error) {
        // The reason of an abort is the caller's own value.
        throw signal?.aborted === true && error === signal.reason ? error : sanitize(error);
      }
    }

    return sendAttempt(attempt, {
      send,
      signal,
      summarize: summarizeResponse,
      hold: holdBody,
      discard: ({ body }) => cancelStream(body),
    });
  });
}

/** A call, with the content of its body, which changes when the body is read. */
type Sending = {
  url: string;
  call: FetchCall;
  headers: Record<string, string>;
  content: unknown;
};

/** Reads the body and attaches the credential. No closure: an error keeps the functions of its call stack in memory. */
async function prepare(
  auth: AuthInjector,
  destination: Destination,
  sending: Sending,
  signal: AbortSignal | undefined,
): Promise<{ before: PlainRequest; attempt: Attempt }> {
  const { url, call, headers } = sending;
  const { content, data } = await readFetchBody(call.body, headers, signal);
  sending.content = content;
  const before = { method: String(call.method), url, headers, data };
  return { before, attempt: await attemptAt(auth, destination, before) };
}

function summarizeResponse(response: Response): ResponseSummary | undefined {
  if (!isResponse(response)) return undefined;
  const { status, headers } = response;
  return { status, date: headers.get('date'), body: () => readJsonOrXml(response) };
}

/** Reads the body. The caller can still read it afterwards. A body that fails also fails for the caller. */
async function readJsonOrXml(response: Response): Promise<string | undefined> {
  const isReadable = /json|xml/i.test(String(response.headers.get('content-type')));
  return isReadable ? peekText(response, bufferLimit).catch(() => undefined) : undefined;
}

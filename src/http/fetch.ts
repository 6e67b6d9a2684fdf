import type { Readable } from 'node:stream';
import type { Attempt } from '../injector/attempt';
import { attemptAt, type AuthInjector, destinationOf, requireInjector } from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { isAbortSignal, isReadableStream, isResponse, isStream } from '../readers/brands';
import type { AuthenticatedRequest, PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { Sanitizer } from './sanitizer';
import { readFetchBody } from './fetch-body';
import { inputUrl, readFetchCall, withoutHash } from './fetch-call';
import { publicResponse } from './public-response';
import type { ResponseSummary } from './refusal';
import { sendAttempt } from './send-attempt';
import { markAuthFetch, UnderlyingFetch } from './underlying-fetch';
import { warnUnclaimed } from './unclaimed-url';
import { typedHeaders, wireRequest } from './wire-request';

/**
 * Creates a `fetch` that attaches the credential to each request to a product, and passes every other request on
 * unchanged.
 *
 * It sends with `options.fetch`, or else with the global `fetch` at the time of the call, and behaves like that one
 * (docs/http-clients.md lists the differences). `Request`, `Headers` and other objects may come from any copy of
 * undici; a `dispatcher` works in the second argument only. A request with a credential is not redirected: you get the
 * 3xx response, or an error with `redirect: 'error'`. The `Response` is a copy: its `url` is the URL that you passed,
 * and secrets that the server repeats in headers or errors are redacted. Bodies are not redacted.
 *
 * As with `attachAuth`, a platform URL that matches no product causes one warning, and a request whose credential the
 * platform refuses is sent once more if there is another credential: the other one of a rotation pair, a new one from
 * the provider, or a new token if the refused one was reused or dated by a wrong clock. To make that possible, the
 * body of a `Request` is read up to 16 MiB before it is sent, and the responses of products with a `refusal` (SMS,
 * Verify, Number Insight) are read before you get them. A stream is sent once. While the channel
 * `nexmo-auth:request:refused` has a subscriber, the JSON or XML body of a refusal is read before you get it.
 *
 * A request body is read only if it may contain a credential or has to get one: a form, JSON or a body without a type,
 * if not compressed. For the schemes `body`, `signature` and `oauth1`, a string without a Content-Type is a form or
 * JSON, as in axios. `product` restricts this `fetch` to one product; it refuses any other URL.
 *
 * Rejects with the errors of `AuthInjector.inject`, with `ERR_INVALID_REQUEST` for arguments that are not recognised,
 * and with the errors of `fetch`.
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
    if (underlying.isSending(input, init)) return underlying.sendPastWrapper(input, init);
    const url = inputUrl(input);
    const destination = destinationOf(auth, url, product);
    if (destination === undefined) {
      warnUnclaimed(url);
      return underlying.send(input, init);
    }
    const call = readFetchCall(url, input, init);
    const signal = isAbortSignal(call.signal) ? call.signal : undefined;
    const headers = typedHeaders(call);
    let content = call.body?.content;

    const prepare = async (): Promise<{ before: PlainRequest; attempt: Attempt }> => {
      const read = await readFetchBody(call.body, headers, signal);
      content = read.content;
      const before = { method: String(call.method), url, headers, data: read.data };
      return { before, attempt: await attemptAt(auth, destination, before) };
    };

    const { before, attempt } = await unlessAborted(prepare(), signal).catch((error: unknown) => {
      cancelRequestBody(content, error);
      throw error;
    });

    async function send({ request: after, secrets }: AuthenticatedRequest): Promise<Response> {
      const sanitizer = new Sanitizer({ config: {}, request: {}, secrets });
      const sanitize = (error: unknown) => sanitizer.error(error);
      const changes = { before, after, content };
      const [wireUrl, wireInit] = wireRequest(call, changes, underlying.fetch);
      const secretBody = after.data === before.data ? undefined : after.data;
      try {
        const response = await underlying.send(wireUrl, wireInit, secretBody);
        // A test double may return anything.
        if (!isResponse(response)) return response;
        const urls = { wireUrl: withoutHash(wireUrl), publicUrl: withoutHash(url) };
        return publicResponse(response, { ...urls, secrets, sanitize });
      } catch (error) {
        throw sanitize(error);
      }
    }

    return sendAttempt(attempt, {
      send,
      signal,
      summarize: summarizeResponse,
      discard: cancelBody,
    });
  });
}

/** Cancels a body that will not be sent, as `fetch` does. */
function cancelRequestBody(body: unknown, reason: unknown): void {
  if (!isStream(body)) return;
  const stream = body as Partial<Readable & ReadableStream & AsyncGenerator>;
  void (async () => {
    await (isReadableStream(body)
      ? body.cancel(reason)
      : (stream.destroy?.() ?? stream.return?.(undefined)));
  })().catch(() => undefined);
}

function summarizeResponse(response: Response): ResponseSummary | undefined {
  if (!isResponse(response)) return undefined;
  const { status, headers } = response;
  return { status, date: headers.get('date'), body: () => readJsonOrXml(response) };
}

function cancelBody(response: Response): unknown {
  return response.body?.cancel();
}

/** Reads a copy of the body. Size is not limited: a JSON or XML response of the platform is short. */
async function readJsonOrXml(response: Response): Promise<string | undefined> {
  if (!/json|xml/i.test(String(response.headers.get('content-type')))) return undefined;
  // A body that fails here also fails for the caller.
  return response
    .clone()
    .text()
    .catch(() => undefined);
}

import type { Readable } from 'node:stream';
import type { Attempt } from '../injector/attempt';
import { attemptAt, type AuthInjector, destinationOf, requireInjector } from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { isAbortSignal, isReadableStream, isResponse, isStream } from '../readers/brands';
import type { AuthenticatedRequest, PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { Sanitizer } from './sanitizer';
import { readFetchBody } from './fetch-body';
import { fetchCall, urlOf, withoutHash } from './fetch-call';
import { publicResponse } from './public-response';
import type { Answered } from './refusal';
import { sendAttempt } from './send-attempt';
import { markAuthFetch, UnderlyingFetch } from './underlying-fetch';
import { warnUnclaimed } from './unclaimed-url';
import { typedHeaders, wireRequest } from './wire-request';

/**
 * A `fetch` that attaches the credential to each request for a product, and passes all others on untouched.
 *
 * It sends with `options.fetch`, or else with the global `fetch` at each call. It does what that does
 * (docs/http-clients.md lists the differences): `Request`, `Headers` and other objects may be of any copy of undici; a
 * `dispatcher` works in the second argument only. No redirect is followed with a credential, so you get the 3xx answer
 * (with `redirect: 'error'` it is an error). The `Response` is a new one: its `url` is the one asked for, and secrets
 * that the server echoes in headers or errors are redacted; bodies are not.
 *
 * As with `attachAuth`, a place on the platform that no product claims causes one warning, and a request whose
 * credential the platform refuses is sent once more if there is another: of a rotation pair, from the provider, or a new
 * token in place of one that was reused or dated by a wrong clock. While somebody listens to `nexmo-auth:request:refused`,
 * JSON and XML of a refusal is read before you get it. For a retry, the body of a `Request` is read up to
 * 16 MiB before it is sent, and the answers of products with a `refusal` (SMS, Verify, Number Insight) before you get
 * them. A stream is sent once.
 *
 * A body is read only where a credential may be in it or has to go into it: a form, JSON or without a type, and not
 * compressed. With the schemes `body`, `signature` and `oauth1`, text without a Content-Type is a form or JSON, as in
 * axios. `product` names the one product that this `fetch` is for; any other URL is refused.
 *
 * Rejects with what `AuthInjector.inject` throws, `ERR_INVALID_REQUEST` for arguments that are not recognised, and as
 * `fetch` does.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function createAuthFetch(
  auth: AuthInjector,
  options: { product?: string | undefined; fetch?: typeof fetch | undefined } = {},
): typeof fetch {
  requireInjector(auth, 'createAuthFetch takes an AuthInjector first');
  requireObject(options, 'The options of createAuthFetch');
  const { product, fetch: own, ...unknown } = options;
  refuseUnknown(unknown, 'the options of createAuthFetch');
  const underlying = new UnderlyingFetch(own);

  return markAuthFetch(async (input, init) => {
    if (underlying.isSending(input, init)) return underlying.sendPast(input, init);
    const url = urlOf(input);
    const destination = destinationOf(auth, url, product);
    if (destination === undefined) {
      warnUnclaimed(url);
      return underlying.send(input, init);
    }
    const call = fetchCall(url, input, init);
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
      cancel(content, error);
      throw error;
    });

    async function responseTo({
      request: after,
      secrets,
    }: AuthenticatedRequest): Promise<Response> {
      const cleaner = new Sanitizer({ config: {}, request: {}, secrets });
      const clean = (error: unknown) => cleaner.error(error);
      const changes = { before, after, content };
      const [wireUrl, wireInit] = wireRequest(call, changes, underlying.fetch);
      const secretBody = after.data === before.data ? undefined : after.data;
      try {
        const response = await underlying.send(wireUrl, wireInit, secretBody);
        // A test double may give anything.
        if (!isResponse(response)) return response;
        const urls = { wireUrl: withoutHash(wireUrl), publicUrl: withoutHash(url) };
        return publicResponse(response, { ...urls, secrets, clean });
      } catch (error) {
        throw clean(error);
      }
    }

    return sendAttempt(attempt, { send: responseTo, answered, discard, signal });
  });
}

/** Ends a body that nobody will read, as `fetch` does. */
function cancel(body: unknown, reason: unknown): void {
  if (!isStream(body)) return;
  const stream = body as Partial<Readable & ReadableStream & AsyncGenerator>;
  void (async () => {
    await (isReadableStream(body)
      ? body.cancel(reason)
      : (stream.destroy?.() ?? stream.return?.(undefined)));
  })().catch(() => undefined);
}

function answered(response: Response): Answered | undefined {
  if (!isResponse(response)) return undefined;
  return {
    status: response.status,
    date: response.headers.get('date'),
    body: () => textOf(response),
  };
}

function discard(response: Response): unknown {
  return response.body?.cancel();
}

/** Text that is short by its nature: an answer that says how a request went. */
async function textOf(response: Response): Promise<string | undefined> {
  if (!/json|xml/i.test(String(response.headers.get('content-type')))) return undefined;
  // What breaks off here breaks off for the caller, too.
  return response
    .clone()
    .text()
    .catch(() => undefined);
}

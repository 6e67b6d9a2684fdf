import type { Readable } from 'node:stream';
import { kindOf, NexmoAuthError } from '../errors';
import type { Attempt } from '../injector/attempt';
import { type AuthInjector, requireInjector } from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { isAbortSignal, isReadableStream, isResponse, isStream } from '../readers/brands';
import type { PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { Cleaner } from './exposed';
import { readFetchBody } from './fetch-body';
import { fetchCall, urlOf } from './fetch-call';
import { publicResponse } from './public-response';
import { attachedSecrets } from './redact';
import type { Answered } from './refusal';
import { sendAttempt } from './resend';
import { warnOfUnknownPlace } from './unknown-place';
import { typedHeaders, wireRequest } from './wire-request';

type Fetch = typeof fetch;

/** Those that this module made: the global `fetch` may be one of them. */
const authFetches = new WeakSet<Fetch>();

/**
 * A `fetch` that authenticates what goes to a product, and leaves all else to the one underneath
 * (`options.fetch`, by default that of Node).
 *
 * Takes what `fetch` takes: `Request`, `URL` and text, `Headers`, streams, abort signals; a
 * `dispatcher` only in the second argument, since a `Request` does not show the one it has. A request
 * with a credential is not redirected, so a 3xx answer is yours to judge (with `redirect: 'error'`
 * it is an error). Its response is a new one: the URL that it shows is the one asked for, headers in
 * which the server echoes a secret are redacted, and bodies are not.
 *
 * As with `attachAuth`, a place on the platform that no product claims causes one warning, and a request
 * whose credential the platform refuses is sent once more if there is another: of a rotation pair, from
 * the provider, or a new token in place of one that was reused or was dated by a wrong clock. To that end
 * the answers of products with a `refusal` (SMS, Verify, Number Insight) are read before you get them.
 *
 * A body is read before it is sent only where a credential could be in it or has to go into it: as a
 * form or JSON. `product` names the one product that this `fetch` is for; any other URL is refused.
 *
 * Rejects with what `AuthInjector.inject` throws, and as `fetch` does.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function createAuthFetch(
  auth: AuthInjector,
  options: { product?: string | undefined; fetch?: Fetch | undefined } = {},
): Fetch {
  requireInjector(auth, 'createAuthFetch takes an AuthInjector first');
  requireObject(options, 'The options of createAuthFetch');
  const { product, fetch: ownFetch, ...unknown } = options;
  refuseUnknown(unknown, 'the options of createAuthFetch');
  if (ownFetch !== undefined) requireFetch(ownFetch);
  const globalBefore = globalThis.fetch as Fetch | undefined;

  const authFetch: Fetch = async (input, init) => {
    const send = requireFetch(ownFetch ?? globalFetch(globalBefore));
    const url = urlOf(input);
    if (auth.productAt(url, product) === undefined) {
      warnOfUnknownPlace(auth, url);
      return send(input, init);
    }
    const call = fetchCall(url, input, init);
    const signal = isAbortSignal(call.signal) ? call.signal : undefined;
    const headers = typedHeaders(call);
    let content = call.body?.content;

    async function prepare(): Promise<{ before: PlainRequest; attempt: Attempt }> {
      const read = await readFetchBody(call.body, headers, signal);
      content = read.content;
      const before = { method: String(call.method), url, headers, data: read.data };
      return { before, attempt: await auth.attempt(before, product) };
    }

    const { before, attempt } = await unlessAborted(prepare(), signal).catch((error: unknown) => {
      cancel(content, error);
      throw error;
    });

    async function responseTo(after: PlainRequest): Promise<Response> {
      const secrets = attachedSecrets(after, before.data);
      const cleaner = new Cleaner({ config: {}, request: {}, secrets });
      const clean = (error: unknown) => cleaner.error(error);
      const [wireUrl, wireInit] = wireRequest(call, { before, after, content });
      try {
        const response = await send(wireUrl, wireInit);
        // A test double may give anything.
        if (!isResponse(response)) return response;
        const hidden = {
          wireUrl: withoutHash(wireUrl),
          publicUrl: withoutHash(url),
          secrets,
          clean,
        };
        return publicResponse(response, hidden);
      } catch (error) {
        throw clean(error);
      }
    }

    return sendAttempt(attempt, { send: responseTo, answered, discard, signal });
  };
  authFetches.add(authFetch);
  return authFetch;
}

/** The global `fetch` of now, or if that is one of ours, the one before: it would come back here. */
function globalFetch(before: Fetch | undefined): unknown {
  const now = globalThis.fetch as Fetch | undefined;
  return now !== undefined && authFetches.has(now) ? before : now;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
function requireFetch(value: unknown): Fetch {
  if (typeof value === 'function') return value as Fetch;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `The fetch option must be a function, or be left out where there is a global fetch; it is ${kindOf(value)}.`,
  );
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

/** As a Response shows it. */
function withoutHash(text: string): string {
  const url = new URL(text);
  url.hash = '';
  return url.href;
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

import { NexmoAuthError } from '../errors';
import { AuthInjector } from '../injector/injector';
import { directDispatcher } from '../injector/no-proxy';
import { refuseUnknown, requireObject } from '../options';
import type { PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { Cleaner } from './exposed';
import { attachedSecrets } from './redact';
import { sendAttempt } from './resend';
import { warnOfUnknownPlace } from './unknown-place';

type Input = Parameters<typeof fetch>[0];
type Init = Parameters<typeof fetch>[1];
type Body = ConstructorParameters<typeof Response>[0];

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
  options: { product?: string | undefined; fetch?: typeof fetch | undefined } = {},
): typeof fetch {
  if (!(auth instanceof AuthInjector)) {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'createAuthFetch takes an AuthInjector first.');
  }
  requireObject(options, 'The options of createAuthFetch');
  const { product, fetch: send = fetch, ...unknown } = options;
  refuseUnknown(unknown, 'the options of createAuthFetch');
  if (typeof send !== 'function') {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'fetch must be a function.');
  }

  return async (input, init) => {
    const url = urlOf(input);
    if (auth.productAt(url, product) === undefined) {
      warnOfUnknownPlace(auth, url);
      return send(input, init);
    }
    const given = await plainRequest(url, input, init);
    const signal = signalOf(input, init);
    const attempt = await unlessAborted(auth.attempt(given, product), signal);

    async function responseTo(request: PlainRequest): Promise<Response> {
      const cleaner = new Cleaner({
        config: {},
        request: {},
        secrets: attachedSecrets(request, given.data),
      });
      try {
        return shown(await send(...onTheWire(request, input, init)), url, cleaner);
      } catch (error) {
        throw cleaner.error(error);
      }
    }

    return sendAttempt(attempt, {
      send: responseTo,
      answered: (response) => ({
        status: response.status,
        date: response.headers.get('date'),
        body: () => textOf(response),
      }),
      discard: (response) => response.body?.cancel(),
      signal,
    });
  };
}

/** Of an answer in text that is short by its nature: one that says how a request went. */
async function textOf(response: Response): Promise<string | undefined> {
  if (!/json|xml/i.test(String(response.headers.get('content-type')))) return undefined;
  // What breaks off here breaks off for the caller, too.
  return response
    .clone()
    .text()
    .catch(() => undefined);
}

function urlOf(input: Input): string {
  return input instanceof Request ? input.url : String(input);
}

/** As in `fetch` itself, what `init` says stands before what a Request says. */
async function plainRequest(url: string, input: Input, init: Init = {}): Promise<PlainRequest> {
  const given: Partial<Request> = input instanceof Request ? input : {};
  const method = init.method ?? given.method ?? 'GET';
  const headers = new Headers(init.headers ?? given.headers);
  const body = init.body ?? given.body ?? undefined;
  if (body === undefined) return { method, url, headers: Object.fromEntries(headers) };
  // Gives a body without Content-Type the one that fetch would.
  const carrier = new Response(body as Body, { headers });
  const type = String(carrier.headers.get('content-type'));
  return typeof body === 'string' || /json|form-urlencoded/.test(type)
    ? { method, url, headers: Object.fromEntries(carrier.headers), data: await carrier.text() }
    : { method, url, headers: Object.fromEntries(headers), data: body };
}

function onTheWire(request: PlainRequest, input: Input, init: Init = {}): [string, RequestInit] {
  const url = new URL(request.url);
  const added = new URLSearchParams(request.params as Record<string, string>).toString();
  url.search = [url.search.slice(1), added].filter((part) => part !== '').join('&');
  const { method, headers, data: body } = request;
  const given: Partial<Request> = input instanceof Request ? input : {};
  const { integrity, keepalive, cache } = given;
  const redirect = (init.redirect ?? given.redirect) === 'error' ? 'error' : 'manual';
  const sent = { method, headers, body, signal: signalOf(input, init), redirect, duplex: 'half' };
  // What goes to a loopback host in clear text must not leave the machine through a proxy.
  const own = (init as { dispatcher?: object | null }).dispatcher;
  const dispatcher = own ?? (url.protocol === 'http:' ? directDispatcher() : undefined);
  const options = {
    integrity,
    keepalive,
    cache,
    ...init,
    ...sent,
    ...(dispatcher && { dispatcher }),
  };
  return [url.href, options as RequestInit];
}

/** As in `fetch` itself, null in `init` takes the signal of a Request away. */
function signalOf(input: Input, init: Init = {}): AbortSignal | null | undefined {
  return init.signal === undefined ? (input as Partial<Request>).signal : init.signal;
}

/** A new response: the one that came would show the URL with its credential, and so would a clone. */
function shown(response: Response, url: string, cleaner: Cleaner): Response {
  const { status, body } = response;
  const names = [...response.headers.keys()];
  const { statusText, headers, data } = cleaner.response({
    config: {},
    status,
    statusText: response.statusText,
    headers: [...response.headers.values()],
    data: body,
  });
  const shownHeaders = headers.map((value, index): [string, string] => [
    String(names[index]),
    value,
  ]);
  const clean = new Response(data as Body, { status, statusText, headers: shownHeaders });
  return Object.defineProperty(clean, 'url', { value: url });
}

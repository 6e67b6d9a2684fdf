import { NexmoAuthError } from '../errors';
import { unlessAborted } from '../http/abort';
import { type FetchBody, readFetchBody } from '../http/fetch-body';
import { sendAttempt } from '../http/send-attempt';
import { cancelBody, failureOf } from '../http/streamed-body';
import { warnUnclaimed } from '../http/unclaimed-url';
import { typedHeaders } from '../http/wire-request';
import type { Attempt } from '../injector/attempt';
import {
  attemptAt,
  type AuthInjector,
  type Destination,
  destinationOf,
  requireInjector,
} from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { lowerCaseAscii } from '../readers/ascii';
import type { AuthenticatedRequest } from '../schemes/scheme';
import {
  bodyOf,
  type DispatchOptions,
  type HeaderPair,
  headerPairs,
  sentOptions,
  urlOf,
} from './dispatch-call';
import { Exchange } from './exchange';
import { type Handler, type LegacyHandler, modernHandler } from './handler';
import type { HeldResponse } from './held-response';
import { type Dispatch, send } from './send';

/** An interceptor for `compose`, as undici 6 and later declare it. */
export type UndiciInterceptor = <Dispatcher extends (options: never, handler: never) => boolean>(
  dispatch: Dispatcher,
) => Dispatcher;

/**
 * Creates an interceptor of undici that attaches the credential to each request to a product, and passes on other
 * requests unchanged.
 *
 * Pass the interceptor to `compose` of an Agent, an EnvHttpProxyAgent or another dispatcher that connects to the origin
 * of each request. A Client or a Pool is unsuitable, since it connects to one host, whatever the origin is. Pass the
 * interceptor as the first argument, unless another interceptor must see the credential. Interceptors that come earlier
 * in the list of arguments are between this interceptor and the network.
 *
 * Interceptors that come later in the list do not see the credential. Therefore, each AuthInjector needs its own store of
 * `interceptors.cache()` and its own `interceptors.deduplicate()`: otherwise, one account could get a response of another.
 *
 * A redirected request never contains the credential of the original request. If `interceptors.redirect()` comes before
 * this interceptor in the list, requests with a credential are not redirected. If `interceptors.redirect()` comes after
 * this interceptor, or if `fetch` follows the redirect, each redirected request passes through this interceptor and
 * gets the credential for its own URL, or no credential.
 *
 * An `http:` request to a loopback host fails if a ProxyAgent would send it. Other dispatchers that use a proxy are not
 * recognised.
 *
 * As with `createAuthFetch`, a platform URL that matches no product causes one warning, and a request whose credential
 * is refused is sent once more if there is another credential. A body can be sent again if it is text, bytes, a form,
 * or an iterable of up to 16 MiB with a Content-Length (as from `fetch`). The responses of products that have the
 * property `refusal` (SMS, Verify, Number Insight) are read before you get them, up to 16 MiB. While the channel
 * `nexmo-auth:request:refused` has a subscriber, the JSON or XML body of any refusal is also read before you get the
 * response.
 *
 * Secrets are redacted in response headers, trailers and errors, but not in bodies. Undici's diagnostics channels, and
 * interceptors before this interceptor in the list, see the credential. With `product`, the interceptor accepts only
 * URLs of that product.
 *
 * Requests fail with the errors of `AuthInjector.inject`, the errors of undici, and `ERR_INVALID_REQUEST` for a request
 * without an origin. `fetch` gives these errors as the `cause` of its TypeError.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function authInterceptor(
  auth: AuthInjector,
  options: { product?: string | undefined } = {},
): UndiciInterceptor {
  requireInjector(auth, 'The first argument of authInterceptor must be an AuthInjector');
  requireObject(options, 'The options of authInterceptor');
  const { product, ...unknown } = options;
  refuseUnknown(unknown, 'the options of authInterceptor');

  const intercept =
    (dispatch: Dispatch) =>
    (request: DispatchOptions, handler: Handler & LegacyHandler): boolean => {
      const options = { ...request };
      let target: Target | undefined;
      try {
        target = targetOf(auth, options, product);
      } catch (error) {
        new Exchange(modernHandler(handler)).fail(error);
        return true;
      }
      if (target === undefined) return dispatch(request, handler);
      const exchange = new Exchange(modernHandler(handler));
      exchange.start();
      void transmit({ auth, dispatch, options, ...target, exchange });
      return true;
    };
  return intercept as unknown as UndiciInterceptor;
}

type Target = { url: string; destination: Destination };

/**
 * The URL and the product of a request. Undefined if the URL belongs to no product.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST`, `ERR_HOST_NOT_ALLOWED`, and what `AuthInjector.productAt` throws if
 * `product` is given
 */
function targetOf(
  auth: AuthInjector,
  options: DispatchOptions,
  product: string | undefined,
): Target | undefined {
  const url = urlOf(options);
  if (url === undefined) return undefined;
  const destination = destinationOf(auth, url, product);
  const { servername } = options;
  if (
    isOtherHost(servername, url) &&
    (destination ?? destinationOf(auth, withHost(url, servername), undefined))
  ) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'The option servername names another host than the origin, so no credential was attached. Leave it out, and pass interceptors.dns() to compose before authInterceptor.',
    );
  }
  if (destination !== undefined) return { url, destination };
  warnUnclaimed(url);
  return undefined;
}

/**
 * Whether the server needs a certificate for another host than that of the URL. Compares the texts: the URL parser would
 * ignore a name that it refuses, such as `xn--a.example`, but TLS may accept that name.
 */
function isOtherHost(servername: unknown, url: string): servername is string {
  if (typeof servername !== 'string' || servername === '') return false;
  return lowerCaseAscii(servername) !== new URL(url).hostname;
}

function withHost(url: string, host: string): string {
  return Object.assign(new URL(url), { hostname: host }).href;
}

type Transmission = Target & {
  auth: AuthInjector;
  dispatch: Dispatch;
  options: DispatchOptions;
  exchange: Exchange;
};

/** Sends a request with its credential, and once more if the first attempt is refused. Never rejects. */
async function transmit(transmission: Transmission): Promise<void> {
  const { options, exchange } = transmission;
  const { signal } = exchange;
  const failure = failureOf(options.body);
  let content: unknown = options.body;
  try {
    const pairs = headerPairs(options.headers);
    const body = bodyOf(options.body, pairs);
    content = body?.content;
    const prepared = Promise.race([prepare(transmission, pairs, body), failure]);
    const { attempt, sendAttemptOnce } = await unlessAborted(prepared, signal);
    const response = await sendAttempt(attempt, {
      send: (each) => unlessAborted(sendAttemptOnce(each), signal),
      summarize: (held) => held?.summary(),
      discard: (held) => held?.discard(),
      signal,
    });
    response?.release();
  } catch (error) {
    // Undici may not have seen the body.
    if (content !== options.body) cancelBody(content, error);
    exchange.fail(error);
  }
}

async function prepare(
  { auth, dispatch, options, url, destination, exchange }: Transmission,
  pairs: readonly HeaderPair[],
  body: FetchBody | undefined,
): Promise<{
  attempt: Attempt;
  sendAttemptOnce: (attempt: AuthenticatedRequest) => Promise<HeldResponse | undefined>;
}> {
  const headers = typedHeaders({ headers: pairs, body });
  const { content, data } = await readFetchBody(body, headers, exchange.signal);
  const before = { method: String(options.method), url, headers, data };
  const attempt = await attemptAt(auth, destination, before);
  return {
    attempt,
    sendAttemptOnce: ({ request: after, secrets }) => {
      const sent = sentOptions(options, pairs, { before, after, content });
      return send(dispatch, sent, { exchange, secrets });
    },
  };
}

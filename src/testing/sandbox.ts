import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NexmoAuthError, unknownName } from '../errors';
import { readAccount, requireObject, type SandboxAccount } from './account';
import { deliver, type Delivery, type DeliverOptions } from './callbacks/deliver';
import type { SignedCallback } from './callbacks/signed-callback';
import { checkedClock } from './clock';
import type { DocumentedProduct, SandboxScheme } from './documented-product';
import { documentedProducts } from './documented-products';
import { oauth1Urls, type SandboxOAuth1Urls } from './oauth1/dashboard';
import { OAuth1Provider } from './oauth1/provider';
import type { SandboxRequest } from './parsed-request';
import { invalid } from './options';
import { addRequestListeners } from './request-listener';

/** The account that the sandbox accepts, and how the sandbox runs. */
export type SandboxOptions = SandboxAccount & {
  /**
   * The clock, which returns milliseconds (default: `Date.now`). Replace it to test expiry. It also determines the Date
   * header. If it throws, or if its result is not a time that a `Date` can hold, the response is a 500.
   */
  now?: (() => number) | undefined;
  /** The port (default: a free port, so that tests can run at the same time). */
  port?: number | undefined;
  /** How many of the latest requests to keep in `requests` (default: all). */
  maxRequests?: number | undefined;
  /** Called with each request as soon as the response is known. An error that this function throws is not caught. */
  onRequest?: ((request: SandboxRequest) => void) | undefined;
};

/** A product of the sandbox, for the option `products` of `AuthInjector`. */
export type SandboxProduct = {
  /** The name of the product. */
  readonly name: string;
  /** In a URL, `*` stands for one path segment. */
  readonly urls: readonly string[];
  /** The schemes that the product accepts. */
  readonly schemes: readonly [SandboxScheme, ...SandboxScheme[]];
};

/** A sandbox that `startSandbox` has started. */
export type Sandbox = {
  /** The products to pass to `new AuthInjector(credentials, { products })`. */
  readonly products: readonly SandboxProduct[];
  /** The URLs to pass as the endpoints of an OAuth 1.0a flow. */
  readonly oauth1: SandboxOAuth1Urls;
  /**
   * The URL of a product. Append the rest of the documented path, as in `${url('sms')}json` or
   * `${url('voice')}/{uuid}`. Some paths, such as the path of `secrets`, have a `*` for the account. If the sandbox has
   * an `apiKey`, the URL contains that key instead of the `*`.
   *
   * @throws NexmoAuthError `ERR_UNKNOWN_PRODUCT`
   */
  url(product: string): string;
  /**
   * Changes the accepted account from the next request on, for example to test a rotation. Options that you omit do not
   * change. If an option is `undefined`, its credentials are no longer accepted. A `signatureMethod` of `undefined`
   * means `md5hash`. Takes the options of `startSandbox` except `now`, `port`, `maxRequests` and `onRequest`.
   *
   * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`, `ERR_INVALID_OPTION`; the account
   * then stays the same
   */
  change(account: SandboxAccount): void;
  /**
   * Sends a callback over HTTP to your receiver, as the platform does. After a 429, a 5xx, a failed connection or a
   * timeout, tries again for up to 24 hours, with the same bytes and signature. Any other status ends the delivery.
   * Does not follow redirects. The 24 hours do not include the duration of the attempts. Sources: support articles
   * 360028543292 (statuses and intervals) and 226572227 (timeout of 15 seconds).
   *
   * The promise also resolves if the delivery failed, or if `signal` or `close` ended it.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION`
   */
  deliver(callback: SignedCallback, options: DeliverOptions): Promise<Delivery>;
  /** The requests, in order of arrival. */
  readonly requests: readonly SandboxRequest[];
  /** Stops listening and ends open connections and deliveries. Further calls of `close` do nothing. */
  close(): Promise<void>;
};

/**
 * Starts a local Nexmo: an HTTP server on a loopback port that checks credentials and responds as the platform's
 * documentation says. The real host is the first segment of the path:
 * `http://127.0.0.1:<port>/rest.nexmo.com/sms/json`.
 *
 * The sandbox has at least one endpoint of every documented product. SMS, Verify and Number Insight also respond in
 * XML. At `dashboard.nexmo.com`, the sandbox has the three steps of OAuth 1.0a, including the page on which a person
 * approves or declines. The sandbox sends requests only in `deliver`, and stores only `requests` and the OAuth tokens
 * that it issued.
 *
 * Every request that Node's HTTP server accepts gets a response and is recorded. A request that cannot be read gets a
 * 400. A fault of the sandbox itself, such as a `now` that throws, causes a 500 whose JSON names the fault.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA` or `ERR_KEY_TOO_SHORT` for a `publicKey` that cannot be
 * read or is insecure; `ERR_INVALID_OPTION` for any other invalid option and for a `port` that is in use
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  requireObject(options);
  const {
    now: clock = Date.now,
    port = 0,
    maxRequests = Infinity,
    onRequest,
    ...accountOptions
  } = options;
  const now = checkedClock(clock);
  let accepted: SandboxAccount = accountOptions;
  let account = readAccount(accepted, now);
  const oauth1 = new OAuth1Provider();
  const requests: SandboxRequest[] = [];
  const closing = new AbortController();
  if (onRequest !== undefined && typeof onRequest !== 'function') {
    throw invalid('onRequest must be a function.');
  }
  if (maxRequests !== Infinity && !(Number.isSafeInteger(maxRequests) && maxRequests > 0)) {
    throw invalid('maxRequests must be a positive integer.');
  }
  // With a timeout, a client could send a request just as the server closes an idle connection.
  const server = createServer({ keepAliveTimeout: 0 });
  await listen(server, port);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  addRequestListeners(
    server,
    origin,
    () => ({ account, oauth1 }),
    (request) => {
      requests.push(request);
      if (requests.length > maxRequests) requests.shift();
      onRequest?.(request);
    },
  );
  const products = documentedProducts.map((product) => toSandboxProduct(product, origin));
  return {
    products,
    oauth1: oauth1Urls(origin),
    requests,
    url: (name) => productUrl(name, products, account.apiKey),
    change: (changes) => {
      requireObject(changes);
      const next = { ...accepted, ...changes };
      account = readAccount(next, now);
      accepted = next;
    },
    deliver: (callback, options) => deliver(callback, options, closing.signal),
    close: async () => {
      closing.abort();
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
async function listen(server: Server, port: unknown): Promise<void> {
  if (!Number.isInteger(port) || Number(port) < 0 || Number(port) > 65_535) {
    throw invalid('port must be a whole number from 0 to 65535; 0 is a free port.');
  }
  try {
    server.listen(Number(port), '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw invalid(
      code === 'EADDRINUSE'
        ? `port ${Number(port)} of 127.0.0.1 is in use. Choose another port, or end the program that uses it.`
        : `port ${Number(port)} of 127.0.0.1 cannot be used (${String(code)}). Choose another port.`,
    );
  }
}

function toSandboxProduct({ name, hosts, paths, schemes }: DocumentedProduct, origin: string) {
  const urls = hosts.flatMap((host) => paths.map((path) => `${origin}/${host}${path}`));
  return { name, urls, schemes };
}

function productUrl(name: string, products: readonly SandboxProduct[], apiKey = '*'): string {
  const url = products.find((product) => product.name === name)?.urls[0];
  if (url !== undefined) return url.replace('*', () => encodeURIComponent(apiKey));
  const names = products.map((product) => product.name);
  throw new NexmoAuthError('ERR_UNKNOWN_PRODUCT', unknownName('product', name, names));
}

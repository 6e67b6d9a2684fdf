import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NexmoAuthError, unknownName } from '../errors';
import { readAccount, requireObject, type SandboxAccount } from './account';
import { deliver, type Delivery, type DeliverOptions } from './callbacks/deliver';
import type { SignedCallback } from './callbacks/signed-callback';
import { checkedClock } from './clock';
import {
  type DocumentedProduct,
  documentedProducts,
  type SandboxScheme,
} from './documented-products';
import { oauth1Urls, type SandboxOAuth1Urls } from './oauth1/dashboard';
import { OAuth1Provider } from './oauth1/provider';
import { receive, type SandboxRequest } from './request-listener';

/** The account to accept, and the clock. There is no option for a port: the sandbox takes a free one. */
export type SandboxOptions = SandboxAccount & {
  /**
   * Milliseconds, `Date.now` by default: for tests of expiry. The Date header goes by it, too. When
   * it throws, or gives no time that a `Date` can hold, the request is answered with a 500.
   */
  now?: (() => number) | undefined;
};

export type SandboxProduct = {
  readonly name: string;
  /** `*` stands for one path segment. */
  readonly urls: readonly string[];
  readonly schemes: readonly [SandboxScheme, ...SandboxScheme[]];
};

export type Sandbox = {
  /** Ready for `new AuthInjector(credentials, { products })`. */
  readonly products: readonly SandboxProduct[];
  /** Ready to be the endpoints of an OAuth 1.0a flow. */
  readonly oauth1: SandboxOAuth1Urls;
  /**
   * Where a product is, ending as in the documentation: `${url('sms')}json`, `${url('voice')}/{uuid}`.
   * A path that names the account, as that of `secrets` does, names the sandbox's own `apiKey`; the
   * `*` of `products` stays where the sandbox has none.
   *
   * @throws NexmoAuthError `ERR_UNKNOWN_PRODUCT`
   */
  url(product: string): string;
  /**
   * Changes what is accepted, from the next request to arrive: for tests of a rotation. What is left out stays; what is
   * `undefined` is no longer accepted (`signatureMethod` is then `md5hash` again). Takes the options of `startSandbox`
   * except `now`.
   *
   * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_INVALID_OPTION`; nothing is changed then
   */
  change(account: SandboxAccount): void;
  /**
   * Sends a callback over HTTP to whatever receives it, as the platform does: a 429, a 5xx and a
   * connection that fails or takes too long are tried again, with the same bytes and the same
   * signature, for up to 24 hours; any other status ends it (support articles 360028543292 for the
   * statuses and intervals, 226572227 for the 15 seconds that an answer may take). Redirects are
   * not followed. The time that the attempts themselves take is not part of the 24 hours.
   *
   * That it could not be delivered is no error, nor is it that `signal` or `close` ended it before:
   * what is resolved to says so.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION`
   */
  deliver(callback: SignedCallback, options: DeliverOptions): Promise<Delivery>;
  /** Everything that arrived, in order. */
  readonly requests: readonly SandboxRequest[];
  /** Stops listening, ends open connections and deliveries; may be called again. */
  close(): Promise<void>;
};

/**
 * Starts a local Nexmo: an HTTP server on a free loopback port that checks credentials as the
 * platform documents it and answers as the platform does. The real host is the first segment of
 * the path: `http://127.0.0.1:<port>/rest.nexmo.com/sms/json`.
 *
 * It knows an endpoint or more of every documented product, those in XML too, and the three legs of
 * OAuth 1.0a at `dashboard.nexmo.com`, where a person approves or declines on a page. It sends
 * nothing anywhere but by `deliver`, and keeps no state besides `requests` and the tokens that it
 * gave out.
 *
 * Every request that Node's HTTP server accepts is answered and recorded. One that cannot be read gets
 * a 400; a fault of the sandbox itself, such as a `now` that throws, a 500 whose JSON names the fault.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID` for a `publicKey` that cannot be read;
 * `ERR_INVALID_OPTION`
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  requireObject(options);
  const { now: clock = Date.now, ...given } = options;
  const now = checkedClock(clock);
  let accepted: SandboxAccount = given;
  let account = readAccount(accepted, now);
  const oauth1 = new OAuth1Provider();
  const requests: SandboxRequest[] = [];
  const closing = new AbortController();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  receive(server, origin, () => ({ account, oauth1 }), requests);
  const products = documentedProducts.map((product) => describe(product, origin));
  return {
    products,
    oauth1: oauth1Urls(origin),
    requests,
    url: (name) => urlOf(name, products, account.apiKey),
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

function describe({ name, hosts, paths, schemes }: DocumentedProduct, origin: string) {
  const urls = hosts.flatMap((host) => paths.map((path) => `${origin}/${host}${path}`));
  return { name, urls, schemes };
}

function urlOf(name: string, products: readonly SandboxProduct[], apiKey = '*'): string {
  const url = products.find((product) => product.name === name)?.urls[0];
  if (url !== undefined) return url.replace('*', () => encodeURIComponent(apiKey));
  const names = products.map((product) => product.name);
  throw new NexmoAuthError('ERR_UNKNOWN_PRODUCT', unknownName('product', name, names));
}

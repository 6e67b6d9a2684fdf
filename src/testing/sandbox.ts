import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NexmoAuthError } from '../errors';
import { readAccount, requireObject, type SandboxAccount } from './account';
import { send } from './answer';
import { type Arrived, readArrived } from './arrived';
import { deliver, type Delivery, type DeliverOptions } from './callbacks/deliver';
import type { SignedCallback } from './callbacks/signed-callback';
import {
  type DocumentedProduct,
  documentedProducts,
  type SandboxScheme,
} from './documented-products';
import { oauth1Urls, type SandboxOAuth1Urls } from './oauth1/dashboard';
import { OAuth1Provider } from './oauth1/provider';
import { outcomeOf } from './platform';

export type SandboxOptions = SandboxAccount & {
  /** Milliseconds, `Date.now` by default: for tests of expiry. The Date header goes by it, too. */
  now?: (() => number) | undefined;
};

/** A request as it arrived. It holds the credentials that were sent: keep it out of logs. */
export type SandboxRequest = {
  readonly method: string;
  /** The real host, which is the first path segment of the sandbox's URLs. */
  readonly host: string;
  /** Without the host and without empty segments. */
  readonly path: string;
  /** Of a repeated parameter, the last. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The product at this place, if the sandbox knows one. */
  readonly product: string | undefined;
  /** The status that was answered. */
  readonly status: number;
  /** Why the credential was refused, in more words than the platform has for it. */
  readonly refusal: string | undefined;
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
   * Changes what is accepted, from the next request to arrive on: for tests of a rotation. What is
   * left out stays; what is `undefined` is accepted no longer.
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
 * @throws NexmoAuthError `ERR_KEY_INVALID` for a `publicKey` that cannot be read;
 * `ERR_INVALID_OPTION`
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  requireObject(options);
  const { now = Date.now, ...given } = options;
  let accepted: SandboxAccount = given;
  let account = readAccount(accepted, now);
  const oauth1 = new OAuth1Provider();
  const requests: SandboxRequest[] = [];
  const closing = new AbortController();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', (request, response) => {
    const known = { account, oauth1 };
    readArrived(request, origin).then(
      (arrived) => {
        const { answer, product, refusal } = outcomeOf(arrived, known);
        requests.push({ ...recorded(arrived), product, status: answer.status, refusal });
        send(response, answer, now());
      },
      // The client went away before its request was complete, or asked for no path.
      () => response.destroy(),
    );
  });
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

function recorded({ method, host, path, query, headers, body }: Arrived) {
  return { method, host, path, query, headers, body };
}

function describe({ name, hosts, paths, schemes }: DocumentedProduct, origin: string) {
  const urls = hosts.flatMap((host) => paths.map((path) => `${origin}/${host}${path}`));
  return { name, urls, schemes };
}

function urlOf(name: string, products: readonly SandboxProduct[], apiKey = '*'): string {
  const url = products.find((product) => product.name === name)?.urls[0];
  if (url !== undefined) return url.replace('*', () => encodeURIComponent(apiKey));
  throw new NexmoAuthError('ERR_UNKNOWN_PRODUCT', 'The sandbox has no product of this name.');
}

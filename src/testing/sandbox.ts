import { createPublicKey, KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kindOf, NexmoAuthError } from '../errors';
import type { Answer } from './answer';
import { type Account, checkCredential, type SandboxSignatureMethod } from './credential-check';
import {
  documentedAt,
  type DocumentedProduct,
  documentedProducts,
  type SandboxScheme,
} from './documented-products';

/** The one account and the one application that the sandbox knows; what is left out is refused. */
export type SandboxOptions = {
  apiKey?: string | undefined;
  apiSecret?: string | undefined;
  applicationId?: string | undefined;
  /** PEM text or a `KeyObject`: the public half of the application's key. */
  publicKey?: string | Uint8Array | KeyObject | undefined;
  signatureSecret?: string | undefined;
  /** `md5hash` by default. */
  signatureMethod?: SandboxSignatureMethod | undefined;
  /** Milliseconds, `Date.now` by default: for tests of expiry. */
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
  readonly urls: readonly string[];
  readonly schemes: readonly [SandboxScheme, ...SandboxScheme[]];
};

export type Sandbox = {
  /** Ready for `new AuthInjector(credentials, { products })`. */
  readonly products: readonly SandboxProduct[];
  /**
   * Where a product is, ending as in the documentation: `${url('sms')}json`, `${url('voice')}/{uuid}`.
   *
   * @throws NexmoAuthError `ERR_UNKNOWN_PRODUCT`
   */
  url(product: string): string;
  /** Everything that arrived, in order. */
  readonly requests: readonly SandboxRequest[];
  /** Stops listening and ends open connections; may be called again. */
  close(): Promise<void>;
};

/**
 * Starts a local Nexmo: an HTTP server on a free loopback port that checks credentials as the
 * platform documents it and answers as the platform does. The real host is the first segment of
 * the path: `http://127.0.0.1:<port>/rest.nexmo.com/sms/json`.
 *
 * It knows the JSON endpoints of the documented products, sends nothing anywhere and keeps no
 * state besides `requests`.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID` for a `publicKey` that cannot be read;
 * `ERR_INVALID_OPTION`
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  if (kindOf(options) !== 'an object') {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'startSandbox takes an object of options.');
  }
  const { publicKey, signatureMethod = 'md5hash', now = Date.now, ...given } = options;
  const { apiKey, apiSecret, applicationId, signatureSecret, ...unknown } = given;
  if (Object.keys(unknown).length > 0) {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'startSandbox was given an unknown option.');
  }
  const secrets = { apiKey, apiSecret, applicationId, signatureSecret };
  const account = { ...secrets, publicKey: parseKey(publicKey), signatureMethod, now };
  const requests: SandboxRequest[] = [];
  const server = createServer((request, response) => {
    receive(request, account).then(
      ({ recorded, answer }) => {
        requests.push(recorded);
        send(response, answer);
      },
      // The client went away before its request was complete, or asked for no path.
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const products = documentedProducts.map((product) => describe(product, origin));
  return {
    products,
    requests,
    url: (name) => urlOf(name, products),
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function parseKey(key: SandboxOptions['publicKey']): KeyObject | undefined {
  if (key === undefined || key instanceof KeyObject) return key;
  try {
    return createPublicKey(typeof key === 'string' ? key : Buffer.from(key));
  } catch {
    throw new NexmoAuthError('ERR_KEY_INVALID', 'publicKey must be PEM text or a KeyObject.');
  }
}

function describe({ name, hosts, paths, schemes }: DocumentedProduct, origin: string) {
  const urls = hosts.flatMap((host) => paths.map((path) => `${origin}/${host}${path}`));
  return { name, urls, schemes };
}

function urlOf(name: string, products: readonly SandboxProduct[]): string {
  const url = products.find((product) => product.name === name)?.urls[0];
  if (url !== undefined) return url;
  throw new NexmoAuthError('ERR_UNKNOWN_PRODUCT', 'The sandbox has no product of this name.');
}

type Arrived = Omit<SandboxRequest, 'product' | 'status' | 'refusal'>;

async function receive(
  request: IncomingMessage,
  account: Account,
): Promise<{ recorded: SandboxRequest; answer: Answer }> {
  const url = new URL(`http://sandbox${String(request.url)}`);
  const [host, ...segments] = url.pathname.slice(1).split('/') as [string, ...string[]];
  const arrived = {
    method: String(request.method),
    host,
    path: `/${segments.filter(Boolean).join('/')}`,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: await readBody(request),
  };
  const product = documentedAt(host, arrived.path);
  const fields = fieldsOf(arrived.body, request.headers['content-type']);
  const parameters = { ...arrived.query, ...fields };
  const { authorization } = request.headers;
  const places = { query: url.searchParams, body: fields, authorization };
  const fault = product && checkCredential(product.schemes, places, account);
  const answer =
    product && fault
      ? product.refusals.credentials(fault.kind)
      : answerOf(product, arrived, parameters);
  const outcome = { product: product?.name, status: answer.status, refusal: fault?.reason };
  return { recorded: { ...arrived, ...outcome }, answer };
}

function answerOf(
  product: DocumentedProduct | undefined,
  { method, path }: Arrived,
  parameters: Readonly<Record<string, unknown>>,
): Answer {
  const endpoints = product?.endpoints.filter((endpoint) => endpoint.path.test(path)) ?? [];
  if (product === undefined || endpoints.length === 0) {
    return { status: 404, body: { type: 'NOT_FOUND', error_title: 'Not Found' } };
  }
  const endpoint = endpoints.find(({ methods }) => methods.includes(method));
  if (endpoint === undefined) {
    return { status: 405, body: { type: 'METHOD_NOT_ALLOWED', error_title: 'Method Not Allowed' } };
  }
  const absent = endpoint.required.find((name) => (parameters[name] ?? '') === '');
  if (absent !== undefined) return product.refusals.parameter(absent);
  return endpoint.answer({ parameters, path });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function fieldsOf(body: string, contentType: unknown): Record<string, unknown> {
  if (!String(contentType).includes('json')) return Object.fromEntries(new URLSearchParams(body));
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    return {};
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.statusCode = status;
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

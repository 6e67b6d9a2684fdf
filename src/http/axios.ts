import type { Readable } from 'node:stream';
import { types } from 'node:util';
import { NexmoAuthError } from '../errors';
import type { Attempt } from '../injector/attempt';
import { type AuthInjector, requireInjector } from '../injector/injector';
import { directAgent, directDispatcher } from '../injector/no-proxy';
import { refuseUnknown, requireObject } from '../options';
import { isUrl } from '../readers/brands';
import type { AuthRequest, PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { detachedRequestBody } from './detached-stream';
import { Cleaner, type ClientResponse } from './exposed';
import { hideAgents } from './hidden-agents';
import { attachedSecrets } from './redact';
import type { Answered } from './refusal';
import { sendAttempt } from './resend';
import { warnOfUnknownPlace } from './unknown-place';

/** What is used of an axios instance (1.x), by its shape: users' versions of axios differ. */
export type AxiosLike = {
  defaults: { adapter?: unknown };
  request(config: object): Promise<unknown>;
  getUri(config: object): string;
};

type AxiosConfig = Record<string, unknown>;

type Outcome = { response: ClientResponse } | { error: unknown };

/** Those that attach credentials now. */
const adapters = new WeakSet();

/**
 * Authenticates every request that an axios instance, or one created from it, sends to a product.
 *
 * The credential is attached in the adapter: after all interceptors, on the URL that is really
 * called, and on a copy. So the `config` that interceptors, responses and errors expose holds no
 * secret, and a request sent again from `error.config` starts clean. What leads back to the socket
 * is taken out of every outcome: `request` becomes `{ method, url }`, agents become look-alikes.
 * Echoes of a secret in headers are redacted, in bodies not.
 *
 * Requests to other places are sent as they are, with one warning for each place on the platform that
 * no product claims. One with a credential is not redirected, so a 3xx
 * answer is yours to judge; it goes through no proxy when it is `http:` to a loopback host, and is
 * refused with `socketPath` or `transport`. A request with an `adapter` of its own bypasses the
 * instance's, and so gets no credential. An adapter that the instance had before (a mock, say) is
 * what sends, and so sees the credential.
 *
 * A request whose credential the platform refuses (HTTP 401, HTTP 403 whose Date shows a wrong clock,
 * or in HTTP 200 as the product's `refusal` says) is sent once more if there is another: of a rotation pair, from the provider, or a
 * new token in place of one that was reused or was dated by a wrong clock. If that token cannot be
 * signed, the request rejects with that error. A body that is a stream is not sent again, and a
 * streamed answer is judged by its HTTP status alone. `timeout` counts for each sending; while a
 * provider or a signer is asked, only `signal` and their own deadlines end a request.
 *
 * `product` names the one product that the instance is for; any other URL is then refused.
 *
 * Returns a function that detaches. Requests reject with what `AuthInjector.inject` throws.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, also when the instance is attached already
 */
export function attachAuth(
  instance: AxiosLike,
  auth: AuthInjector,
  options: { product?: string | undefined } = {},
): () => void {
  requireInjector(auth, 'attachAuth takes an AuthInjector second');
  requireObject(options, 'The options of attachAuth');
  const { product, ...unknown } = options;
  refuseUnknown(unknown, 'the options of attachAuth');
  const client = bareCopy(instance);
  const original = instance.defaults.adapter;
  if (typeof original === 'function' && adapters.has(original)) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'The instance is attached already, itself or through the one that it was created from.',
    );
  }
  let attached = true;

  const asItIs: AxiosConfig = {
    adapter: original,
    transformRequest: [],
    transformResponse: [],
  };

  async function adapter(config: AxiosConfig): Promise<ClientResponse> {
    const url = uriOf(client, config);
    const signal = config['signal'] as AbortSignal | undefined;
    const attempt = attached
      ? await unlessAborted(authenticate(auth, config, url, product), signal)
      : undefined;
    const agents = hideAgents(config);

    /** Errors are outcomes too: most instances take a refusal for one. */
    async function outcomeOf(request?: PlainRequest): Promise<Outcome> {
      const cleaner = new Cleaner({
        config,
        request: { method: config['method'], url },
        secrets: request === undefined ? [] : attachedSecrets(request, config['data']),
      });
      const changes = request === undefined ? {} : onTheWire(config, request, original);
      const sent = Object.assign({}, config, changes, agents, asItIs) as AxiosConfig;
      try {
        return { response: cleaner.response((await client.request(sent)) as ClientResponse) };
      } catch (error) {
        return { error: cleaner.error(error) };
      }
    }

    const outcome = await (attempt === undefined
      ? outcomeOf()
      : sendAttempt(attempt, { send: outcomeOf, answered, discard, signal }));
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  }

  instance.defaults.adapter = adapter;
  adapters.add(adapter);
  return () => {
    attached = false;
    adapters.delete(adapter);
    if (instance.defaults.adapter === adapter) instance.defaults.adapter = original;
  };
}

/**
 * Sends with the caller's own copy of axios, so that its version, its adapters and the classes of
 * its errors are the caller's; without defaults and interceptors it adds nothing of its own.
 */
function bareCopy(
  instance: (Partial<AxiosLike> & { create?: () => AxiosLike }) | undefined,
): AxiosLike {
  if (typeof instance?.create !== 'function' || typeof instance.getUri !== 'function') {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'attachAuth takes an instance of axios 1.x.');
  }
  const copy = instance.create();
  for (const name of Object.keys(copy.defaults)) Reflect.deleteProperty(copy.defaults, name);
  return copy;
}

/** The URL that axios will call, with its parameters. */
function uriOf(client: AxiosLike, config: AxiosConfig): string {
  const { baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
  const url = isUrl(config['url']) ? config['url'].href : config['url'];
  if (typeof url === 'string' && baseURL === undefined && params === undefined) return url;
  return client.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer });
}

/** The request with its credential, or undefined when its URL is no product's. */
async function authenticate(
  auth: AuthInjector,
  config: AxiosConfig,
  url: string,
  product: string | undefined,
): Promise<Attempt | undefined> {
  if (auth.productAt(url, product) === undefined) {
    warnOfUnknownPlace(auth, url);
    return undefined;
  }
  refuseDetours(config);
  const { method, headers, data, auth: basic } = config;
  return auth.attempt({ method, url, headers, data, auth: basic } as AuthRequest, product);
}

/** Options of axios that lead a request elsewhere than its URL says, or on from there. */
function refuseDetours(config: AxiosConfig): void {
  const detour = ['socketPath', 'transport'].find((name) => config[name] != null);
  if (detour === undefined) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    `With the axios option ${detour}, the place to which a credential goes could not be told. Leave it out, or send without attachAuth.`,
  );
}

/**
 * What of a config is different when it is sent. The parameters are in the URL by now; only the
 * credential is left for axios to serialise.
 */
function onTheWire(config: AxiosConfig, request: PlainRequest, adapter: unknown): AxiosConfig {
  const isClear = request.url.startsWith('http:');
  // In Node, a list of adapters means the first of these two in it.
  const isByHttp = [adapter].flat().find((name) => name === 'http' || name === 'fetch') === 'http';
  const options = config['fetchOptions'] as { dispatcher?: object | null } | undefined;
  const dispatcher = options?.dispatcher ?? (isClear && !isByHttp ? directDispatcher() : undefined);
  return {
    url: request.url,
    baseURL: undefined,
    headers: request.headers,
    params: request.params,
    paramsSerializer: undefined,
    data: detachedRequestBody(request.data),
    // http and fetch adapter: no redirect takes the credential along.
    maxRedirects: 0,
    fetchOptions: {
      ...options,
      ...(dispatcher && { dispatcher }),
      redirect: 'manual',
      // Some versions of axios let these stand before what the request says.
      headers: undefined,
      method: undefined,
      body: undefined,
    },
    // What goes to a loopback host in clear text must not leave the machine through a proxy.
    ...(isClear && { proxy: false, httpAgent: config['httpAgent'] ?? directAgent() }),
  };
}

function responseOf(outcome: Outcome): ClientResponse | undefined {
  if ('response' in outcome) return outcome.response;
  return (outcome.error as { response?: ClientResponse } | undefined)?.response;
}

/** A body that is a stream is not read: it is the caller's. */
function answered(outcome: Outcome): Answered | undefined {
  const response = responseOf(outcome);
  if (response === undefined) return undefined;
  const { status, headers, data } = response;
  return { status, date: dateOf(headers), body: () => textOf(data) };
}

/** Node's names of headers are in lower case; those of an adapter of the user's need not be. */
function dateOf(headers: object): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date');
  return found && String(found[1]);
}

function textOf(data: unknown): string | undefined {
  if (typeof data === 'string') return data;
  const isBytes = types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data);
  return isBytes ? new TextDecoder().decode(data as ArrayBuffer) : undefined;
}

function discard(outcome: Outcome): unknown {
  const data = responseOf(outcome)?.data as Partial<Readable & ReadableStream> | undefined;
  return data?.destroy?.() ?? data?.cancel?.();
}

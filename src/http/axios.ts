import { NexmoAuthError } from '../errors';
import { AuthInjector } from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import type { AuthRequest } from '../schemes/scheme';
import { detachedRequestBody } from './detached-stream';
import { Cleaner, type ClientResponse, showConfig } from './exposed';
import { hideAgents } from './hidden-agents';
import { attachedSecrets } from './redact';

/** What is used of an axios instance (1.x), by its shape: users' versions of axios differ. */
export type AxiosLike = {
  defaults: { adapter?: unknown };
  request(config: object): Promise<unknown>;
  getUri(config: object): string;
};

type AxiosConfig = Record<string, unknown>;

/**
 * Authenticates every request that an axios instance sends to a product of the platform.
 *
 * The credential is attached in the adapter: after all interceptors, on the URL that is really
 * called, and on a copy. So neither the `config` that interceptors, responses and errors expose,
 * nor `response.request`, nor a `Location` echoed by the server holds a secret, and a request sent
 * again from `error.config` starts clean. Requests to other places pass through untouched. An
 * authenticated request is not redirected: a 3xx answer is yours to judge.
 *
 * `product` names the one product that the instance is for; any other URL is then refused. A
 * request with an `adapter` of its own bypasses the instance's, and so gets no credential. An
 * adapter that the instance had before (a mock, say) is what sends, and so sees the credential.
 *
 * Returns a function that detaches. Requests reject with what `AuthInjector.inject` throws.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function attachAuth(
  instance: AxiosLike,
  auth: AuthInjector,
  options: { product?: string | undefined } = {},
): () => void {
  if (!(auth instanceof AuthInjector)) {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'attachAuth takes an AuthInjector second.');
  }
  requireObject(options, 'The options of attachAuth');
  const { product, ...unknown } = options;
  refuseUnknown(unknown, 'the options of attachAuth');
  const client = bareCopy(instance);
  const original = instance.defaults.adapter;
  let attached = true;

  const send = (config: object) =>
    client.request({
      ...config,
      adapter: original,
      transformRequest: [],
      transformResponse: [],
    }) as Promise<ClientResponse>;

  async function adapter(config: AxiosConfig): Promise<ClientResponse> {
    const request = attached ? await authenticate(client, auth, config, product) : undefined;
    const agents = hideAgents(config);
    if (request === undefined) return passThrough(send, config, agents);
    const cleaner = new Cleaner({
      config,
      request: { method: config['method'], url: request.url },
      secrets: attachedSecrets(request),
    });
    try {
      return cleaner.response(await send({ ...onTheWire(config, request), ...agents }));
    } catch (error) {
      throw cleaner.error(error);
    }
  }

  instance.defaults.adapter = adapter;
  return () => {
    attached = false;
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

/** The request with its credential, or undefined when its URL is no product's. */
async function authenticate(
  client: AxiosLike,
  auth: AuthInjector,
  config: AxiosConfig,
  product: string | undefined,
): Promise<AuthRequest | undefined> {
  const { method, headers, data, auth: basic } = config;
  const { baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
  const url = config['url'] instanceof URL ? config['url'].href : config['url'];
  const uri = client.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer });
  const request = { method, url: uri, headers, data, auth: basic } as AuthRequest;
  try {
    const authenticated = await auth.inject(request, product);
    refuseDetours(config);
    return authenticated;
  } catch (error) {
    if (product === undefined && isNoProduct(error)) return undefined;
    throw error;
  }
}

function isNoProduct(error: unknown): boolean {
  const { code } = error as NexmoAuthError;
  return code === 'ERR_UNKNOWN_PRODUCT' || code === 'ERR_INVALID_URL';
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

/** The parameters are in the URL by now; only the credential is left for axios to serialise. */
function onTheWire(config: AxiosConfig, request: AuthRequest): AxiosConfig {
  return {
    ...config,
    url: request.url,
    baseURL: undefined,
    headers: request.headers,
    params: request.params,
    paramsSerializer: undefined,
    data: detachedRequestBody(request.data),
    // http and fetch adapter: no redirect takes the credential along.
    maxRedirects: 0,
    fetchOptions: {
      ...(config['fetchOptions'] as object),
      redirect: 'manual',
      // Some versions of axios let these stand before what the request says.
      headers: undefined,
      method: undefined,
      body: undefined,
    },
    // What goes to a loopback host in clear text must not leave the machine through a proxy.
    ...(request.url.startsWith('http:') && { proxy: false }),
  };
}

async function passThrough(
  send: (config: object) => Promise<ClientResponse>,
  config: AxiosConfig,
  agents: object,
): Promise<ClientResponse> {
  try {
    return { ...(await send({ ...config, ...agents })), config };
  } catch (error) {
    showConfig(error, config);
    throw error;
  }
}

import { createRequire } from 'node:module';
import { NexmoAuthError } from '../errors';
import type { ClientResponse } from './sanitizer';

/** The members of an axios instance that this package uses. A user may have any version from 1.2.0 on. */
export type AxiosLike = {
  /** The default config of the instance. */
  defaults: {
    /** The adapter, which `attachAuth` replaces. */
    adapter?: unknown;
  };
  request(config: object): Promise<{
    /** The HTTP status. */
    status: number;
    /** The response headers. */
    headers: object;
    /** The response body. */
    data: unknown;
  }>;
  getUri(config: object): string;
};

export type AxiosConfig = Record<string, unknown>;

/** The `url` or `baseURL` of a config. */
type Target = string | URL | null | undefined;

type AxiosFactory = AxiosLike & { create: (config?: object) => AxiosFactory };

type Adapter = (config: AxiosConfig) => unknown;

/** The exports of axios that are used. Before version 1.5, axios does not export `getAdapter`. */
type AxiosModule = {
  interceptors: { request: object };
  getAdapter?: (adapters: unknown, config: AxiosConfig) => Adapter;
};

/** An axios instance without defaults and interceptors, so that it adds nothing to a request. */
export class AxiosClient {
  readonly #instance: AxiosLike;
  readonly #getAdapter: AxiosModule['getAdapter'];

  /**
   * Uses the version, the adapters and the error classes of the caller's axios.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` if the instance is not axios 1.2.0 or later
   */
  constructor(instance: AxiosLike) {
    if (!isSupported(instance)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        'The first argument of attachAuth must be an instance of axios 1, version 1.2.0 or later. Update axios.',
      );
    }
    this.#instance = instance.create();
    const { defaults } = this.#instance;
    for (const name of Object.keys(defaults)) Reflect.deleteProperty(defaults, name);
    this.#getAdapter = moduleOf(instance)?.getAdapter;
  }

  /**
   * The URL that axios will call, with its parameters. Empty if axios cannot build a URL. Ignores `allowAbsoluteUrls`
   * without a base URL, with which axios 1.8.1 builds no URL but sends the request.
   */
  getUri(config: AxiosConfig): string {
    const { params, paramsSerializer } = config;
    const [url, baseURL] = [textOf(config['url'] as Target), textOf(config['baseURL'] as Target)];
    const allowAbsoluteUrls = baseURL ? config['allowAbsoluteUrls'] : undefined;
    try {
      return this.#instance.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer });
    } catch {
      return '';
    }
  }

  /**
   * Sends a config whose body is already transformed. Calls the adapter directly. A named adapter is called through
   * axios if the module of the instance is not known.
   */
  async send(config: AxiosConfig): Promise<ClientResponse> {
    const adapters = config['adapter'];
    const first = Array.isArray(adapters) ? (adapters[0] as unknown) : adapters;
    const adapter =
      typeof first === 'function' ? (first as Adapter) : this.#getAdapter?.(adapters, config);
    return (await (adapter ?? this.#sendThroughAxios)(config)) as ClientResponse;
  }

  readonly #sendThroughAxios: Adapter = (config) =>
    this.#instance.request({
      ...config,
      transformRequest: [],
      transformResponse: [],
      // A plain object: the value false suppresses a header, but axios 1.2 ignores false in AxiosHeaders.
      headers: { ...(config['headers'] as object) },
    });
}

function textOf(url: Target): string {
  return url == null ? '' : String(url);
}

/**
 * The loaded CommonJS module of axios that an instance comes from. Undefined for an ES module, and in a bundle. All
 * instances of a module share a class of interceptors.
 */
function moduleOf(instance: AxiosLike): AxiosModule | undefined {
  const ownClass = interceptorClassOf(instance);
  // Any path serves, since only the cache is read. `require.cache` is not used, since a bundler would replace it.
  const { cache } = createRequire('/');
  return Object.keys(cache)
    .filter((file) => /[\\/]axios[^\\/]*[\\/]/.test(file))
    .map((file) => Object(cache[file]?.exports) as AxiosModule)
    .find((exports) => ownClass !== undefined && interceptorClassOf(exports) === ownClass);
}

function interceptorClassOf(axios: object): unknown {
  return (axios as Partial<AxiosModule>).interceptors?.request.constructor;
}

/**
 * Whether the instance is axios 1.2 or later. An instance does not expose its version, so this function tests for a
 * fault of earlier versions: they treat header names that differ only in case as different. Earlier versions are not
 * supported, since they also lose headers when a config is sent twice.
 */
function isSupported(instance: AxiosLike | null | undefined): instance is AxiosFactory {
  const { create, getUri } = (instance ?? {}) as Partial<AxiosFactory>;
  if (typeof create !== 'function' || typeof getUri !== 'function') return false;
  const parent = create({ headers: { 'X-Spelling': '1' } }) as Partial<AxiosFactory> | undefined;
  const child = parent?.create?.({ headers: { 'x-spelling': '2' } });
  const { headers } = { headers: {}, ...child?.defaults };
  return Object.keys(headers).filter((name) => /^x-spelling$/i.test(name)).length === 1;
}

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

type AxiosFactory = AxiosLike & { create: (config?: object) => AxiosFactory };

/** An axios instance without defaults and interceptors, so that it adds nothing to a request. */
export class AxiosClient {
  readonly #instance: AxiosLike;

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
  }

  /** The URL that axios will call, with its parameters. Undefined if axios cannot build a URL. */
  getUri(config: AxiosConfig): string | undefined {
    const { baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
    const target = config['url'] as string | URL | null | undefined;
    const url = target == null ? undefined : String(target);
    try {
      return this.#instance.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer });
    } catch {
      return undefined;
    }
  }

  /**
   * Sends a config whose body is already transformed. Calls an adapter function directly, and a named adapter through
   * axios.
   */
  async send(config: AxiosConfig): Promise<ClientResponse> {
    const [adapter] = [config['adapter']].flat();
    const response =
      typeof adapter === 'function'
        ? (adapter as (config: AxiosConfig) => unknown)(config)
        : this.#instance.request({
            ...config,
            transformRequest: [],
            transformResponse: [],
            // A plain object: the value false suppresses a header, but axios 1.2 ignores false in AxiosHeaders.
            headers: { ...(config['headers'] as object) },
          });
    return (await response) as ClientResponse;
  }
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

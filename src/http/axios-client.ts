import { NexmoAuthError } from '../errors';
import type { ClientResponse } from './sanitizer';

/** What is used of an axios instance (1.2 or later), by its shape: users' versions of axios differ. */
export type AxiosLike = {
  defaults: { adapter?: unknown };
  request(config: object): Promise<unknown>;
  getUri(config: object): string;
};

export type AxiosConfig = Record<string, unknown>;

type Creator = AxiosLike & { create: (config?: object) => Creator };

/** A copy of axios without defaults and interceptors, which adds nothing of its own to a request. */
export class AxiosClient {
  readonly #instance: AxiosLike;

  /**
   * Takes the copy of axios that the instance comes from, so that its version, its adapters and the
   * classes of its errors are the caller's.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` for what is no axios, or one before 1.2
   */
  constructor(instance: AxiosLike) {
    if (!isSupported(instance)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        'attachAuth takes an instance of axios 1.2.0 or later, within 1.x. Update axios.',
      );
    }
    this.#instance = instance.create();
    const { defaults } = this.#instance;
    for (const name of Object.keys(defaults)) Reflect.deleteProperty(defaults, name);
  }

  /** The URL that axios will call, with its parameters; undefined where axios will fail to make one. */
  uriOf(config: AxiosConfig): string | undefined {
    const { baseURL, allowAbsoluteUrls, params, paramsSerializer } = config;
    const given = config['url'] as string | URL | null | undefined;
    const url = given == null ? undefined : String(given);
    try {
      return this.#instance.getUri({ url, baseURL, allowAbsoluteUrls, params, paramsSerializer });
    } catch {
      return undefined;
    }
  }

  /** Sends a config that has been transformed: by an adapter of the caller's at once, by axios's own through it. */
  async send(config: AxiosConfig): Promise<ClientResponse> {
    const [adapter] = [config['adapter']].flat();
    const response =
      typeof adapter === 'function'
        ? (adapter as (config: AxiosConfig) => unknown)(config)
        : this.#instance.request({
            ...config,
            transformRequest: [],
            transformResponse: [],
            // In AxiosHeaders, axios 1.2 overlooks those that are false, which are not to be sent.
            headers: { ...(config['headers'] as object) },
          });
    return (await response) as ClientResponse;
  }
}

/**
 * Before 1.2, axios keeps spellings of a header apart that differ in case, and loses headers when
 * a config is sent twice. An instance does not tell its version.
 */
function isSupported(instance: AxiosLike | null | undefined): instance is Creator {
  const { create, getUri } = (instance ?? {}) as Partial<Creator>;
  if (typeof create !== 'function' || typeof getUri !== 'function') return false;
  const parent = create({ headers: { 'X-Spelling': '1' } }) as Partial<Creator> | undefined;
  const child = parent?.create?.({ headers: { 'x-spelling': '2' } });
  const { headers } = { headers: {}, ...child?.defaults };
  return Object.keys(headers).filter((name) => /^x-spelling$/i.test(name)).length === 1;
}

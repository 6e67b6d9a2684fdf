import { NexmoAuthError } from '../errors';
import { aroundNextCache, directAdapter, directTransport } from '../injector/direct-transport';
import { type AxiosRoute, axiosRouteOf } from '../injector/no-proxy';

/**
 * The members of axios that this package uses. The type is structural, because users have different versions of axios.
 */
export type AxiosRequester = {
  /** The default config of the instance. */
  defaults?: {
    /** The adapter that sends the requests. */
    adapter?: unknown;
  };
  request(config: object): Promise<{
    /** The HTTP status. */
    status: number;
    /** The response body. */
    data: unknown;
  }>;
};

/** The limit of a response in bytes. The responses of the platform have a few hundred. */
const answerLimit = 1024 * 1024;

/**
 * Sends a request with axios. Reads at most 1 MiB of the response. Follows no redirects, and overrides defaults that
 * could send the request to another URL. Does not pass on errors of axios, which contain the signed header and the
 * socket.
 *
 * @throws NexmoAuthError `ERR_OAUTH1_UNREACHABLE`; `ERR_INVALID_OPTION` for an instance whose interceptors change the
 * response
 */
export async function send(
  request: { method: string; url: string; headers: object },
  instance: AxiosRequester | undefined,
): Promise<{ status: number; data: string; date: unknown }> {
  // axios is loaded when the first request is sent, so that importing this package stays fast.
  const create = () => (require('axios') as typeof import('axios')).create({ timeout: 30_000 });
  const axios: AxiosRequester = instance ?? create();
  const { defaults = {} } = axios;
  const route = axiosRouteOf(request.url, defaults as AxiosRoute, defaults.adapter);
  let response: unknown;
  try {
    response = await axios.request({
      ...request,
      // Node verifies the server's certificate against the Host header.
      headers: { ...request.headers, Host: new URL(request.url).host },
      // Overrides defaults of the instance that could send the request to another URL.
      baseURL: '',
      allowAbsoluteUrls: true,
      paramsSerializer: { serialize: () => '' },
      socketPath: null,
      http2Options: null,
      httpVersion: 1,
      // Follows no redirects.
      transport: directTransport,
      ...(axios.defaults && { adapter: directAdapter(axios.defaults.adapter) }),
      auth: null,
      responseType: 'text',
      transformResponse: [],
      maxContentLength: answerLimit,
      validateStatus: null,
      ...route,
      // The response has a secret, which the cache of Next.js would keep.
      fetchOptions: { ...route.fetchOptions, redirect: 'manual', ...aroundNextCache },
    });
  } catch (error) {
    const code = String((error as { code?: unknown } | undefined)?.code);
    throw new NexmoAuthError(
      'ERR_OAUTH1_UNREACHABLE',
      `The platform's OAuth endpoint could not be reached${/^[A-Z_]+$/.test(code) ? ` (${code})` : ''}.`,
    );
  }
  const { status, data, headers } = (response ?? {}) as Record<string, unknown>;
  const { date } = Object(headers) as { date?: unknown };
  if (typeof status === 'number' && typeof data === 'string') return { status, data, date };
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The axios instance did not return an axios response. Use an instance whose interceptors leave responses unchanged.',
  );
}

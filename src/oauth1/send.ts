import { NexmoAuthError } from '../errors';
import { directAdapter, directTransport } from '../injector/direct-transport';
import { type AxiosRoute, axiosRouteOf } from '../injector/no-proxy';

/** What is used of axios or an instance of it, by its shape: users' versions of axios differ. */
export type AxiosRequester = {
  defaults?: { adapter?: unknown };
  request(config: object): Promise<{ status: number; data: unknown }>;
};

/**
 * Sends with axios, to the URL of the request and nowhere else. axios's own error is left out: it
 * leads to the header, and to the socket that it went over.
 *
 * @throws NexmoAuthError `ERR_OAUTH1_UNREACHABLE`; `ERR_INVALID_OPTION` for an instance whose
 * interceptors change what comes back
 */
export async function send(
  request: { method: string; url: string; headers: object },
  instance: AxiosRequester | undefined,
): Promise<{ status: number; data: string; date: unknown }> {
  // Loaded at the first step, so that importing the package stays cheap; Node caches it.
  const own = () => (require('axios') as typeof import('axios')).create({ timeout: 30_000 });
  const axios: AxiosRequester = instance ?? own();
  const { defaults = {} } = axios;
  const route = axiosRouteOf(request.url, defaults as AxiosRoute, defaults.adapter);
  let response: unknown;
  try {
    response = await axios.request({
      ...request,
      // What an instance has of its own may lead elsewhere than the URL says.
      baseURL: '',
      allowAbsoluteUrls: true,
      paramsSerializer: { serialize: () => '' },
      socketPath: null,
      // Nothing that follows a redirect.
      transport: directTransport,
      ...(axios.defaults && { adapter: directAdapter(axios.defaults.adapter) }),
      auth: null,
      responseType: 'text',
      transformResponse: [],
      validateStatus: null,
      ...route,
      fetchOptions: { ...route.fetchOptions, redirect: 'manual' },
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
    'The axios instance gives something else than a response of axios. Give one whose interceptors leave responses as they are.',
  );
}

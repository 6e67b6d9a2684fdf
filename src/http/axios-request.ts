import { directAdapter, directTransport, builtInAdapter } from '../injector/direct-transport';
import { type AxiosRoute, axiosRouteOf } from '../injector/no-proxy';
import { isUrl } from '../readers/brands';
import type { HeaderValue, PlainRequest } from '../schemes/scheme';
import type { AxiosClient, AxiosConfig } from './axios-client';

/** What is used of AxiosHeaders. */
type AxiosHeaders = Record<string, HeaderValue> & {
  set(name: string, value: HeaderValue, rewrite: boolean): void;
  delete(name: string): void;
};

/** What of a config is different when it is sent: the credential, and what keeps it at its place. */
export function withCredential(
  client: AxiosClient,
  config: AxiosConfig,
  request: PlainRequest,
): AxiosConfig {
  const { data } = request;
  return {
    ...(request.params && withParameters(client, config, request, request.params)),
    ...(data !== config['data'] && { data }),
    headers: withHeaders(config['headers'] as AxiosHeaders, request.headers),
  };
}

/** Keeps a credential where it was sent to, and what is for loopback on this machine. */
export function confined(config: AxiosConfig, url: string, adapter: unknown): AxiosConfig {
  const given = config as AxiosRoute;
  const route = axiosRouteOf(url, given, adapter);
  return {
    adapter: directAdapter(adapter),
    // By fetch, axios takes no URL object.
    ...(builtInAdapter(adapter) === 'fetch' && isUrl(config['url']) && { url: config['url'].href }),
    // Node's own module, by which axios sends then, follows no redirects either.
    ...(config['maxRedirects'] !== 0 && { transport: directTransport }),
    ...route,
    fetchOptions: {
      ...route.fetchOptions,
      redirect: given.fetchOptions?.redirect === 'error' ? 'error' : 'manual',
      // Some versions of axios let these stand before what the request says.
      headers: undefined,
      method: undefined,
      body: undefined,
    },
  };
}

/**
 * The parameters of a config with those of the credential, where axios will then call the URL that was
 * judged, and that URL in full where it would call another one: a serializer of the caller's may leave
 * out or rename what it does not know.
 */
function withParameters(
  client: AxiosClient,
  config: AxiosConfig,
  { url }: PlainRequest,
  added: object,
): AxiosConfig {
  const params = extend(config['params'] as object | null | undefined, added);
  const called = client.uriOf({ ...config, params });
  if (called !== undefined && isExtended(called, url, added)) return { params };
  return {
    url,
    baseURL: undefined,
    allowAbsoluteUrls: undefined,
    params: added,
    paramsSerializer: undefined,
  };
}

function extend(params: object | null | undefined, added: object): object {
  if (isSearchParams(params)) return new URLSearchParams([...params, ...Object.entries(added)]);
  // One of null, say, would keep its place in front.
  const others = Object.entries(params ?? {}).filter(([name]) => !Object.hasOwn(added, name));
  return { ...Object.fromEntries(others), ...added };
}

function isSearchParams(params: unknown): params is URLSearchParams {
  return Object.prototype.toString.call(params) === '[object URLSearchParams]';
}

function isExtended(called: string, url: string, added: object): boolean {
  const [after, before] = [new URL(called), new URL(url)];
  const expected = new URLSearchParams([...before.searchParams, ...Object.entries(added)]);
  return (
    after.origin === before.origin &&
    after.pathname === before.pathname &&
    after.searchParams.toString() === expected.toString()
  );
}

/** A copy, since setting a header changes AxiosHeaders wherever they are used. */
function withHeaders(
  given: AxiosHeaders,
  wanted: Record<string, HeaderValue>,
): Record<string, HeaderValue> {
  const Headers = given.constructor as new (headers: AxiosHeaders) => AxiosHeaders;
  const headers = new Headers(given);
  for (const name of Object.keys(headers)) if (!Object.hasOwn(wanted, name)) headers.delete(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== given[name]) headers.set(name, value, true);
  }
  return headers;
}

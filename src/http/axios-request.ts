import {
  aroundNextCache,
  builtInAdapter,
  directAdapter,
  directTransport,
} from '../injector/direct-transport';
import { type AxiosRoute, axiosRouteOf } from '../injector/no-proxy';
import { isPlainObject, isUrl, isUrlSearchParams } from '../readers/brands';
import type { HeaderValue, PlainRequest } from '../schemes/scheme';
import type { AxiosClient, AxiosConfig } from './axios-client';
import { withoutHash } from './fetch-call';
import { hasOtherQuery, wireUrl } from './wire-request';

/** The members of AxiosHeaders that are used. */
type AxiosHeaders = Record<string, HeaderValue> & {
  set(name: string, value: HeaderValue, rewrite: boolean): void;
  delete(name: string): void;
};

/** A request with its credential, and the URL that axios would have called when the credential was chosen. */
type Authenticated = { request: PlainRequest; uri: string };

/** The fields of a config that change when the credential is attached. */
export function credentialFields(
  client: AxiosClient,
  config: AxiosConfig,
  { request, uri }: Authenticated,
): AxiosConfig {
  const { data, params } = request;
  // Objects in the parameters belong to the caller, who may have changed them since the credential was chosen.
  const currentUri = hasFixedUrl(config) ? uri : client.getUri(config);
  const isSameUrl = followsGetUri(config) && isSentUnchanged(currentUri, request.url);
  return {
    ...(isSameUrl
      ? params && parameterFields(client, config, request, params)
      : wholeUrlFields(request)),
    ...(data !== config['data'] && { data }),
    headers: copyHeaders(config['headers'] as AxiosHeaders, request.headers),
  };
}

/**
 * The fields of a config that prevent redirects and, for a URL with a credential, the cache of Next.js. For an `http:`
 * URL of a loopback host, they also prevent proxies.
 */
export function routeFields(
  config: AxiosConfig,
  { request, uri }: Authenticated,
  adapter: unknown,
): AxiosConfig {
  const { fetchOptions } = config as AxiosRoute;
  const route = axiosRouteOf(request.url, config, adapter);
  const builtIn = builtInAdapter(adapter);
  return {
    adapter: directAdapter(adapter),
    // The `fetch` adapter of axios accepts no URL object.
    ...(builtIn === 'fetch' && isUrl(config['url']) && { url: config['url'].href }),
    // With `maxRedirects: 0`, axios uses Node's own module, which follows no redirects.
    ...(config['maxRedirects'] !== 0 && { transport: directTransport }),
    ...route,
    fetchOptions: {
      ...route.fetchOptions,
      redirect: fetchOptions?.redirect === 'error' ? 'error' : 'manual',
      ...(hasOtherQuery(uri, wireUrl(request)) && aroundNextCache),
    },
  };
}

/**
 * Whether the adapters call the URL of `getUri`. Those of axios 1.8.0 to 1.8.2 ignore `allowAbsoluteUrls`. Some later
 * adapters send parameters that `getUri` drops.
 */
function followsGetUri({ allowAbsoluteUrls = true, params }: AxiosConfig): boolean {
  return allowAbsoluteUrls === true && !hasDroppedName(params);
}

/** Names that `getUri` of some versions drops from plain objects, at any depth. */
const droppedNames = ['__proto__', 'constructor', 'prototype'];

function hasDroppedName(params: unknown): boolean {
  if (!isPlainObject(params)) return false;
  return Object.entries(params).some(
    ([name, value]) => droppedNames.includes(name) || hasDroppedName(value),
  );
}

/** Whether axios calls the same URL each time. A function or an object in the config can give another URL. */
function hasFixedUrl({ baseURL, params, paramsSerializer }: AxiosConfig): boolean {
  const values = [baseURL, paramsSerializer, ...(Object.values(params ?? {}) as unknown[])];
  return values.every((value) => Object(value) !== value);
}

/**
 * The fields of a config that add the parameters of the credential. If a serializer of the caller drops or renames
 * parameters, axios might not call the checked URL (the `url` of the request, for which the credential was chosen). In
 * that case, returns the checked URL as `url`, without the serializer.
 */
function parameterFields(
  client: AxiosClient,
  config: AxiosConfig,
  { url }: PlainRequest,
  added: object,
): AxiosConfig {
  const params = mergeParams(config['params'] as object | null | undefined, added);
  const uri = client.getUri({ ...config, params });
  return isPlain(uri) && isUrlWith(added, url, uri)
    ? { params }
    : wholeUrlFields({ url, params: added });
}

/** The fields of a config with which axios calls the checked URL as it is. */
function wholeUrlFields({ url, params }: Pick<PlainRequest, 'url' | 'params'>): AxiosConfig {
  return {
    url: withoutHash(url),
    baseURL: undefined,
    allowAbsoluteUrls: undefined,
    params,
    paramsSerializer: undefined,
  };
}

/** Whether axios sends the checked URL unchanged. */
function isSentUnchanged(uri: string, checked: string): boolean {
  return isPlain(uri) && (uri === checked || new URL(uri).href === checked);
}

/**
 * Whether a URL has only characters that axios leaves as they are. The `http` adapter encodes or removes white space,
 * `#` and non-ASCII characters before it adds the parameters. It does not change such characters in the result of a
 * serializer.
 */
function isPlain(uri: string): boolean {
  return /^[\x21\x22\x24-\x7E]+$/.test(uri);
}

function mergeParams(params: object | null | undefined, added: object): object {
  if (isUrlSearchParams(params)) return new URLSearchParams([...params, ...Object.entries(added)]);
  // Removes existing parameters with the added names (parameters with the value null, for example), so that the added
  // parameters come last.
  const kept = Object.entries(params ?? {}).filter(([name]) => !Object.hasOwn(added, name));
  return { ...Object.fromEntries(kept), ...added };
}

/** Whether `uri` is `url` with exactly the added parameters at the end. */
function isUrlWith(added: object, url: string, uri: string): boolean {
  const [before, after] = [new URL(url), new URL(uri)];
  const expected = new URLSearchParams([...before.searchParams, ...Object.entries(added)]);
  return (
    after.origin === before.origin &&
    after.pathname === before.pathname &&
    after.searchParams.toString() === expected.toString()
  );
}

/** Copies AxiosHeaders with the wanted names and values. The original belongs to the caller, so it is not changed. */
function copyHeaders(
  original: AxiosHeaders,
  wanted: Record<string, HeaderValue>,
): Record<string, HeaderValue> {
  const Headers = original.constructor as new (headers: AxiosHeaders) => AxiosHeaders;
  const headers = new Headers(original);
  for (const name of Object.keys(headers)) if (!Object.hasOwn(wanted, name)) headers.delete(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== original[name]) headers.set(name, value, true);
  }
  return headers;
}

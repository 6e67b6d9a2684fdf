import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { inspect } from 'node:util';

type Options = RequestOptions & { followRedirects?: boolean };

let followRedirects: typeof import('follow-redirects') | undefined;

/**
 * The transport of axios (follow-redirects), with redirects disabled, so that no credential goes to another host.
 *
 * `maxRedirects: 0` is no substitute. With it, axios uses Node's `http` module, which does not apply `timeout` to a
 * stalled response stream, nor `maxBodyLength` to a streamed body.
 */
export const directTransport = {
  request(options: Options, onResponse: (response: IncomingMessage) => void): ClientRequest {
    // Loaded at the first use, to keep the import of this package cheap. Kept in a variable, since `require` of a
    // loaded package also takes time.
    followRedirects ??= require('follow-redirects') as typeof import('follow-redirects');
    const { http, https } = followRedirects;
    const scheme = options.protocol === 'https:' ? https : http;
    const direct = Object.assign(options, {
      followRedirects: false,
      // With DEBUG=follow-redirects, follow-redirects prints its options, which hold the credential.
      [inspect.custom]: () => '[the options of a request with a credential]',
    });
    return scheme.request(direct, onResponse) as unknown as ClientRequest;
  },
};

/**
 * Lists the adapters of an axios config (by default `http` and `fetch`), without `xhr`, which always follows redirects.
 */
export function directAdapters(adapter: unknown): unknown[] {
  const adapters = Array.isArray(adapter) ? adapter : [adapter ?? ['http', 'fetch']].flat();
  return adapters.filter((each) => !isXhr(each));
}

/** The built-in adapter that axios uses in Node: the first built-in adapter in the list. */
export function builtInAdapter(adapter: unknown): 'http' | 'fetch' | undefined {
  return directAdapters(adapter).find((name) => name === 'http' || name === 'fetch');
}

/** The result of `directAdapters` as a value of the `adapter` option. */
export function directAdapter(adapter: unknown): unknown {
  const adapters = directAdapters(adapter);
  return adapters.length === 1 ? adapters[0] : adapters;
}

function isXhr(adapter: unknown): boolean {
  return typeof adapter === 'string' && adapter.toLowerCase() === 'xhr';
}

/**
 * The option of `fetch` that sends a call around the cache of Next.js, which would keep the URL and the response on
 * disk. No other option does that for all routes: a route with `fetchCache` overrides `cache`.
 */
export const aroundNextCache = { next: { internal: true } };

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { inspect } from 'node:util';

type Options = RequestOptions & { followRedirects?: boolean };

/**
 * The transport of axios (follow-redirects), but without following redirects, so that no credential goes along.
 *
 * `maxRedirects: 0` is no substitute: axios then uses Node's `http` module, with which a stalled response stream outlives
 * `timeout`, and a streamed body exceeds `maxBodyLength`.
 */
export const directTransport = {
  request(options: Options, onResponse: (response: IncomingMessage) => void): ClientRequest {
    // Loaded lazily, to keep the import of this package cheap.
    const { http, https } = require('follow-redirects') as typeof import('follow-redirects');
    const scheme = options.protocol === 'https:' ? https : http;
    const direct = Object.assign(options, {
      followRedirects: false,
      // follow-redirects prints its options, which hold the credential, with DEBUG=follow-redirects.
      [inspect.custom]: () => '[the options of a request with a credential]',
    });
    return scheme.request(direct, onResponse) as unknown as ClientRequest;
  },
};

/** The adapters of an axios config as a list, without `xhr`, which always follows redirects; `http` and `fetch` by default. */
export function directAdapters(adapter: unknown): unknown[] {
  return [adapter ?? ['http', 'fetch']].flat().filter((each) => !isXhr(each));
}

/** The built-in adapter with which axios sends in Node: the first one in the list. */
export function builtInAdapter(adapter: unknown): 'http' | 'fetch' | undefined {
  return directAdapters(adapter).find((name) => name === 'http' || name === 'fetch');
}

/** The same, in the form of the `adapter` option. */
export function directAdapter(adapter: unknown): unknown {
  const adapters = directAdapters(adapter);
  return adapters.length === 1 ? adapters[0] : adapters;
}

function isXhr(adapter: unknown): boolean {
  return typeof adapter === 'string' && adapter.toLowerCase() === 'xhr';
}

import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { inspect } from 'node:util';

type Options = RequestOptions & { followRedirects?: boolean };

/**
 * The transport that axios itself uses, except that a redirect is an answer like any other: no
 * credential follows it.
 *
 * axios has its limits in there: with `maxRedirects: 0` it uses Node's own module, by which a
 * streamed answer that stalls outlives `timeout`, and a streamed body `maxBodyLength`.
 */
export const directTransport = {
  request(options: Options, onResponse: (response: IncomingMessage) => void): ClientRequest {
    // Loaded at the first use, so that importing the package stays cheap.
    const { http, https } = require('follow-redirects') as typeof import('follow-redirects');
    const scheme = options.protocol === 'https:' ? https : http;
    const direct = Object.assign(options, {
      followRedirects: false,
      // With DEBUG=follow-redirects, it prints its options, and so the credential in them.
      [inspect.custom]: () => '[the options of a request with a credential]',
    });
    return scheme.request(direct, onResponse) as unknown as ClientRequest;
  },
};

/**
 * An adapter of axios, or a list of them, without `xhr`, which follows redirects whatever it is told:
 * a list, which is empty where nothing else was in it. Where none is given, Node's and `fetch`.
 */
export function directAdapters(adapter: unknown): unknown[] {
  return [adapter ?? ['http', 'fetch']].flat().filter((each) => !isXhr(each));
}

/** By which of its two ways in Node axios sends: the first of them in a list. */
export function wayOf(adapter: unknown): 'http' | 'fetch' | undefined {
  return directAdapters(adapter).find((name) => name === 'http' || name === 'fetch');
}

/** The same as axios takes it. */
export function directAdapter(adapter: unknown): unknown {
  const adapters = directAdapters(adapter);
  return adapters.length === 1 ? adapters[0] : adapters;
}

function isXhr(adapter: unknown): boolean {
  return typeof adapter === 'string' && adapter.toLowerCase() === 'xhr';
}

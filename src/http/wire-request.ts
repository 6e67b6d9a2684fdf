import { aroundNextCache } from '../injector/direct-transport';
import { type Route, routeOf } from '../injector/no-proxy';
import type { PlainRequest } from '../schemes/scheme';
import type { FetchCall } from './fetch-call';
import { type FetchHeaders, headersByName, withChanges } from './fetch-headers';

/** The Content-Type that `fetch` sets for a string. A Request does not tell whether its caller chose this type. */
const defaultTextType = 'text/plain;charset=UTF-8';

/**
 * The headers of a call as schemes read them, with the Content-Type that `fetch` will set. If the body is a string for
 * which the caller chose no type, the result has no Content-Type. A scheme that reads or extends such a string then
 * treats it as a form or JSON, as in axios.
 */
export function typedHeaders({
  headers,
  body,
}: Pick<FetchCall, 'headers' | 'body'>): Record<string, string> {
  const { 'content-type': own, ...untyped } = headersByName(headers);
  const type = own ?? body?.type ?? '';
  const isDefault = type === '' || (body?.isFromRequest === true && type === defaultTextType);
  return isDefault ? untyped : { ...untyped, 'content-type': type };
}

/** A request before and after a scheme has attached the credential. */
export type Changes = {
  before: PlainRequest;
  after: PlainRequest;
  /** The body to send if the scheme did not change it. */
  content: unknown;
};

/** The URL, the headers and the body of a call with its credential. */
export function withCredential(
  headers: FetchHeaders,
  { before, after, content }: Changes,
): { url: string; headers: FetchHeaders; body: unknown } {
  const isSameBody = before.data === after.data;
  // If the scheme made the body, the body is a string, for which `fetch` would set another Content-Type. Therefore the
  // headers of the scheme are compared with the caller's own headers. The Content-Type from the scheme then counts as a
  // change, so it is set.
  const original = isSameBody ? (before.headers as Record<string, string>) : headersByName(headers);
  return {
    url: wireUrl(after),
    headers: withChanges(headers, original, after.headers),
    body: isSameBody ? content : after.data,
  };
}

/** The arguments of the authenticated call. `send` is the `fetch` that sends this call. */
export function wireRequest(
  call: FetchCall,
  changes: Changes,
  send: typeof fetch,
): [url: string, init: RequestInit] {
  const { url, headers, body } = withCredential(call.headers, changes);
  const { redirect, dispatcher, agent, ...options } = call.options;
  const init = {
    ...options,
    ...(hasOtherQuery(changes.before.url, url) && aroundNextCache),
    ...routeOf(url, { dispatcher, agent } as Route, send),
    method: call.method,
    headers,
    body,
    signal: call.signal,
    redirect: redirectOf(redirect),
    // Required for a stream. The body of a Request is a stream if it exceeds the `bufferLimit` of fetch-body.ts.
    ...(call.body?.isFromRequest === true && { duplex: 'half' }),
  };
  return [url, init as unknown as RequestInit];
}

/**
 * Replaces `follow` by `manual`, since a redirect would take the credential to another URL. Also replaces an empty text
 * and every value that is not text: node-fetch follows redirects for an empty or falsy value, and `fetch` converts
 * objects to text.
 */
function redirectOf(redirect: unknown): unknown {
  const isFollow = typeof redirect !== 'string' || redirect === '' || redirect === 'follow';
  return isFollow ? 'manual' : redirect;
}

/** Whether the query of two URLs differs, because a scheme has put the credential into it. */
export function hasOtherQuery(before: string, after: string): boolean {
  return before !== after && new URL(before).search !== new URL(after).search;
}

/** The URL with its parameters. */
export function wireUrl({ url, params = {} }: PlainRequest): string {
  const added = new URLSearchParams(params as Record<string, string>).toString();
  if (added === '') return url;
  const wire = new URL(url);
  wire.search = wire.search === '' ? added : `${wire.search}&${added}`;
  return wire.href;
}

import { type Route, routeOf } from '../injector/no-proxy';
import type { PlainRequest } from '../schemes/scheme';
import type { FetchCall } from './fetch-call';
import { headersByName, withDifference } from './fetch-headers';

/** The Content-Type that `fetch` gives to text, and that a `Request` has whether its maker gave it or not. */
const defaultTextType = 'text/plain;charset=UTF-8';

/**
 * The headers of a call as schemes read them, with the Content-Type that `fetch` will add. Text whose type nobody chose
 * has none: where a scheme has to read or extend it, it is a form or JSON, as in axios.
 */
export function typedHeaders({ headers, body }: FetchCall): Record<string, string> {
  const { 'content-type': own, ...others } = headersByName(headers);
  const type = own ?? body?.type ?? '';
  const isUnchosen = type === '' || (body?.isOfRequest === true && type === defaultTextType);
  return isUnchosen ? others : { ...others, 'content-type': type };
}

/** What differs in a call when it is sent. */
export type Changes = {
  /** The request before a scheme saw it. */
  before: PlainRequest;
  after: PlainRequest;
  /** The body to send where the scheme left it as it was. */
  content: unknown;
};

/** The arguments with which the `fetch` `send` sends an authenticated call. */
export function wireRequest(
  call: FetchCall,
  { before, after, content }: Changes,
  send: typeof fetch,
): [url: string, init: RequestInit] {
  const isSameBody = before.data === after.data;
  // A body of the scheme's own is text, to which fetch would give another type.
  const known = isSameBody
    ? (before.headers as Record<string, string>)
    : headersByName(call.headers);
  const url = wireUrl(after);
  const { redirect = 'follow', dispatcher, agent, ...options } = call.options;
  const init = {
    ...options,
    ...routeOf(url, { dispatcher, agent } as Route, send),
    method: call.method,
    headers: withDifference(call.headers, known, after.headers),
    body: isSameBody ? content : after.data,
    signal: call.signal,
    // No redirect takes the credential along.
    redirect: redirect === 'follow' ? 'manual' : redirect,
    // A Request that holds more than is buffered is a stream.
    ...(call.body?.isOfRequest === true && { duplex: 'half' }),
  };
  return [url, init as unknown as RequestInit];
}

function wireUrl({ url, params = {} }: PlainRequest): string {
  const added = new URLSearchParams(params as Record<string, string>).toString();
  if (added === '') return url;
  const wire = new URL(url);
  wire.search = [wire.search.slice(1), added].filter((part) => part !== '').join('&');
  return wire.href;
}

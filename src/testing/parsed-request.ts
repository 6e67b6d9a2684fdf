import type { IncomingMessage } from 'node:http';
import { formType, mediaTypeOf, readFields } from './body-fields';
import { formFault, headerCredentials, unnamedCredentials } from './credential-names';
import type { SignedRequest } from './oauth1/signed-request';

/** A request as it arrived, read in all the ways in which it is looked at. */
export type Arrived = {
  method: string;
  /** The real host, which is the first path segment of the sandbox's URLs. */
  host: string;
  /** Without the host and without empty segments. */
  path: string;
  /** Of a repeated parameter, the last. */
  query: Readonly<Record<string, string>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  searchParams: URLSearchParams;
  /** What the body holds, as a form or as JSON. */
  fields: Readonly<Record<string, unknown>>;
  /** The names of all parameters of query and body, repeated names included. */
  names: readonly string[];
  /** The names of the fields of the body. */
  bodyNames: readonly string[];
  /** The credentials where the platform takes none: in other headers, in trailers, and in parts of the body. */
  hidden: readonly string[];
  signed: SignedRequest;
  /** Why two servers could read query or body differently. */
  ambiguity: string | undefined;
  /** Why the request cannot be read, if it cannot. */
  unreadable: string | undefined;
};

/** @throws when the client goes away before its request is complete */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Never throws: a request that cannot be read is marked as `unreadable`. */
export function arrivedOf(request: IncomingMessage, body: Buffer, origin: string): Arrived {
  const { headers, headersDistinct, trailersDistinct } = request;
  const [method, target] = [String(request.method), String(request.url)];
  const {
    'content-type': types = [],
    authorization: authorizations = [],
    ...others
  } = headersDistinct;
  const originForm = originFormOf(target);
  const url = new URL(`http://sandbox${originForm ?? '/'}`);
  const [host, ...segments] = url.pathname.slice(1).split('/') as [string, ...string[]];
  const text = body.toString();
  const query = target.replace(/^[^?]*\??/, '');
  const fields = readFields(body, types[0], headers['content-encoding']);
  return {
    method,
    host,
    path: originForm === undefined ? target : `/${segments.filter(Boolean).join('/')}`,
    query: Object.fromEntries(url.searchParams),
    headers,
    body: text,
    searchParams: url.searchParams,
    fields: fields.values,
    names: [...url.searchParams.keys(), ...fields.names],
    bodyNames: fields.names,
    hidden: [
      ...fields.hidden,
      ...unnamedCredentials(url.searchParams),
      ...headerCredentials(others),
      ...headerCredentials(trailersDistinct),
    ],
    signed: {
      method,
      origin,
      path: String(/^[^?]*/.exec(originForm ?? target)),
      query,
      form: mediaTypeOf(types[0]) === formType ? text : '',
      authorizations,
    },
    ambiguity: queryFault(query) ?? fields.ambiguity,
    unreadable: unreadable(originForm, types),
  };
}

/** A target has no fragment (RFC 9112 section 3.2). */
function queryFault(query: string): string | undefined {
  return query.includes('#')
    ? 'the query has a #, where some servers end it'
    : formFault(query, 'query');
}

/**
 * A target as path and query: it may also come as an absolute URL (RFC 9112 section 3.2), but not with
 * user information (RFC 9110 section 4.2.4).
 */
function originFormOf(target: string): string | undefined {
  const rest = /^(?:https?:\/\/[^/?@]+(?=[/?]|$)|(?=\/))(.*)$/i.exec(target)?.[1];
  return rest?.startsWith('/') === false ? `/${rest}` : rest;
}

function unreadable(
  originForm: string | undefined,
  contentTypes: readonly string[],
): string | undefined {
  if (originForm === undefined) return 'the target of the request is neither a path nor a URL';
  if (contentTypes.length > 1) return 'there is more than one Content-Type header';
  return undefined;
}

import type { IncomingMessage } from 'node:http';
import { formType, mediaTypeOf, parseBodyFields } from './body-fields';
import { formAmbiguity, headerCredentials, unnamedCredentials } from './credential-names';
import type { SandboxScheme } from './documented-product';
import type { SignedRequest } from './oauth1/signed-request';

/** A recorded request. Keep it out of logs, since it holds the credentials that were sent. */
export type SandboxRequest = {
  /** The HTTP method. */
  readonly method: string;
  /** The real host, which is the first path segment of the sandbox's URLs. */
  readonly host: string;
  /** The path without the host and without empty segments, or the whole request target if the target cannot be read. */
  readonly path: string;
  /** Parameters by name. For a repeated parameter, the last value. */
  readonly query: Readonly<Record<string, string>>;
  /** The headers by name, in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as UTF-8 text. Empty if the body was too long (more than 1 MiB). */
  readonly body: string;
  /** The name of the product that host and path belong to. `undefined` if they belong to no product. */
  readonly product: string | undefined;
  /**
   * The scheme of the credential in the request, even if the credential was refused. The first scheme if there are
   * several.
   */
  readonly scheme: SandboxScheme | undefined;
  /** The status of the response. */
  readonly status: number;
  /** Why the request was refused, in more detail than in the response. For status 500, why the sandbox failed. */
  readonly refusal: string | undefined;
};

/** A request, parsed into the forms that the checks need. */
export type ParsedRequest = Omit<SandboxRequest, 'product' | 'scheme' | 'status' | 'refusal'> & {
  searchParams: URLSearchParams;
  /** The fields of a body that is a form or JSON. */
  fields: Readonly<Record<string, unknown>>;
  /** The names of all parameters in query and body, with duplicates. */
  names: readonly string[];
  /** The names of the fields of the body, with duplicates. */
  bodyNames: readonly string[];
  /** The values of the header X-OPENTOK-AUTH. */
  opentokTokens: readonly string[];
  /**
   * Names of credentials where no scheme reads them: in trailers, in bodies that are not parsed, in parameters without
   * a name, and in headers that no scheme uses.
   */
  misplacedCredentials: readonly string[];
  /** The parts of the request that an OAuth 1.0a signature covers. */
  oauth1Parts: SignedRequest;
  /** Why two servers could read query or body differently. */
  ambiguity: string | undefined;
  /** Why the request cannot be read. */
  unreadable: string | undefined;
};

/** The sandbox reads bodies of up to 1 MiB. */
export const maximumBodyBytes = 1024 * 1024;

/**
 * Parses a request. The body is undefined if it was too long. Never throws. If a request cannot be read, `unreadable`
 * says why.
 */
export function parseRequest(
  request: IncomingMessage,
  receivedBody: Buffer | undefined,
  origin: string,
): ParsedRequest {
  const body = receivedBody ?? Buffer.alloc(0);
  const { headers, headersDistinct, trailersDistinct } = request;
  const [method, target] = [String(request.method), String(request.url)];
  const {
    'content-type': contentTypes = [],
    authorization: authorizations = [],
    'x-opentok-auth': opentokTokens = [],
    ...otherHeaders
  } = headersDistinct;
  const originForm = toOriginForm(target);
  const url = new URL(`http://sandbox${originForm ?? '/'}`);
  const [host, ...segments] = url.pathname.slice(1).split('/') as [string, ...string[]];
  const text = body.toString();
  const query = target.replace(/^[^?]*\??/, '');
  const fields = parseBodyFields(body, contentTypes[0], headers['content-encoding']);
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
    opentokTokens,
    misplacedCredentials: [
      ...fields.misplacedCredentials,
      ...unnamedCredentials(url.searchParams),
      ...headerCredentials(otherHeaders),
      ...headerCredentials(trailersDistinct),
    ],
    oauth1Parts: {
      method,
      origin,
      path: String(/^[^?]*/.exec(originForm ?? target)),
      query,
      form: mediaTypeOf(contentTypes[0]) === formType ? text : '',
      authorizations,
    },
    ambiguity: queryAmbiguity(query) ?? fields.ambiguity,
    unreadable: unreadableReason(originForm, contentTypes, receivedBody),
  };
}

/** Why two servers could read a query differently. */
function queryAmbiguity(query: string): string | undefined {
  // A request target has no fragment (RFC 9112 section 3.2).
  return query.includes('#')
    ? 'the query contains a #, at which some servers cut it off'
    : formAmbiguity(query, 'query');
}

/**
 * The path and query of a request target. The target must be a path or an absolute URL (RFC 9112 section 3.2.2) without
 * user information (RFC 9110 section 4.2.4). Returns `undefined` for any other target.
 */
function toOriginForm(target: string): string | undefined {
  const rest = /^(?:https?:\/\/[^/?@]+(?=[/?]|$)|(?=\/))(.*)$/i.exec(target)?.[1];
  return rest?.startsWith('/') === false ? `/${rest}` : rest;
}

function unreadableReason(
  originForm: string | undefined,
  contentTypes: readonly string[],
  body: Buffer | undefined,
): string | undefined {
  if (body === undefined) return 'the body has more than 1 MiB';
  if (originForm === undefined) return 'the target of the request is neither a path nor a URL';
  if (contentTypes.length > 1) return 'there is more than one Content-Type header';
  return undefined;
}

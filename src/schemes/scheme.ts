import type { Credentials } from '../credentials/credentials';

export const schemeNames = [
  'query',
  'body',
  'basic',
  'bearer',
  'signature',
  'oauth1',
  'opentok',
] as const;

/**
 * How a request is authenticated. `query`, `body` and `basic` send the API key and secret in the query, in the body or
 * as HTTP Basic. `bearer` sends the JWT of an application, and `opentok` sends the JWT of an OpenTok project.
 * `signature` sends an SMS signature. `oauth1` is OAuth 1.0a.
 */
export type Scheme = (typeof schemeNames)[number];

export function isScheme(value: unknown): value is Scheme {
  return schemeNames.includes(value as Scheme);
}

/** The headers, in lower case, in which a scheme sends its credential. */
export const credentialHeaders = ['authorization', 'x-opentok-auth'];

/** The value of a header, as axios accepts it. */
export type HeaderValue = string | string[] | number | boolean | null | undefined;

/** A request with fields named as in an axios config. `url` is required and must be absolute. */
export type AuthRequest = {
  /** The HTTP method (default: `GET`). */
  method?: string | undefined;
  /** The absolute URL, which determines the product. */
  url?: string | undefined;
  /** An object of named values, `Headers` or `AxiosHeaders`. */
  headers?: object | undefined;
  /** An object of named values, or `URLSearchParams`. */
  params?: object | undefined;
  /** The body. */
  data?: unknown;
};

/**
 * A request whose headers are a plain object. Other fields are unchanged. The type is the type of the given request,
 * extended by what a credential may add. Therefore, the same HTTP client accepts the request.
 */
export type PlainRequest<Given extends AuthRequest = AuthRequest> = Omit<
  Given,
  'url' | 'headers' | 'params'
> & {
  /** The checked URL, normalised as the WHATWG URL standard says. */
  url: string;
  /** The headers, with the credential if the scheme sends it in a header. */
  headers: InjectedHeaders<Given>;
  /** The query parameters, with the credential if the scheme sends it in the query. */
  params?: InjectedParams<Given> | undefined;
};

/** The type of the given headers, except that every value may also be a string. */
export type InjectedHeaders<Given extends AuthRequest> = 'headers' extends keyof Given
  ? [Given['headers']] extends [Iterable<unknown> | undefined]
    ? Record<string, string>
    : Exclude<Given['headers'], undefined> extends infer Named
      ? object extends Named
        ? Record<string, HeaderValue>
        : Record<string, string | Extract<Named[keyof Named], HeaderValue>>
      : never
  : Record<string, string>;

/** The type of the given parameters, except that every value may also be a string. */
export type InjectedParams<Given extends AuthRequest> = 'params' extends keyof Given
  ? 0 extends 1 & Given['params']
    ? Given['params']
    : Given['params'] extends infer Params
      ? Params extends undefined
        ? Record<string, string>
        : Params extends URLSearchParams
          ? Params
          : object extends Params
            ? object
            : Record<string, string | Params[keyof Params]>
      : never
  : Record<string, string>;

/** Inputs of a scheme that change with every call. */
export type SchemeContext = {
  /** A token of the application, for `bearer`. */
  token: string;
  /** Seconds since the epoch. */
  now: () => number;
  /** Returns a different string at every call. */
  nonce: () => string;
};

/** A request with its credential. */
export type AuthenticatedRequest<Given extends AuthRequest = AuthRequest> = {
  request: PlainRequest<Given>;
  /** The secrets that the scheme added: an API secret, a token or a signature. */
  secrets: readonly string[];
};

/** Returns a new request with the credential. Does not change the given request. */
export type AttachCredential = (
  request: PlainRequest,
  credentials: Credentials,
  context: SchemeContext,
) => AuthenticatedRequest;

export function withAuthorization(request: PlainRequest, Authorization: string): PlainRequest {
  return { ...request, headers: { ...request.headers, Authorization } };
}

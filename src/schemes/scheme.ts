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
 * How a request is authenticated: API key and secret in the query, in the body or as HTTP Basic; an application's JWT; an
 * SMS signature; OAuth 1.0a; or a JWT of an OpenTok project.
 */
export type Scheme = (typeof schemeNames)[number];

/** The headers, in lower case, in which a scheme sends its credential. */
export const credentialHeaders = ['authorization', 'x-opentok-auth'];

export type HeaderValue = string | string[] | number | boolean | null | undefined;

/** A request in the terms of axios, such as an axios config. `url` is required, and must be absolute. */
export type AuthRequest = {
  method?: string | undefined;
  url?: string | undefined;
  /** An object of named values, `Headers` or `AxiosHeaders`. */
  headers?: object | undefined;
  /** An object of named values, or `URLSearchParams`. */
  params?: object | undefined;
  data?: unknown;
};

/**
 * A request with its headers in a plain object; other fields are kept. Its type is that of the given request plus what a
 * credential may add, so that it suits the same HTTP client.
 */
export type PlainRequest<Given extends AuthRequest = AuthRequest> = Omit<
  Given,
  'url' | 'headers' | 'params'
> & {
  url: string;
  headers: InjectedHeaders<Given>;
  params?: InjectedParams<Given> | undefined;
};

/** Strings, and the types of the given headers. */
export type InjectedHeaders<Given extends AuthRequest> = 'headers' extends keyof Given
  ? [Given['headers']] extends [Iterable<unknown> | undefined]
    ? Record<string, string>
    : Exclude<Given['headers'], undefined> extends infer Named
      ? object extends Named
        ? Record<string, HeaderValue>
        : Record<string, string | Extract<Named[keyof Named], HeaderValue>>
      : never
  : Record<string, string>;

/** Strings, and the types of the given parameters. */
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

/** Inputs of a scheme that change from call to call. */
export type SchemeContext = {
  /** For `bearer`: a token of the application. */
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

/** Returns a new request with the credential; the given one stays unchanged. */
export type AttachCredential = (
  request: PlainRequest,
  credentials: Credentials,
  context: SchemeContext,
) => AuthenticatedRequest;

export function withAuthorization(request: PlainRequest, Authorization: string): PlainRequest {
  return { ...request, headers: { ...request.headers, Authorization } };
}

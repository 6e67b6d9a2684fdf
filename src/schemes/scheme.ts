import type { Credentials } from '../credentials/credentials';

export const schemeNames = ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1'] as const;

/**
 * A way to authenticate: key and secret in the query, in the body or as HTTP Basic, an application's
 * JWT, an SMS signature, or OAuth 1.0a.
 */
export type Scheme = (typeof schemeNames)[number];

export type HeaderValue = string | string[] | number | boolean | null | undefined;

/** A request in axios's terms, such as a config of axios. `url` must be there, and absolute. */
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
 * A request with its headers in a plain object; what else it has is carried along. Its types are those of the request
 * that was given, with what a credential may add, so that it fits the client that the request was written for.
 */
export type PlainRequest<Given extends AuthRequest = AuthRequest> = Omit<
  Given,
  'url' | 'headers' | 'params'
> & {
  url: string;
  headers: InjectedHeaders<Given>;
  params?: InjectedParams<Given> | undefined;
};

/** Headers as texts, unless the request has others. */
export type InjectedHeaders<Given extends AuthRequest> = 'headers' extends keyof Given
  ? [Given['headers']] extends [Iterable<unknown> | undefined]
    ? Record<string, string>
    : Exclude<Given['headers'], undefined> extends infer Named
      ? object extends Named
        ? Record<string, HeaderValue>
        : Record<string, string | Extract<Named[keyof Named], HeaderValue>>
      : never
  : Record<string, string>;

/** Parameters of the kind that the request has, or texts. */
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

/** What would make a scheme impure, handed in. */
export type SchemeContext = {
  /** For `bearer`: a token of the application. */
  token: string;
  /** Seconds since the epoch. */
  now: () => number;
  /** A text that is new at every call. */
  nonce: () => string;
};

/** A request with its credential. */
export type AuthenticatedRequest<Given extends AuthRequest = AuthRequest> = {
  request: PlainRequest<Given>;
  /** What the scheme put into it that must not be shown: an API secret, a token, a signature. */
  secrets: readonly string[];
};

/** Returns a new request with the credential; the one given stays unchanged. */
export type AttachCredential = (
  request: PlainRequest,
  credentials: Credentials,
  context: SchemeContext,
) => AuthenticatedRequest;

export function withAuthorization(request: PlainRequest, Authorization: string): PlainRequest {
  return { ...request, headers: { ...request.headers, Authorization } };
}

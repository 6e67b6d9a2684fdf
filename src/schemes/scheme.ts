import type { Credentials } from '../credentials/credentials';

export const schemeNames = ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1'] as const;

/**
 * A way to authenticate: key and secret in the query, in the body or as HTTP Basic, an application's
 * JWT, an SMS signature, or OAuth 1.0a.
 */
export type Scheme = (typeof schemeNames)[number];

export type HeaderValue = string | string[] | number | boolean | null | undefined;

/** A request in axios's terms. `url` is absolute. */
export type AuthRequest = {
  method?: string | undefined;
  url: string;
  headers?: Readonly<Record<string, HeaderValue>> | Headers | undefined;
  /** An object of named values, or `URLSearchParams`. */
  params?: object | undefined;
  data?: unknown;
};

/** A request with its headers in a plain object; what else it has is carried along. */
export type PlainRequest<Given extends AuthRequest = AuthRequest> = Omit<
  Given,
  'headers' | 'params'
> & { headers: Record<string, HeaderValue>; params?: object | undefined };

/** What would make a scheme impure, handed in. */
export type SchemeContext = {
  /** For `bearer`: a token of the application. */
  token: string;
  /** Seconds since the epoch. */
  now: () => number;
  /** A text that is new at every call. */
  nonce: () => string;
};

/** Gives a new request with the credential; the one given stays as it was. */
export type AttachCredential = (
  request: PlainRequest,
  credentials: Credentials,
  context: SchemeContext,
) => PlainRequest;

/** The request with a header more. */
export function withAuthorization(request: PlainRequest, Authorization: string): PlainRequest {
  return { ...request, headers: { ...request.headers, Authorization } };
}

import type { Credentials } from '../credentials/credentials';

export const schemeNames = ['query', 'bearer'] as const;

/** A way to authenticate: `api_key` and `api_secret` in the query, or an application's JWT. */
export type Scheme = (typeof schemeNames)[number];

/** A request in axios's terms. `url` is absolute; other fields are carried along. */
export type AuthRequest = {
  method?: string | undefined;
  url: string;
  headers?: Readonly<Record<string, unknown>> | undefined;
  params?: Readonly<Record<string, unknown>> | URLSearchParams | undefined;
  data?: unknown;
};

/** What would make a scheme impure, handed in. */
export type SchemeContext = { token: () => string };

/** Gives a new request with the credential; the one given stays as it was. */
export type AttachCredential = (
  request: AuthRequest,
  credentials: Credentials,
  context: SchemeContext,
) => AuthRequest;

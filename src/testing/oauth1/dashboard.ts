import type { Account } from '../account';
import { authorize, type PageRequest } from './authorize';
import type { OAuth1Provider, TokenResponse } from './provider';
import type { SignedRequest } from './signed-request';

/** The host of the three steps of OAuth 1.0a (guide "OAuth"). No product has this host. */
export const dashboardHost = 'dashboard.nexmo.com';

/** The URLs of the three steps in a sandbox. Pass them as the endpoints of an OAuth 1.0a flow. */
export type SandboxOAuth1Urls = {
  /** The URL that gives a temporary token. */
  readonly requestTokenUrl: string;
  /** The page on which a person approves or declines. Append `?oauth_token=…`. */
  readonly authorizeUrl: string;
  /** The URL that gives the access token. */
  readonly accessTokenUrl: string;
};

export function oauth1Urls(origin: string): SandboxOAuth1Urls {
  const base = `${origin}/${dashboardHost}/oauth`;
  return {
    requestTokenUrl: `${base}/request_token`,
    authorizeUrl: `${base}/authorize`,
    accessTokenUrl: `${base}/access_token`,
  };
}

/**
 * The response of the dashboard, or `undefined` for a path that the dashboard does not have. The path
 * `/oauth/authenticate` shows the same page as `/oauth/authorize`.
 */
export function dashboardResponse(
  path: string,
  request: SignedRequest,
  page: PageRequest,
  provider: OAuth1Provider,
  account: Account,
): TokenResponse | undefined {
  switch (path) {
    case '/oauth/request_token':
      return provider.issueRequestToken(request, account);
    case '/oauth/access_token':
      return provider.issueAccessToken(request, account);
    case '/oauth/authorize':
    case '/oauth/authenticate':
      return { response: authorize(page, provider.tokens, account.now()) };
    default:
      return undefined;
  }
}

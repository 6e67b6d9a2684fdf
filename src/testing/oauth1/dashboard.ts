import type { Account } from '../account';
import { authorize, type Visit } from './authorize';
import type { OAuth1Provider, TokenAnswer } from './provider';
import type { SignedRequest } from './signed-request';

/** Where consumers and persons go for tokens (guide "OAuth"). It is no product. */
export const dashboardHost = 'dashboard.nexmo.com';

/** Where the three legs of a sandbox are: ready to be the endpoints of a flow. */
export type SandboxOAuth1Urls = {
  readonly requestTokenUrl: string;
  /** Takes `?oauth_token=…`. */
  readonly authorizeUrl: string;
  readonly accessTokenUrl: string;
};

export function oauth1Urls(origin: string): SandboxOAuth1Urls {
  const at = `${origin}/${dashboardHost}/oauth`;
  return {
    requestTokenUrl: `${at}/request_token`,
    authorizeUrl: `${at}/authorize`,
    accessTokenUrl: `${at}/access_token`,
  };
}

/** Undefined where the dashboard has nothing. `authenticate` asks as `authorize` does. */
export function answerOfDashboard(
  path: string,
  request: SignedRequest,
  visit: Visit,
  provider: OAuth1Provider,
  account: Account,
): TokenAnswer | undefined {
  switch (path) {
    case '/oauth/request_token':
      return provider.requestToken(request, account);
    case '/oauth/access_token':
      return provider.accessToken(request, account);
    case '/oauth/authorize':
    case '/oauth/authenticate':
      return { answer: authorize(visit, provider.tokens, account.now()) };
    default:
      return undefined;
  }
}

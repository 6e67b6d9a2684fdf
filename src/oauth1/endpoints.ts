import { NexmoAuthError } from '../errors';
import { isConfidential } from '../injector/product-url';
import { refuseUnknown, requireObject } from '../options';

/** The URLs of the three steps of OAuth 1.0a. */
export type OAuth1Endpoints = {
  /** The URL that gives a temporary token. */
  readonly requestTokenUrl: string;
  /** The page on which the user grants access. */
  readonly authorizeUrl: string;
  /** The URL that gives the access token. */
  readonly accessTokenUrl: string;
};

const defaultEndpoints: OAuth1Endpoints = {
  requestTokenUrl: 'https://dashboard.nexmo.com/oauth/request_token',
  authorizeUrl: 'https://dashboard.nexmo.com/oauth/authorize',
  accessTokenUrl: 'https://dashboard.nexmo.com/oauth/access_token',
};

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function checkEndpoints(endpoints = defaultEndpoints): OAuth1Endpoints {
  requireObject(endpoints, 'endpoints');
  const { requestTokenUrl, authorizeUrl, accessTokenUrl, ...unknown } = endpoints;
  refuseUnknown(unknown, 'endpoints');
  return {
    requestTokenUrl: requireEndpoint(requestTokenUrl, 'requestTokenUrl'),
    authorizeUrl: requireEndpoint(authorizeUrl, 'authorizeUrl'),
    accessTokenUrl: requireEndpoint(accessTokenUrl, 'accessTokenUrl'),
  };
}

function requireEndpoint(url: unknown, name: keyof OAuth1Endpoints): string {
  if (isHttpUrl(url) && isConfidential(new URL(url)) && !hasUserInfo(new URL(url))) {
    return new URL(url).href;
  }
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `endpoints.${name} must be an absolute URL with https:, or with http: and a loopback host, and without a user and password.`,
  );
}

/** Whether a URL has user-info, which HTTP clients would send instead of the signed header. */
function hasUserInfo({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** Whether a value is an absolute URL with `http:` or `https:`. Refuses a lone surrogate, which cannot be signed. */
export function isHttpUrl(url: unknown): url is string {
  if (typeof url !== 'string' || /\p{Surrogate}/u.test(url) || !URL.canParse(url)) return false;
  return /^https?:$/.test(new URL(url).protocol);
}

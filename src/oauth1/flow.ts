import { Credentials } from '../credentials/credentials';
import { requireText } from '../credentials/text';
import { isObserved, publish } from '../diagnostics';
import { copyHint, NexmoAuthError } from '../errors';
import { differenceOf } from '../injector/host-clocks';
import { type Clock, refuseUnknown, requireClock, requireObject, secondsOf } from '../options';
import { randomNonce, requireNonce, sign } from '../schemes/oauth1';
import { isPercentEncoded } from '../schemes/parameters';
import { checkEndpoints, isHttpUrl, type OAuth1Endpoints } from './endpoints';
import { isKnownProblem, problemError } from './problems';
import { type AxiosRequester, send } from './send';

/** The options of `OAuth1Flow`. */
export type OAuth1FlowOptions = {
  /** The URLs of the three steps (default: at dashboard.nexmo.com). */
  endpoints?: OAuth1Endpoints | undefined;
  /**
   * Your own axios instance, for example with a proxy. Its interceptors see the signed header. The adapter `fetch` of
   * axios 1.15 and earlier does not limit the length of a response.
   */
  axios?: AxiosRequester | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
  /** Makes the `oauth_nonce` of each request (default: random). */
  nonce?: (() => string) | undefined;
};

/**
 * The three steps by which a Nexmo user authorizes an application to send SMS (OAuth 1.0a, RFC 5849, section 2; guide
 * "OAuth"). The credentials must have `oauth1: { consumerKey, consumerSecret }`.
 *
 * Tokens are returned as `Credentials`, which show no secret when they are printed. Use `reveal('oauth1')` to store a
 * token, and `with({ oauth1 })` to restore it. A response over 1 MiB is refused.
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL`, `ERR_INVALID_OPTION`
 */
export class OAuth1Flow {
  readonly #credentials: Credentials;
  readonly #endpoints: OAuth1Endpoints;
  readonly #axios: AxiosRequester | undefined;
  readonly #context: { now: () => number; nonce: () => string };

  constructor(credentials: Credentials, options: OAuth1FlowOptions = {}) {
    if (!(credentials instanceof Credentials)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `OAuth1Flow takes a Credentials object.${copyHint(credentials, 'Credentials')}`,
      );
    }
    credentials.reveal('oauth1');
    requireObject(options, 'The options of OAuth1Flow');
    const { endpoints, axios, now = Date.now, nonce = randomNonce, ...unknown } = options;
    refuseUnknown(unknown, 'the options of OAuth1Flow');
    const client = axios as Partial<AxiosRequester> | null | undefined;
    if (client !== undefined && typeof client?.request !== 'function') {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        'The option axios must be axios or an instance of axios.',
      );
    }
    requireClock(now);
    this.#credentials = credentials;
    this.#endpoints = checkEndpoints(endpoints);
    this.#axios = axios;
    this.#context = { now: () => secondsOf(now), nonce: requireNonce(nonce) };
  }

  /**
   * Step 1: gets temporary credentials (RFC 5849, section 2.1). `callback` is the URL to which the user returns. With
   * `oob`, the platform instead shows the user a code.
   *
   * @throws NexmoAuthError `ERR_INVALID_URL`; for the platform's response `ERR_OAUTH1_CONSUMER_REJECTED`,
   * `ERR_OAUTH1_SIGNATURE_REJECTED`, `ERR_OAUTH1_TIMESTAMP_REFUSED`, `ERR_OAUTH1_REFUSED`, `ERR_OAUTH1_ANSWER_INVALID`;
   * `ERR_OAUTH1_UNREACHABLE`; `ERR_INVALID_OPTION` for a clock that fails or an axios instance that does not return an
   * axios response
   */
  async requestToken(callback: string): Promise<Credentials> {
    if (callback !== 'oob' && !isHttpUrl(callback)) {
      throw new NexmoAuthError(
        'ERR_INVALID_URL',
        'callback must be an absolute URL with http: or https:, or "oob".',
      );
    }
    const { consumerKey, consumerSecret } = this.#credentials.reveal('oauth1');
    const consumer = this.#credentials.with({ oauth1: { consumerKey, consumerSecret } });
    const response = await this.#post(this.#endpoints.requestTokenUrl, consumer, {
      oauth_callback: callback,
    });
    // Without this confirmation, the platform uses OAuth 1.0, which allows session fixation (RFC 5849, section 2.1).
    if (response.get('oauth_callback_confirmed') !== 'true') throw invalidResponse();
    return withToken(consumer, response);
  }

  /**
   * Step 2: returns the URL at which the user approves or declines (RFC 5849, section 2.2).
   *
   * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL` if the credentials have no token
   */
  authorizeUrl(temporary: Credentials): string {
    const url = new URL(this.#endpoints.authorizeUrl);
    url.searchParams.set('oauth_token', tokenOf(temporary));
    return url.href;
  }

  /**
   * Reads the verifier from the URL to which the user returned (RFC 5849, section 2.2). The URL may be absolute, or may
   * consist of only path and query. Checks that the verifier belongs to these temporary credentials.
   *
   * @throws NexmoAuthError `ERR_OAUTH1_DECLINED`, or another code for an `oauth_problem` of the platform;
   * `ERR_OAUTH1_TOKEN_MISMATCH`, `ERR_OAUTH1_ANSWER_INVALID`, `ERR_MISSING_CREDENTIAL`, `ERR_INVALID_URL`
   */
  verifierIn(callbackUrl: string, temporary: Credentials): string {
    const base = 'https://callback.invalid';
    if (!URL.canParse(callbackUrl, base)) {
      throw new NexmoAuthError('ERR_INVALID_URL', 'callbackUrl must be a URL, or path and query.');
    }
    const parameters = oauthParameters(new URL(callbackUrl, base).search.slice(1));
    if (parameters.get('oauth_token') !== tokenOf(temporary)) {
      throw new NexmoAuthError(
        'ERR_OAUTH1_TOKEN_MISMATCH',
        'The callback belongs to another request token. Keep the temporary credentials in the session of the user who approves them.',
      );
    }
    const problem = parameters.get('oauth_problem');
    if (problem !== undefined) throw problemError(problem);
    const verifier = parameters.get('oauth_verifier') ?? '';
    if (verifier === '') throw invalidResponse();
    return verifier;
  }

  /**
   * Step 3: gets credentials that sign on behalf of the user (RFC 5849, section 2.3). Pass them to an `AuthInjector`.
   *
   * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL` or `ERR_CONTROL_CHARACTER` for the verifier,
   * `ERR_MISSING_CREDENTIAL`; for the platform's response `ERR_OAUTH1_TOKEN_REJECTED`, `ERR_OAUTH1_VERIFIER_REJECTED`,
   * `ERR_OAUTH1_DECLINED` and the errors of {@link OAuth1Flow.requestToken}
   */
  async accessToken(temporary: Credentials, verifier: string): Promise<Credentials> {
    tokenOf(temporary);
    const response = await this.#post(this.#endpoints.accessTokenUrl, temporary, {
      oauth_verifier: requireText(verifier, 'verifier'),
    });
    return withToken(temporary, response);
  }

  #publishRefused(url: string, problem: string | null, date: unknown): void {
    const { origin, pathname } = new URL(url);
    const clockDifference = differenceOf(date, () => this.#context.now() * 1000);
    publish('request:refused', {
      product: 'oauth1',
      scheme: 'oauth1',
      status: 401,
      ...(isKnownProblem(problem) && { code: problem }),
      url: origin + pathname,
      ...(clockDifference !== undefined && { date: String(date), clockDifference }),
      willRetry: false,
    });
  }

  async #post(
    url: string,
    credentials: Credentials,
    parameters: Record<`oauth_${string}`, string>,
  ): Promise<OAuthParameters> {
    const request = { method: 'POST', url, headers: {} };
    const oauth1 = credentials.reveal('oauth1');
    const { Authorization } = sign(request, oauth1, this.#context, parameters);
    const { status, data, date } = await send(
      { ...request, headers: { Authorization } },
      this.#axios,
    );
    if (status >= 200 && status <= 299) return oauthParameters(data);
    const problem = new URLSearchParams(data).get('oauth_problem');
    if (status === 401 && isObserved('request:refused')) this.#publishRefused(url, problem, date);
    throw problemError(problem, status);
  }
}

type OAuthParameters = ReadonlyMap<string, string>;

/** The `oauth_` parameters of a form or a query. Refuses a parameter that two readers could read differently. */
function oauthParameters(text: string): OAuthParameters {
  const found = new Map<string, string>();
  for (const pair of text.split('&')) {
    const [[name = '', value = ''] = []] = new URLSearchParams(`&${pair}`);
    if (!name.startsWith('oauth_')) continue;
    // HTTP clients replace bytes that are not UTF-8 by U+FFFD. If the platform itself sends U+FFFD, it is
    // percent-encoded.
    const isUtf8 = isPercentEncoded(pair) && !pair.includes('\uFFFD');
    if (found.has(name) || !isUtf8) throw invalidResponse();
    found.set(name, value);
  }
  return found;
}

function withToken(credentials: Credentials, response: OAuthParameters): Credentials {
  const { consumerKey, consumerSecret } = credentials.reveal('oauth1');
  try {
    const token = requireText(response.get('oauth_token'), 'oauth_token');
    const tokenSecret = requireText(response.get('oauth_token_secret'), 'oauth_token_secret');
    return credentials.with({ oauth1: { consumerKey, consumerSecret, token, tokenSecret } });
  } catch {
    // The message of requireText would ask whether a variable is set, but the missing text comes from the platform.
    throw invalidResponse();
  }
}

function tokenOf(temporary: Credentials): string {
  // A caller may pass undefined by mistake, for example if the user's session has ended.
  const isCredentials = (temporary as unknown) instanceof Credentials;
  const token = isCredentials ? temporary.reveal('oauth1').token : undefined;
  if (token !== undefined) return token;
  throw new NexmoAuthError(
    'ERR_MISSING_CREDENTIAL',
    'The credentials hold no oauth1.token. Pass the credentials that requestToken() returned.',
  );
}

function invalidResponse(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_OAUTH1_ANSWER_INVALID',
    'The response or callback lacks a parameter that OAuth 1.0a requires, or has an oauth_ parameter twice or not in UTF-8. Does the endpoint belong to an OAuth 1.0a provider?',
  );
}

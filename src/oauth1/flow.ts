import { Credentials } from '../credentials/credentials';
import { requireText } from '../credentials/text';
import { isObserved, publish } from '../diagnostics';
import { copyHint, NexmoAuthError } from '../errors';
import { differenceOf } from '../injector/host-clocks';
import { type Clock, refuseUnknown, requireClock, requireObject, secondsOf } from '../options';
import { randomNonce, requireNonce, sign } from '../schemes/oauth1';
import { checkEndpoints, isHttp, nexmo, type OAuth1Endpoints } from './endpoints';
import { isKnownProblem, problemOf } from './problems';
import { type AxiosRequester, send } from './send';

export type OAuth1FlowOptions = {
  /** Those of dashboard.nexmo.com by default. */
  endpoints?: OAuth1Endpoints | undefined;
  /** An instance of your own, for a proxy, say; its interceptors see the signed header. */
  axios?: AxiosRequester | undefined;
  now?: Clock | undefined;
  nonce?: (() => string) | undefined;
};

/**
 * The three steps by which a user of Nexmo lets an application send SMS for them (OAuth 1.0a, RFC
 * 5849, section 2; guide "OAuth"). Needs `oauth1: { consumerKey, consumerSecret }`.
 *
 * Tokens come as `Credentials`, which show no secret when they are printed. To keep one between two
 * requests of a user, or for good, `reveal('oauth1')` gives its parts; `with({ oauth1 })` puts them
 * back.
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
    const { endpoints = nexmo, axios, now = Date.now, nonce = randomNonce, ...unknown } = options;
    refuseUnknown(unknown, 'the options of OAuth1Flow');
    const client = axios as Partial<AxiosRequester> | null | undefined;
    if (client !== undefined && typeof client?.request !== 'function') {
      throw new NexmoAuthError('ERR_INVALID_OPTION', 'axios must be axios or an instance of it.');
    }
    requireClock(now);
    this.#credentials = credentials;
    this.#endpoints = checkEndpoints(endpoints);
    this.#axios = axios;
    this.#context = { now: () => secondsOf(now), nonce: requireNonce(nonce) };
  }

  /**
   * Step 1: temporary credentials (RFC 5849, section 2.1). `callback` is the URL to which the user
   * comes back, or `oob` where there is none and the user is shown a code instead.
   *
   * @throws NexmoAuthError `ERR_INVALID_URL`; what the platform says: `ERR_OAUTH1_CONSUMER_REJECTED`,
   * `ERR_OAUTH1_SIGNATURE_REJECTED`, `ERR_OAUTH1_TIMESTAMP_REFUSED`, `ERR_OAUTH1_REFUSED`,
   * `ERR_OAUTH1_ANSWER_INVALID`; `ERR_OAUTH1_UNREACHABLE`; `ERR_INVALID_OPTION` for a clock that
   * fails, or an axios that gives no response
   */
  async requestToken(callback: string): Promise<Credentials> {
    if (callback !== 'oob' && !isHttp(callback)) {
      throw new NexmoAuthError(
        'ERR_INVALID_URL',
        'callback must be an absolute URL with http: or https:, or the word oob.',
      );
    }
    const { consumerKey, consumerSecret } = this.#credentials.reveal('oauth1');
    const consumer = this.#credentials.with({ oauth1: { consumerKey, consumerSecret } });
    const answer = await this.#ask(this.#endpoints.requestTokenUrl, consumer, {
      oauth_callback: callback,
    });
    // Without it, the platform speaks OAuth 1.0, which had a session fixation (RFC 5849, section 2.1).
    if (answer.get('oauth_callback_confirmed') !== 'true') throw invalidAnswer();
    return withToken(consumer, answer);
  }

  /**
   * Step 2: where to send the user, who approves or declines there (RFC 5849, section 2.2).
   *
   * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL` without a token
   */
  authorizeUrl(temporary: Credentials): string {
    const url = new URL(this.#endpoints.authorizeUrl);
    url.searchParams.set('oauth_token', tokenOf(temporary));
    return url.href;
  }

  /**
   * Reads the verifier from the URL by which the user came back, absolute or only its path and query,
   * once it is sure that it belongs to these temporary credentials (RFC 5849, section 2.2).
   *
   * @throws NexmoAuthError `ERR_OAUTH1_DECLINED` and what else the platform says there;
   * `ERR_OAUTH1_TOKEN_MISMATCH`, `ERR_OAUTH1_ANSWER_INVALID`, `ERR_MISSING_CREDENTIAL`,
   * `ERR_INVALID_URL`
   */
  verifierIn(callbackUrl: string, temporary: Credentials): string {
    const base = 'https://callback.invalid';
    if (!URL.canParse(callbackUrl, base)) {
      throw new NexmoAuthError('ERR_INVALID_URL', 'The callback must be a URL, or path and query.');
    }
    const { searchParams } = new URL(callbackUrl, base);
    if (searchParams.get('oauth_token') !== tokenOf(temporary)) {
      throw new NexmoAuthError(
        'ERR_OAUTH1_TOKEN_MISMATCH',
        'The callback belongs to another request token. Keep the temporary credentials in the session of the user who was sent to approve.',
      );
    }
    const problem = searchParams.get('oauth_problem');
    if (problem !== null) throw problemOf(problem);
    const verifier = searchParams.get('oauth_verifier');
    if (verifier === null || verifier === '') throw invalidAnswer();
    return verifier;
  }

  /**
   * Step 3: credentials that sign for the user (RFC 5849, section 2.3), ready for an `AuthInjector`.
   *
   * @throws NexmoAuthError `ERR_INVALID_CREDENTIAL` or `ERR_CONTROL_CHARACTER` for the verifier,
   * `ERR_MISSING_CREDENTIAL`; what the platform says: `ERR_OAUTH1_TOKEN_REJECTED`,
   * `ERR_OAUTH1_VERIFIER_REJECTED`, `ERR_OAUTH1_DECLINED` and what {@link OAuth1Flow.requestToken}
   * throws
   */
  async accessToken(temporary: Credentials, verifier: string): Promise<Credentials> {
    tokenOf(temporary);
    const answer = await this.#ask(this.#endpoints.accessTokenUrl, temporary, {
      oauth_verifier: requireText(verifier, 'verifier'),
    });
    return withToken(temporary, answer);
  }

  #tellRefused(url: string, problem: string | null, date: unknown): void {
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

  async #ask(
    url: string,
    credentials: Credentials,
    further: Record<`oauth_${string}`, string>,
  ): Promise<URLSearchParams> {
    const request = { method: 'POST', url, headers: {} };
    const held = credentials.reveal('oauth1');
    const { Authorization } = sign(request, held, this.#context, further);
    const { status, data, date } = await send(
      { ...request, headers: { Authorization } },
      this.#axios,
    );
    const answer = new URLSearchParams(data);
    if (status >= 200 && status <= 299) return answer;
    const problem = answer.get('oauth_problem');
    if (status === 401 && isObserved('request:refused')) this.#tellRefused(url, problem, date);
    throw problemOf(problem, status);
  }
}

function withToken(credentials: Credentials, answer: URLSearchParams): Credentials {
  const { consumerKey, consumerSecret } = credentials.reveal('oauth1');
  try {
    const token = requireText(answer.get('oauth_token'), 'oauth_token');
    const tokenSecret = requireText(answer.get('oauth_token_secret'), 'oauth_token_secret');
    return credentials.with({ oauth1: { consumerKey, consumerSecret, token, tokenSecret } });
  } catch {
    throw invalidAnswer(); // The fault is the platform's, not that of a variable of the user's.
  }
}

function tokenOf(temporary: Credentials): string {
  // Where a session has ended, there are often no credentials at all.
  const isCredentials = (temporary as unknown) instanceof Credentials;
  const token = isCredentials ? temporary.reveal('oauth1').token : undefined;
  if (token !== undefined) return token;
  throw new NexmoAuthError(
    'ERR_MISSING_CREDENTIAL',
    'The credentials hold no oauth1.token: give those that requestToken() gave.',
  );
}

function invalidAnswer(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_OAUTH1_ANSWER_INVALID',
    'The answer lacks what OAuth 1.0a has there. Is it the endpoint of an OAuth 1.0a provider?',
  );
}

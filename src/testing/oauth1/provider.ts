import type { Account } from '../account';
import { formType } from '../body-fields';
import { equalsSecret } from '../constant-time';
import { type Refusal, wrong } from '../refusal-responses';
import type { HttpResponse } from '../response';
import { UsedNonces } from './nonces';
import {
  checkSignedRequest,
  type KnownTokens,
  type OAuth1Problem,
  type SignedRequest,
} from './signed-request';
import { OAuth1Tokens, type RequestToken } from './tokens';

/** The response to a request for a token. `refusal` says why no token was issued. */
export type TokenResponse = { response: HttpResponse; refusal?: string };

/** The server of OAuth 1.0a (RFC 5849), with the tokens that it issued and the nonces that were used. */
export class OAuth1Provider {
  readonly tokens = new OAuth1Tokens();
  readonly #nonces = new UsedNonces();

  /** Checks a request to a product. Such a request needs an access token. */
  checkAccess(request: SignedRequest, account: Account): Refusal | undefined {
    const { oauth1 } = account;
    const findToken = (token: string, consumerKey: string) =>
      token === oauth1?.token
        ? { secret: String(oauth1.tokenSecret) }
        : this.tokens.findAccessToken(token, consumerKey);
    const { problem } = this.#check(request, ['oauth_token'], findToken, account);
    return problem && wrong(`${problem.code}: ${problem.reason}`);
  }

  /** Issues a request token (RFC 5849 section 2.1). */
  issueRequestToken(request: SignedRequest, account: Account): TokenResponse {
    const findToken = (token: string) => (token === '' ? { secret: '' } : undefined);
    const result = this.#check(request, ['oauth_callback'], findToken, account);
    if (result.problem !== undefined) return problemResponse(result.problem);
    const consumerKey = String(result.parameters.get('oauth_consumer_key'));
    const callback = String(result.parameters.get('oauth_callback'));
    const isUrl = /^https?:\/\//i.test(callback) && URL.canParse(callback);
    if (callback !== 'oob' && !isUrl) {
      const reason = 'oauth_callback is neither an absolute URL nor oob';
      return problemResponse({ code: 'parameter_rejected', reason });
    }
    const { token, secret } = this.tokens.issueRequestToken(consumerKey, callback, account.now());
    return {
      response: formResponse(200, {
        oauth_token: token,
        oauth_token_secret: secret,
        oauth_callback_confirmed: 'true',
      }),
    };
  }

  /** Issues an access token (RFC 5849 section 2.3). */
  issueAccessToken(request: SignedRequest, account: Account): TokenResponse {
    const findToken = (token: string, consumerKey: string) => {
      const requestToken = this.tokens.findRequestToken(token, account.now());
      return requestToken?.consumerKey === consumerKey ? requestToken : undefined;
    };
    const result = this.#check(request, ['oauth_token', 'oauth_verifier'], findToken, account);
    if (result.problem !== undefined) return problemResponse(result.problem);
    const problem = decisionProblem(result.token, result.parameters.get('oauth_verifier'));
    if (problem !== undefined) return problemResponse(problem);
    const { token, secret } = this.tokens.exchange(result.token);
    return { response: formResponse(200, { oauth_token: token, oauth_token_secret: secret }) };
  }

  #check<Token extends { secret: string }>(
    request: SignedRequest,
    required: readonly string[],
    findToken: KnownTokens<Token>['findToken'],
    { oauth1: consumer, now }: Account,
  ) {
    const known = { consumer, findToken };
    return checkSignedRequest(request, required, known, this.#nonces, now() / 1000);
  }
}

function decisionProblem(requestToken: RequestToken, verifier: unknown): OAuth1Problem | undefined {
  if (requestToken.decision === 'pending') {
    return { code: 'permission_unknown', reason: 'nobody has decided on oauth_token yet' };
  }
  if (requestToken.decision === 'declined') {
    return { code: 'permission_denied', reason: 'oauth_token was declined' };
  }
  if (!equalsSecret(verifier, requestToken.verifier)) {
    return { code: 'verifier_invalid', reason: 'oauth_verifier does not match oauth_token' };
  }
  return undefined;
}

function problemResponse({ code, reason, fields }: OAuth1Problem): TokenResponse {
  const response = formResponse(401, { oauth_problem: code, ...fields });
  return { response, refusal: `${code}: ${reason}` };
}

function formResponse(status: number, fields: Readonly<Record<string, string>>): HttpResponse {
  return {
    status,
    headers: {
      'content-type': formType,
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'OAuth' }),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

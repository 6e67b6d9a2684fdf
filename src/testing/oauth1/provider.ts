import type { Account } from '../account';
import type { Answer } from '../response';
import { isEqual } from '../constant-time';
import { type CredentialFault, wrong } from '../credential-fault';
import { UsedNonces } from './nonces';
import {
  checkSigned,
  type OAuth1Problem,
  type SignedRequest,
  type Signers,
} from './signed-request';
import { OAuth1Tokens, type RequestToken } from './tokens';

/** What is answered to a request for a token, and why it is refused if it is. */
export type TokenAnswer = { answer: Answer; refusal?: string };

/** The server of OAuth 1.0a (RFC 5849), with the tokens that it gave out and the nonces it saw. */
export class OAuth1Provider {
  readonly tokens = new OAuth1Tokens();
  readonly #nonces = new UsedNonces();

  /** Of a request to a product, which an access token alone opens. */
  checkAccess(request: SignedRequest, account: Account): CredentialFault | undefined {
    const { oauth1 } = account;
    const tokenOf = (name: string, consumerKey: string) =>
      name === oauth1?.token
        ? { secret: String(oauth1.tokenSecret) }
        : this.tokens.access(name, consumerKey);
    const { problem } = this.#check(request, ['oauth_token'], tokenOf, account);
    return problem && wrong(`${problem.problem}: ${problem.reason}`);
  }

  /** Section 2.1. */
  requestToken(request: SignedRequest, account: Account): TokenAnswer {
    const tokenOf = (name: string) => (name === '' ? { secret: '' } : undefined);
    const checked = this.#check(request, ['oauth_callback'], tokenOf, account);
    if (checked.problem !== undefined) return refused(checked.problem);
    const consumerKey = String(checked.parameters.get('oauth_consumer_key'));
    const callback = String(checked.parameters.get('oauth_callback'));
    const isUrl = /^https?:\/\//i.test(callback) && URL.canParse(callback);
    if (callback !== 'oob' && !isUrl) {
      const reason = 'oauth_callback is neither an absolute URL nor oob';
      return refused({ problem: 'parameter_rejected', reason });
    }
    const { token, secret } = this.tokens.request(consumerKey, callback, account.now());
    return {
      answer: formAnswer(200, {
        oauth_token: token,
        oauth_token_secret: secret,
        oauth_callback_confirmed: 'true',
      }),
    };
  }

  /** Section 2.3. */
  accessToken(request: SignedRequest, account: Account): TokenAnswer {
    const tokenOf = (name: string, consumerKey: string) => {
      const requested = this.tokens.requested(name, account.now());
      return requested?.consumerKey === consumerKey ? requested : undefined;
    };
    const checked = this.#check(request, ['oauth_token', 'oauth_verifier'], tokenOf, account);
    if (checked.problem !== undefined) return refused(checked.problem);
    const problem = undecided(checked.token, checked.parameters.get('oauth_verifier'));
    if (problem !== undefined) return refused(problem);
    const { token, secret } = this.tokens.exchange(checked.token);
    return { answer: formAnswer(200, { oauth_token: token, oauth_token_secret: secret }) };
  }

  #check<Token extends { secret: string }>(
    request: SignedRequest,
    required: readonly string[],
    tokenOf: Signers<Token>['tokenOf'],
    { oauth1: consumer, now }: Account,
  ) {
    return checkSigned(request, required, { consumer, tokenOf }, this.#nonces, now() / 1000);
  }
}

function undecided(requested: RequestToken, verifier: unknown): OAuth1Problem | undefined {
  if (requested.decision === 'pending') {
    return { problem: 'permission_unknown', reason: 'nobody has decided on oauth_token yet' };
  }
  if (requested.decision === 'declined') {
    return { problem: 'permission_denied', reason: 'oauth_token was declined' };
  }
  if (!isEqual(verifier, requested.verifier)) {
    return { problem: 'verifier_invalid', reason: 'oauth_verifier is not that of oauth_token' };
  }
  return undefined;
}

function refused({ problem, reason, more }: OAuth1Problem): TokenAnswer {
  const answer = formAnswer(401, { oauth_problem: problem, ...more });
  return { answer, refusal: `${problem}: ${reason}` };
}

function formAnswer(status: number, fields: Readonly<Record<string, string>>): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': 'OAuth' }),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

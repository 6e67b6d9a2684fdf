import { equalsSecret } from '../constant-time';
import { randomHex } from '../response';

export type TokenPair = { token: string; secret: string };

/** Temporary credentials, which a person approves or declines (RFC 5849 section 2.1). */
export type RequestToken = Readonly<TokenPair> & {
  readonly consumerKey: string;
  /** An absolute URL, or `oob` if the person copies the verifier to the consumer. */
  readonly callback: string;
  readonly verifier: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
  decision: 'pending' | 'approved' | 'declined';
  /** The hidden value of the form that was shown last. Only that form can record a decision. */
  confirmation: string | undefined;
};

/** The lifetime of a request token: ten minutes, in milliseconds. The platform's value is not known. */
const lifetime = 600_000;

/** The tokens of one sandbox. */
export class OAuth1Tokens {
  readonly #requestTokens = new Map<string, RequestToken>();
  readonly #accessTokens = new Map<string, { secret: string; consumerKey: string }>();

  issueRequestToken(consumerKey: string, callback: string, now: number): RequestToken {
    for (const { token, expires } of this.#requestTokens.values()) {
      if (expires <= now) this.#requestTokens.delete(token);
    }
    const requestToken: RequestToken = {
      ...createTokenPair(),
      consumerKey,
      callback,
      verifier: randomHex(16),
      expires: now + lifetime,
      decision: 'pending',
      confirmation: undefined,
    };
    this.#requestTokens.set(requestToken.token, requestToken);
    return requestToken;
  }

  findRequestToken(token: string, now: number): RequestToken | undefined {
    const requestToken = this.#requestTokens.get(token);
    return requestToken !== undefined && now < requestToken.expires ? requestToken : undefined;
  }

  /** Returns the hidden value for a new form. Invalidates the form that was shown before. */
  renewConfirmation(requestToken: RequestToken): string {
    requestToken.confirmation = randomHex(16);
    return requestToken.confirmation;
  }

  /** Records a decision if it comes from the form that was shown last. Otherwise, returns false. */
  decide(
    requestToken: RequestToken,
    confirmation: unknown,
    decision: 'approved' | 'declined',
  ): boolean {
    if (!equalsSecret(confirmation, requestToken.confirmation)) return false;
    requestToken.decision = decision;
    return true;
  }

  /** Replaces a request token with an access token. */
  exchange({ token, consumerKey }: RequestToken): TokenPair {
    this.#requestTokens.delete(token);
    const access = createTokenPair();
    this.#accessTokens.set(access.token, { secret: access.secret, consumerKey });
    return access;
  }

  findAccessToken(token: string, consumerKey: string): { secret: string } | undefined {
    const access = this.#accessTokens.get(token);
    return access?.consumerKey === consumerKey ? access : undefined;
  }
}

const createTokenPair = (): TokenPair => ({ token: randomHex(16), secret: randomHex(16) });

import { hexId } from '../response';
import { isEqual } from '../constant-time';

/** What a consumer asked a person for, from the first leg to the last. */
export type RequestToken = {
  readonly token: string;
  readonly secret: string;
  readonly consumerKey: string;
  /** An absolute URL, or `oob` for a person who carries the verifier over. */
  readonly callback: string;
  readonly verifier: string;
  /** Milliseconds. */
  readonly expires: number;
  decision: 'pending' | 'approved' | 'declined';
  /** Of the form that was shown last, and good for it alone. */
  confirmation: string | undefined;
};

export type Issued = { token: string; secret: string };

/** Ten minutes; how long the platform left a person to decide is unknown. */
const lifetime = 600_000;

/** The tokens of one sandbox. */
export class OAuth1Tokens {
  readonly #requested = new Map<string, RequestToken>();
  readonly #access = new Map<string, { secret: string; consumerKey: string }>();

  request(consumerKey: string, callback: string, now: number): RequestToken {
    for (const { token, expires } of this.#requested.values()) {
      if (expires <= now) this.#requested.delete(token);
    }
    const requested: RequestToken = {
      ...issue(),
      consumerKey,
      callback,
      verifier: hexId(16),
      expires: now + lifetime,
      decision: 'pending',
      confirmation: undefined,
    };
    this.#requested.set(requested.token, requested);
    return requested;
  }

  requested(token: string, now: number): RequestToken | undefined {
    const found = this.#requested.get(token);
    return found !== undefined && now < found.expires ? found : undefined;
  }

  /** A new form to decide by; the one shown before is good no longer. */
  confirmation(requested: RequestToken): string {
    requested.confirmation = hexId(16);
    return requested.confirmation;
  }

  /** False for a form other than the one that was shown last. */
  decide(
    requested: RequestToken,
    confirmation: unknown,
    decision: 'approved' | 'declined',
  ): boolean {
    if (!isEqual(confirmation, requested.confirmation)) return false;
    requested.decision = decision;
    return true;
  }

  /** An access token for a request token, which is spent by it. */
  exchange({ token, consumerKey }: RequestToken): Issued {
    this.#requested.delete(token);
    const access = issue();
    this.#access.set(access.token, { secret: access.secret, consumerKey });
    return access;
  }

  access(token: string, consumerKey: string): { secret: string } | undefined {
    const access = this.#access.get(token);
    return access?.consumerKey === consumerKey ? access : undefined;
  }
}

const issue = (): Issued => ({ token: hexId(16), secret: hexId(16) });

import type { KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { Credentials } from '../credentials/credentials';
import type { PrivateKeyInput } from '../credentials/private-key';
import { publish } from '../diagnostics';
import { copyHint, NexmoAuthError } from '../errors';
import { type Clock, reading, requireClock, secondsOf } from '../options';
import { checkDefaults, checkJwtOptions, type Claims, type JwtOptions, toClaims } from './claims';
import { newJti } from './jti';
import {
  ExternalSigner,
  signInThreadPool,
  signNow,
  type Signer,
  type SignerOptions,
} from './signer';
import {
  type CacheOptions,
  type IssuedToken,
  requireCacheSize,
  type SignedToken,
  TokenCache,
} from './token-cache';
import type { Lifetime } from './units';
import { videoJwtOptions, videoLifetime, type VideoTokenOptions } from './video';

/** Options for every token of a generator. What one token has for itself is not among them. */
export type JwtGeneratorDefaults = Omit<JwtOptions, 'exp' | 'iat' | 'jti'> & {
  now?: Clock | undefined;
  /** Signs in place of a private key: a KMS, an HSM, a vault. */
  signer?: Signer | SignerOptions | undefined;
  /** Of {@link JwtGenerator.token}: false for a new token at every call. */
  cache?: boolean | CacheOptions | undefined;
};

/** How a token is made, besides its claims. */
type Making = { lifetime?: Lifetime; inBackground?: boolean };

/**
 * Makes the RS256 tokens with which an application authenticates (authentication guide, "JSON
 * Web Tokens"). With a `signer`, the credentials need no private key, and one that they hold is not
 * used.
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL` without application ID and private key;
 * `ERR_INVALID_OPTION`, `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`,
 * `ERR_LIFETIME_OUT_OF_BOUNDS` for the defaults; `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`,
 * `ERR_KEY_TOO_SHORT` for the public key of a signer
 */
export class JwtGenerator {
  readonly #application: { id: string; newJti: () => string };
  readonly #key: KeyObject | ExternalSigner;
  readonly #defaults: JwtOptions;
  readonly #defaultKey: string;
  readonly #now: Clock;
  readonly #cache: TokenCache | undefined;

  constructor(credentials: Credentials, defaults: JwtGeneratorDefaults = {}) {
    if (!(credentials instanceof Credentials)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `JwtGenerator takes a Credentials object.${copyHint(credentials, 'Credentials')}`,
      );
    }
    const { now, signer, cache, options } = reading(defaults, 'The defaults', partsOf);
    const missing = credentials.missing(signer === undefined ? 'application' : 'application-id');
    if (missing.length > 0) {
      throw new NexmoAuthError(
        'ERR_MISSING_CREDENTIAL',
        `A JWT needs ${missing.join(' and ')} in the credentials.`,
      );
    }
    const id = String(credentials.applicationId);
    const size = requireCacheSize(cache);
    this.#defaults = checkDefaults(options);
    this.#defaultKey = JSON.stringify(this.#defaults);
    this.#now = requireClock(now);
    this.#application = { id, newJti };
    this.#key =
      signer === undefined ? credentials.reveal('privateKey') : new ExternalSigner(signer);
    this.#cache = size > 0 ? new TokenCache(size, id) : undefined;
  }

  /**
   * A new token at every call. An option given here stands before the same one in the defaults
   * (`exp` before a default `ttl`, `claims` as a whole); the options are not changed. Does not ask
   * the platform whether it knows the application or the key.
   *
   * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`,
   * `ERR_LIFETIME_OUT_OF_BOUNDS`, `ERR_EXP_IN_PAST`, `ERR_INVALID_OPTION`;
   * `ERR_SIGNER_NEEDS_ASYNC` where there is a `signer`
   */
  generate(options?: JwtOptions): string {
    return this.#signNow(this.#merge(options));
  }

  /**
   * The same, without holding up the event loop: signed in the thread pool, where for the same claims
   * it comes out the same to the byte, or by the `signer`. Where the clock was set meanwhile, it is
   * signed once more.
   *
   * @throws NexmoAuthError (rejects with) what {@link JwtGenerator.generate} throws; with a `signer`
   * `ERR_SIGNER_FAILED`, `ERR_SIGNER_TIMEOUT`, `ERR_SIGNER_ABORTED`, `ERR_SIGNER_SIGNATURE`
   */
  async generateAsync(options?: JwtOptions): Promise<string> {
    return (await this.#sign(this.#merge(options))).text;
  }

  /**
   * A live token: the one from before until shortly before it expires, and then a new one, made like
   * those of {@link JwtGenerator.generateAsync}. It is replaced ahead of time in the background, one
   * signature serves all who wait for it, and one that failed is tried again. Different options have
   * different tokens. With `iat`, `exp` or `jti`, which belong to a single token, it is a new one.
   *
   * @throws NexmoAuthError (rejects with) what {@link JwtGenerator.generateAsync} throws
   */
  async token(options?: JwtOptions): Promise<string> {
    const issued = this.#issue(options);
    return types.isPromise(issued) ? (await issued).text : issued.text;
  }

  /**
   * What {@link JwtGenerator.token} gives, with its times, and whether it was signed for an earlier
   * call.
   *
   * @throws NexmoAuthError (rejects with) what {@link JwtGenerator.generateAsync} throws
   */
  async issue(options?: JwtOptions): Promise<IssuedToken> {
    return this.#issue(options);
  }

  /** Uses a token no longer that the platform refused; the next one is new. */
  drop(token: string): void {
    this.#cache?.drop(token);
  }

  /**
   * A new token with which a client connects to a session of the Video API. It lives 30 seconds to 30
   * days, 15 minutes by default. The defaults of the generator are not for it.
   *
   * @throws NexmoAuthError `ERR_CLAIM_INVALID`, also for a role that does not exist; and what
   * {@link JwtGenerator.generate} throws
   */
  generateVideoToken(options: VideoTokenOptions): string {
    return this.#signNow(videoJwtOptions(options), { lifetime: videoLifetime });
  }

  /**
   * The same, signed in the thread pool or by the `signer`.
   *
   * @throws NexmoAuthError (rejects with) what {@link JwtGenerator.generateVideoToken} and
   * {@link JwtGenerator.generateAsync} throw
   */
  async generateVideoTokenAsync(options: VideoTokenOptions): Promise<string> {
    return (await this.#sign(videoJwtOptions(options), { lifetime: videoLifetime })).text;
  }

  #issue(options: JwtOptions | undefined): IssuedToken | Promise<IssuedToken> {
    const merged = this.#merge(options);
    const { iat, exp, jti } = merged;
    if (this.#cache === undefined || (iat ?? exp ?? jti) !== undefined) {
      return this.#sign(merged).then((token) => ({ ...token, isReused: false }));
    }
    const key = merged === this.#defaults ? this.#defaultKey : JSON.stringify(merged);
    return this.#cache.issue(key, secondsOf(this.#now), (inBackground) =>
      this.#sign(merged, { inBackground }),
    );
  }

  #merge(options: JwtOptions | undefined): JwtOptions {
    if (options === undefined) return this.#defaults;
    const chosen = Object.entries(checkJwtOptions(options)).filter(
      ([, value]) => value !== undefined,
    );
    return { ...this.#defaults, ...Object.fromEntries(chosen) };
  }

  #claimsOf(options: JwtOptions, { lifetime }: Making): Claims {
    return toClaims(options, this.#application, secondsOf(this.#now), lifetime);
  }

  #signNow(options: JwtOptions, making: Making = {}): string {
    if (this.#key instanceof ExternalSigner) {
      throw new NexmoAuthError(
        'ERR_SIGNER_NEEDS_ASYNC',
        'An external signer takes its time: await generateAsync(), generateVideoTokenAsync() or token().',
      );
    }
    const claims = this.#claimsOf(options, making);
    return this.#signed(claims, signNow(claims, this.#key)).text;
  }

  async #sign(options: JwtOptions, making: Making = {}, isSecond = false): Promise<SignedToken> {
    const claims = this.#claimsOf(options, making);
    const text = await (this.#key instanceof ExternalSigner
      ? this.#key.tokenOf(claims, making.inBackground === true)
      : signInThreadPool(claims, this.#key));
    const now = secondsOf(this.#now);
    const isExpired = claims.exp <= now;
    const isAhead = claims.iat > now && options.iat === undefined;
    // Most likely, the clock was set in the meantime.
    if ((isExpired || isAhead) && !isSecond) return this.#sign(options, making, true);
    if (isExpired) {
      throw new NexmoAuthError(
        'ERR_EXP_IN_PAST',
        'The token expired while it was being signed. Give it a longer life, or the signer a shorter deadline.',
      );
    }
    return this.#signed(claims, text);
  }

  #signed({ iat, exp }: Claims, text: string): SignedToken {
    publish('token:signed', { applicationId: this.#application.id, iat, exp });
    return { text, iat, exp };
  }
}

/**
 * One token, without a generator. The key is parsed at each call: for more than a few tokens, a
 * {@link JwtGenerator} parses it once. An encrypted key needs `Credentials`, which take a passphrase.
 *
 * @throws NexmoAuthError what the constructors of `Credentials` and {@link JwtGenerator}, and
 * {@link JwtGenerator.generate} throw
 */
export function generateJwt(
  applicationId: string,
  privateKey: PrivateKeyInput,
  options: JwtOptions & { now?: Clock | undefined } = {},
): string {
  const { now, rest } = clockApart(options, 'The JWT options');
  return new JwtGenerator(new Credentials({ applicationId, privateKey }), { now }).generate(rest);
}

/**
 * One token with which a client connects to a session of the Video API, without a generator; see
 * {@link JwtGenerator.generateVideoToken}.
 *
 * @throws NexmoAuthError what the constructors of `Credentials` and {@link JwtGenerator}, and
 * {@link JwtGenerator.generateVideoToken} throw
 */
export function generateVideoToken(
  applicationId: string,
  privateKey: PrivateKeyInput,
  options: VideoTokenOptions & { now?: Clock | undefined },
): string {
  const { now, rest } = clockApart(options, 'The options of a video token');
  const credentials = new Credentials({ applicationId, privateKey });
  return new JwtGenerator(credentials, { now }).generateVideoToken(rest);
}

/** What is for the tokens, apart from what is for the generator. */
function partsOf({ now = Date.now, signer, cache = true, ...options }: JwtGeneratorDefaults) {
  return { now, signer, cache, options };
}

function clockApart<Options extends { now?: Clock | undefined }>(options: Options, what: string) {
  const parts = ({ now, ...rest }: Options) => ({ now, rest });
  return reading(options, what, parts, 'ERR_CLAIM_INVALID');
}

import type { KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { Credentials } from '../credentials/credentials';
import { remedyOf } from '../credentials/remedy';
import type { PrivateKeyInput } from '../credentials/private-key';
import { publish } from '../diagnostics';
import { copyHint, NexmoAuthError } from '../errors';
import { type Clock, readOptions, requireClock, secondsOf } from '../options';
import { checkDefaults, checkJwtOptions, type Claims, type JwtOptions, toClaims } from './claims';
import { ExternalSigner, type Signer, type SignerOptions } from './external-signer';
import { newJti } from './jti';
import { signInThreadPool, signSync } from './local-signer';
import {
  type CacheOptions,
  type IssuedToken,
  requireCacheSize,
  type SignedToken,
  TokenCache,
} from './token-cache';
import type { Lifetime } from './units';
import { videoJwtOptions, videoLifetime, type VideoTokenOptions } from './video';

/** Options for every token of a generator. They exclude `exp`, `iat` and `jti`, which belong to a single token. */
export type JwtGeneratorDefaults = Omit<JwtOptions, 'exp' | 'iat' | 'jti'> & {
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
  /** Signs the tokens, for example in a KMS or an HSM. The private key is then not used. */
  signer?: Signer | SignerOptions | undefined;
  /** The cache of {@link JwtGenerator.token}. With `false`, every call signs a new token. */
  cache?: boolean | CacheOptions | undefined;
};

/**
 * The maximum number of seconds by which a token may be dated ahead, if the clock was set back during both signatures.
 * Small steps back are usual while a clock is being corrected.
 */
const maximumAhead = 1;

type SigningContext = { lifetime?: Lifetime; inBackground?: boolean; isRetry?: boolean };

/**
 * Signs the RS256 tokens that authenticate an application (authentication guide, "JSON Web Tokens"). With a `signer`,
 * the credentials need no private key, and a private key in them is not used.
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL` if the application ID or the private key is missing;
 * `ERR_INVALID_OPTION`, `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`, `ERR_LIFETIME_OUT_OF_BOUNDS` for
 * the defaults; `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT` for the public key of a signer
 */
export class JwtGenerator {
  readonly #application: { id: string; newJti: () => string };
  readonly #keyOrSigner: KeyObject | ExternalSigner;
  readonly #defaults: JwtOptions;
  readonly #defaultCacheKey: string;
  readonly #now: Clock;
  readonly #cache: TokenCache | undefined;

  constructor(credentials: Credentials, defaults: JwtGeneratorDefaults = {}) {
    if (!(credentials instanceof Credentials)) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `JwtGenerator takes a Credentials object.${copyHint(credentials, 'Credentials')}`,
      );
    }
    const { now, signer, cache, options } = readOptions(defaults, 'The defaults', splitDefaults);
    const missing = credentials.missing(signer === undefined ? 'application' : 'application-id');
    if (missing.length > 0) {
      throw new NexmoAuthError(
        'ERR_MISSING_CREDENTIAL',
        `A JWT needs ${missing.join(' and ')} in the credentials. ${remedyOf(credentials)?.(missing) ?? ''}`.trim(),
      );
    }
    const id = String(credentials.applicationId);
    const size = requireCacheSize(cache);
    this.#defaults = checkDefaults(options);
    this.#defaultCacheKey = JSON.stringify(this.#defaults);
    this.#now = requireClock(now);
    this.#application = { id, newJti };
    this.#keyOrSigner =
      signer === undefined ? credentials.reveal('privateKey') : new ExternalSigner(signer);
    this.#cache = size > 0 ? new TokenCache(size, id) : undefined;
  }

  /**
   * Signs a new token on the event loop. Options override the defaults: `exp` overrides a default `ttl`, and `claims`
   * replaces all default claims. Does not check whether the platform knows the application or the key.
   *
   * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`, `ERR_LIFETIME_OUT_OF_BOUNDS`,
   * `ERR_EXP_IN_PAST`, `ERR_INVALID_OPTION`; `ERR_KEY_INVALID` for a private key that cannot sign;
   * `ERR_SIGNER_NEEDS_ASYNC` with a `signer`
   */
  generate(options?: JwtOptions): string {
    return this.#signSync(this.#merge(options));
  }

  /**
   * Signs a new token in the thread pool or with the `signer`. For the same claims, returns the same bytes as {@link
   * JwtGenerator.generate}. If the clock is set while the token is being signed, signs the token once more.
   *
   * @throws NexmoAuthError Rejects with the errors of {@link JwtGenerator.generate}; with `ERR_INVALID_OPTION` if the
   * clock is set back twice, by more than a second; with a `signer` also
   * `ERR_SIGNER_FAILED`, `ERR_SIGNER_TIMEOUT`, `ERR_SIGNER_ABORTED`, `ERR_SIGNER_SIGNATURE`
   */
  async generateAsync(options?: JwtOptions): Promise<string> {
    return (await this.#sign(this.#merge(options))).text;
  }

  /**
   * Returns a cached token, or signs a new token like {@link JwtGenerator.generateAsync}. A cached token is used until
   * shortly before it expires. A call near the end of that period also signs the next token in the background.
   * Concurrent calls share one signature. Failed signatures are not cached. Tokens are cached by their options. With
   * `iat`, `exp` or `jti`, which belong to a single token, every call signs a new token.
   *
   * @throws NexmoAuthError Rejects with the errors of {@link JwtGenerator.generateAsync}
   */
  async token(options?: JwtOptions): Promise<string> {
    const issued = this.#issue(options);
    return types.isPromise(issued) ? (await issued).text : issued.text;
  }

  /**
   * Returns the token of {@link JwtGenerator.token} with its times, and whether it was signed for an earlier call.
   *
   * @throws NexmoAuthError Rejects with the errors of {@link JwtGenerator.generateAsync}
   */
  async issue(options?: JwtOptions): Promise<IssuedToken> {
    return this.#issue(options);
  }

  /** Removes a refused token from the cache, so that the next call signs a new token. */
  drop(token: string): void {
    this.#cache?.drop(token);
  }

  /**
   * Signs a new token with which a client connects to a session of the Video API. Its lifetime is 30 seconds to 30 days
   * (default: 15 minutes). The generator's defaults do not apply to this token.
   *
   * @throws NexmoAuthError `ERR_CLAIM_INVALID`, also for an unknown role; the errors of {@link JwtGenerator.generate}
   */
  generateVideoToken(options: VideoTokenOptions): string {
    return this.#signSync(videoJwtOptions(options), { lifetime: videoLifetime });
  }

  /**
   * Signs the token of {@link JwtGenerator.generateVideoToken} in the thread pool or with the `signer`.
   *
   * @throws NexmoAuthError Rejects with the errors of {@link JwtGenerator.generateVideoToken} and {@link
   * JwtGenerator.generateAsync}
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
    const key = merged === this.#defaults ? this.#defaultCacheKey : JSON.stringify(merged);
    return this.#cache.issue(key, secondsOf(this.#now), (inBackground) =>
      this.#sign(merged, { inBackground }),
    );
  }

  #merge(options: JwtOptions | undefined): JwtOptions {
    if (options === undefined) return this.#defaults;
    const checked = Object.entries(checkJwtOptions(options));
    const defined = checked.filter(([, value]) => value !== undefined);
    return { ...this.#defaults, ...Object.fromEntries(defined) };
  }

  #toClaims(options: JwtOptions, { lifetime }: SigningContext): Claims {
    return toClaims(options, this.#application, secondsOf(this.#now), lifetime);
  }

  #signSync(options: JwtOptions, context: SigningContext = {}): string {
    if (this.#keyOrSigner instanceof ExternalSigner) {
      throw new NexmoAuthError(
        'ERR_SIGNER_NEEDS_ASYNC',
        'An external signer is asynchronous: await generateAsync(), generateVideoTokenAsync() or token().',
      );
    }
    const claims = this.#toClaims(options, context);
    return this.#publishSigned(claims, signSync(claims, this.#keyOrSigner)).text;
  }

  async #sign(options: JwtOptions, context: SigningContext = {}): Promise<SignedToken> {
    const { inBackground = false, isRetry = false } = context;
    const claims = this.#toClaims(options, context);
    const text = await (this.#keyOrSigner instanceof ExternalSigner
      ? this.#keyOrSigner.signToken(claims, inBackground)
      : signInThreadPool(claims, this.#keyOrSigner));
    const now = secondsOf(this.#now);
    const isExpired = claims.exp <= now;
    const ahead = options.iat === undefined ? claims.iat - now : 0;
    // The clock was probably set while the token was being signed.
    if ((isExpired || ahead > 0) && !isRetry) {
      return this.#sign(options, { ...context, isRetry: true });
    }
    if (isExpired) {
      throw new NexmoAuthError(
        'ERR_EXP_IN_PAST',
        'The token expired while it was being signed. Choose a longer lifetime for the token, or a shorter deadline for the signer.',
      );
    }
    if (ahead > maximumAhead) {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        'The clock was set back twice while the token was being signed, so the token would be valid for too long. Check the clock of this machine, or the option now.',
      );
    }
    return this.#publishSigned(claims, text);
  }

  #publishSigned({ iat, exp }: Claims, text: string): SignedToken {
    publish('token:signed', { applicationId: this.#application.id, iat, exp });
    return { text, iat, exp };
  }
}

/**
 * Signs one token without a generator. Parses the key at every call. For many tokens, use a {@link JwtGenerator}, which
 * parses the key once. For an encrypted key, use `Credentials` with a passphrase.
 *
 * @throws NexmoAuthError the errors of {@link JwtGenerator.generate} and of the constructors of `Credentials` and
 * {@link JwtGenerator}
 */
export function generateJwt(
  applicationId: string,
  privateKey: PrivateKeyInput,
  options: JwtOptions & { now?: Clock | undefined } = {},
): string {
  const { now, rest } = splitClock(options, 'The JWT options');
  return new JwtGenerator(new Credentials({ applicationId, privateKey }), { now }).generate(rest);
}

/**
 * Signs one token like {@link JwtGenerator.generateVideoToken}, but without a generator. Parses the key at every call.
 *
 * @throws NexmoAuthError the errors of {@link JwtGenerator.generateVideoToken} and of the constructors of `Credentials`
 * and {@link JwtGenerator}
 */
export function generateVideoToken(
  applicationId: string,
  privateKey: PrivateKeyInput,
  options: VideoTokenOptions & { now?: Clock | undefined },
): string {
  const { now, rest } = splitClock(options, 'The options of a video token');
  const credentials = new Credentials({ applicationId, privateKey });
  return new JwtGenerator(credentials, { now }).generateVideoToken(rest);
}

function splitDefaults({ now = Date.now, signer, cache = true, ...options }: JwtGeneratorDefaults) {
  return { now, signer, cache, options };
}

function splitClock<Options extends { now?: Clock | undefined }>(options: Options, name: string) {
  const split = ({ now, ...rest }: Options) => ({ now, rest });
  return readOptions(options, name, split, 'ERR_CLAIM_INVALID');
}

import { types } from 'node:util';
import type { CredentialKind, Credentials } from '../credentials/credentials';
import type { ProviderFunction } from '../credentials/providers';
import { remedyOf } from '../credentials/remedy';
import { sourceOf } from '../credentials/shared';
import type { CredentialSource, ProviderOptions } from '../credentials/source';
import { publish } from '../diagnostics';
import { NexmoAuthError } from '../errors';
import { checkDefaults, type JwtOptions } from '../jwt/claims';
import type { JwtGenerator } from '../jwt/generator';
import { ExternalSigner, type Signer, type SignerOptions } from '../jwt/external-signer';
import { type CacheOptions, type IssuedToken, requireCacheSize } from '../jwt/token-cache';
import { type Clock, mapOptional, requireClock, secondsOf } from '../options';
import { randomNonce, requireNonce } from '../schemes/oauth1';
import type {
  AuthenticatedRequest,
  AuthRequest,
  PlainRequest,
  Scheme,
  SchemeContext,
} from '../schemes/scheme';
import { schemes } from '../schemes/schemes';
import { warnDeprecated } from './deprecation';
import { Generators } from './generators';
import { HostClocks } from './host-clocks';
import type { Product, Refusal } from './products';
import { isForbidden, type PlatformAnswer, type Report, refusalReport } from './refusal-report';
import { findAlternative } from './retry-policy';

/** Options that control which credential a request gets and how it is made. */
export type CredentialOptions = {
  /** Claims and lifetime of the tokens of the `bearer` scheme. */
  jwt?: Omit<JwtOptions, 'exp' | 'iat' | 'jti'> | undefined;
  /**
   * An external signer (a KMS, an HSM or a vault, for example) that replaces the private key in the `bearer` scheme.
   */
  signer?: Signer | SignerOptions | undefined;
  /** How the tokens of the `bearer` scheme are cached. `false` signs a new token for every request. */
  cache?: boolean | CacheOptions | undefined;
  /** When a credentials provider is called, and how long it may take. */
  provider?: ProviderOptions | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
  /** Makes the nonces of the `oauth1` scheme. Must return a different string at every call. */
  nonce?: (() => string) | undefined;
};

/** A request with its credential, and the next step for each answer of the platform. */
export type Attempt<Given extends AuthRequest = AuthRequest> = {
  /** The request to send. */
  readonly request: PlainRequest<Given>;
  /** The secrets in `request`, to be kept out of logs and errors. */
  readonly secrets: readonly string[];
  /** The name of the product. */
  readonly product: string;
  /** The scheme that attached the credential. */
  readonly scheme: Scheme;
  /** How the product refuses a credential in an HTTP 200 response. Undefined for a product that never does so. */
  readonly refusal: Refusal | undefined;
  /**
   * Reports that the credential was refused, and returns the same request with another credential: the other half of a
   * rotation pair, new credentials from the provider, or a new token instead of a token that was reused or dated by a
   * wrong clock. Returns undefined if there is no other credential. If the Date header shows that the local clock is
   * wrong, the new token is dated by the host's clock. Without such a Date header, status 403 is about permissions, so
   * `retry` returns undefined.
   *
   * @throws NexmoAuthError Rejects with the errors of `AuthInjector.inject`, for example if a signer fails
   */
  retry(answer?: PlatformAnswer): Promise<Attempt<Given> | undefined>;
  /**
   * Reports that a retry was accepted. The credential of the retry is used from now on. Call `accepted` instead of
   * `answered`.
   */
  accepted(answer?: PlatformAnswer): void;
  /** Reports a refusal that is not retried. Unless the status was 403, the next request calls the provider. */
  refused(answer?: PlatformAnswer): void;
  /**
   * Reports any response that does not refuse the credential. Its Date header confirms a clock that was learned from an
   * earlier refusal, or corrects that clock by up to a minute. If two responses in a row contradict the clock, the
   * clock is discarded. A response that does not refuse the credential never teaches a new clock.
   */
  answered(answer?: PlatformAnswer): void;
};

/** A request before it gets its credential. */
export type UnauthenticatedRequest<Given extends AuthRequest> = {
  request: PlainRequest<Given>;
  url: URL;
  product: Product;
  /** In a retry, the secrets of the refused attempt. The response to the retry may repeat them. */
  refusedSecrets?: readonly string[];
};

/** A token, the generator that signed it, and the clock that dated it. */
type SentToken = IssuedToken & { generator: JwtGenerator; clock: Clock };

/** The parts of an attempt. */
type AttemptContext<Given extends AuthRequest> = {
  unauthenticated: UnauthenticatedRequest<Given>;
  scheme: Scheme;
  credentials: Credentials;
  /** In a retry, the credentials that were refused. In a first attempt, the same as `credentials`. */
  refused: Credentials;
  token: SentToken | undefined;
};

type Diagnosis = {
  /** Whether the host's clock is known to differ from the clock that dated the token. */
  isMisdated: boolean;
  publishRefusal: (willRetry: boolean) => void;
};

/**
 * Publishes nothing. Used for a 403 that is not due to a wrong clock, since such a response does not refuse the
 * credential.
 */
const ignore = () => undefined;

/** Makes attempts: chooses the scheme and the credentials of a request, and of its retry. */
export class Attempts {
  /** Whether an external signer signs the tokens. */
  readonly hasSigner: boolean;
  readonly #source: CredentialSource;
  readonly #context: Omit<SchemeContext, 'token'>;
  readonly #clocks: HostClocks;
  readonly #generators: Generators;

  /** @throws NexmoAuthError what the constructor of AuthInjector throws for these options */
  constructor(credentials: Credentials | ProviderFunction, options: CredentialOptions) {
    const { jwt = {}, signer, cache = true } = options;
    const { provider, now = Date.now, nonce = randomNonce } = options;
    const size = requireCacheSize(cache);
    this.#generators = new Generators({
      ...checkDefaults(jwt),
      signer: mapOptional(signer, (value) => new ExternalSigner(value)),
      cache: size > 0 && { size },
    });
    this.hasSigner = signer !== undefined;
    this.#source = sourceOf(credentials, provider, requireClock(now));
    this.#clocks = new HostClocks(now);
    this.#context = { now: () => secondsOf(now), nonce: requireNonce(nonce) };
  }

  /** The credentials in use. Calls the provider if it is due. */
  credentials(): Credentials | Promise<Credentials> {
    return this.#source.current();
  }

  /** Whether the caller passed `Credentials`, not a provider. */
  get hasFixedCredentials(): boolean {
    return this.#source.isFixed;
  }

  /**
   * The credentials in use, for a client that cannot wait. Calls the provider as a request would, so that the
   * credentials are known later. Undefined before the provider's first answer, and after the credentials have expired.
   */
  credentialsNow(): Credentials | undefined {
    const inUse = this.credentials();
    if (!types.isPromise(inUse)) return inUse;
    inUse.catch(() => undefined);
    return this.#source.inUse;
  }

  /** The first attempt of a request, with the credentials in use. */
  first<Given extends AuthRequest>(
    unauthenticated: UnauthenticatedRequest<Given>,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    const inUse = this.#source.current();
    return types.isPromise(inUse)
      ? inUse.then((credentials) => this.#authenticate(unauthenticated, credentials))
      : this.#authenticate(unauthenticated, inUse);
  }

  #authenticate<Given extends AuthRequest>(
    unauthenticated: UnauthenticatedRequest<Given>,
    credentials: Credentials,
    refused = credentials,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    const { product, url } = unauthenticated;
    const scheme = this.#usableScheme(product, credentials);
    if (scheme === undefined) throw this.#missingCredential(product, credentials);
    const attemptWith = (token: SentToken | undefined) =>
      this.#attempt({ unauthenticated, scheme, credentials, refused, token });
    if (scheme !== 'bearer') return attemptWith(undefined);
    const clock = this.#clocks.at(url.host);
    const generator = this.#generators.of(credentials, clock);
    return generator.issue().then((token) => attemptWith({ ...token, generator, clock }));
  }

  #attempt<Given extends AuthRequest>(context: AttemptContext<Given>): Attempt<Given> {
    const { unauthenticated, scheme, credentials, refused, token } = context;
    const { name: product, refusal } = unauthenticated.product;
    const { now, nonce } = this.#context;
    const { request, secrets: attached } = schemes[scheme].attach(
      unauthenticated.request,
      credentials,
      { now, nonce, token: token?.text ?? '' },
    ) as AuthenticatedRequest<Given>;
    const { refusedSecrets } = unauthenticated;
    const secrets = refusedSecrets === undefined ? attached : [...attached, ...refusedSecrets];
    warnDeprecated(product);
    publish('credential:attached', { product, scheme });
    const { host } = unauthenticated.url;
    const attachedAt = this.#clocks.monotonic();
    const answered = (answer?: PlatformAnswer) => {
      this.#clocks.check(host, answer?.date, attachedAt);
    };
    const report = this.#reportOf(context, secrets);
    const diagnose = (answer: PlatformAnswer = {}) =>
      this.#diagnose(context, answer, { attachedAt, report });
    return {
      request,
      secrets,
      product,
      scheme,
      refusal,
      retry: (answer) => this.#retry(context, secrets, diagnose(answer), answer),
      accepted: (answer) => {
        answered(answer);
        this.#source.prefer(credentials, refused, this.#needsOf(scheme));
      },
      refused: (answer) => {
        diagnose(answer).publishRefusal(false);
        if (!isForbidden(answer)) this.#source.markRejected();
      },
      answered,
    };
  }

  /** The same request with an alternative credential, if there is one. */
  async #retry<Given extends AuthRequest>(
    { unauthenticated, scheme, credentials, token }: AttemptContext<Given>,
    refusedSecrets: readonly string[],
    { isMisdated, publishRefusal }: Diagnosis,
    answer: PlatformAnswer | undefined,
  ): Promise<Attempt<Given> | undefined> {
    const { product } = unauthenticated;
    const refused = {
      credentials,
      kind: this.#needsOf(scheme),
      isMisdated,
      isForbidden: isForbidden(answer),
      isTokenReused: token?.isReused === true,
    };
    const isUsable = (each: Credentials) => this.#usableScheme(product, each) !== undefined;
    const authenticate = async () => {
      const alternative = await findAlternative(refused, this.#source, isUsable);
      if (alternative === undefined) return undefined;
      const { credentials: found, change } = alternative;
      const again = { ...unauthenticated, refusedSecrets };
      return { attempt: await this.#authenticate(again, found, credentials), change };
    };
    const retry = await authenticate().catch((error: unknown) => {
      publishRefusal(false);
      throw error;
    });
    publishRefusal(retry !== undefined);
    if (retry === undefined) return undefined;
    publish('request:retried', { product: product.name, scheme, with: retry.change });
    return retry.attempt;
  }

  /** Learns the host's clock from a refusal, and evicts the refused token. */
  #diagnose(
    { unauthenticated: { url }, token }: AttemptContext<AuthRequest>,
    answer: PlatformAnswer,
    { attachedAt, report }: { attachedAt: number; report: Report },
  ): Diagnosis {
    const { host } = url;
    if (token === undefined) {
      this.#clocks.check(host, answer.date, attachedAt);
      return { isMisdated: false, publishRefusal: isForbidden(answer) ? ignore : report(answer) };
    }
    const sentAt = isForbidden(answer) ? attachedAt : undefined;
    const isClockWrong = this.#clocks.learn(host, answer.date, sentAt);
    const isMisdated = this.#clocks.at(host) !== token.clock;
    if (isMisdated || !isForbidden(answer)) token.generator.drop(token.text);
    const isRefused = isMisdated || isClockWrong || !isForbidden(answer);
    return { isMisdated, publishRefusal: isRefused ? report(answer) : ignore };
  }

  #reportOf(
    { unauthenticated, scheme, credentials, token }: AttemptContext<AuthRequest>,
    secrets: readonly string[],
  ): Report {
    const { url, product } = unauthenticated;
    return refusalReport(
      () => ({
        product: product.name,
        scheme,
        url,
        secrets: [...secrets, credentials.apiKey],
        ...(token && {
          applicationId: credentials.applicationId,
          iat: token.iat,
          exp: token.exp,
          keyFingerprint: this.#generators.keyFingerprintOf(credentials),
        }),
      }),
      (date) => this.#clocks.difference(date),
    );
  }

  #needsOf(scheme: Scheme): CredentialKind {
    const { needs } = schemes[scheme];
    return needs === 'application' && this.hasSigner ? 'application-id' : needs;
  }

  #usableScheme(product: Product, credentials: Credentials): Scheme | undefined {
    return product.schemes.find((scheme) => credentials.has(this.#needsOf(scheme)));
  }

  #missingCredential(product: Product, credentials: Credentials): NexmoAuthError {
    const kinds = [...new Set(product.schemes.map((scheme) => this.#needsOf(scheme)))];
    const needs = kinds.map((kind) => {
      const matching = product.schemes.filter((scheme) => this.#needsOf(scheme) === kind);
      return `${credentials.missing(kind).join(' and ')} (${matching.join(', ')})`;
    });
    const missing = new Set(kinds.flatMap((kind) => credentials.missing(kind)));
    const remedy = remedyOf(credentials)?.([...missing]);
    return new NexmoAuthError(
      'ERR_MISSING_CREDENTIAL',
      `The product ${product.name} needs ${needs.join(', or ')}. ${remedy ?? 'Add what is missing to the credentials. If a value comes from an environment variable, check that the variable is set.'}`,
    );
  }
}

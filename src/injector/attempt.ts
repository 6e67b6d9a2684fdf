import { types } from 'node:util';
import type { CredentialKind, Credentials } from '../credentials/credentials';
import type { AskedProvider } from '../credentials/providers';
import { CredentialSource, type ProviderOptions } from '../credentials/source';
import { publish } from '../diagnostics';
import { NexmoAuthError } from '../errors';
import { checkDefaults, type JwtOptions } from '../jwt/claims';
import type { JwtGenerator } from '../jwt/generator';
import { ExternalSigner, type Signer, type SignerOptions } from '../jwt/external-signer';
import { type CacheOptions, type IssuedToken, requireCacheSize } from '../jwt/token-cache';
import { type Clock, given, requireClock, secondsOf } from '../options';
import { randomNonce, requireNonce } from '../schemes/oauth1';
import type {
  AuthenticatedRequest,
  AuthRequest,
  PlainRequest,
  Scheme,
  SchemeContext,
} from '../schemes/scheme';
import { schemes } from '../schemes/schemes';
import { Generators } from './generators';
import { HostClocks } from './host-clocks';
import type { Product, Refusal } from './products';
import { isForbidden, type RefusingAnswer, type Report, reportOf } from './refusal-report';
import { findAlternative } from './retry-policy';

/** What a credential is made from, besides the credentials that one holds. */
export type CredentialOptions = {
  /** For the tokens of the `bearer` scheme. */
  jwt?: Omit<JwtOptions, 'exp' | 'iat' | 'jti'> | undefined;
  /** Signs these tokens in place of a private key: a KMS, an HSM, a vault. */
  signer?: Signer | SignerOptions | undefined;
  /** Of these tokens: false for a new one with every request. */
  cache?: boolean | CacheOptions | undefined;
  /** For credentials that come from a provider. */
  provider?: ProviderOptions | undefined;
  now?: Clock | undefined;
  /** For the `oauth1` scheme: gives a text that is new at every call. */
  nonce?: (() => string) | undefined;
};

/** A request with its credential, and the next step for each answer of the platform. */
export type Attempt<Given extends AuthRequest = AuthRequest> = {
  readonly request: PlainRequest<Given>;
  /** The secrets in `request`, to be kept out of logs and errors. */
  readonly secrets: readonly string[];
  readonly product: string;
  readonly scheme: Scheme;
  /** How the product refuses a credential in HTTP 200; undefined where it does so by HTTP 401 alone. */
  readonly refusal: Refusal | undefined;
  /**
   * Says that the credential was refused, and gives the same request with another: the other of a
   * rotation pair, what the provider gives by now, or a new token in place of one that was reused or
   * was dated by a wrong clock. Undefined where there is no other. An answer of status 403 is about
   * rights, unless its date shows that the clock is wrong: a token dated by the right one is then the
   * only retry.
   *
   * @throws NexmoAuthError (rejects with) what `AuthInjector.inject` throws: a signer may fail at this
   * time, say. The refusal stands then
   */
  retry(answer?: RefusingAnswer): Promise<Attempt<Given> | undefined>;
  /** Says of a retry that it worked: its credential is used from now on. Includes `answered`. */
  accepted(answer?: RefusingAnswer): void;
  /**
   * Says that the credential was refused, and that there is no retry: a provider is asked at the next
   * request, unless the status is 403.
   */
  refused(answer?: RefusingAnswer): void;
  /**
   * Says that an answer came which is no refusal, whatever its status. Its date confirms a clock that
   * was learned from an earlier refusal, or corrects it by up to a minute. The second in a row that
   * contradicts the clock ends its use. Nothing is learned from it.
   */
  answered(answer?: RefusingAnswer): void;
};

/** A request before it gets its credential. */
export type UnauthenticatedRequest<Given extends AuthRequest> = {
  request: PlainRequest<Given>;
  url: URL;
  product: Product;
};

/** A token, the generator that signed it, and the clock that dated it. */
type SentToken = IssuedToken & { generator: JwtGenerator; clock: Clock };

/** What an attempt was made of. */
type AttemptContext<Given extends AuthRequest> = {
  unauthenticated: UnauthenticatedRequest<Given>;
  scheme: Scheme;
  credentials: Credentials;
  /** The credentials whose refusal this attempt retries; in a first attempt, its own. */
  refused: Credentials;
  token: SentToken | undefined;
};

/** What a refusal is judged by. */
type Sent = {
  host: string;
  token: SentToken | undefined;
  /** Steady time, in milliseconds. */
  attachedAt: number;
  report: Report;
};

/** What was found out from a refusal. */
type Finding = {
  /** Whether the host's clock is known to differ from the one that dated the token. */
  isMisdated: boolean;
  publishRefusal: (willRetry: boolean) => void;
};

/** A 403 for another reason than the time is no refusal of the credential, and is not published. */
const ignore = () => undefined;

/** Makes attempts: chooses scheme and credentials for a request and for its retry. */
export class Attempts {
  readonly #source: CredentialSource;
  readonly #context: Omit<SchemeContext, 'token'>;
  readonly #clocks: HostClocks;
  readonly #generators: Generators;
  readonly #hasSigner: boolean;

  /** @throws NexmoAuthError what the constructor of AuthInjector throws for these options */
  constructor(credentials: Credentials | AskedProvider, options: CredentialOptions) {
    const { jwt = {}, signer, cache = true } = options;
    const { provider = {}, now = Date.now, nonce = randomNonce } = options;
    const size = requireCacheSize(cache);
    this.#generators = new Generators({
      ...checkDefaults(jwt),
      signer: given(signer, (value) => new ExternalSigner(value)),
      cache: size > 0 && { size },
    });
    this.#hasSigner = signer !== undefined;
    this.#source = new CredentialSource(credentials, provider, requireClock(now));
    this.#clocks = new HostClocks(now);
    this.#context = { now: () => secondsOf(now), nonce: requireNonce(nonce) };
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
    const context = { unauthenticated, scheme, credentials, refused };
    if (scheme !== 'bearer') return this.#attempt({ ...context, token: undefined });
    const clock = this.#clocks.at(url.host);
    const generator = this.#generators.of(credentials, clock);
    return generator
      .issue()
      .then((token) => this.#attempt({ ...context, token: { ...token, generator, clock } }));
  }

  #attempt<Given extends AuthRequest>(context: AttemptContext<Given>): Attempt<Given> {
    const { unauthenticated, scheme, credentials, refused, token } = context;
    const { name: product, refusal } = unauthenticated.product;
    const { now, nonce } = this.#context;
    const { request, secrets } = schemes[scheme].attach(unauthenticated.request, credentials, {
      now,
      nonce,
      token: token?.text ?? '',
    }) as AuthenticatedRequest<Given>;
    publish('credential:attached', { product, scheme });
    const { host } = unauthenticated.url;
    const attachedAt = this.#clocks.steady();
    const answered = (answer?: RefusingAnswer) => {
      this.#clocks.confirm(host, answer?.date, attachedAt);
    };
    const report = this.#reportOf(context, secrets);
    const examine = (answer: RefusingAnswer = {}) =>
      this.#examine(answer, { host, token, attachedAt, report });
    return {
      request,
      secrets,
      product,
      scheme,
      refusal,
      retry: async (answer) => this.#retry(context, examine(answer), answer),
      accepted: (answer) => {
        answered(answer);
        this.#source.prefer(credentials, refused, this.#needsOf(scheme));
      },
      refused: (answer) => {
        examine(answer).publishRefusal(false);
        if (!isForbidden(answer)) this.#source.distrust();
      },
      answered,
    };
  }

  /** The same request with an alternative, if there is one. */
  async #retry<Given extends AuthRequest>(
    { unauthenticated, scheme, credentials, token }: AttemptContext<Given>,
    { isMisdated, publishRefusal }: Finding,
    answer: RefusingAnswer | undefined,
  ): Promise<Attempt<Given> | undefined> {
    const { product } = unauthenticated;
    const refused = {
      credentials,
      kind: this.#needsOf(scheme),
      isMisdated,
      isForbidden: isForbidden(answer),
      isTokenReused: token?.isReused === true,
    };
    const isUsable = (others: Credentials) => this.#usableScheme(product, others) !== undefined;
    const authenticate = async () => {
      const alternative = await findAlternative(refused, this.#source, isUsable);
      if (alternative === undefined) return undefined;
      const { credentials: others, change } = alternative;
      return { attempt: await this.#authenticate(unauthenticated, others, credentials), change };
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

  /** Learns from a refusal: whether the clock is wrong, and that the token is to be used no longer. */
  #examine(answer: RefusingAnswer, { host, token, attachedAt, report }: Sent): Finding {
    if (token === undefined) {
      this.#clocks.confirm(host, answer.date, attachedAt);
      return { isMisdated: false, publishRefusal: isForbidden(answer) ? ignore : report(answer) };
    }
    const since = isForbidden(answer) ? attachedAt : undefined;
    const isDateOff = this.#clocks.learn(host, answer.date, since);
    const isMisdated = this.#clocks.at(host) !== token.clock;
    if (isMisdated || !isForbidden(answer)) token.generator.drop(token.text);
    const isRefused = isMisdated || isDateOff || !isForbidden(answer);
    return { isMisdated, publishRefusal: isRefused ? report(answer) : ignore };
  }

  #reportOf(
    { unauthenticated, scheme, credentials, token }: AttemptContext<AuthRequest>,
    secrets: readonly string[],
  ): Report {
    const { url, product } = unauthenticated;
    return reportOf(
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
    return needs === 'application' && this.#hasSigner ? 'application-id' : needs;
  }

  #usableScheme(product: Product, credentials: Credentials): Scheme | undefined {
    return product.schemes.find((scheme) => credentials.has(this.#needsOf(scheme)));
  }

  #missingCredential(product: Product, credentials: Credentials): NexmoAuthError {
    const kinds = [...new Set(product.schemes.map((scheme) => this.#needsOf(scheme)))];
    const needs = kinds.map((kind) => {
      const takers = product.schemes.filter((scheme) => this.#needsOf(scheme) === kind);
      return `${credentials.missing(kind).join(' and ')} (${takers.join(', ')})`;
    });
    return new NexmoAuthError(
      'ERR_MISSING_CREDENTIAL',
      `${product.name} needs ${needs.join(', or ')}, missing in the credentials.`,
    );
  }
}

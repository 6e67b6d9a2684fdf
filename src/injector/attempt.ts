import type { CredentialKind, Credentials } from '../credentials/credentials';
import type { AskedProvider } from '../credentials/providers';
import { CredentialSource, type ProviderOptions } from '../credentials/source';
import { type DiagnosticsEvents, publish } from '../diagnostics';
import { NexmoAuthError } from '../errors';
import type { JwtOptions } from '../jwt/claims';
import { checkDefaults, type JwtGenerator } from '../jwt/generator';
import { ExternalSigner, type Signer, type SignerOptions } from '../jwt/signer';
import { type CacheOptions, type IssuedToken, requireCacheSize } from '../jwt/token-cache';
import { type Clock, given, requireClock, secondsOf } from '../options';
import { basic } from '../schemes/basic';
import { bearer } from '../schemes/bearer';
import { body, query } from '../schemes/key-secret';
import { oauth1, randomNonce, requireNonce } from '../schemes/oauth1';
import type {
  AttachCredential,
  AuthRequest,
  PlainRequest,
  Scheme,
  SchemeContext,
} from '../schemes/scheme';
import { signature } from '../schemes/signature';
import { generatorsOf } from './generators';
import type { Product } from './products';
import { ServerClock } from './server-clock';

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

/** A request with its credential, and the way on should the platform refuse that. */
export type Attempt<Given extends AuthRequest = AuthRequest> = {
  readonly request: PlainRequest<Given>;
  readonly product: string;
  readonly scheme: Scheme;
  /**
   * Says that the credential was refused, and gives the same request with another: the other of a
   * rotation pair, what the provider gives by now, or a new token in place of one that was reused or
   * was dated by a wrong clock. Undefined where there is no other.
   */
  retry(answer?: RefusingAnswer): Promise<Attempt<Given> | undefined>;
  /** Says of a retry that it worked: its credential is used from now on. */
  accepted(): void;
  /** Says that the credential was refused, and that there is no retry: a provider is asked at the next request. */
  refused(answer?: RefusingAnswer): void;
};

/** What is of use in an answer that refuses: its Date header, from which a wrong clock is seen. */
export type RefusingAnswer = { date?: string | null | undefined };

/** Of a request: what its credential is made from, and in place of which it is. */
type Chosen<Given extends AuthRequest> = {
  copy: PlainRequest<Given>;
  product: Product;
  scheme: Scheme;
  credentials: Credentials;
  refused: Credentials;
};

/** A token with where it comes from, and how often the clock that dated it had been set. */
type AttachedToken = IssuedToken & { generator: JwtGenerator; timesSet: number };

type Change = DiagnosticsEvents['request:retried']['with'];

const schemes: Record<Scheme, { needs: CredentialKind; attach: AttachCredential }> = {
  query: { needs: 'key-secret', attach: query },
  body: { needs: 'key-secret', attach: body },
  basic: { needs: 'key-secret', attach: basic },
  bearer: { needs: 'application', attach: bearer },
  signature: { needs: 'signature', attach: signature },
  oauth1: { needs: 'oauth1', attach: oauth1 },
};

/** Makes attempts: chooses scheme and credentials for a request, and what to try after a refusal. */
export class Attempts {
  readonly #source: CredentialSource;
  readonly #context: Omit<SchemeContext, 'token'>;
  readonly #clock: ServerClock;
  readonly #generator: (credentials: Credentials) => JwtGenerator;
  readonly #hasSigner: boolean;

  /** @throws NexmoAuthError what the constructor of AuthInjector throws for these options */
  constructor(credentials: Credentials | AskedProvider, options: CredentialOptions) {
    const { jwt = {}, signer, cache, provider = {}, now = Date.now, nonce = randomNonce } = options;
    checkDefaults(jwt);
    given(cache, requireCacheSize);
    given(signer, (value) => new ExternalSigner(value));
    this.#source = new CredentialSource(credentials, provider, requireClock(now));
    this.#clock = new ServerClock(now);
    this.#generator = generatorsOf({ ...jwt, signer, cache, now: this.#clock.now });
    this.#hasSigner = signer !== undefined;
    this.#context = { now: () => secondsOf(now), nonce: requireNonce(nonce) };
  }

  /** The first attempt of a request, with the credentials in use. */
  first<Given extends AuthRequest>(
    request: PlainRequest<Given>,
    product: Product,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    const held = this.#source.current();
    return held instanceof Promise
      ? held.then((credentials) => this.#attempt(request, product, credentials))
      : this.#attempt(request, product, held);
  }

  #attempt<Given extends AuthRequest>(
    copy: PlainRequest<Given>,
    product: Product,
    credentials: Credentials,
    refused = credentials,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    const scheme = this.#usableScheme(product, credentials) ?? this.#missing(product, credentials);
    const chosen = { copy, product, scheme, credentials, refused };
    if (scheme !== 'bearer') return this.#attach(chosen, undefined);
    const generator = this.#generator(credentials);
    const { timesSet } = this.#clock;
    return generator
      .issue()
      .then((token) => this.#attach(chosen, { ...token, generator, timesSet }));
  }

  #attach<Given extends AuthRequest>(
    { copy, product, scheme, credentials, refused }: Chosen<Given>,
    token: AttachedToken | undefined,
  ): Attempt<Given> {
    const event = { product: product.name, scheme };
    const { now, nonce } = this.#context;
    const context = { now, nonce, token: token?.text ?? '' };
    const request = schemes[scheme].attach(copy, credentials, context) as PlainRequest<Given>;
    publish('credential:attached', event);

    /** Says whether the token was dated by a clock that has been set since. */
    const refuse = (answer: RefusingAnswer | undefined) => {
      if (token === undefined) return false;
      token.generator.drop(token.text);
      this.#clock.learn(answer?.date);
      return this.#clock.timesSet > token.timesSet;
    };
    return {
      request,
      product: product.name,
      scheme,
      retry: async (answer) => {
        const again = async (others: Credentials, change: Change) => {
          publish('request:retried', { ...event, with: change });
          return this.#attempt(copy, product, others, credentials);
        };
        if (refuse(answer)) return again(credentials, 'set clock');
        const others = await this.#source.instead(credentials, this.#needsOf(scheme));
        if (others !== undefined && this.#usableScheme(product, others) !== undefined) {
          return again(others, 'other credentials');
        }
        return token?.isReused === true ? again(credentials, 'new token') : undefined;
      },
      accepted: () => {
        this.#source.prefer(credentials, refused, this.#needsOf(scheme));
      },
      refused: (answer) => {
        refuse(answer);
        this.#source.distrust();
      },
    };
  }

  #needsOf(scheme: Scheme): CredentialKind {
    const { needs } = schemes[scheme];
    return needs === 'application' && this.#hasSigner ? 'application-id' : needs;
  }

  #usableScheme(product: Product, credentials: Credentials): Scheme | undefined {
    return product.schemes.find((scheme) => credentials.has(this.#needsOf(scheme)));
  }

  #missing(product: Product, credentials: Credentials): never {
    const kinds = [...new Set(product.schemes.map((scheme) => this.#needsOf(scheme)))];
    const needs = kinds.map((kind) => {
      const takers = product.schemes.filter((scheme) => this.#needsOf(scheme) === kind);
      return `${credentials.missing(kind).join(' and ')} (${takers.join(', ')})`;
    });
    throw new NexmoAuthError(
      'ERR_MISSING_CREDENTIAL',
      `${product.name} needs ${needs.join(', or ')}, missing in the credentials.`,
    );
  }
}

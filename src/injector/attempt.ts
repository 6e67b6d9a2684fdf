import { types } from 'node:util';
import type { CredentialKind, Credentials } from '../credentials/credentials';
import type { AskedProvider } from '../credentials/providers';
import { CredentialSource, type ProviderOptions } from '../credentials/source';
import { type DiagnosticsEvents, publish } from '../diagnostics';
import { NexmoAuthError } from '../errors';
import { checkDefaults, type JwtOptions } from '../jwt/claims';
import type { JwtGenerator } from '../jwt/generator';
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
import { Generators } from './generators';
import { HostClocks } from './host-clocks';
import type { Product, Refusal } from './products';
import { isForbidden, type RefusingAnswer, type Report, reportOf } from './refusal-report';

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

/** A request without a credential, and where it goes. */
type Bare<Given extends AuthRequest> = { copy: PlainRequest<Given>; url: URL; product: Product };

/** What the credential of a request is made from, and in place of which one it is. */
type Chosen<Given extends AuthRequest> = {
  bare: Bare<Given>;
  scheme: Scheme;
  credentials: Credentials;
  refused: Credentials;
};

/** A token with where it comes from, and the clock that dated it. */
type AttachedToken = IssuedToken & { generator: JwtGenerator; clock: Clock };

/** What a refusal is judged by: where a token was sent, and the steady time at which it was attached. */
type Sent = { host: string; token: AttachedToken | undefined; at: number };

/** Of an answer that is no refusal of the credential. */
const untold = () => undefined;

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
  first<Given extends AuthRequest>(bare: Bare<Given>): Attempt<Given> | Promise<Attempt<Given>> {
    const held = this.#source.current();
    return types.isPromise(held)
      ? held.then((credentials) => this.#attempt(bare, credentials))
      : this.#attempt(bare, held);
  }

  #attempt<Given extends AuthRequest>(
    bare: Bare<Given>,
    credentials: Credentials,
    refused = credentials,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    const { product, url } = bare;
    const scheme = this.#usableScheme(product, credentials) ?? this.#missing(product, credentials);
    const chosen = { bare, scheme, credentials, refused };
    if (scheme !== 'bearer') return this.#attach(chosen, undefined);
    const clock = this.#clocks.at(url.host);
    const generator = this.#generators.of(credentials, clock);
    return generator.issue().then((token) => this.#attach(chosen, { ...token, generator, clock }));
  }

  #attach<Given extends AuthRequest>(
    chosen: Chosen<Given>,
    token: AttachedToken | undefined,
  ): Attempt<Given> {
    const { bare, scheme, credentials, refused } = chosen;
    const { now, nonce } = this.#context;
    const context = { now, nonce, token: token?.text ?? '' };
    const request = schemes[scheme].attach(bare.copy, credentials, context) as PlainRequest<Given>;
    const { name: product, refusal } = bare.product;
    publish('credential:attached', { product, scheme });
    const sent = { host: bare.url.host, token, at: this.#clocks.steady() };
    const answered = (answer?: RefusingAnswer) => {
      this.#clocks.confirm(sent.host, answer?.date, sent.at);
    };
    const report = reportOf(
      () => ({
        product,
        scheme,
        url: bare.url,
        request,
        data: bare.copy.data,
        apiKey: credentials.apiKey,
        ...(token && {
          applicationId: credentials.applicationId,
          iat: token.iat,
          exp: token.exp,
          keyFingerprint: this.#generators.keyFingerprintOf(credentials),
        }),
      }),
      (date) => this.#clocks.difference(date),
    );
    return {
      request,
      product,
      scheme,
      refusal,
      retry: (answer) => this.#retry(chosen, sent, report, answer),
      accepted: (answer) => {
        answered(answer);
        this.#source.prefer(credentials, refused, this.#needsOf(scheme));
      },
      refused: (answer) => {
        this.#refuse(sent, report, answer).tell(false);
        if (!isForbidden(answer)) this.#source.distrust();
      },
      answered,
    };
  }

  async #retry<Given extends AuthRequest>(
    chosen: Chosen<Given>,
    sent: Sent,
    report: Report,
    answer: RefusingAnswer | undefined,
  ): Promise<Attempt<Given> | undefined> {
    const { bare, scheme, credentials } = chosen;
    const { isMisdated, tell } = this.#refuse(sent, report, answer);
    let attempt: Attempt<Given> | undefined;
    let change: Change | undefined;
    try {
      const other = await this.#instead(chosen, sent.token, isMisdated, answer);
      if (other !== undefined) {
        change = other.change;
        attempt = await this.#attempt(bare, other.credentials, credentials);
      }
    } finally {
      tell(attempt !== undefined);
    }
    if (change) publish('request:retried', { product: bare.product.name, scheme, with: change });
    return attempt;
  }

  /** What to try in place of what was refused, and what is different about it. */
  async #instead(
    { bare: { product }, scheme, credentials }: Chosen<AuthRequest>,
    token: AttachedToken | undefined,
    isMisdated: boolean,
    answer: RefusingAnswer | undefined,
  ): Promise<{ credentials: Credentials; change: Change } | undefined> {
    if (isMisdated) return { credentials, change: 'set clock' };
    if (isForbidden(answer)) return undefined;
    const others = await this.#source.instead(credentials, this.#needsOf(scheme));
    if (others !== undefined && this.#usableScheme(product, others) !== undefined) {
      return { credentials: others, change: 'other credentials' };
    }
    return token?.isReused === true ? { credentials, change: 'new token' } : undefined;
  }

  /**
   * Uses a refused token no longer. Gives whether another clock than the one that dated it is the right
   * one for its host, and what tells of the refusal; a 403 for another reason than the time is none.
   */
  #refuse(
    { host, token, at }: Sent,
    report: Report,
    answer: RefusingAnswer = {},
  ): { isMisdated: boolean; tell: (willRetry: boolean) => void } {
    if (token === undefined) {
      this.#clocks.confirm(host, answer.date, at);
      return { isMisdated: false, tell: isForbidden(answer) ? untold : report(answer) };
    }
    const since = isForbidden(answer) ? at : undefined;
    const isDateOff = this.#clocks.learn(host, answer.date, since);
    const isMisdated = this.#clocks.at(host) !== token.clock;
    if (isMisdated || !isForbidden(answer)) token.generator.drop(token.text);
    const isRefused = isMisdated || isDateOff || !isForbidden(answer);
    return { isMisdated, tell: isRefused ? report(answer) : untold };
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

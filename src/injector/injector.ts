import type { Credentials, CredentialKind } from '../credentials/credentials';
import type { AskedProvider } from '../credentials/providers';
import { CredentialSource, type ProviderOptions } from '../credentials/source';
import { NexmoAuthError } from '../errors';
import type { JwtOptions } from '../jwt/claims';
import { checkDefaults, JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import { type Clock, refuseUnknown, requireClock, requireObject, secondsOf } from '../options';
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
import { refuseCredential } from './credential-present';
import { listProducts, requireKnown } from './product-list';
import type { Product } from './products';
import { ProductUrls } from './product-url';
import { checkRequest, copyRequest, parseUrl } from './request';

export type AuthInjectorOptions = {
  /** Chooses, by product name, among the schemes that the product takes. */
  schemes?: Readonly<Record<string, Scheme>> | undefined;
  /**
   * Your own: a gateway, a mock, a new API. One with the name of a built-in product replaces its
   * schemes and adds its URLs.
   */
  products?: readonly Product[] | undefined;
  /** For the tokens of the `bearer` scheme. */
  jwt?: Omit<JwtOptions, 'exp' | 'iat' | 'jti'> | undefined;
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
   * The same request with another credential: the other of a rotation pair, or what the provider
   * gives by now. Undefined where there is no other.
   */
  retry(): Promise<Attempt<Given> | undefined>;
  /** Says of a retry that it worked: its credential is used from now on. */
  accepted(): void;
  /** Says of a retry that it was refused, too: a provider is asked at the next request. */
  refused(): void;
};

const schemes: Record<Scheme, { needs: CredentialKind; attach: AttachCredential }> = {
  query: { needs: 'key-secret', attach: query },
  body: { needs: 'key-secret', attach: body },
  basic: { needs: 'key-secret', attach: basic },
  bearer: { needs: 'application', attach: bearer },
  signature: { needs: 'signature', attach: signature },
  oauth1: { needs: 'oauth1', attach: oauth1 },
};

/**
 * Attaches to a request the credential that its product takes.
 *
 * Takes `Credentials` or a function that gives them, which is asked at the first request and again
 * when the platform has refused what it gave, or at the age set in `provider`.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_PRODUCT`; for the `schemes` option
 * `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`; for the `jwt` option `ERR_CLAIM_INVALID`,
 * `ERR_CLAIM_RESERVED`, `ERR_LIFETIME_OUT_OF_BOUNDS`
 */
export class AuthInjector {
  readonly #source: CredentialSource;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #urls: ProductUrls;
  readonly #context: SchemeContext;

  constructor(credentials: Credentials | AskedProvider, options: AuthInjectorOptions = {}) {
    requireObject(options, 'The options of AuthInjector');
    const {
      schemes: chosen = {},
      products = [],
      jwt = {},
      provider = {},
      now = Date.now,
      nonce = randomNonce,
      ...unknown
    } = options;
    refuseUnknown(unknown, 'the options of AuthInjector');
    requireObject(chosen, 'schemes');
    checkDefaults(jwt);
    this.#source = new CredentialSource(credentials, provider, requireClock(now));
    this.#products = listProducts(products, chosen);
    this.#urls = new ProductUrls(this.#products.values());
    this.#context = {
      token: tokensOf({ ...jwt, now }),
      now: () => secondsOf(now),
      nonce: requireNonce(nonce),
    };
  }

  /**
   * The name of the product at a URL, or undefined where there is none and none was named.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED`, `ERR_UNKNOWN_PRODUCT`; with a name also
   * `ERR_INVALID_URL`
   */
  productAt(url: string, product?: string): string | undefined {
    if (product === undefined && !URL.canParse(url)) return undefined;
    return this.#find(parseUrl(url), product)?.name;
  }

  /**
   * A new request with the credential in `params`, `data` or `headers.Authorization`; the one given is
   * untouched. Without `product`, the URL decides: exact host, whole path segments, the longest
   * match. `url` comes back as it was checked, in the normal form of the WHATWG URL standard.
   *
   * Does not send anything. Does not look for credentials in a body that is a stream, a `Blob` or
   * multipart of the form-data package.
   *
   * @throws NexmoAuthError `ERR_INVALID_REQUEST`, `ERR_INVALID_URL`, `ERR_UNKNOWN_PRODUCT`,
   * `ERR_HOST_NOT_ALLOWED`, `ERR_CREDENTIAL_PRESENT`, `ERR_MISSING_CREDENTIAL`; `ERR_CLAIM_INVALID`
   * for an `nbf` of the `jwt` option that is too late, `ERR_INVALID_PARAMETER` for what cannot be
   * signed, `ERR_INVALID_OPTION` for a clock that fails; for a provider `ERR_PROVIDER_FAILED`,
   * `ERR_PROVIDER_TIMEOUT`, `ERR_PROVIDER_ABORTED` and what it throws itself
   */
  async inject<Given extends AuthRequest>(
    request: Given,
    product?: string,
  ): Promise<PlainRequest<Given>> {
    return (await this.attempt(request, product)).request;
  }

  /**
   * What `inject` gives, with the way on should the platform refuse it: for HTTP clients other than
   * axios and `fetch`. Send `request`; when it is refused, send that of `retry()`, if there is one,
   * and say whether that was `accepted()` or `refused()`. More than one retry of a request is never of
   * use.
   *
   * @throws NexmoAuthError what {@link AuthInjector.inject} throws
   */
  async attempt<Given extends AuthRequest>(
    request: Given,
    product?: string,
  ): Promise<Attempt<Given>> {
    checkRequest(request);
    const url = parseUrl(request.url);
    const found = this.#find(url, product);
    if (found === undefined) throw unknownPlace(url);
    const copy = copyRequest(request, url);
    refuseCredential(copy, url);
    return this.#attempt(copy, found, await this.#source.current());
  }

  #attempt<Given extends AuthRequest>(
    copy: PlainRequest<Given>,
    product: Product,
    credentials: Credentials,
    refused = credentials,
  ): Attempt<Given> {
    const scheme = usableScheme(product, credentials) ?? missing(product, credentials);
    const { needs, attach } = schemes[scheme];
    return {
      request: attach(copy, credentials, this.#context) as PlainRequest<Given>,
      product: product.name,
      scheme,
      retry: async () => {
        const others = await this.#source.instead(credentials, needs);
        const isUsable = others !== undefined && usableScheme(product, others) !== undefined;
        return isUsable ? this.#attempt(copy, product, others, credentials) : undefined;
      },
      accepted: () => {
        this.#source.prefer(credentials, refused);
      },
      refused: () => {
        this.#source.distrust();
      },
    };
  }

  #find(url: URL, product: string | undefined): Product | undefined {
    if (product !== undefined) requireKnown(product, this.#products);
    return this.#urls.find(url, product);
  }
}

function unknownPlace(url: URL): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_UNKNOWN_PRODUCT',
    `No product is at this place on ${url.host}, so it gets no credential. A gateway or a mock of your own goes into the products option.`,
  );
}

function usableScheme(product: Product, credentials: Credentials): Scheme | undefined {
  return product.schemes.find((scheme) => credentials.has(schemes[scheme].needs));
}

function missing(product: Product, credentials: Credentials): never {
  const kinds = [...new Set(product.schemes.map((scheme) => schemes[scheme].needs))];
  const needs = kinds.map((kind) => {
    const takers = product.schemes.filter((scheme) => schemes[scheme].needs === kind);
    return `${credentials.missing(kind).join(' and ')} (${takers.join(', ')})`;
  });
  throw new NexmoAuthError(
    'ERR_MISSING_CREDENTIAL',
    `${product.name} needs ${needs.join(', or ')}, missing in the credentials.`,
  );
}

/** One generator for each credentials that come up, as long as these are in use. */
function tokensOf(defaults: JwtGeneratorDefaults): SchemeContext['token'] {
  const generators = new WeakMap<Credentials, JwtGenerator>();
  return (credentials) => {
    const generator = generators.get(credentials) ?? new JwtGenerator(credentials, defaults);
    generators.set(credentials, generator);
    return generator.generate();
  };
}

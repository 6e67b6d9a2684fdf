import type { Credentials } from '../credentials/credentials';
import type { ProviderFunction } from '../credentials/providers';
import { copyHint, kindOf, NexmoAuthError } from '../errors';
import { copyOptions, readOptions, refuseUnknown, requireObject } from '../options';
import type { AuthRequest, PlainRequest } from '../schemes/scheme';
import { type Attempt, Attempts, type CredentialOptions } from './attempt';
import { refuseCredential } from './credential-present';
import { refuseDetours } from './detours';
import type { Product } from './products';
import { type ProductOptions, ProductLookup } from './product-lookup';
import { normalized, readRequest, withOwnBodies, type WithUrl } from './request';

/** The options of `AuthInjector`. */
export type AuthInjectorOptions = CredentialOptions & ProductOptions;

/** What an SDK can accept from its user: credentials, a provider of credentials, or an injector. */
export type AuthSource = Credentials | ProviderFunction | AuthInjector;

/** The options of `inject` and `attempt`. */
export type InjectOptions = {
  /** The name of the product. A URL that is not of this product is refused. */
  product?: string | undefined;
};

/** A URL and its product. */
export type Destination = { url: URL; product: Product };

/**
 * Finds the product of a URL. Undefined if the URL has no product and `product` is undefined.
 *
 * @throws NexmoAuthError what {@link AuthInjector.productAt} throws
 */
export let destinationOf: (
  auth: AuthInjector,
  url: string,
  product: string | undefined,
) => Destination | undefined;

/** Makes an attempt, as {@link AuthInjector.attempt} does, for a URL that was looked up before. */
export let attemptAt: (
  auth: AuthInjector,
  destination: Destination,
  request: AuthRequest,
) => Promise<Attempt>;

/** The attempts of an injector, for clients that read its credentials instead of sending a request. */
export let attemptsOf: (auth: AuthInjector) => Attempts;

/**
 * Attaches to a request the credential that its product needs.
 *
 * Takes `Credentials`, or a provider function that returns them. A provider is called at the first request, after a
 * refusal, shortly before its credentials expire, and after the `maxAge` of the `provider` option.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_PRODUCT`; for the `schemes` option
 * `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`; for the `jwt` option `ERR_CLAIM_INVALID`,
 * `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`, `ERR_LIFETIME_OUT_OF_BOUNDS`; for the public key of a
 * signer `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
 */
export class AuthInjector {
  readonly #attempts: Attempts;
  readonly #products: ProductLookup;

  /** Gives the other parts of this package access to private fields. */
  static {
    attemptsOf = (auth) => auth.#attempts;
    destinationOf = (auth, url, name) => {
      if (name === undefined && !URL.canParse(url)) return undefined;
      const { url: normalUrl, product } = auth.#products.targetOf(url, name);
      return product && { url: normalUrl, product };
    };
    attemptAt = async (auth, destination, request) =>
      auth.#attemptAt(readRequest(request), destination);
  }

  /**
   * Returns an injector for any source. If the source is an injector, returns that injector itself, which keeps its own
   * options. Otherwise returns a new injector with the options `defaults`. For an SDK whose users may pass credentials,
   * a provider or an injector.
   *
   * @throws NexmoAuthError what the constructor throws
   */
  static from(source: AuthSource, defaults?: AuthInjectorOptions): AuthInjector {
    return source instanceof AuthInjector ? source : new AuthInjector(source, defaults);
  }

  constructor(credentials: Credentials | ProviderFunction, options?: AuthInjectorOptions);
  /** @internal */
  constructor(attempts: Attempts, products: ProductLookup);
  constructor(
    source: Credentials | ProviderFunction | Attempts,
    given: AuthInjectorOptions | ProductLookup = {},
  ) {
    const { attempts, products } =
      source instanceof Attempts
        ? { attempts: source, products: given as ProductLookup }
        : readOptions(given as AuthInjectorOptions, 'The options of AuthInjector', (options) =>
            readInjectorOptions(source, options),
          );
    this.#attempts = attempts;
    this.#products = products;
  }

  /**
   * Returns an injector with further products or other schemes. The new injector shares the credentials and tokens of
   * this injector, and the clocks that were learned from the responses of hosts. This injector does not change. For an
   * SDK that is given an injector and adds products of its own.
   *
   * @throws NexmoAuthError `ERR_INVALID_PRODUCT`, `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`;
   * `ERR_INVALID_OPTION`, also for an option other than `products`, `schemes` and `prefer`
   */
  with(options: ProductOptions): AuthInjector {
    const products = readOptions(options, 'The options of with', (readable) =>
      readProductOptions(readable, this.#products),
    );
    return new AuthInjector(this.#attempts, products);
  }

  /**
   * Returns the name of the product of a URL. Undefined if the URL has no product and `product` is undefined.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED`, `ERR_UNKNOWN_PRODUCT`; also `ERR_INVALID_URL` if a product was named
   */
  productAt(url: string, product?: string): string | undefined {
    return destinationOf(this, url, product)?.product.name;
  }

  /**
   * Returns a new request with the credential in `params`, `data` or `headers.Authorization`. The given request stays
   * unchanged. `product` is the name of a product, or `{ product }`. Without it, the URL determines the product, by
   * exact host, whole path segments and the longest match. The returned `url` is the URL that was checked, normalised
   * as the WHATWG URL standard says.
   *
   * Sends nothing. Refuses a request that already has a credential. Does not search streams, `Blob`s, bodies of the
   * form-data package, the parts of a multipart body, nested fields of JSON, or bytes that have a Content-Encoding or a
   * Content-Type other than JSON or form.
   *
   * @throws NexmoAuthError `ERR_INVALID_REQUEST`, `ERR_INVALID_URL`, `ERR_UNKNOWN_PRODUCT`, `ERR_HOST_NOT_ALLOWED`,
   * `ERR_CREDENTIAL_PRESENT`, `ERR_MISSING_CREDENTIAL`; `ERR_INVALID_OPTION` for a second argument that is not valid,
   * or a clock that fails; `ERR_INVALID_PARAMETER` for a parameter that cannot be signed; `ERR_CLAIM_INVALID` for an
   * `nbf` later than the token's `exp`; `ERR_EXP_IN_PAST` for a clock that is set repeatedly, or a signer that takes as
   * long as a token lives; for a signer `ERR_SIGNER_FAILED`, `ERR_SIGNER_TIMEOUT`, `ERR_SIGNER_ABORTED`,
   * `ERR_SIGNER_SIGNATURE`; for a provider `ERR_PROVIDER_FAILED`, `ERR_PROVIDER_TIMEOUT`, `ERR_PROVIDER_ABORTED` and
   * any `NexmoAuthError` that the provider throws
   */
  async inject<Given extends AuthRequest>(
    request: Given,
    product?: string | InjectOptions,
  ): Promise<PlainRequest<Given>> {
    return (await this.#first(request, productOf(product))).request;
  }

  /**
   * Injects a credential like `inject`, and offers a retry if the platform refuses the credential. For HTTP clients
   * other than axios and `fetch`.
   *
   * Send the `request` of the attempt. If the response is not a refusal, report it with `answered()`. If it is a
   * refusal, call `retry()`. If `retry()` returns a new attempt, send the `request` of the new attempt, and report the
   * response to that request with `accepted()` or `refused()` of the new attempt. Each method takes the status and Date
   * header of the response. A refusal is HTTP 401, HTTP 403 (retried only if the date shows a wrong clock), or HTTP 200
   * with one of the codes in `refusal`. Retry a request at most once.
   *
   * @throws NexmoAuthError what {@link AuthInjector.inject} throws
   */
  async attempt<Given extends AuthRequest>(
    request: Given,
    product?: string | InjectOptions,
  ): Promise<Attempt<Given>> {
    return this.#first(request, productOf(product));
  }

  #first<Given extends AuthRequest>(
    request: Given,
    name: string | undefined,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    const copy = withOwnBodies(readRequest(request));
    const { url, product } = this.#products.targetOf(copy.url, name);
    if (product === undefined) throw unknownProduct(url);
    return this.#attemptAt(copy, { url, product });
  }

  #attemptAt<Given extends AuthRequest>(
    copy: WithUrl<Given>,
    { url, product }: Destination,
  ): Attempt<Given> | Promise<Attempt<Given>> {
    refuseDetours(copy, url);
    const request = normalized<Given>(copy, url);
    refuseCredential(request, url);
    return this.#attempts.first({ request, url, product });
  }
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
function productOf(given: string | InjectOptions | undefined): string | undefined {
  if (given === undefined || typeof given === 'string') return given;
  const { product, ...unknown } = copyOptions(
    given,
    'The second argument, a product name or { product },',
  );
  refuseUnknown(unknown, 'the second argument', ' It is the name of a product, or { product }.');
  if (product === undefined || typeof product === 'string') return product;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `product must be the name of a product, not ${kindOf(product)}.`,
  );
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION`; its message begins with `rule` */
export function requireInjector(auth: unknown, rule: string): void {
  if (auth instanceof AuthInjector) return;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `${rule}.${copyHint(auth, 'AuthInjector')}`);
}

function readInjectorOptions(
  credentials: Credentials | ProviderFunction,
  { jwt, signer, cache, provider, now, nonce, ...others }: AuthInjectorOptions,
) {
  return {
    products: readProductOptions(others),
    attempts: new Attempts(credentials, { jwt, signer, cache, provider, now, nonce }),
  };
}

/**
 * Shared by all injectors without the options `products`, `schemes` and `prefer`, since a lookup takes 8 KiB. Created
 * at the first use.
 */
let builtInLookup: ProductLookup | undefined;

function readProductOptions(options: ProductOptions, base?: ProductLookup): ProductLookup {
  const { products, schemes, prefer, ...unknown } = options;
  refuseUnknown(
    unknown,
    base === undefined ? 'the options of AuthInjector' : 'the options of with',
  );
  requireObject(schemes ?? {}, 'schemes');
  const known = { products, schemes, prefer };
  if (base !== undefined) return base.with(known);
  return Object.values(known).every((option) => option === undefined)
    ? (builtInLookup ??= new ProductLookup({}))
    : new ProductLookup(known);
}

function unknownProduct(url: URL): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_UNKNOWN_PRODUCT',
    `No product has this URL on ${url.host}, so no credential was attached. Add a gateway or a mock of your own with the products option.`,
  );
}

import type { Credentials } from '../credentials/credentials';
import type { ProviderFunction } from '../credentials/providers';
import { copyHint, kindOf, NexmoAuthError } from '../errors';
import { copyOptions, readOptions, refuseUnknown, requireObject } from '../options';
import type { AuthRequest, PlainRequest, Scheme } from '../schemes/scheme';
import { type Attempt, Attempts, type CredentialOptions } from './attempt';
import { refuseCredential } from './credential-present';
import { refuseDetours } from './detours';
import { listProducts, requireKnown } from './product-list';
import type { Product } from './products';
import { ProductUrls } from './product-url';
import { normalized, parseUrl, readRequest, type WithUrl } from './request';

export type AuthInjectorOptions = CredentialOptions & {
  /** Chooses, by product name, among the schemes that the product takes. */
  schemes?: Readonly<Record<string, Scheme>> | undefined;
  /**
   * Your own: a gateway, a mock, a new API. One with the name of a built-in product replaces its
   * schemes, and its refusal if it has one, and adds its URLs.
   */
  products?: readonly Product[] | undefined;
};

/** What `attachAuth` takes as well. */
export type InjectOptions = {
  /** The name of the product that the request is for; any URL of another one is refused. */
  product?: string | undefined;
};

type Place = { url: URL; product: Product | undefined };

/** A URL of a product, looked up once for a request. */
export type Destination = { url: URL; product: Product };

/** The most places that are cached, and the most characters of their URLs: less than 2 MiB in all. */
const maximumPlaces = 200;
const maximumLength = 2048;

/**
 * The product at a URL; undefined where there is none and none was named.
 *
 * @throws NexmoAuthError what {@link AuthInjector.productAt} throws
 */
export let destinationOf: (
  auth: AuthInjector,
  url: string,
  product: string | undefined,
) => Destination | undefined;

/** What {@link AuthInjector.attempt} gives for a request to a destination. */
export let attemptAt: (
  auth: AuthInjector,
  destination: Destination,
  request: AuthRequest,
) => Promise<Attempt>;

/**
 * Attaches to a request the credential that its product takes.
 *
 * Takes `Credentials` or a function that gives them, which is asked at the first request and again
 * when the platform has refused what it gave, or at the age set in `provider`.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_PRODUCT`; for the `schemes` option
 * `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`; for the `jwt` option `ERR_CLAIM_INVALID`,
 * `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`, `ERR_LIFETIME_OUT_OF_BOUNDS`; for the public key of a
 * signer `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
 */
export class AuthInjector {
  readonly #attempts: Attempts;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #urls: ProductUrls;
  readonly #places = new Map<string, Place>();

  /** For the HTTP clients of this package, which look a URL up before they read a body. */
  static {
    destinationOf = (auth, url, name) => {
      if (name === undefined && !URL.canParse(url)) return undefined;
      const { url: normalUrl, product } = auth.#placeOf(url, name);
      return product && { url: normalUrl, product };
    };
    attemptAt = async (auth, destination, request) =>
      auth.#attemptAt(readRequest(request), destination);
  }

  constructor(credentials: Credentials | ProviderFunction, options: AuthInjectorOptions = {}) {
    const read = (given: AuthInjectorOptions) => readInjectorOptions(credentials, given);
    const { attempts, products } = readOptions(options, 'The options of AuthInjector', read);
    this.#attempts = attempts;
    this.#products = products;
    this.#urls = new ProductUrls(products.values());
  }

  /**
   * The name of the product at a URL, or undefined where there is none and none was named.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED`, `ERR_UNKNOWN_PRODUCT`; with a name also
   * `ERR_INVALID_URL`
   */
  productAt(url: string, product?: string): string | undefined {
    return destinationOf(this, url, product)?.product.name;
  }

  /**
   * A new request with the credential in `params`, `data` or `headers.Authorization`; the one given is
   * untouched. The product is its name or `{ product }`. Without it, the URL decides: exact host, whole path segments,
   * the longest match. `url` comes back as it was checked, in the normal form of the WHATWG URL standard.
   *
   * Does not send anything. Does not look for credentials in a body that is a stream, a `Blob` or
   * multipart of the form-data package.
   *
   * @throws NexmoAuthError `ERR_INVALID_REQUEST`, `ERR_INVALID_URL`, `ERR_UNKNOWN_PRODUCT`,
   * `ERR_HOST_NOT_ALLOWED`, `ERR_CREDENTIAL_PRESENT`, `ERR_MISSING_CREDENTIAL`; `ERR_INVALID_OPTION` for a second
   * argument of another form; `ERR_CLAIM_INVALID` for an `nbf` of the `jwt` option that is too late, `ERR_INVALID_PARAMETER` for what cannot be
   * signed, `ERR_INVALID_OPTION` for a clock that fails, `ERR_EXP_IN_PAST` for one that is set again
   * and again, or for a signer that takes as long as a token lives; for a signer `ERR_SIGNER_FAILED`,
   * `ERR_SIGNER_TIMEOUT`, `ERR_SIGNER_ABORTED`, `ERR_SIGNER_SIGNATURE`; for a provider
   * `ERR_PROVIDER_FAILED`, `ERR_PROVIDER_TIMEOUT`, `ERR_PROVIDER_ABORTED` and such errors of its own
   */
  async inject<Given extends AuthRequest>(
    request: Given,
    product?: string | InjectOptions,
  ): Promise<PlainRequest<Given>> {
    return (await this.#first(request, productOf(product))).request;
  }

  /**
   * What `inject` gives, with the way on should the platform refuse it: for HTTP clients other than
   * axios and `fetch`. Send `request`; when it is refused, send that of `retry()`, if there is one,
   * and say whether that was `accepted()` or `refused()`. Say `answered()` of any other answer. Each
   * takes the answer's status and Date header: a refusal is HTTP 401, HTTP 403 (for which there is a
   * retry only where the date shows a wrong clock), or HTTP 200 where `refusal` says so. More than one
   * retry of a request is never of use.
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
    const copy = readRequest(request);
    const { url, product } = this.#placeOf(copy.url, name);
    if (product === undefined) throw unknownPlace(url);
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

  /** Most requests of a program go to few URLs, and which product is there never changes. */
  #placeOf(text: string, name: string | undefined): Place {
    const known = name === undefined ? this.#places.get(text) : undefined;
    if (known !== undefined) return known;
    if (name !== undefined) requireKnown(name, this.#products);
    const url = parseUrl(text);
    const place = { url, product: this.#urls.find(url, name) };
    if (name !== undefined || !isCacheable(place, text)) return place;
    if (this.#places.size === maximumPlaces) this.#places.clear();
    // Equal to the text, for which V8 may keep a longer one that it was cut out of.
    this.#places.set(url.href, place);
    return place;
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

/** Nothing that may hold a secret or that is no product's stays in memory, and nothing long. */
function isCacheable({ url, product }: Place, text: string): boolean {
  const { href, username, password, search, hash } = url;
  if (product === undefined || text !== href || href.length > maximumLength) return false;
  return [username, password, search, hash].every((part) => part === '');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` with `rule` in its message */
export function requireInjector(auth: unknown, rule: string): void {
  if (auth instanceof AuthInjector) return;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `${rule}.${copyHint(auth, 'AuthInjector')}`);
}

function readInjectorOptions(
  credentials: Credentials | ProviderFunction,
  { schemes = {}, products = [], ...others }: AuthInjectorOptions,
) {
  const { jwt, signer, cache, provider, now, nonce, ...unknown } = others;
  refuseUnknown(unknown, 'the options of AuthInjector');
  requireObject(schemes, 'schemes');
  return {
    attempts: new Attempts(credentials, { jwt, signer, cache, provider, now, nonce }),
    products: listProducts(products, schemes),
  };
}

function unknownPlace(url: URL): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_UNKNOWN_PRODUCT',
    `No product is at this place on ${url.host}, so it gets no credential. A gateway or a mock of your own goes into the products option.`,
  );
}

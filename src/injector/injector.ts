import { Credentials, type CredentialKind } from '../credentials/credentials';
import { kindOf, NexmoAuthError } from '../errors';
import type { JwtOptions } from '../jwt/claims';
import { checkDefaults, JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import { type Clock, refuseUnknown, requireClock, requireObject, secondsOf } from '../options';
import { basic } from '../schemes/basic';
import { bearer } from '../schemes/bearer';
import { body, query } from '../schemes/key-secret';
import { signature } from '../schemes/signature';
import type {
  AttachCredential,
  AuthRequest,
  HeaderValue,
  PlainRequest,
  Scheme,
  SchemeContext,
} from '../schemes/scheme';
import { refuseCredential } from './credential-present';
import { listProducts, requireKnown } from './product-list';
import type { Product } from './products';
import { ProductUrls } from './product-url';

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
  now?: Clock | undefined;
};

const schemes: Record<Scheme, { needs: CredentialKind; attach: AttachCredential }> = {
  query: { needs: 'key-secret', attach: query },
  body: { needs: 'key-secret', attach: body },
  basic: { needs: 'key-secret', attach: basic },
  bearer: { needs: 'application', attach: bearer },
  signature: { needs: 'signature', attach: signature },
};

/**
 * Attaches to a request the credential that its product takes.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_PRODUCT`; for the `schemes` option
 * `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`; for the `jwt` option `ERR_CLAIM_INVALID`,
 * `ERR_CLAIM_RESERVED`, `ERR_LIFETIME_OUT_OF_BOUNDS`
 */
export class AuthInjector {
  readonly #credentials: Credentials;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #urls: ProductUrls;
  readonly #context: SchemeContext;

  constructor(credentials: Credentials, options: AuthInjectorOptions = {}) {
    if (!(credentials instanceof Credentials)) {
      throw new NexmoAuthError('ERR_INVALID_OPTION', 'AuthInjector takes a Credentials object.');
    }
    requireObject(options, 'The options of AuthInjector');
    const { schemes: chosen = {}, products = [], jwt = {}, now = Date.now, ...unknown } = options;
    refuseUnknown(unknown, 'the options of AuthInjector');
    requireObject(chosen, 'schemes');
    this.#credentials = credentials;
    this.#products = listProducts(products, chosen);
    this.#urls = new ProductUrls(this.#products.values());
    checkDefaults(jwt);
    this.#context = contextOf(credentials, { ...jwt, now: requireClock(now) });
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
   * signed, `ERR_INVALID_OPTION` for a clock that fails
   */
  async inject<Given extends AuthRequest>(
    request: Given,
    product?: string,
  ): Promise<PlainRequest<Given>> {
    checkRequest(request);
    const url = parseUrl(request.url);
    const found = this.#find(url, product);
    if (found === undefined) throw unknownPlace(url);
    const copy = { ...request, url: url.href, headers: copyHeaders(request.headers) };
    refuseCredential(copy, url);
    const { attach } = schemes[usableScheme(found, this.#credentials)];
    const attached = attach(copy, this.#credentials, this.#context);
    return Promise.resolve(attached as PlainRequest<Given>);
  }

  #find(url: URL, product: string | undefined): Product | undefined {
    if (product !== undefined) requireKnown(product, this.#products);
    return this.#urls.find(url, product);
  }
}

function checkRequest(request: AuthRequest): void {
  if (kindOf(request) !== 'an object' || typeof request.url !== 'string') {
    throw new NexmoAuthError('ERR_INVALID_REQUEST', 'A request is an object with a url.');
  }
  const { params } = request;
  if (params != null && !(params instanceof URLSearchParams) && !isRecord(params)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'params must be an object of named values, or URLSearchParams.',
    );
  }
}

function parseUrl(url: string): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new NexmoAuthError(
    'ERR_INVALID_URL',
    'url must be absolute, with https: and a host, for it decides which credential may leave.',
  );
}

/** AxiosHeaders keep headers as own fields, as plain objects do; fetch's Headers are iterable only. */
function copyHeaders(headers: object = {}): Record<string, HeaderValue> {
  requireObject(headers, 'headers', 'ERR_INVALID_REQUEST');
  const own: unknown[] = Object.entries(headers);
  const entries = own.length === 0 && isIterable(headers) ? [...headers] : own;
  if (!entries.every(isEntry)) {
    throw new NexmoAuthError('ERR_INVALID_REQUEST', 'headers must be an object or Headers.');
  }
  return Object.fromEntries(entries.filter(([name, value]) => !isUnset(name, value)));
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function isRecord(value: object): boolean {
  return kindOf(value) === 'an object' && !isIterable(value);
}

function isEntry(value: unknown): value is [string, HeaderValue] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

/** axios spells "do not send this header" as null or false, which would also drop ours. */
function isUnset(name: string, value: unknown): boolean {
  return name.toLowerCase() === 'authorization' && (value == null || value === false);
}

function unknownPlace(url: URL): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_UNKNOWN_PRODUCT',
    `No product is at this place on ${url.host}, so it gets no credential. A gateway or a mock of your own goes into the products option.`,
  );
}

function usableScheme(product: Product, credentials: Credentials): Scheme {
  const usable = product.schemes.find((scheme) => credentials.has(schemes[scheme].needs));
  if (usable !== undefined) return usable;
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

function contextOf(
  credentials: Credentials,
  defaults: JwtGeneratorDefaults & { now: Clock },
): SchemeContext {
  let generator: JwtGenerator | undefined;
  return {
    token: () => (generator ??= new JwtGenerator(credentials, defaults)).generate(),
    now: () => secondsOf(defaults.now),
  };
}

import { NexmoAuthError } from '../errors';
import { isScheme, type Scheme, schemeNames } from '../schemes/scheme';
import { mapOptional } from '../options';
import { builtInProducts, mergeProducts, requireProductName } from './merge-products';
import type { Product } from './products';
import { ProductUrls } from './product-url';
import { parseUrl } from './request';

/** Which products there are, and which scheme each request gets. */
export type ProductOptions = {
  /** The scheme to use for a product, by product name. */
  schemes?: Readonly<Record<string, Scheme>> | undefined;
  /**
   * Schemes to use wherever a product accepts them, the most preferred first. `['basic']` keeps the API secret out of
   * URLs. The option `schemes` takes precedence.
   */
  prefer?: readonly Scheme[] | undefined;
  /**
   * Your own products, such as a gateway, a mock or a new API. If your product has the name of a built-in product, your
   * URLs are added to the built-in URLs, and your `schemes` replace the built-in schemes. Your `refusal`, if given,
   * replaces the built-in refusal.
   */
  products?: readonly Product[] | undefined;
};

export type Target = { url: URL; product: Product | undefined };

/** The maximum number of cached URLs. */
const maximumEntries = 200;

/** The maximum number of characters in a cached URL. Together, the two limits keep the cache below 2 MiB. */
const maximumLength = 2048;

/** What the options of an injector choose. */
type Choice = {
  /** Products by name, each with all the schemes that the product accepts. */
  products: ReadonlyMap<string, Product>;
  chosen: Readonly<Record<string, Scheme>>;
  preferred: readonly Scheme[];
};

const builtInChoice: Choice = { products: builtInProducts, chosen: {}, preferred: [] };

/** The products of an injector, each with the schemes to use in order of preference. */
export class ProductLookup {
  readonly #choice: Choice;
  readonly #products: ReadonlyMap<string, Product>;
  readonly #urls: ProductUrls;
  readonly #targets = new Map<string, Target>();

  /**
   * @param base the choice to which the options are added
   * @throws NexmoAuthError `ERR_INVALID_PRODUCT`, `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`,
   * `ERR_INVALID_OPTION`
   */
  constructor({ products = [], schemes = {}, prefer }: ProductOptions, base = builtInChoice) {
    this.#choice = {
      products: mergeProducts(base.products, products),
      chosen: { ...base.chosen, ...schemes },
      preferred: mapOptional(prefer, requireSchemes) ?? base.preferred,
    };
    this.#products = withSchemes(this.#choice);
    this.#urls = new ProductUrls(this.#products.values());
  }

  /**
   * Returns a new lookup with the options of this lookup and further options. Does not change this lookup.
   *
   * @throws NexmoAuthError the errors of the constructor
   */
  with(options: ProductOptions): ProductLookup {
    return new ProductLookup(options, this.#choice);
  }

  /**
   * Finds the product of a URL. Results are cached, since most programs use few URLs.
   *
   * @throws NexmoAuthError `ERR_INVALID_URL`, `ERR_HOST_NOT_ALLOWED`, `ERR_UNKNOWN_PRODUCT`
   */
  targetOf(text: string, name: string | undefined): Target {
    const cached = name === undefined ? this.#targets.get(text) : undefined;
    if (cached !== undefined) return cached;
    if (name !== undefined) requireProductName(name, this.#products);
    const url = parseUrl(text);
    const target = { url, product: this.#urls.find(url, name) };
    if (name !== undefined || !isCacheable(target, text)) return target;
    if (this.#targets.size === maximumEntries) this.#targets.clear();
    // The key is `url.href`, not `text`, although the two are equal: if `text` is a slice of a longer string, V8 may
    // keep the longer string alive.
    this.#targets.set(url.href, target);
    return target;
  }
}

/** Moves the preferred schemes of each product to the front. A product with a chosen scheme keeps only that scheme. */
function withSchemes({ products, chosen, preferred }: Choice): ReadonlyMap<string, Product> {
  const result = new Map(products);
  for (const [name, product] of preferred.length === 0 ? [] : products) {
    const first = preferred.filter((scheme) => product.schemes.includes(scheme));
    const schemes = [...new Set([...first, ...product.schemes])] as [Scheme, ...Scheme[]];
    result.set(name, { ...product, schemes });
  }
  for (const [name, scheme] of Object.entries(chosen)) {
    const product = requireProductName(name, products);
    if (!product.schemes.includes(scheme)) {
      throw new NexmoAuthError(
        'ERR_SCHEME_NOT_ACCEPTED',
        `The product ${name} accepts ${product.schemes.join(', ')}. Choose one of these in the schemes option.`,
      );
    }
    result.set(name, { ...product, schemes: [scheme] });
  }
  return result;
}

function requireSchemes(prefer: readonly Scheme[]): readonly Scheme[] {
  const schemes: unknown[] = Array.isArray(prefer) ? Array.from(prefer) : [undefined];
  if (schemes.every(isScheme)) return schemes;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `prefer must be a list of schemes: ${schemeNames.join(', ')}.`,
  );
}

/** Whether to cache a URL: it has a product, is short, and has no part that may hold a secret. */
function isCacheable({ url, product }: Target, text: string): boolean {
  const { href, username, password, search, hash } = url;
  if (product === undefined || text !== href || href.length > maximumLength) return false;
  return [username, password, search, hash].every((part) => part === '');
}

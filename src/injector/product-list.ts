import { kindOf, NexmoAuthError } from '../errors';
import { refuseUnknown } from '../options';
import { type Scheme, schemeNames } from '../schemes/scheme';
import { type Product, products as builtIn } from './products';

/**
 * The built-in products with the caller's own, by name, each with the schemes that are open to it.
 * An own product with the name of a built-in one replaces its schemes and adds its URLs.
 *
 * @throws NexmoAuthError `ERR_INVALID_PRODUCT`, `ERR_UNKNOWN_PRODUCT`, `ERR_SCHEME_NOT_ACCEPTED`,
 * `ERR_INVALID_OPTION` for a product with an unknown field
 */
export function listProducts(
  added: readonly Product[],
  chosen: Readonly<Record<string, Scheme>>,
): ReadonlyMap<string, Product> {
  const products = combine(added);
  for (const [name, scheme] of Object.entries(chosen)) {
    const product = requireKnown(name, products);
    if (!product.schemes.includes(scheme)) {
      throw new NexmoAuthError(
        'ERR_SCHEME_NOT_ACCEPTED',
        `${name} takes ${product.schemes.join(', ')}; choose one of these for it.`,
      );
    }
    products.set(name, { ...product, schemes: [scheme] });
  }
  return products;
}

/** @throws NexmoAuthError `ERR_UNKNOWN_PRODUCT` */
export function requireKnown(name: string, products: ReadonlyMap<string, Product>): Product {
  const product = products.get(name);
  if (product !== undefined) return product;
  throw new NexmoAuthError(
    'ERR_UNKNOWN_PRODUCT',
    `No product has this name. Known are ${[...products.keys()].join(', ')}.`,
  );
}

function combine(added: readonly Product[]): Map<string, Product> {
  if (!Array.isArray(added)) throw invalidProduct();
  const products = new Map(builtIn.map((product) => [product.name, product]));
  for (const product of Array.from(added, requireProduct)) {
    const urls = products.get(product.name)?.urls ?? [];
    const schemes = [...product.schemes] as const;
    products.set(product.name, { ...product, urls: [...urls, ...product.urls], schemes });
  }
  return products;
}

function requireProduct(product: Product): Product {
  if (kindOf(product) !== 'an object') throw invalidProduct();
  const { name, urls, schemes, ...unknown } = product;
  refuseUnknown(unknown, 'a product');
  const isNamed = typeof name === 'string' && name !== '';
  if (isNamed && isListOf(urls, (url) => typeof url === 'string') && isListOf(schemes, isScheme)) {
    return product;
  }
  throw invalidProduct();
}

function invalidProduct(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_PRODUCT',
    `products is a list of { name, urls: [at least one], schemes: [at least one of ${schemeNames.join(', ')}] }.`,
  );
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && Array.from(value).every(isItem);
}

function isScheme(value: unknown): boolean {
  return schemeNames.includes(value as Scheme);
}

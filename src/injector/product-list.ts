import { kindOf, NexmoAuthError, unknownName } from '../errors';
import { mapOptional, refuseUnknown } from '../options';
import { type Scheme, schemeNames } from '../schemes/scheme';
import { type Product, products as builtIn, type Refusal } from './products';

/**
 * The built-in products with the caller's own, by name, each with the schemes that are open to it.
 * An own product with the name of a built-in one replaces its schemes, and its refusal if it has one,
 * and adds its URLs.
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
    `${unknownName('product', name, [...products.keys()])} One of your own goes into the products option.`,
  );
}

function combine(added: readonly Product[]): Map<string, Product> {
  if (!Array.isArray(added)) throw invalidProduct();
  const products = new Map(builtIn.map((product) => [product.name, product]));
  for (const product of Array.from(added, requireProduct)) {
    const { name, schemes } = product;
    const known = products.get(name);
    const urls = [...(known?.urls ?? []), ...product.urls];
    const refusal = mapOptional(product.refusal, requireRefusal) ?? known?.refusal;
    products.set(name, { name, urls, schemes: [...schemes], refusal });
  }
  return products;
}

function requireProduct(product: Product): Product {
  if (kindOf(product) !== 'an object') throw invalidProduct();
  const { name, urls, schemes, refusal: _refusal, ...unknown } = product;
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

/** A checked copy. */
function requireRefusal(refusal: Refusal): Refusal {
  if (kindOf(refusal) !== 'an object') throw invalidRefusal();
  const { json, xml, codes, ...unknown } = refusal;
  const isPath = (path: string) => path.split('.').every(Boolean);
  const isName = (name: string) => /^[^\s<>/@="']+(@[^\s<>/@="']+)?$/.test(name);
  const isRead = json !== undefined || xml !== undefined;
  if (!isRead || Object.keys(unknown).length > 0) throw invalidRefusal();
  return {
    json: mapOptional(json, (paths) => requireTexts(paths, isPath)),
    xml: mapOptional(xml, (names) => requireTexts(names, isName)),
    codes: requireTexts(codes, (code) => code !== ''),
  };
}

function requireTexts(texts: readonly string[], isText: (text: string) => boolean): string[] {
  const copy = Array.isArray(texts) ? Array.from<unknown>(texts) : [];
  const isListOfTexts = copy.every((text) => typeof text === 'string' && isText(text));
  if (copy.length > 0 && isListOfTexts) return copy as string[];
  throw invalidRefusal();
}

function invalidRefusal(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_PRODUCT',
    "The refusal of a product is { json: ['messages.*.status'], xml: ['status', 'error@code'], codes: ['4'] }: json, xml or both, and a list of at least one text each.",
  );
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && Array.from(value).every(isItem);
}

function isScheme(value: unknown): boolean {
  return schemeNames.includes(value as Scheme);
}

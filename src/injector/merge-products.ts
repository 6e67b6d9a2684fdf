import { kindOf, NexmoAuthError, unknownName } from '../errors';
import { mapOptional, refuseUnknown } from '../options';
import { isScheme, schemeNames } from '../schemes/scheme';
import { type Product, products as builtIn, type Refusal } from './products';

/** The built-in products by name. */
export const builtInProducts: ReadonlyMap<string, Product> = new Map(
  builtIn.map((product) => [product.name, product]),
);

/**
 * Returns a copy of `base`, a map of products by name, with the products of `added`. If `base` has a product of the
 * same name, the added URLs join the known URLs, and the added `schemes` replace the known schemes. An added `refusal`,
 * if given, replaces the known refusal.
 *
 * @throws NexmoAuthError `ERR_INVALID_PRODUCT`; `ERR_INVALID_OPTION` for a product with an unknown field
 */
export function mergeProducts(
  base: ReadonlyMap<string, Product>,
  added: readonly Product[],
): ReadonlyMap<string, Product> {
  if (!Array.isArray(added)) throw invalidProduct();
  const products = new Map(base);
  for (const product of Array.from(added, requireProduct)) {
    const { name, schemes } = product;
    const known = products.get(name);
    const urls = [...(known?.urls ?? []), ...product.urls];
    const refusal = mapOptional(product.refusal, copyRefusal) ?? known?.refusal;
    products.set(name, { name, urls, schemes: [...schemes], refusal });
  }
  return products;
}

/** @throws NexmoAuthError `ERR_UNKNOWN_PRODUCT` */
export function requireProductName(name: string, products: ReadonlyMap<string, Product>): Product {
  const product = products.get(name);
  if (product !== undefined) return product;
  throw new NexmoAuthError(
    'ERR_UNKNOWN_PRODUCT',
    `${unknownName('product', name, [...products.keys()])} Add your own products with the products option.`,
  );
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
    `products must be a list of { name, urls: [at least one URL], schemes: [at least one of ${schemeNames.join(', ')}] }.`,
  );
}

function copyRefusal(refusal: Refusal): Refusal {
  if (kindOf(refusal) !== 'an object') throw invalidRefusal();
  const { json, xml, codes, ...unknown } = refusal;
  const isPath = (path: string) => path.split('.').every(Boolean);
  const isName = (name: string) => /^[^\s<>/@="']+(@[^\s<>/@="']+)?$/.test(name);
  const hasPaths = json !== undefined || xml !== undefined;
  if (!hasPaths || Object.keys(unknown).length > 0) throw invalidRefusal();
  return {
    json: mapOptional(json, (paths) => requireStrings(paths, isPath)),
    xml: mapOptional(xml, (names) => requireStrings(names, isName)),
    codes: requireStrings(codes, (code) => code !== ''),
  };
}

function requireStrings(texts: readonly string[], isValid: (text: string) => boolean): string[] {
  const copy = Array.isArray(texts) ? Array.from<unknown>(texts) : [];
  const isListOfStrings = copy.every((text) => typeof text === 'string' && isValid(text));
  if (copy.length > 0 && isListOfStrings) return copy as string[];
  throw invalidRefusal();
}

function invalidRefusal(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_PRODUCT',
    "The refusal of a product must look like { json: ['messages.*.status'], xml: ['status', 'error@code'], codes: ['4'] }. It needs json, xml or both, and each field is a list of at least one string.",
  );
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && Array.from(value).every(isItem);
}

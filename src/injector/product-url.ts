import { NexmoAuthError } from '../errors';
import { type Product, products as builtIn } from './products';

type Location = {
  host: string;
  protocol: string;
  segments: readonly string[];
  /** The number of segments that are `*`. */
  wildcards: number;
};
type ProductLocation = Location & { product: Product };

let builtInLocations: ReadonlyMap<string, Location> | undefined;

/** Parses the built-in URLs once per process, since parsing takes milliseconds. */
function parseBuiltInUrls(): ReadonlyMap<string, Location> {
  builtInLocations ??= new Map(
    builtIn.flatMap(({ name, urls }) => urls.map((text) => [text, parseProductUrl(text, name)])),
  );
  return builtInLocations;
}

/** Finds products by URL. Of two products with the same URL, the later product wins. */
export class ProductUrls {
  /** Locations by host, the most specific first. */
  readonly #locations = new Map<string, ProductLocation[]>();

  /** @throws NexmoAuthError `ERR_INVALID_PRODUCT` for an invalid URL of a product */
  constructor(products: Iterable<Product>) {
    const parsed = parseBuiltInUrls();
    for (const product of products) {
      for (const text of product.urls) {
        const location = parsed.get(text) ?? parseProductUrl(text, product.name);
        const locations = this.#locations.get(location.host) ?? [];
        locations.unshift({ product, ...location });
        this.#locations.set(location.host, locations);
      }
    }
    for (const locations of this.#locations.values()) locations.sort(bySpecificity);
  }

  /**
   * Finds the product of a URL. Host and port must be equal, path segments must match whole, and the longest match
   * wins. `name` chooses between products with the same URL. Returns undefined without a match and a `name`.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` if the URL is not one of the named product, if its protocol is wrong,
   * or if an encoded `..` in its path could lead to another product
   */
  find(url: URL, name: string | undefined): Product | undefined {
    const segments = segmentsOf(url);
    const locations = this.#locations.get(url.host) ?? [];
    const matches = locations.filter((location) => covers(location, segments));
    const [longest] = matches;
    if (longest !== undefined && segments.some(hasEncodedParent)) throw notAllowed(url, name);
    if (longest === undefined) {
      if (name === undefined) return undefined;
      throw notAllowed(url, name);
    }
    const found = matches.find(
      (location) =>
        location.protocol === url.protocol &&
        bySpecificity(location, longest) === 0 &&
        (name === undefined || location.product.name === name),
    );
    if (found === undefined) throw notAllowed(url, name);
    return found.product;
  }
}

function notAllowed(url: URL, name = 'any product'): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    `Refusing to send credentials of ${name} to this URL on ${url.protocol}//${url.host}. Check host, path and protocol (http is for loopback hosts of your own products only).`,
  );
}

function parseProductUrl(text: string, product: string): Location {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isConfidential(url)) {
    throw invalid(product, 'must begin with https:, or with http: and a loopback host');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw invalid(product, 'must not have user-info, a query or a fragment');
  }
  const segments = segmentsOf(url);
  if (url.host.includes('*') || segments.some((segment) => /.\*|\*./.test(segment))) {
    throw invalid(product, 'may have * only as a whole path segment');
  }
  const wildcards = segments.filter((segment) => segment === '*').length;
  return { host: url.host, protocol: url.protocol, segments, wildcards };
}

/** Whether a connection to the URL is encrypted or stays on this machine. */
export function isConfidential({ protocol, hostname }: URL): boolean {
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

function invalid(product: string, rule: string): NexmoAuthError {
  return new NexmoAuthError('ERR_INVALID_PRODUCT', `A URL of the product "${product}" ${rule}.`);
}

function segmentsOf({ pathname }: URL): string[] {
  const segments = pathname.slice(1).split('/');
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

function covers(location: Location, segments: readonly string[]): boolean {
  return location.segments.every((segment, index) =>
    segment === '*' ? Boolean(segments[index]) : segment === segments[index],
  );
}

/** Whether a server that decodes a segment before routing would find `..` in it. */
function hasEncodedParent(segment: string): boolean {
  return (
    segment.includes('%') && segment.split(/%2f|%5c/i).some((part) => /^(\.|%2e){2}$/i.test(part))
  );
}

function bySpecificity(a: Location, b: Location): number {
  return b.segments.length - a.segments.length || a.wildcards - b.wildcards;
}

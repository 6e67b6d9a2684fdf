import { NexmoAuthError } from '../errors';
import {
  decodedText,
  hasAmbiguousParameters,
  isOrdinary,
  isUnclear,
  readingsOf,
} from './path-readings';
import { type Product, products as builtIn, regionalHosts } from './products';

type Location = {
  protocol: string;
  segments: readonly string[];
  /** The number of segments that are `*`. */
  wildcards: number;
  product: string;
  /** The product's position in the list of products. Of two products with the same URL, the later product wins. */
  order: number;
};

/** Locations by host and by first segment. The key `''` has the locations whose first segment is `*` or missing. */
type Locations = Map<string, Map<string, Location[]>>;

const mainHosts: ReadonlyMap<string, string> = new Map(
  Object.entries(regionalHosts).flatMap(([main, hosts]) => hosts.map((host) => [host, main])),
);

const builtInUrls: ReadonlyMap<string, readonly string[]> = new Map(
  builtIn.map(({ name, urls }) => [name, urls]),
);

let builtInLocations: Locations | undefined;

/** Parses the built-in URLs once per process, since parsing takes milliseconds. */
function parseBuiltInUrls(): Locations {
  if (builtInLocations !== undefined) return builtInLocations;
  builtInLocations = new Map();
  for (const [order, { name, urls }] of builtIn.entries()) {
    for (const text of urls) {
      addLocation(builtInLocations, { ...parseProductUrl(text, name), product: name, order });
    }
  }
  return builtInLocations;
}

/** Finds products by URL. Of two products with the same URL, the later product wins. */
export class ProductUrls {
  readonly #products = new Map<string, Product>();
  /** The locations of URLs that are not built in: as they are written, and as servers may read them. */
  readonly #added: Locations = new Map();
  readonly #addedReadings: Locations = new Map();
  /** Whether servers may read a URL that is not built in differently from how it is written. */
  #hasOddUrls = false;

  /**
   * Expects the built-in products first, in their order, and then all other products.
   *
   * @throws NexmoAuthError `ERR_INVALID_PRODUCT` for an invalid URL of a product
   */
  constructor(products: Iterable<Product>) {
    for (const product of products) {
      const order = this.#products.size;
      this.#products.set(product.name, product);
      const known = builtInUrls.get(product.name) ?? [];
      for (const text of product.urls) {
        if (known.includes(text)) continue;
        const url = parseProductUrl(text, product.name);
        const location = { ...url, product: product.name, order };
        addLocation(this.#added, location);
        this.#hasOddUrls ||= !isOrdinary(url.segments);
        for (const segments of readingsOf(decodedText(url.segments))) {
          addLocation(this.#addedReadings, { ...location, segments });
        }
      }
    }
  }

  /**
   * Finds the product of a URL. Host and port must be equal, each path segment must match as a whole, and the longest
   * match wins. `name` chooses between products with the same URL. If nothing matches and there is no `name`, returns
   * undefined.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` if the URL does not belong to the named product, if its protocol is
   * wrong, or if a server could read its path as a path that is not of this product
   */
  find(url: URL, name: string | undefined): Product | undefined {
    const segments = segmentsOf(url);
    const matches = this.#matches(url.host, segments, this.#added);
    const [longest] = matches;
    if (longest === undefined) {
      if (name === undefined) return undefined;
      throw notAllowed(url, name);
    }
    const found = matches.find(
      (location) =>
        location.protocol === url.protocol &&
        bySpecificity(location, longest) === 0 &&
        (name === undefined || location.product === name),
    );
    if (found === undefined || this.#isMisspelled(url.host, segments, found)) {
      throw notAllowed(url, name);
    }
    return this.#products.get(found.product);
  }

  /** Whether a server could read a path as a path that is not of the found product. */
  #isMisspelled(host: string, segments: readonly string[], { product }: Location): boolean {
    if (isOrdinary(segments) && !this.#hasOddUrls) return false;
    const decoded = decodedText(segments);
    if (isUnclear(decoded) || hasAmbiguousParameters(segments, decoded)) return true;
    return readingsOf(decoded).some((reading) => !this.#isOf(product, host, reading));
  }

  /** Whether a path belongs to a product. */
  #isOf(product: string, host: string, reading: readonly string[]): boolean {
    const matches = this.#matches(host, reading, this.#addedReadings);
    const [longest] = matches;
    if (longest === undefined) return false;
    const mostSpecific = matches.filter((location) => bySpecificity(location, longest) === 0);
    return mostSpecific.some((location) => location.product === product);
  }

  /** The locations that cover a URL, the most specific first. */
  #matches(host: string, segments: readonly string[], added: Locations): Location[] {
    const known = parseBuiltInUrls();
    const main = mainHosts.get(host);
    const candidates = [added.get(host), known.get(host)];
    if (main !== undefined) candidates.push(known.get(main));
    const matches: Location[] = [];
    for (const locations of candidates) {
      if (locations !== undefined) addMatches(matches, locations, segments);
    }
    return matches.sort(byPrecedence);
  }
}

function addLocation(locations: Locations, { host, ...location }: Location & { host: string }) {
  const [first = '*'] = location.segments;
  const atHost = locations.get(host) ?? new Map<string, Location[]>();
  locations.set(host, atHost);
  const key = first === '*' ? '' : first;
  atHost.set(key, [...(atHost.get(key) ?? []), location]);
}

function addMatches(
  matches: Location[],
  locations: ReadonlyMap<string, readonly Location[]>,
  segments: readonly string[],
): void {
  for (const key of segments[0] ? ['', segments[0]] : ['']) {
    for (const location of locations.get(key) ?? []) {
      if (covers(location, segments)) matches.push(location);
    }
  }
}

function notAllowed(url: URL, name = 'any product'): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    `Refusing to send credentials of ${name} to this URL on ${url.protocol}//${url.host}. Check host, path and protocol (http is for loopback hosts of your own products only).`,
  );
}

function parseProductUrl(text: string, product: string) {
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
  if (!isOrdinary(segments) && isUnclear(decodedText(segments))) {
    throw invalid(
      product,
      'must not have a dot at the end of a segment, a space at either end, or an escape that servers read differently, such as %00',
    );
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

function byPrecedence(a: Location, b: Location): number {
  return bySpecificity(a, b) || b.order - a.order;
}

function bySpecificity(a: Location, b: Location): number {
  return b.segments.length - a.segments.length || a.wildcards - b.wildcards;
}

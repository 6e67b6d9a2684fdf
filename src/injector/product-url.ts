import { NexmoAuthError } from '../errors';
import { type Product, products as builtIn } from './products';

type Location = {
  host: string;
  protocol: string;
  segments: readonly string[];
  /** How many of the segments are `*`. */
  wildcards: number;
};
type Place = Location & { product: Product };

let builtInLocations: ReadonlyMap<string, Location> | undefined;

/** Every built-in URL, parsed once per process: parsing them for each injector takes milliseconds. */
function locationsOfBuiltIn(): ReadonlyMap<string, Location> {
  builtInLocations ??= new Map(
    builtIn.flatMap(({ name, urls }) => urls.map((text) => [text, parseProductUrl(text, name)])),
  );
  return builtInLocations;
}

/** Where each product is, ready to be looked up by host. Later products win over earlier equals. */
export class ProductUrls {
  readonly #places = new Map<string, Place[]>();

  /** @throws NexmoAuthError `ERR_INVALID_PRODUCT` for a URL of another form */
  constructor(products: Iterable<Product>) {
    const known = locationsOfBuiltIn();
    for (const product of products) {
      for (const text of product.urls) {
        const location = known.get(text) ?? parseProductUrl(text, product.name);
        const places = this.#places.get(location.host) ?? [];
        places.unshift({ product, ...location });
        this.#places.set(location.host, places);
      }
    }
    for (const places of this.#places.values()) places.sort(bySpecificity);
  }

  /**
   * The product at a URL: exact host with port, whole path segments, the longest match. Where
   * several products match equally, `name` chooses. Undefined when nothing is there and no name was
   * given.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` when the named product is not there, or what is
   * there is so under another protocol
   */
  find(url: URL, name: string | undefined): Product | undefined {
    const segments = segmentsOf(url);
    const matches = this.#places.get(url.host)?.filter((place) => covers(place, segments)) ?? [];
    const [longest] = matches;
    if (longest !== undefined && segments.some(climbs)) throw notAllowed(url, name);
    if (longest === undefined) {
      if (name === undefined) return undefined;
      throw notAllowed(url, name);
    }
    const found = matches.find(
      (place) =>
        place.protocol === url.protocol &&
        bySpecificity(place, longest) === 0 &&
        (name === undefined || place.product.name === name),
    );
    if (found === undefined) throw notAllowed(url, name);
    return found.product;
  }
}

function notAllowed(url: URL, name = 'any product'): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    `No credential of ${name} goes to this place on ${url.protocol}//${url.host}. Check host, path and protocol (https only, but for loopback hosts that you add).`,
  );
}

function parseProductUrl(text: string, product: string): Location {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isConfidential(url)) {
    throw invalid(product, 'must begin with https:, or with http: and a loopback host');
  }
  if (url.username || url.password || url.search || url.hash) {
    throw invalid(product, 'must have neither user-info, query nor fragment');
  }
  const segments = segmentsOf(url);
  if (url.host.includes('*') || segments.some((segment) => /.\*|\*./.test(segment))) {
    throw invalid(product, 'may have * only for a whole segment of its path');
  }
  const wildcards = segments.filter((segment) => segment === '*').length;
  return { host: url.host, protocol: url.protocol, segments, wildcards };
}

/** Whether nobody else reads along: https, or http that does not leave the machine. */
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

function covers(place: Place, segments: readonly string[]): boolean {
  return place.segments.every((segment, index) =>
    segment === '*' ? Boolean(segments[index]) : segment === segments[index],
  );
}

/** Whether a server that decodes a segment before it routes would read a way up in it. */
function climbs(segment: string): boolean {
  return (
    segment.includes('%') && segment.split(/%2f|%5c/i).some((part) => /^(\.|%2e){2}$/i.test(part))
  );
}

function bySpecificity(a: Location, b: Location): number {
  return b.segments.length - a.segments.length || a.wildcards - b.wildcards;
}

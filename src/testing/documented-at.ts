import { type DocumentedProduct, documentedProducts } from './documented-products';

/** The product at a place of the platform, if any; the longest of the paths that match decides. */
export function documentedAt(host: string, path: string): DocumentedProduct | undefined {
  const segments = segmentsOf(path);
  const places = documentedProducts
    .filter(({ hosts }) => hosts.includes(host))
    .flatMap((product) => product.paths.map((text) => ({ product, place: segmentsOf(text) })));
  const matching = places.filter(({ place }) =>
    place.every((segment, index) => segment === '*' || segment === segments[index]),
  );
  matching.sort((a, b) => b.place.length - a.place.length);
  return matching[0]?.product;
}

const segmentsOf = (path: string): string[] => path.split('/').filter(Boolean);

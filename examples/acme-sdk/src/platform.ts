import type { Product } from 'nexmo-auth';

/** Where requests go: the platform, a region, a gateway, or a sandbox of `nexmo-auth/testing`. */
export type Platform = {
  /** Products to add to those of the injector. It sends a credential to the URLs of its products only. */
  readonly products: readonly Product[];
  /** The URL of a product, to which the path of an endpoint is appended. */
  url(product: ProductName): string;
};

const paths = {
  sms: 'rest.nexmo.com/sms/',
  'number-insight': 'api.nexmo.com/ni/',
  voice: 'api.nexmo.com/v1/calls',
};
export type ProductName = keyof typeof paths;

export const nexmo: Platform = { products: [], url: (product) => `https://${paths[product]}` };

/** A region of the platform. The injector knows its hosts. SMS stays on rest.nexmo.com, which serves all regions. */
export function region(name: 'us' | 'eu' | 'ap'): Platform {
  return { products: [], url: (product) => nexmo.url(product).replace('//api.', `//api-${name}.`) };
}

/** Acme's gateway. It has the paths of the platform, but accepts no API secret in a URL. */
export function gateway(origin: string): Platform {
  const url = (product: ProductName) => `${origin}/${paths[product]}`;
  return {
    products: [
      { name: 'sms', urls: [url('sms')], schemes: ['basic'] },
      { name: 'number-insight', urls: [url('number-insight')], schemes: ['basic'] },
      { name: 'voice', urls: [url('voice')], schemes: ['bearer'] },
    ],
    url,
  };
}

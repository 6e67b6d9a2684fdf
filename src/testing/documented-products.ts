import { type Endpoint, endpoints } from './endpoints';
import { type Refusals, refusals } from './refusals';

export type SandboxScheme = 'query' | 'body' | 'basic' | 'signature' | 'bearer';

/** A product as the platform's documentation has it; the longest of its paths decides. */
export type DocumentedProduct = {
  name: string;
  hosts: readonly string[];
  paths: readonly string[];
  schemes: readonly [SandboxScheme, ...SandboxScheme[]];
  endpoints: readonly Endpoint[];
  refusals: Refusals;
};

const rest = ['rest.nexmo.com'];
const api = [
  'api.nexmo.com',
  'api-us.nexmo.com',
  'api-eu.nexmo.com',
  'api-ap.nexmo.com',
  'api-us.vonage.com',
  'api-eu.vonage.com',
  'api-ap.vonage.com',
  'api-us-3.vonage.com',
  'api-us-4.vonage.com',
  'api-eu-3.vonage.com',
  'api-eu-4.vonage.com',
  'api-ap-3.vonage.com',
  'api-ap-4.vonage.com',
];

/** Written from the documentation, on purpose apart from the table of the library under test. */
export const documentedProducts: readonly DocumentedProduct[] = [
  {
    name: 'sms',
    hosts: rest,
    paths: ['/sms/'],
    schemes: ['query', 'body', 'basic', 'signature'],
    endpoints: endpoints.sms,
    refusals: refusals.sms,
  },
  {
    name: 'verify',
    hosts: api,
    paths: ['/verify/'],
    schemes: ['query', 'body', 'basic'],
    endpoints: endpoints.verify,
    refusals: refusals.verify,
  },
  {
    name: 'number-insight',
    hosts: api,
    paths: ['/ni/'],
    schemes: ['query', 'basic'],
    endpoints: endpoints.numberInsight,
    refusals: refusals.numberInsight,
  },
  {
    name: 'conversion',
    hosts: api,
    paths: ['/conversions/'],
    schemes: ['query', 'signature', 'basic'],
    endpoints: endpoints.conversion,
    refusals: refusals.conversion,
  },
  {
    name: 'account',
    hosts: rest,
    paths: ['/account/'],
    schemes: ['query', 'basic'],
    endpoints: endpoints.account,
    refusals: refusals.account,
  },
  {
    name: 'pricing',
    hosts: rest,
    paths: ['/account/get-pricing', '/account/get-full-pricing', '/account/get-prefix-pricing'],
    schemes: ['query', 'basic'],
    endpoints: endpoints.pricing,
    refusals: refusals.account,
  },
  {
    name: 'numbers',
    hosts: rest,
    paths: ['/number/', '/account/numbers'],
    schemes: ['query', 'basic'],
    endpoints: endpoints.numbers,
    refusals: refusals.account,
  },
  {
    name: 'developer',
    hosts: rest,
    paths: ['/search/', '/'],
    schemes: ['query', 'basic'],
    endpoints: endpoints.developer,
    refusals: refusals.account,
  },
  {
    name: 'voice',
    hosts: api,
    paths: ['/v1/calls', '/v2/calls'],
    schemes: ['bearer'],
    endpoints: endpoints.voice,
    refusals: refusals.voice,
  },
];

/** The product at a place of the platform, if any. */
export function documentedAt(host: string, path: string): DocumentedProduct | undefined {
  const places = documentedProducts.flatMap((product) =>
    product.hosts.includes(host) ? product.paths.map((prefix) => ({ product, prefix })) : [],
  );
  const matching = places.filter(({ prefix }) =>
    `${path}/`.startsWith(prefix.replace(/\/?$/, '/')),
  );
  matching.sort((a, b) => b.prefix.length - a.prefix.length);
  return matching[0]?.product;
}

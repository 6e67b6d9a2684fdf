import type { Scheme } from '../schemes/scheme';

/**
 * One API of the platform. A URL covers all that is below it by whole path segments; `*` stands
 * for one segment. The schemes are in order of preference: the first is used for which the
 * credentials are there.
 */
export type Product = {
  readonly name: string;
  readonly urls: readonly string[];
  readonly schemes: readonly [Scheme, ...Scheme[]];
};

/** Regional hosts stand for api.nexmo.com; they come back in links and as `region_url`. */
const apiHosts = [
  'api.nexmo.com',
  ...['api-us', 'api-eu', 'api-ap'].flatMap((name) => [`${name}.nexmo.com`, `${name}.vonage.com`]),
  ...['api-us-3', 'api-us-4', 'api-eu-3', 'api-eu-4', 'api-ap-3', 'api-ap-4'].map(
    (name) => `${name}.vonage.com`,
  ),
];

const api = (...paths: string[]) =>
  paths.flatMap((path) => apiHosts.map((host) => `https://${host}/${path}`));
const rest = (...paths: string[]) => paths.map((path) => `https://rest.nexmo.com/${path}`);

/** Which product is where, and how it authenticates (authentication guide of the platform). */
export const products: readonly Product[] = [
  { name: 'sms', urls: rest('sms/'), schemes: ['query', 'body', 'basic', 'signature'] },
  { name: 'verify', urls: api('verify/'), schemes: ['query', 'body', 'basic'] },
  { name: 'number-insight', urls: api('ni/'), schemes: ['query', 'basic'] },
  { name: 'conversion', urls: api('conversions/'), schemes: ['query', 'signature', 'basic'] },
  { name: 'account', urls: rest('account/'), schemes: ['query', 'basic'] },
  {
    name: 'pricing',
    urls: rest('account/get-pricing', 'account/get-full-pricing', 'account/get-prefix-pricing'),
    schemes: ['query', 'basic'],
  },
  { name: 'numbers', urls: rest('number/', 'account/numbers'), schemes: ['query', 'basic'] },
  { name: 'developer', urls: rest('search/', ''), schemes: ['query', 'basic'] },
  { name: 'voice', urls: api('v1/calls', 'v2/calls'), schemes: ['bearer'] },
];

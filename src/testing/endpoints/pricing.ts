import { ok } from '../response';
import type { Endpoint } from './endpoint';

const price = {
  dialingPrefix: '44',
  defaultPrice: '0.03330000',
  currency: 'EUR',
  countryDisplayName: 'United Kingdom',
  countryCode: 'GB',
  countryName: 'United Kingdom',
  networks: [],
};

export const pricing: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/account\/get-pricing\/outbound\/(sms|sms-transit|voice)$/,
    required: ['country'],
    respond: ({ parameters }) => ok({ ...price, countryCode: parameters['country'] }),
  },
  {
    methods: ['GET'],
    path: /^\/account\/get-full-pricing\/outbound\/(sms|sms-transit|voice)$/,
    required: [],
    respond: () => ok({ count: 1, countries: [price] }),
  },
  {
    methods: ['GET'],
    path: /^\/account\/get-prefix-pricing\/outbound\/(sms|sms-transit|voice)$/,
    required: ['prefix'],
    respond: ({ parameters }) =>
      ok({ count: 1, countries: [{ ...price, dialingPrefix: parameters['prefix'] }] }),
  },
];

/** Counts and page numbers are strings here, as in the API definition. */
export const pricingV2: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v2\/account\/pricing\/[\w-]+$/,
    required: ['country'],
    respond: ({ parameters }) =>
      ok({
        page_size: '100',
        page: '1',
        total_items: '1',
        total_pages: '1',
        _embedded: {
          countries: [
            {
              country_code: parameters['country'],
              country_name: 'United Kingdom',
              dialing_prefix: '44',
              dest_network_type: 'ALL',
              rate_increment: '60',
              currency: 'EUR',
            },
          ],
        },
      }),
  },
];

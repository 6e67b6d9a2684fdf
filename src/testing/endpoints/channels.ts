import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { type Endpoint, link } from './endpoint';

export const channelManager: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v1\/channel-manager\/whatsapp\/wabas$/,
    required: [],
    respond: ({ path }) =>
      ok({
        page_size: 50,
        page: 1,
        total_pages: 1,
        total_items: 0,
        _embedded: { wabas: [] },
        _links: link(`https://api.nexmo.com${path}?page=1&page_size=50&order=asc`),
      }),
  },
  {
    methods: ['GET'],
    path: /^\/v2\/whatsapp-manager\/wabas\/\w+\/templates$/,
    required: [],
    respond: () => ok({ templates: [] }),
  },
];

export const tenDlc: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v1\/10dlc\/brands$/,
    required: [],
    respond: () =>
      ok({ page_size: 10, page: 1, total_pages: 1, total_items: 0, _embedded: { brands: [] } }),
  },
];

export const tollFree: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/tfn\/v1\/registrations$/,
    required: ['business'],
    respond: () => ok({ id: randomUUID() }),
  },
  {
    methods: ['GET'],
    path: /^\/tfn\/v1\/numbers$/,
    required: [],
    respond: () => ok({ _embedded: { numbers: [] } }),
  },
];

export const fraudDefender: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v[\d.]+\/fraud-defender\/rules$/,
    required: [],
    respond: () => ok({ _embedded: { rules: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/v[\d.]+\/fraud-defender\/rules$/,
    required: ['product', 'prefix', 'reason', 'action'],
    respond: ({ parameters: { product, prefix, reason, action } }) =>
      ok({ id: randomUUID(), product, prefix, reason, action, status: 'active' }),
  },
];

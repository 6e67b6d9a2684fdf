import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { type Endpoint, link, noContent } from './endpoint';

export const reports: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v2\/reports\/records$/,
    required: ['account_id', 'product'],
    respond: ({ parameters: { account_id, product } }) =>
      ok({
        request_id: randomUUID(),
        request_status: 'SUCCESS',
        account_id,
        product,
        items_count: 0,
        records: [],
      }),
  },
  {
    methods: ['POST'],
    path: /^\/v2\/reports$/,
    required: ['account_id', 'product'],
    respond: ({ parameters: { account_id, product } }) =>
      ok({ request_id: randomUUID(), request_status: 'PENDING', account_id, product }),
  },
  {
    methods: ['GET'],
    path: /^\/v2\/reports$/,
    required: ['account_id', 'status'],
    respond: () =>
      ok({ self_link: 'https://api.nexmo.com/v2/reports', items_count: 0, reports: [] }),
  },
];

export const audit: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/beta\/audit\/events$/,
    required: [],
    respond: () =>
      ok({
        _embedded: { events: [] },
        _links: link('https://api.nexmo.com/beta/audit/events'),
        page: { size: 30, totalElements: 0, totalPages: 0, number: 1 },
      }),
  },
  {
    methods: ['OPTIONS'],
    path: /^\/beta\/audit\/events$/,
    required: [],
    respond: () =>
      ok({ eventTypes: [{ type: 'APP_CREATE', description: 'Application created.' }] }),
  },
];

export const redact: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v1\/redact\/transaction$/,
    required: ['id', 'product', 'type'],
    respond: noContent,
  },
];

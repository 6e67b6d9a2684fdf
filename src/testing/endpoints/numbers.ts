import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { created, type Endpoint, lastSegment } from './endpoint';

export const emergency: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v1\/addresses$/,
    required: [],
    respond: () =>
      ok({ page: 1, page_size: 100, total_pages: 1, total_items: 0, _embedded: { addresses: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/v1\/addresses$/,
    required: [],
    respond: ({ parameters: { address_name, country } }) =>
      created({ id: randomUUID(), type: 'emergency', address_name, country }),
  },
  {
    methods: ['GET', 'PATCH'],
    path: /^\/v1\/emergency\/numbers\/\d+$/,
    required: [],
    respond: ({ path }) => ok({ number: lastSegment(path), contact_name: 'John Smith' }),
  },
];

export const sip: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v1\/psip$/,
    required: [],
    respond: () => ok({ page: 1, page_size: 100, total_pages: 1, total_items: 0, _embedded: [] }),
  },
  {
    methods: ['POST'],
    path: /^\/v1\/psip$/,
    required: ['name', 'application_id'],
    respond: ({ parameters: { name, application_id } }) =>
      created({ name, application_id, tls: 'optional', srtp: 'optional', digest_auth: false }),
  },
];

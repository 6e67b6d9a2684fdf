import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { created, type Endpoint } from './endpoint';

export const meetings: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /\/meetings\/rooms$/,
    required: [],
    respond: () => ok({ page_size: 20, total_items: 0, _embedded: [] }),
  },
  {
    methods: ['POST'],
    path: /\/meetings\/rooms$/,
    required: ['display_name'],
    respond: ({ parameters: { display_name } }) =>
      created({ id: randomUUID(), display_name, type: 'instant', is_available: true }),
  },
];

export const proactiveConnect: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v0\.1\/bulk\/lists$/,
    required: [],
    respond: () => ok({ page: 1, page_size: 100, total_items: 0, _embedded: { lists: [] } }),
  },
  {
    methods: ['POST'],
    path: /^\/v0\.1\/bulk\/lists$/,
    required: ['name'],
    respond: ({ parameters: { name } }) => created({ id: randomUUID(), name, items_count: 0 }),
  },
];

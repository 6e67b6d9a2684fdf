import { randomUUID } from 'node:crypto';
import { ok, randomHex } from '../response';
import { type Endpoint, link, noContent } from './endpoint';

/** The Media API never left beta. The response with the list of media is inferred from the SDKs for this API. */
export const media: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v3\/media$/,
    required: [],
    respond: () =>
      ok({ page_size: 20, count: 0, _embedded: { media: [] }, _links: link('/v3/media') }),
  },
  {
    methods: ['DELETE'],
    path: /^\/v3\/media\/[\w-]+$/,
    required: [],
    respond: noContent,
  },
];

export const video: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/session\/create$/,
    required: [],
    respond: () =>
      ok([
        {
          session_id: `2_${randomHex(32)}`,
          project_id: randomUUID(),
          create_dt: 'Wed Jan 01 14:00:00 PST 2020',
          media_server_url: '',
        },
      ]),
  },
  {
    methods: ['GET'],
    path: /^\/v2\/project\/[\w-]+\/archive$/,
    required: [],
    respond: () => ok({ count: 0, items: [] }),
  },
];

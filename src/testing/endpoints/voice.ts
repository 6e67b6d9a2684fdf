import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { created, type Endpoint, lastSegment, noContent } from './endpoint';

const call = (uuid: string) => ({
  uuid,
  status: 'started',
  direction: 'outbound',
  conversation_uuid: `CON-${randomUUID()}`,
});

export const voice: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v[12]\/calls$/,
    required: ['to', 'from'],
    respond: () => created(call(randomUUID())),
  },
  {
    methods: ['GET'],
    path: /^\/v[12]\/calls$/,
    required: [],
    respond: () =>
      ok({
        count: 0,
        page_size: 10,
        record_index: 0,
        _links: { self: { href: '/calls?page_size=10&record_index=0&order=asc' } },
        _embedded: { calls: [] },
      }),
  },
  {
    methods: ['GET'],
    path: /^\/v[12]\/calls\/[\w-]+$/,
    required: [],
    respond: ({ path }) => ok(call(lastSegment(path))),
  },
  {
    methods: ['PUT'],
    path: /^\/v[12]\/calls\/[\w-]+$/,
    required: ['action'],
    respond: noContent,
  },
];

/** The endpoint for recordings. Every recording is an empty MP3 file. */
export const files: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v[13]\/files\/[\w-]+$/,
    required: [],
    respond: () => ({
      status: 200,
      headers: { 'content-type': 'audio/mpeg' },
      body: Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'),
    }),
  },
];

import { randomUUID } from 'node:crypto';
import { ok, randomHex } from '../response';
import { accepted, type Endpoint, eventId, lastSegment, noContent } from './endpoint';

export const verify: readonly Endpoint[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/(json|xml)$/,
    required: ['number', 'brand'],
    respond: () => ok({ request_id: randomHex(16), status: '0' }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/check\/(json|xml)$/,
    required: ['request_id', 'code'],
    respond: ({ parameters }) =>
      ok({
        request_id: parameters['request_id'],
        status: '0',
        event_id: eventId(),
        price: '0.10000000',
        currency: 'EUR',
      }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/search\/(json|xml)$/,
    required: ['request_id'],
    respond: ({ parameters }) =>
      ok({ request_id: parameters['request_id'], status: 'IN PROGRESS', checks: [] }),
  },
  {
    methods: ['GET', 'POST'],
    path: /^\/verify\/control\/(json|xml)$/,
    required: ['request_id', 'cmd'],
    respond: ({ parameters }) => ok({ status: '0', command: parameters['cmd'] }),
  },
];

export const verifyV2: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v2\/verify$/,
    required: ['brand', 'workflow'],
    respond: () => accepted({ request_id: randomUUID() }),
  },
  {
    methods: ['POST'],
    path: /^\/v2\/verify\/[\w-]+$/,
    required: ['code'],
    respond: ({ path }) => ok({ request_id: lastSegment(path), status: 'completed' }),
  },
  {
    methods: ['DELETE'],
    path: /^\/v2\/verify\/[\w-]+$/,
    required: [],
    respond: noContent,
  },
];

import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { accepted, created, type Endpoint } from './endpoint';

export const messages: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v1\/messages$/,
    required: ['message_type', 'channel', 'from', 'to'],
    respond: () => accepted({ message_uuid: randomUUID() }),
  },
  {
    methods: ['PATCH'],
    path: /^\/v1\/messages\/[\w-]+$/,
    required: ['status'],
    respond: () => ok({}),
  },
  {
    methods: ['POST'],
    path: /^\/v0\.1\/messages$/,
    required: ['from', 'to', 'message'],
    respond: () => accepted({ message_uuid: randomUUID() }),
  },
];

export const dispatch: readonly Endpoint[] = [
  {
    methods: ['POST'],
    path: /^\/v0\.1\/dispatch$/,
    required: ['template', 'workflow'],
    respond: () => accepted({ dispatch_uuid: randomUUID() }),
  },
];

export const externalAccounts: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/beta\/chatapp-accounts$/,
    required: [],
    respond: () =>
      ok({
        page_number: 1,
        page_size: 20,
        _embedded: [],
        _links: { self: { href: 'https://api.nexmo.com/beta/chatapp-accounts?page_number=1' } },
      }),
  },
  {
    methods: ['POST'],
    path: /^\/beta\/chatapp-accounts\/messenger$/,
    required: ['external_id', 'access_token'],
    respond: ({ parameters }) =>
      created({
        provider: 'messenger',
        external_id: parameters['external_id'],
        access_token: parameters['access_token'],
        name: parameters['name'],
        applications: [],
      }),
  },
];

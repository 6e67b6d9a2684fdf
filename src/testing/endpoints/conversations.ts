import { randomUUID } from 'node:crypto';
import { ok } from '../response';
import { created, type Endpoint, type EndpointArgs, lastSegment, link } from './endpoint';

const list = (name: string) => (input: EndpointArgs) =>
  ok({
    page_size: 10,
    _embedded: { [name]: [] },
    _links: link(`https://api.nexmo.com${input.path}?order=asc&page_size=10`),
  });

const conversation = (id: string, name: unknown) => ({
  id,
  name,
  state: 'ACTIVE',
  sequence_number: 0,
  timestamp: { created: '2020-01-01T14:00:00.000Z' },
  _links: link(`https://api.nexmo.com/v1/conversations/${id}`),
});

export const conversations: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/(v[\d.]+|beta)\/conversations$/,
    required: [],
    respond: list('conversations'),
  },
  {
    methods: ['POST'],
    path: /^\/(v[\d.]+|beta)\/conversations$/,
    required: [],
    respond: ({ parameters }) => ok(conversation(`CON-${randomUUID()}`, parameters['name'])),
  },
  {
    methods: ['GET'],
    path: /^\/(v[\d.]+|beta)\/conversations\/[\w-]+$/,
    required: [],
    respond: ({ path }) => ok(conversation(lastSegment(path), 'customer_chat')),
  },
  {
    methods: ['GET'],
    path: /^\/(v[\d.]+|beta)\/legs$/,
    required: [],
    respond: list('legs'),
  },
];

const user = (id: string, name: unknown) => ({
  id,
  name,
  _links: link(`https://api.nexmo.com/v1/users/${id}`),
});

export const users: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/(v[\d.]+|beta)\/users$/,
    required: [],
    respond: list('users'),
  },
  {
    methods: ['POST'],
    path: /^\/(v[\d.]+|beta)\/users$/,
    required: [],
    respond: ({ parameters }) => created(user(`USR-${randomUUID()}`, parameters['name'])),
  },
  {
    methods: ['GET'],
    path: /^\/(v[\d.]+|beta)\/users\/[\w-]+$/,
    required: [],
    respond: ({ path }) => ok(user(lastSegment(path), 'alice')),
  },
];

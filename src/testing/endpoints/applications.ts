import { randomUUID } from 'node:crypto';
import type { Account } from '../account';
import { type HttpResponse, ok, randomHex } from '../response';
import { created, type Endpoint, lastSegment, noContent } from './endpoint';

const application = (id: string, name: unknown) => ({ id, name, capabilities: {} });

/**
 * Finds an application by its ID. The only application is the sandbox's own, which has the `publicKey` of the account.
 * If the account has no `applicationId`, every ID is found.
 */
function findApplication(id: string, { applicationId, publicKey }: Account): HttpResponse {
  if (applicationId !== undefined && id.toLowerCase() !== applicationId.toLowerCase()) {
    return notFound(id);
  }
  const keys = publicKey && { public_key: publicKey.export({ type: 'spki', format: 'pem' }) };
  return ok({ ...application(id, 'My Application'), ...(keys && { keys }) });
}

/** The response "NotFoundError" in common_errors.yml of the API definitions. */
const notFound = (id: string): HttpResponse => ({
  status: 404,
  body: {
    type: 'https://developer.nexmo.com/api-errors#not-found',
    title: 'Not Found',
    detail: `ID '${id}' does not exist, or you do not have access`,
    instance: randomHex(16),
  },
});

/** The response for a new application has no key pair, since the sandbox accepts only the key of the account. */
export const applications: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v2\/applications$/,
    required: [],
    respond: () =>
      ok({
        page_size: 10,
        page: 1,
        total_items: 0,
        total_pages: 0,
        _embedded: { applications: [] },
      }),
  },
  {
    methods: ['POST'],
    path: /^\/v2\/applications$/,
    required: ['name'],
    respond: ({ parameters }) => created(application(randomUUID(), parameters['name'])),
  },
  {
    methods: ['GET'],
    path: /^\/v2\/applications\/[\w-]+$/,
    required: [],
    respond: ({ path, account }) => findApplication(lastSegment(path), account),
  },
  {
    methods: ['DELETE'],
    path: /^\/v2\/applications\/[\w-]+$/,
    required: [],
    respond: noContent,
  },
];

export const applicationsV1: readonly Endpoint[] = [
  {
    methods: ['GET'],
    path: /^\/v1\/applications$/,
    required: [],
    respond: () =>
      ok({
        count: 0,
        page_size: 10,
        page_index: 0,
        _embedded: { applications: [] },
        _links: { self: { href: '/v1/applications?page_size=10' } },
      }),
  },
  {
    methods: ['POST'],
    path: /^\/v1\/applications$/,
    required: ['name', 'type'],
    respond: ({ parameters }) => {
      const id = randomUUID();
      const _links = { href: `/v1/applications/${id}` };
      return created({ id, name: parameters['name'], voice: {}, messages: {}, _links });
    },
  },
];

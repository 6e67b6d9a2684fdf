import { type Sandbox, startSandbox } from '../../../src/testing';
import {
  apiKey,
  apiSecret,
  fetchJson,
  basic,
  claims,
  keyAndSecret,
  options,
  publicKey,
  send,
  signToken,
} from '../client';

let sandbox: Sandbox;
let bearer: string;
beforeAll(async () => {
  sandbox = await startSandbox(options);
  bearer = `Bearer ${await signToken(claims)}`;
});
afterAll(() => sandbox.close());

const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) as unknown;
const trace = expect.stringMatching(/^[\da-f]{32}$/) as unknown;
const id = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const otherId = 'bbbbbbbb-cccc-dddd-eeee-0123456789ab';
const account = 'api.nexmo.com/accounts/abcd1234';

type Fields = Record<string, unknown>;

describe('a request with a token gets the documented response:', () => {
  test.each<[string, string, Fields | undefined, number, unknown]>([
    ['GET', 'api.nexmo.com/v1/conversations', undefined, 200, { _embedded: { conversations: [] } }],
    ['GET', 'api-us-3.vonage.com/v0.1/legs', undefined, 200, { _embedded: { legs: [] } }],
    [
      'POST',
      'api.nexmo.com/v0.3/conversations',
      { name: 'chat' },
      200,
      { id: expect.stringMatching(/^CON-/) as unknown, name: 'chat', state: 'ACTIVE' },
    ],
    ['GET', 'api.nexmo.com/v0.2/conversations/CON-1', undefined, 200, { id: 'CON-1' }],
    ['GET', 'api.nexmo.com/v0.2/users', undefined, 200, { _embedded: { users: [] } }],
    ['GET', 'api.nexmo.com/v1/users/USR-1', undefined, 200, { id: 'USR-1' }],
    [
      'POST',
      'api.nexmo.com/v1/users',
      { name: 'alice' },
      201,
      { id: expect.stringMatching(/^USR-/) as unknown, name: 'alice' },
    ],
    [
      'POST',
      'api.nexmo.com/v0.1/messages',
      { from: {}, to: {}, message: {} },
      202,
      { message_uuid: uuid },
    ],
    [
      'POST',
      'api.nexmo.com/v1/messages',
      { message_type: 'text', channel: 'sms', from: 'a', to: '1' },
      202,
      { message_uuid: uuid },
    ],
    [
      'POST',
      'api.nexmo.com/v0.1/dispatch',
      { template: 'failover', workflow: [] },
      202,
      { dispatch_uuid: uuid },
    ],
    [
      'POST',
      'api-eu.vonage.com/v2/verify',
      { brand: 'Acme', workflow: [] },
      202,
      { request_id: uuid },
    ],
    [
      'POST',
      `api.nexmo.com/v2/verify/${id}`,
      { code: '1234' },
      200,
      { request_id: id, status: 'completed' },
    ],
    ['DELETE', `api.nexmo.com/v2/verify/${id}`, undefined, 204, undefined],
    ['GET', 'api.nexmo.com/beta/chatapp-accounts/', undefined, 200, { _embedded: [] }],
    [
      'POST',
      'api.nexmo.com/beta/chatapp-accounts/messenger',
      { external_id: '12345678', access_token: 'myAccessToken', name: 'mine' },
      201,
      { provider: 'messenger', external_id: '12345678', name: 'mine', applications: [] },
    ],
    ['GET', 'api.nexmo.com/v3/media', undefined, 200, { count: 0, _embedded: { media: [] } }],
    ['DELETE', `api.nexmo.com/v3/media/${id}`, undefined, 204, undefined],
    [
      'POST',
      'api-eu.vonage.com/identity-insights/v1/requests',
      { phone_number: '447700900000', insights: { format: {} } },
      200,
      { request_id: uuid, insights: { format: { status: { code: 'OK' } } } },
    ],
    ['POST', 'video.api.vonage.com/session/create', {}, 200, [{ project_id: uuid }]],
    ['GET', `video.api.vonage.com/v2/project/${id}/archive`, undefined, 200, { count: 0 }],
  ])('%s %s', async (method, path, json, status, body) => {
    const init = { method, query: {}, json, authorization: bearer };
    const answer = await fetchJson(sandbox, path, init);
    expect(answer.status).toBe(status);
    if (body === undefined) expect(answer.body).toBeUndefined();
    else expect(answer.body).toMatchObject(body as object);
  });

  test('GET of a recording, as bytes', async () => {
    const path = `api.nexmo.com/v1/files/${id}`;
    const response = await send(sandbox, path, { query: {}, authorization: bearer });
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x49, 0x44, 0x33, 4]));
  });
});

test('a sandbox without an application returns any application that is asked for, without a public key', async () => {
  const other = await startSandbox({ ...options, applicationId: undefined, publicKey: undefined });
  const answer = await fetchJson(other, `api.nexmo.com/v2/applications/${otherId}`, {
    query: {},
    authorization: basic(`${apiKey}:${apiSecret}`),
  });
  expect(answer).toEqual({
    status: 200,
    body: { id: otherId, name: 'My Application', capabilities: {} },
  });
  await other.close();
});

describe('a request with key and secret gets the documented response:', () => {
  const link = (href: string) => ({ _links: { self: { href } } });
  const moved = { from: 'abcd1234', to: 'bbe6222f', amount: 1.5 };
  test.each<[string, string, Fields | undefined, number, unknown]>([
    ['GET', 'api.nexmo.com/v2/applications', undefined, 200, { _embedded: { applications: [] } }],
    ['POST', 'api.nexmo.com/v2/applications', { name: 'Mine' }, 201, { id: uuid, name: 'Mine' }],
    [
      'GET',
      `api.nexmo.com/v2/applications/${id}`,
      undefined,
      200,
      { id, keys: { public_key: publicKey } },
    ],
    [
      'GET',
      `api.nexmo.com/v2/applications/${otherId}`,
      undefined,
      404,
      { title: 'Not Found', instance: trace },
    ],
    ['DELETE', `api.nexmo.com/v2/applications/${id}`, undefined, 204, undefined],
    ['GET', `${account}/secrets`, undefined, 200, link('/accounts/abcd1234/secrets')],
    ['POST', `${account}/secrets`, { secret: 'example-4PI-secret' }, 201, { id: uuid }],
    [
      'GET',
      `${account}/secrets/${id}`,
      undefined,
      200,
      { id, ...link(`/accounts/abcd1234/secrets/${id}`) },
    ],
    ['DELETE', `${account}/secrets/${id}`, undefined, 204, undefined],
    [
      'GET',
      `${account}/subaccounts`,
      undefined,
      200,
      { _embedded: { primary_account: { api_key: 'abcd1234' }, subaccounts: [] } },
    ],
    [
      'POST',
      `${account}/subaccounts`,
      { name: 'Department A' },
      200,
      { name: 'Department A', primary_account_api_key: 'abcd1234', suspended: false },
    ],
    [
      'GET',
      `${account}/credit-transfers?start_date=2020-01-01T00:00:00Z`,
      undefined,
      200,
      { _embedded: { 'credit-transfers': [] } },
    ],
    ['POST', `${account}/credit-transfers`, moved, 200, { credit_transfer_id: uuid, ...moved }],
    [
      'GET',
      `${account}/balance-transfers?start_date=2020-01-01T00:00:00Z`,
      undefined,
      200,
      { _embedded: { balance_transfers: [] } },
    ],
    ['POST', `${account}/balance-transfers`, moved, 200, { balance_transfer_id: uuid, ...moved }],
    [
      'POST',
      `${account}/transfer-number`,
      { from: 'abcd1234', to: 'bbe6222f', number: '447700900000', country: 'GB' },
      200,
      { number: '447700900000', country: 'GB', from: 'abcd1234', to: 'bbe6222f' },
    ],
    [
      'GET',
      'api.nexmo.com/v2/account/pricing/sms?country=GB',
      undefined,
      200,
      { total_items: '1', _embedded: { countries: [{ country_code: 'GB' }] } },
    ],
    [
      'POST',
      'api.nexmo.com/v2/ni',
      { type: 'phone', phone: '447700900000', insights: ['sim_swap'] },
      200,
      { type: 'phone', phone: { phone: '447700900000' }, sim_swap: { swapped: false } },
    ],
    ['GET', 'api.nexmo.com/beta/audit/events', undefined, 200, { _embedded: { events: [] } }],
    [
      'OPTIONS',
      'api.nexmo.com/beta/audit/events',
      undefined,
      200,
      { eventTypes: [{ type: 'APP_CREATE' }] },
    ],
    [
      'POST',
      'api.nexmo.com/v1/redact/transaction',
      { id: 'm', product: 'sms', type: 'outbound' },
      204,
      undefined,
    ],
    [
      'GET',
      'api.nexmo.com/v2/reports/records?account_id=abcd1234&product=SMS',
      undefined,
      200,
      { account_id: 'abcd1234', product: 'SMS', items_count: 0 },
    ],
    [
      'POST',
      'api.nexmo.com/v2/reports',
      { account_id: 'abcd1234', product: 'SMS' },
      200,
      { request_id: uuid, request_status: 'PENDING', product: 'SMS' },
    ],
    [
      'GET',
      'api.nexmo.com/v2/reports?account_id=abcd1234&status=SUCCESS',
      undefined,
      200,
      { items_count: 0, reports: [] },
    ],
  ])('%s %s', async (method, path, json, status, body) => {
    const [pathname = '', query = ''] = path.split('?');
    const authorization = basic(`${apiKey}:${apiSecret}`);
    const answer = await fetchJson(sandbox, pathname, { method, query, json, authorization });
    expect(answer.status).toBe(status);
    if (body === undefined) expect(answer.body).toBeUndefined();
    else expect(answer.body).toMatchObject(body as object);
  });

  test.each<[string, Fields | undefined, number, unknown]>([
    ['GET', undefined, 200, { count: 0, _embedded: { applications: [] } }],
    ['POST', { name: 'Mine', type: 'voice' }, 201, { id: uuid, name: 'Mine' }],
  ])('%s api.nexmo.com/v1/applications', async (method, json, status, body) => {
    const init = { method, query: keyAndSecret, json };
    const answer = await fetchJson(sandbox, 'api.nexmo.com/v1/applications', init);
    expect(answer).toMatchObject({ status, body: body as object });
  });
});

const gateway = { type: 'UNAUTHORIZED', error_title: 'Unauthorized' };
const problem = (type: string, title: string) => ({
  type,
  title,
  detail: 'You did not provide correct credentials.',
  instance: trace,
});
const nexmo = 'https://developer.nexmo.com/api-errors#unauthorized';
const common = problem(nexmo, 'Invalid credentials supplied');
const newer = problem('https://developer.vonage.com/api-errors#unauthorized', 'Unauthorized');

test.each<[string, unknown]>([
  ['api.nexmo.com/v1/files/1', gateway],
  ['api.nexmo.com/v1/conversations', gateway],
  ['api.nexmo.com/v1/users', gateway],
  ['api.nexmo.com/v1/applications', gateway],
  ['api.nexmo.com/v1/redact/transaction', gateway],
  ['api.nexmo.com/v1/messages', newer],
  ['api.nexmo.com/v0.1/dispatch', newer],
  ['api.nexmo.com/v2/verify', newer],
  ['api.nexmo.com/v3/media', newer],
  ['api.nexmo.com/v2/account/pricing/sms', newer],
  ['api.nexmo.com/v2/ni', newer],
  ['api-eu.vonage.com/identity-insights/v1/requests', newer],
  ['video.api.vonage.com/session/create', newer],
  ['api.nexmo.com/v2/applications', common],
  [`${account}/secrets`, common],
  [`${account}/subaccounts`, common],
  ['api.nexmo.com/v2/reports', problem(nexmo, 'Unauthorized')],
  [
    'api.nexmo.com/beta/chatapp-accounts',
    { title: 'Unauthorised', detail: "Request header 'Authorization' missing / Invalid Token" },
  ],
  [
    'api.nexmo.com/beta/audit/events',
    {
      status: 401,
      error: 'Unauthorized',
      message: 'Full authentication is required. JWT was not found in "Authorization" HTTP header.',
    },
  ],
])(
  '%s refuses a wrong or missing credential in the format of its group of APIs',
  async (path, body) => {
    const wrong = { query: {}, authorization: basic(`${apiKey}:wrong`) };
    expect(await fetchJson(sandbox, path, wrong)).toEqual({ status: 401, body });
    expect(await fetchJson(sandbox, path, { query: {} })).toEqual({ status: 401, body });
  },
);

const invalid = (name: string) => ({ invalid_parameters: [{ name, reason: 'Is required.' }] });

test.each<[string, string, Fields, number, unknown]>([
  ['POST', 'api.nexmo.com/v1/messages', { channel: 'sms' }, 422, invalid('message_type')],
  ['POST', 'api.nexmo.com/v2/applications', {}, 400, { title: 'Bad Request', ...invalid('name') }],
  ['POST', `${account}/subaccounts`, { name: '' }, 422, invalid('name')],
  [
    'POST',
    `${account}/secrets`,
    {},
    400,
    { detail: 'The request failed due to secret validation errors', ...invalid('secret') },
  ],
  [
    'POST',
    'api.nexmo.com/v2/reports',
    { account_id: 'abcd1234' },
    422,
    { invalid_parameters: [{ reason: 'Missing required parameter', name: 'product' }] },
  ],
  [
    'POST',
    'api.nexmo.com/beta/chatapp-accounts/messenger',
    { external_id: '1' },
    400,
    { invalid_params: [{ name: 'access_token', reason: 'Missing `access_token` field' }] },
  ],
])('%s %s names the missing parameter', async (method, path, json, status, body) => {
  const init = { method, query: {}, json, authorization: basic(`${apiKey}:${apiSecret}`) };
  expect(await fetchJson(sandbox, path, init)).toMatchObject({ status, body: body as object });
  expect(sandbox.requests.at(-1)?.refusal).toBeUndefined();
});

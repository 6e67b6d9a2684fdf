import { type Sandbox, startSandbox } from '../../../src/testing';
import { apiKey, apiSecret, basic, claims, fetchJson, options, send, signToken } from '../client';

let sandbox: Sandbox;
let bearer: string;
beforeAll(async () => {
  sandbox = await startSandbox(options);
  bearer = `Bearer ${await signToken(claims)}`;
});
afterAll(() => sandbox.close());

const uuid = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) as unknown;
const europe = 'api-eu.vonage.com';
type Row = [method: string, path: string, json: object | undefined, status: number, body: unknown];

// Responses as on the pages at developer.vonage.com/en/api, shortened.
const withToken: Row[] = [
  ['GET', 'api.nexmo.com/beta/conversations/CON-1', undefined, 200, { id: 'CON-1' }],
  ['GET', 'api.nexmo.com/beta/legs', undefined, 200, { _embedded: { legs: [] } }],
  ['POST', 'api.nexmo.com/beta/users', { name: 'alice' }, 201, { name: 'alice' }],
  ['PATCH', 'api-us.vonage.com/v1/messages/1', { status: 'read' }, 200, {}],
  [
    'POST',
    `${europe}/v0.1/identity-insights`,
    { phone_number: '447700900000', insights: { format: {} } },
    200,
    { request_id: uuid },
  ],
  ['GET', `${europe}/v1/10dlc/brands`, undefined, 200, { _embedded: { brands: [] } }],
  [
    'POST',
    `${europe}/v0.1/network-enablement`,
    { phone_number: '447700900000', scopes: ['openid'], state: 'a' },
    200,
    { scopes: { openid: { app_url: null, requires_carrier_network: true } } },
  ],
  [
    'POST',
    `${europe}/oauth2/bc-authorize`,
    { login_hint: 'tel:+447700900000', scope: 'openid' },
    200,
    { auth_req_id: uuid },
  ],
  [
    'POST',
    `${europe}/oauth2/token`,
    { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: '1' },
    200,
    { access_token: uuid, token_type: 'Bearer' },
  ],
  [
    'POST',
    `${europe}/v0.1/location/retrieval`,
    { phone_number: '+447700900000' },
    200,
    { area: { area_type: 'CIRCLE' } },
  ],
  ['GET', `${europe}/meetings/rooms`, undefined, 200, { total_items: 0 }],
  [
    'POST',
    `${europe}/v1/meetings/rooms`,
    { display_name: 'Daily' },
    201,
    { id: uuid, display_name: 'Daily' },
  ],
  ['GET', `${europe}/v0.1/bulk/lists`, undefined, 200, { _embedded: { lists: [] } }],
  ['POST', `${europe}/v0.1/bulk/lists`, { name: 'List' }, 201, { id: uuid, name: 'List' }],
];

const withSecret: Row[] = [
  ['GET', 'api.nexmo.com/v1/addresses', undefined, 200, { _embedded: { addresses: [] } }],
  ['POST', 'api.nexmo.com/v1/addresses', { country: 'US' }, 201, { id: uuid, country: 'US' }],
  ['PATCH', 'api.nexmo.com/v1/emergency/numbers/15500900000', {}, 200, { number: '15500900000' }],
  [
    'GET',
    'api.nexmo.com/v1/channel-manager/whatsapp/wabas',
    undefined,
    200,
    { _embedded: { wabas: [] } },
  ],
  [
    'GET',
    'api.nexmo.com/v2/whatsapp-manager/wabas/345688589250625/templates',
    undefined,
    200,
    { templates: [] },
  ],
  ['GET', 'api.nexmo.com/v1/psip', undefined, 200, { total_items: 0 }],
  [
    'POST',
    'api.nexmo.com/v1/psip/',
    { name: 'mydomain', application_id: 'c49f3586' },
    201,
    { name: 'mydomain', application_id: 'c49f3586' },
  ],
  ['POST', 'api.nexmo.com/tfn/v1/registrations', { business: {} }, 200, { id: uuid }],
  ['GET', 'api.nexmo.com/tfn/v1/numbers', undefined, 200, { _embedded: { numbers: [] } }],
  ['GET', 'api.nexmo.com/v0.1/fraud-defender/rules', undefined, 200, { _embedded: { rules: [] } }],
  [
    'POST',
    'api.nexmo.com/v1/fraud-defender/rules',
    { product: 'sms', prefix: '44', reason: 'My rule', action: 'block' },
    200,
    { id: uuid, prefix: '44', action: 'block', status: 'active' },
  ],
  ['GET', `${europe}/v1/network-registry/business-profiles`, undefined, 200, []],
  [
    'POST',
    `${europe}/v1/network-registry/business-profiles`,
    { countries: ['Germany'], contact_role: 'CTO', name: 'Acme' },
    201,
    { id: uuid, countries: ['Germany'], name: 'Acme' },
  ],
];

const answerTo = ([method, path, json]: Row, authorization: string) =>
  fetchJson(sandbox, path, { method, query: {}, json, authorization });

describe('a request gets the documented response:', () => {
  test.each(withToken)('%s %s with a token', async (...row) => {
    const [, , , status, body] = row;
    expect(await answerTo(row, bearer)).toMatchObject({ status, body: body as object });
  });

  test.each(withSecret)('%s %s with key and secret', async (...row) => {
    const [, , , status, body] = row;
    const authorization = basic(`${apiKey}:${apiSecret}`);
    expect(await answerTo(row, authorization)).toMatchObject({ status, body: body as object });
  });

  test('GET of a recording by version 3 of the API, as bytes', async () => {
    const init = { query: {}, authorization: bearer };
    const response = await send(sandbox, 'api.nexmo.com/v3/files/aaaaaaaa-bbbb', init);
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
  });
});

test.each([...withToken, ...withSecret])('%s %s refuses a wrong secret', async (...row) => {
  expect((await answerTo(row, basic(`${apiKey}:wrong`))).status).toBe(401);
});

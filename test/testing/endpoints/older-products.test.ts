import { type Sandbox, startSandbox } from '../../../src/testing';
import {
  fetchJson as fetchJsonFrom,
  type RequestOptions,
  claims,
  keyAndSecret,
  options,
  time,
  signToken,
} from '../client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

const fetchJson = (path: string, init?: RequestOptions) => fetchJsonFrom(sandbox, path, init);
const last = () => sandbox.requests.at(-1);

const incomplete = 'Your request is incomplete and missing some mandatory parameters';

describe('a request with good credentials gets the response of the platform:', () => {
  const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello' };
  test.each<[string, string, RequestOptions, unknown]>([
    [
      'rest.nexmo.com/sms/json',
      'sms',
      { query: { ...keyAndSecret, ...sms } },
      { 'message-count': '1', messages: [{ status: '0', to: sms.to }] },
    ],
    [
      'rest.nexmo.com/sms/json',
      'sms',
      { method: 'POST', form: sms },
      { messages: [{ status: '0' }] },
    ],
    [
      'rest.nexmo.com/sms/json',
      'sms',
      { method: 'POST', json: sms },
      { messages: [{ status: '0' }] },
    ],
    [
      'api.nexmo.com/verify/json',
      'verify',
      { query: { ...keyAndSecret, number: '1', brand: 'Acme' } },
      { status: '0' },
    ],
    [
      'api.nexmo.com/verify/check/json',
      'verify',
      { query: { ...keyAndSecret, request_id: 'r', code: '1234' } },
      { request_id: 'r', status: '0', currency: 'EUR' },
    ],
    [
      'api.nexmo.com/verify/search/json',
      'verify',
      { query: { ...keyAndSecret, request_id: 'r' } },
      { request_id: 'r', status: 'IN PROGRESS' },
    ],
    [
      'api.nexmo.com/verify/control/json',
      'verify',
      { query: { ...keyAndSecret, request_id: 'r', cmd: 'cancel' } },
      { status: '0', command: 'cancel' },
    ],
    [
      'api-eu-3.vonage.com/ni/standard/json',
      'number-insight',
      { query: { ...keyAndSecret, number: '447700900000' } },
      { status: 0, international_format_number: '447700900000' },
    ],
    [
      'api.nexmo.com/ni/advanced/async/json',
      'number-insight',
      { query: { ...keyAndSecret, number: '1', callback: 'https://a.test' } },
      { status: 0, number: '1' },
    ],
    ['rest.nexmo.com/account/get-balance', 'account', {}, { value: 10.171275, autoReload: false }],
    [
      'rest.nexmo.com/account/top-up',
      'account',
      { method: 'POST', form: { trx: '1' } },
      { 'error-code': '200', 'error-code-label': 'success' },
    ],
    [
      'rest.nexmo.com/account/settings',
      'account',
      { method: 'POST', form: { moCallBackUrl: 'https://a.test' } },
      { 'mo-callback-url': 'https://a.test', 'max-outbound-request': 30 },
    ],
    [
      'rest.nexmo.com/account/get-pricing/outbound/sms',
      'pricing',
      { query: { ...keyAndSecret, country: 'GB' } },
      { countryCode: 'GB', currency: 'EUR' },
    ],
    ['rest.nexmo.com/account/get-full-pricing/outbound/voice', 'pricing', {}, { count: 1 }],
    [
      'rest.nexmo.com/account/get-prefix-pricing/outbound/sms',
      'pricing',
      { query: { ...keyAndSecret, prefix: '44' } },
      { count: 1, countries: [{ dialingPrefix: '44' }] },
    ],
    ['rest.nexmo.com/account/numbers', 'numbers', {}, { count: 0, numbers: [] }],
    [
      'rest.nexmo.com/number/search',
      'numbers',
      { query: { ...keyAndSecret, country: 'GB' } },
      { count: 1, numbers: [{ country: 'GB' }] },
    ],
    [
      'rest.nexmo.com/number/buy',
      'numbers',
      { method: 'POST', form: { country: 'GB', msisdn: '1' } },
      { 'error-code': '200' },
    ],
    [
      'rest.nexmo.com/search/message',
      'developer',
      { query: { ...keyAndSecret, id: 'm' } },
      { 'message-id': 'm' },
    ],
    [
      'rest.nexmo.com/search/rejections',
      'developer',
      { query: { ...keyAndSecret, date: '2020-01-01', to: '1' } },
      { count: 0, items: [] },
    ],
  ])('%s', async (path, product, init, body) => {
    expect(await fetchJson(path, init)).toMatchObject({ status: 200, body });
    expect(last()).toMatchObject({ product, status: 200, refusal: undefined });
  });

  test('a parameter that is false does not count as missing', async () => {
    const init = { method: 'POST', json: { 'message-id': 'm', delivered: false } };
    expect((await fetchJson('api.nexmo.com/conversions/sms', init)).status).toBe(200);
  });

  test('api.nexmo.com/conversions/sms, whose response has no body', async () => {
    const query = { ...keyAndSecret, 'message-id': 'm', delivered: 'true' };
    expect(await fetchJson('api.nexmo.com/conversions/sms', { method: 'POST', query })).toEqual({
      status: 200,
      body: undefined,
    });
  });

  test.each<[string, RequestOptions, number, unknown]>([
    [
      'api.nexmo.com/v1/calls',
      { method: 'POST', json: { to: [{}], from: {} } },
      201,
      { status: 'started', direction: 'outbound' },
    ],
    [
      'api-us.nexmo.com/v2/calls',
      { method: 'POST', json: { to: [{}], from: {} } },
      201,
      { status: 'started' },
    ],
    ['api.nexmo.com/v1/calls', {}, 200, { count: 0, _embedded: { calls: [] } }],
    ['api.nexmo.com/v1/calls/63f61863-4a51', {}, 200, { uuid: '63f61863-4a51' }],
    [
      'api.nexmo.com/v1/calls/63f61863-4a51',
      { method: 'PUT', json: { action: 'hangup' } },
      204,
      undefined,
    ],
  ])('%s %j', async (path, init, status, body) => {
    const authorization = `Bearer ${await signToken(claims)}`;
    const answer = await fetchJson(path, { query: {}, ...init, authorization });
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toMatchObject(body as object);
    expect(last()).toMatchObject({ product: 'voice', refusal: undefined });
  });

  test('a token without exp is valid for 15 minutes', async () => {
    const authorization = `Bearer ${await signToken({ ...claims, iat: time - 899, exp: undefined })}`;
    expect((await fetchJson('api.nexmo.com/v1/calls', { query: {}, authorization })).status).toBe(
      200,
    );
  });
});

describe('a fault other than a wrong credential gets the response of the platform:', () => {
  const badRequest = (name: string) => ({
    type: 'BAD_REQUEST',
    error_title: 'Bad Request',
    invalid_parameters: { [name]: 'Is required.' },
  });
  test.each<[string, string, string, number, unknown]>([
    [
      'a parameter of sms that is missing',
      'rest.nexmo.com/sms/json',
      'GET',
      200,
      { messages: [{ status: '2', 'error-text': 'Missing from param' }] },
    ],
    [
      'a parameter of verify that is missing',
      'api.nexmo.com/verify/json',
      'GET',
      200,
      {
        status: '2',
        error_text: 'Your request is incomplete and missing the mandatory parameter: number',
      },
    ],
    [
      'a parameter of number-insight that is missing',
      'api.nexmo.com/ni/basic/json',
      'GET',
      200,
      { status: 3, status_message: incomplete },
    ],
    [
      'a parameter of conversion that is missing',
      'api.nexmo.com/conversions/voice',
      'POST',
      420,
      { type: 'https://developer.nexmo.com/api-errors#3' },
    ],
    [
      'a parameter of numbers that is missing',
      'rest.nexmo.com/number/search',
      'GET',
      400,
      badRequest('country'),
    ],
    [
      'an unknown method',
      'rest.nexmo.com/sms/json',
      'DELETE',
      405,
      { error_title: 'Method Not Allowed' },
    ],
    ['an unknown endpoint', 'rest.nexmo.com/sms/yaml', 'GET', 404, { error_title: 'Not Found' }],
    ['a path of no product', 'api.nexmo.com/other', 'GET', 404, { error_title: 'Not Found' }],
    ['no host', '', 'GET', 404, { error_title: 'Not Found' }],
  ])('%s', async (_name, path, method, status, body) => {
    expect(await fetchJson(path, { method })).toMatchObject({ status, body });
  });

  test('an invalid JSON body has no parameters', async () => {
    const response = await fetch(
      `${sandbox.url('sms')}json?${new URLSearchParams(keyAndSecret).toString()}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{',
      },
    );
    expect(await response.json()).toMatchObject({
      messages: [{ 'error-text': 'Missing from param' }],
    });
  });
});

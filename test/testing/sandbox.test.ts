import { createHash, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { importPKCS8, type JWTPayload, SignJWT } from 'jose';
import { type Sandbox, startSandbox } from '../../src/testing';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

// Only fetch, jose and node:crypto here: the sandbox is checked without the library it serves.
const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const publicKey = keyText('rsa-public');
const time = 1_500_000_000;
const good = { api_key: apiKey, api_secret: apiSecret };
const claims = { application_id: applicationId, iat: time, jti: 'one', exp: time + 900 };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({
    apiKey,
    apiSecret,
    applicationId,
    publicKey,
    signatureSecret: 'SignatureSecret1',
    now: () => time * 1000,
  });
});
afterAll(() => sandbox.close());

type Payload = { [Claim in keyof JWTPayload]: JWTPayload[Claim] | undefined };

async function tokenOf(payload: Payload, key = 'rsa-pkcs8', alg = 'RS256'): Promise<string> {
  return new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ alg, typ: 'JWT' })
    .sign(await importPKCS8(keyText(key), alg));
}

const formOf = (fields: Record<string, string> | string) => new URLSearchParams(fields).toString();

type Asked = {
  method?: string;
  query?: Record<string, string> | string;
  form?: Record<string, string>;
  json?: unknown;
  authorization?: string | undefined;
};

async function ask(
  place: string,
  { method = 'GET', query = good, form, json, authorization }: Asked = {},
) {
  const origin = sandbox.url('sms').replace(/\/rest\.nexmo\.com.*/, '');
  const response = await fetch(`${origin}/${place}?${formOf(query)}`, {
    method,
    headers: {
      ...(authorization && { authorization }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(form && { body: new URLSearchParams(form) }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
}
const last = () => sandbox.requests.at(-1);

const unauthorized = { 'error-code': '401', 'error-code-label': 'authentication failed' };
const incomplete = 'Your request is incomplete and missing some mandatory parameters';

describe('credentials that are wrong or missing are answered as the platform does:', () => {
  const smsAnswer = (status: string, text: string) => ({
    'message-count': '1',
    messages: [{ status, 'error-text': text }],
  });
  test.each<[string, string, number, unknown, unknown]>([
    [
      'sms',
      'rest.nexmo.com/sms/json',
      200,
      smsAnswer('4', 'Bad Credentials'),
      smsAnswer('2', incomplete),
    ],
    [
      'verify',
      'api.nexmo.com/verify/json',
      200,
      { status: '4', error_text: 'Bad Credentials' },
      { status: '2', error_text: incomplete },
    ],
    [
      'number-insight',
      'api.nexmo.com/ni/basic/json',
      200,
      { status: 4, status_message: 'Invalid credentials' },
      { status: 4 },
    ],
    [
      'conversion',
      'api.nexmo.com/conversions/sms',
      401,
      { title: 'Invalid credentials supplied', detail: 'You did not provide correct credentials.' },
      { title: 'Invalid credentials supplied' },
    ],
    ['account', 'rest.nexmo.com/account/get-balance', 401, unauthorized, unauthorized],
    ['pricing', 'rest.nexmo.com/account/get-pricing/outbound/sms', 401, unauthorized, unauthorized],
    ['numbers', 'rest.nexmo.com/number/search', 401, unauthorized, unauthorized],
    ['developer', 'rest.nexmo.com/search/message', 401, unauthorized, unauthorized],
  ])('%s', async (product, place, status, wrong, missing) => {
    const secretWrong = await ask(place, { query: { ...good, api_secret: 'wrong' } });
    expect(secretWrong).toMatchObject({ status, body: wrong });
    expect(last()).toMatchObject({
      product,
      status,
      refusal: 'api_key or api_secret is not that of the account',
    });
    expect(await ask(place, { query: { ...good, api_key: 'wrong' } })).toEqual({
      status,
      body: expect.objectContaining(wrong as object) as object,
    });
    expect(await ask(place, { query: { api_key: apiKey } })).toMatchObject({
      status,
      body: missing,
    });
    expect(last()?.refusal).toContain('there is no credential for query');
    expect(await ask(place, { query: {} })).toMatchObject({ status, body: missing });
    expect(last()?.refusal).toContain('there is no credential for query');
    expect(
      await ask(place, { query: `api_key=${apiKey}&api_secret=${apiSecret}&api_key=x` }),
    ).toMatchObject({ status, body: wrong });
    expect(await ask(place, { authorization: `Bearer ${await tokenOf(claims)}` })).toMatchObject({
      status,
      body: wrong,
    });
  });

  const pair = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  test.each<[string, Asked, string | undefined]>([
    ['in the body', { method: 'POST', query: {}, form: good }, undefined],
    ['in a JSON body', { method: 'POST', query: {}, json: good }, undefined],
    ['as Basic', { query: {}, authorization: pair(`${apiKey}:${apiSecret}`) }, undefined],
    [
      'in query and body',
      { method: 'POST', form: good },
      'there are two credentials: query and body',
    ],
    [
      'wrong in the body',
      { method: 'POST', query: {}, form: { ...good, api_secret: 'x' } },
      'api_key or api_secret is not that of the account',
    ],
    [
      'without a key in the body',
      { method: 'POST', query: {}, form: { api_secret: apiSecret } },
      'api_key is missing',
    ],
    [
      'wrong as Basic',
      { query: {}, authorization: pair(`${apiKey}:x`) },
      'api_key or api_secret is not that of the account',
    ],
    [
      'as Basic without a colon',
      { query: {}, authorization: pair(apiKey) },
      'api_key or api_secret is not that of the account',
    ],
  ])('sms, with key and secret %s', async (_name, asked, refusal) => {
    await ask('rest.nexmo.com/sms/json', asked);
    expect(last()?.refusal).toBe(refusal);
  });

  test('number-insight, with key and secret in the body, where it does not take them', async () => {
    await ask('api.nexmo.com/ni/basic/json', { method: 'POST', query: {}, form: good });
    expect(last()).toMatchObject({ product: 'number-insight', refusal: 'body is not taken here' });
  });

  test('sms, with a signature that is wrong, old, of another secret, or not alone', async () => {
    const sign = (text: string) =>
      createHash('md5').update(`${text}SignatureSecret1`).digest('hex');
    const signed = { api_key: apiKey, timestamp: String(time) };
    const good = { ...signed, sig: sign(`&api_key=${apiKey}&timestamp=${time}`) };
    const late = String(time - 301);
    const refusals: [Record<string, string>, string, string | undefined][] = [
      [good, '2', undefined],
      [{ ...good, sig: good.sig.toUpperCase() }, '2', undefined],
      [{ ...good, text: 'added' }, '14', 'sig is not the signature of these parameters'],
      [{ ...good, timestamp: 'soon' }, '14', 'timestamp is missing or no time'],
      [
        { ...signed, timestamp: late, sig: sign(`&api_key=${apiKey}&timestamp=${late}`) },
        '14',
        'timestamp is old',
      ],
      [{ ...good, api_key: 'other' }, '4', 'api_key is not that of the account'],
      [{ ...good, api_secret: apiSecret }, '4', 'there are two credentials: query and signature'],
    ];
    for (const [query, status, refusal] of refusals) {
      expect(await ask('rest.nexmo.com/sms/json', { query })).toMatchObject({
        body: { messages: [{ status }] },
      });
      expect(last()?.refusal).toBe(refusal);
    }
    const none = await startSandbox({ apiKey, now: () => time * 1000 });
    await fetch(`${none.url('sms')}json?${formOf(good)}`);
    expect(none.requests.at(-1)?.refusal).toBe('the sandbox was given no signatureSecret');
    await none.close();
  });

  const voice = { status: 401, body: { type: 'UNAUTHORIZED', error_title: 'Unauthorized' } };
  test.each<[string, Payload | string | undefined, string]>([
    ['no token', undefined, 'there is no credential for bearer'],
    ['Basic', 'Basic YTpi', 'basic is not taken here'],
    ['another scheme', 'Digest x', 'the Authorization header is not "Bearer <JWT>"'],
    ['no JWT', 'Bearer nonsense', 'jwt malformed'],
    ['an expired token', { ...claims, iat: time - 1000, exp: time }, 'jwt expired'],
    ['no exp, 15 minutes after iat', { ...claims, iat: time - 900, exp: undefined }, 'jwt expired'],
    ['a token not valid yet', { ...claims, nbf: time + 1 }, 'jwt not active'],
    [
      'a life under 30 seconds',
      { ...claims, exp: time + 29 },
      'exp is less than 30 seconds after iat',
    ],
    [
      'a life over 24 hours',
      { ...claims, exp: time + 86_401 },
      'exp is more than 24 hours after iat',
    ],
    ['no iat', { ...claims, iat: undefined }, 'iat is missing or no whole number of seconds'],
    [
      'iat in a text',
      { ...claims, iat: 'abc' as never },
      'iat is missing or no whole number of seconds',
    ],
    ['a fraction for exp', { ...claims, exp: time + 60.5 }, 'exp is no whole number of seconds'],
    ['an empty jti', { ...claims, jti: '' }, 'jti is missing or no text'],
    ['no jti', { ...claims, jti: undefined }, 'jti is missing or no text'],
    [
      'another application',
      { ...claims, application_id: 'other' },
      'application_id is not the application',
    ],
  ])('voice, with %s', async (_name, given, refusal) => {
    const authorization = typeof given === 'object' ? `Bearer ${await tokenOf(given)}` : given;
    expect(await ask('api.nexmo.com/v1/calls', { query: {}, authorization })).toEqual(voice);
    expect(last()?.refusal).toBe(refusal);
  });

  test('voice, with a header that does not say JWT', async () => {
    const key = await importPKCS8(keyText('rsa-pkcs8'), 'RS256');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);
    expect(
      await ask('api.nexmo.com/v1/calls', { query: {}, authorization: `Bearer ${token}` }),
    ).toEqual(voice);
    expect(last()?.refusal).toBe('typ in the header is not JWT');
  });

  test('voice, with another key, another algorithm, or a key beside the token', async () => {
    const place = 'api.nexmo.com/v1/calls';
    for (const token of [
      await tokenOf(claims, 'rsa-other'),
      await tokenOf(claims, 'rsa-pkcs8', 'RS512'),
    ]) {
      expect(await ask(place, { query: {}, authorization: `Bearer ${token}` })).toEqual(voice);
    }
    expect(await ask(place, { authorization: `Bearer ${await tokenOf(claims)}` })).toEqual(voice);
    expect(
      await ask(place, {
        query: { api_secret: 'x' },
        authorization: `Bearer ${await tokenOf(claims)}`,
      }),
    ).toEqual(voice);
    expect(last()?.refusal).toBe('there are two credentials: query and bearer');
  });
});

describe('good credentials are answered as the platform does:', () => {
  const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello' };
  test.each<[string, string, Asked, unknown]>([
    [
      'rest.nexmo.com/sms/json',
      'sms',
      { query: { ...good, ...sms } },
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
      { query: { ...good, number: '1', brand: 'Acme' } },
      { status: '0' },
    ],
    [
      'api.nexmo.com/verify/check/json',
      'verify',
      { query: { ...good, request_id: 'r', code: '1234' } },
      { request_id: 'r', status: '0', currency: 'EUR' },
    ],
    [
      'api.nexmo.com/verify/search/json',
      'verify',
      { query: { ...good, request_id: 'r' } },
      { request_id: 'r', status: 'IN PROGRESS' },
    ],
    [
      'api.nexmo.com/verify/control/json',
      'verify',
      { query: { ...good, request_id: 'r', cmd: 'cancel' } },
      { status: '0', command: 'cancel' },
    ],
    [
      'api-eu-3.vonage.com/ni/standard/json',
      'number-insight',
      { query: { ...good, number: '447700900000' } },
      { status: 0, international_format_number: '447700900000' },
    ],
    [
      'api.nexmo.com/ni/advanced/async/json',
      'number-insight',
      { query: { ...good, number: '1', callback: 'https://a.test' } },
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
      { query: { ...good, country: 'GB' } },
      { countryCode: 'GB', currency: 'EUR' },
    ],
    ['rest.nexmo.com/account/get-full-pricing/outbound/voice', 'pricing', {}, { count: 1 }],
    [
      'rest.nexmo.com/account/get-prefix-pricing/outbound/sms',
      'pricing',
      { query: { ...good, prefix: '44' } },
      { count: 1, countries: [{ dialingPrefix: '44' }] },
    ],
    ['rest.nexmo.com/account/numbers', 'numbers', {}, { count: 0, numbers: [] }],
    [
      'rest.nexmo.com/number/search',
      'numbers',
      { query: { ...good, country: 'GB' } },
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
      { query: { ...good, id: 'm' } },
      { 'message-id': 'm' },
    ],
    [
      'rest.nexmo.com/search/rejections',
      'developer',
      { query: { ...good, date: '2020-01-01', to: '1' } },
      { count: 0, items: [] },
    ],
  ])('%s', async (place, product, asked, body) => {
    expect(await ask(place, asked)).toMatchObject({ status: 200, body });
    expect(last()).toMatchObject({ product, status: 200, refusal: undefined });
  });

  test('false is a value, not a parameter that is missing', async () => {
    const asked = { method: 'POST', json: { 'message-id': 'm', delivered: false } };
    expect((await ask('api.nexmo.com/conversions/sms', asked)).status).toBe(200);
  });

  test('api.nexmo.com/conversions/sms, without a body', async () => {
    const query = { ...good, 'message-id': 'm', delivered: 'true' };
    expect(await ask('api.nexmo.com/conversions/sms', { method: 'POST', query })).toEqual({
      status: 200,
      body: undefined,
    });
  });

  test.each<[string, Asked, number, unknown]>([
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
  ])('%s %j', async (place, asked, status, body) => {
    const authorization = `Bearer ${await tokenOf(claims)}`;
    const answer = await ask(place, { query: {}, ...asked, authorization });
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toMatchObject(body as object);
    expect(last()).toMatchObject({ product: 'voice', refusal: undefined });
  });

  test('a token without exp lives 15 minutes', async () => {
    const authorization = `Bearer ${await tokenOf({ ...claims, iat: time - 899, exp: undefined })}`;
    expect((await ask('api.nexmo.com/v1/calls', { query: {}, authorization })).status).toBe(200);
  });
});

describe('other faults are answered as the platform does:', () => {
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
      'one of verify',
      'api.nexmo.com/verify/json',
      'GET',
      200,
      {
        status: '2',
        error_text: 'Your request is incomplete and missing the mandatory parameter: number',
      },
    ],
    [
      'one of number-insight',
      'api.nexmo.com/ni/basic/json',
      'GET',
      200,
      { status: 3, status_message: incomplete },
    ],
    [
      'one of conversion',
      'api.nexmo.com/conversions/voice',
      'POST',
      420,
      { type: 'https://developer.nexmo.com/api-errors#3' },
    ],
    ['one of numbers', 'rest.nexmo.com/number/search', 'GET', 400, badRequest('country')],
    [
      'a method that is not there',
      'rest.nexmo.com/sms/json',
      'DELETE',
      405,
      { error_title: 'Method Not Allowed' },
    ],
    [
      'an endpoint that is not there',
      'rest.nexmo.com/sms/yaml',
      'GET',
      404,
      { error_title: 'Not Found' },
    ],
    [
      'a place that is no product’s',
      'api.nexmo.com/other',
      'GET',
      404,
      { error_title: 'Not Found' },
    ],
    ['a host that is none', '', 'GET', 404, { error_title: 'Not Found' }],
  ])('%s', async (_name, place, method, status, body) => {
    expect(await ask(place, { method })).toMatchObject({ status, body });
  });

  test('a JSON body that is broken holds no parameters', async () => {
    const url = `${sandbox.url('sms')}json?${formOf(good)}`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(await response.json()).toMatchObject({
      messages: [{ 'error-text': 'Missing from param' }],
    });
  });
});

describe('startSandbox', () => {
  test('records what arrived', async () => {
    const query = { ...good, from: 'Nexmo' };
    await ask('rest.nexmo.com//sms/json', { method: 'POST', query, form: { to: '1' } });
    expect(last()).toMatchObject({
      method: 'POST',
      host: 'rest.nexmo.com',
      path: '/sms/json',
      query,
      body: 'to=1',
      product: 'sms',
      status: 200,
    });
    expect(last()?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  });

  test('gives products and their URLs for an injector', () => {
    expect(sandbox.products.map(({ name }) => name)).toEqual([
      'sms',
      'verify',
      'number-insight',
      'conversion',
      'account',
      'pricing',
      'numbers',
      'developer',
      'voice',
    ]);
    expect(sandbox.url('sms')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/rest\.nexmo\.com\/sms\/$/);
    expect(sandbox.url('voice')).toMatch(/\/api\.nexmo\.com\/v1\/calls$/);
    expect(failure(() => sandbox.url('fax')).code).toBe('ERR_UNKNOWN_PRODUCT');
  });

  test('refuses everything when it was given nothing', async () => {
    const bare = await startSandbox();
    const token = await tokenOf({ ...claims, iat: Math.floor(Date.now() / 1000), exp: undefined });
    const sms = await fetch(`${bare.url('sms')}json?${formOf(good)}`);
    expect(await sms.json()).toMatchObject({ messages: [{ status: '4' }] });
    const voice = await fetch(bare.url('voice'), { headers: { authorization: `Bearer ${token}` } });
    expect(voice.status).toBe(401);
    expect(bare.requests.at(-1)?.refusal).toBe('the sandbox was given no publicKey');
    await bare.close();
    const keyOnly = await startSandbox({ publicKey });
    await fetch(keyOnly.url('voice'), { headers: { authorization: `Bearer ${token}` } });
    expect(keyOnly.requests.at(-1)?.refusal).toBe('the sandbox was given no applicationId');
    await keyOnly.close();
  });

  test('listens on 127.0.0.1 only, so not even another loopback address reaches it', async () => {
    const { hostname, port } = new URL(sandbox.url('sms'));
    expect(hostname).toBe('127.0.0.1');
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow('fetch failed');
  });

  test.each([publicKey, Buffer.from(publicKey), createPublicKey(publicKey)])(
    'takes a public key in any form: %#',
    async (key) => {
      const other = await startSandbox({ applicationId, publicKey: key, now: () => time * 1000 });
      const headers = { authorization: `Bearer ${await tokenOf(claims)}` };
      expect((await fetch(other.url('voice'), { headers })).status).toBe(200);
      await other.close();
    },
  );

  test('refuses a public key that is none', async () => {
    expect((await rejection(startSandbox({ publicKey: 'public.key' }))).code).toBe(
      'ERR_KEY_INVALID',
    );
  });

  test.each([null, 'abcd1234', { apisecret: apiSecret }])(
    'refuses the options %j',
    async (options) => {
      expect((await rejection(startSandbox(options as object))).code).toBe('ERR_INVALID_OPTION');
    },
  );

  test('survives a client that goes away, and closes with connections open, twice', async () => {
    const other = await startSandbox();
    const { port, hostname } = new URL(other.url('sms'));
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /rest.nexmo.com/sms/json HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf',
    );
    await once(socket, 'ready');
    socket.destroy();
    await once(socket, 'close');
    const idle = connect(Number(port), hostname);
    await once(idle, 'ready');
    await expect(fetch(`${other.url('sms')}json`)).resolves.toMatchObject({ status: 200 });
    await other.close();
    await other.close();
    await expect(fetch(`${other.url('sms')}json`)).rejects.toThrow('fetch failed');
    expect(other.requests).toHaveLength(1);
    idle.destroy();
  });
});

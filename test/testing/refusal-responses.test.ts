import { createHash } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { type Sandbox, type SandboxSignatureMethod, startSandbox } from '../../src/testing';
import { keyText } from '../support/keys';
import {
  apiKey,
  apiSecret,
  fetchJson as fetchJsonFrom,
  type RequestOptions,
  basic,
  claims,
  keyAndSecret,
  options,
  type Payload,
  signatureSecret,
  time,
  signToken,
} from './client';
import { sendRaw } from './raw-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

const fetchJson = (path: string, init?: RequestOptions) => fetchJsonFrom(sandbox, path, init);
const last = () => sandbox.requests.at(-1);

const unauthorized = { 'error-code': '401', 'error-code-label': 'authentication failed' };
const incomplete = 'Your request is incomplete and missing some mandatory parameters';

describe('a credential that is wrong, missing or unusual gets the response of the platform:', () => {
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
  ])('%s', async (product, path, status, wrong, missing) => {
    const secretWrong = await fetchJson(path, { query: { ...keyAndSecret, api_secret: 'wrong' } });
    expect(secretWrong).toMatchObject({ status, body: wrong });
    expect(last()).toMatchObject({
      product,
      status,
      refusal: 'api_key or api_secret does not match the account',
    });
    expect(await fetchJson(path, { query: { ...keyAndSecret, api_key: 'wrong' } })).toEqual({
      status,
      body: expect.objectContaining(wrong as object) as object,
    });
    expect(await fetchJson(path, { query: { api_key: apiKey } })).toMatchObject({
      status,
      body: missing,
    });
    expect(last()?.refusal).toContain('there is no credential for query');
    expect(await fetchJson(path, { query: {} })).toMatchObject({ status, body: missing });
    expect(last()?.refusal).toContain('there is no credential for query');
    expect(
      await fetchJson(path, { query: `api_key=${apiKey}&api_secret=${apiSecret}&api_key=x` }),
    ).toMatchObject({ status, body: wrong });
    expect(
      await fetchJson(path, { authorization: `Bearer ${await signToken(claims)}` }),
    ).toMatchObject({
      status,
      body: wrong,
    });
  });

  test.each<[string, RequestOptions, string | undefined]>([
    ['in the body', { method: 'POST', query: {}, form: keyAndSecret }, undefined],
    ['in a JSON body', { method: 'POST', query: {}, json: keyAndSecret }, undefined],
    ['as Basic', { query: {}, authorization: basic(`${apiKey}:${apiSecret}`) }, undefined],
    [
      'in query and body',
      { method: 'POST', form: keyAndSecret },
      'there are two credentials: query and body',
    ],
    [
      'wrong in the body',
      { method: 'POST', query: {}, form: { ...keyAndSecret, api_secret: 'x' } },
      'api_key or api_secret does not match the account',
    ],
    [
      'without a key in the body',
      { method: 'POST', query: {}, form: { api_secret: apiSecret } },
      'api_key is missing',
    ],
    [
      'wrong as Basic',
      { query: {}, authorization: basic(`${apiKey}:x`) },
      'api_key or api_secret does not match the account',
    ],
    [
      'as Basic without a colon',
      { query: {}, authorization: basic(apiKey) },
      'the Basic credentials have no colon between key and secret',
    ],
  ])('sms, with key and secret %s', async (_name, init, refusal) => {
    await fetchJson('rest.nexmo.com/sms/json', init);
    expect(last()?.refusal).toBe(refusal);
  });

  test('number-insight, with key and secret in the body, where the product does not accept them', async () => {
    await fetchJson('api.nexmo.com/ni/basic/json', {
      method: 'POST',
      query: {},
      form: keyAndSecret,
    });
    expect(last()).toMatchObject({
      product: 'number-insight',
      refusal: 'body is not accepted here',
    });
  });

  test('sms, with a signature that is wrong, old, of another account, or beside another credential', async () => {
    const sign = (text: string) =>
      createHash('md5').update(`${text}${signatureSecret}`).digest('hex');
    const signed = { api_key: apiKey, timestamp: String(time) };
    const valid = { ...signed, sig: sign(`&api_key=${apiKey}&timestamp=${time}`) };
    const late = String(time - 301);
    const refusals: [Record<string, string>, string, string | undefined][] = [
      [valid, '2', undefined],
      [{ ...valid, sig: valid.sig.toUpperCase() }, '2', undefined],
      [{ ...valid, text: 'added' }, '14', 'sig is not the signature of these parameters'],
      [{ ...valid, timestamp: 'soon' }, '14', 'timestamp is not a whole number of seconds'],
      [
        { ...signed, timestamp: late, sig: sign(`&api_key=${apiKey}&timestamp=${late}`) },
        '14',
        'timestamp is more than 300 seconds from the clock',
      ],
      [
        { ...signed, 'a=b&c': 'd', sig: sign(`&a=b&c=d&api_key=${apiKey}&timestamp=${time}`) },
        '14',
        'a name contains & or =, so it could hide a parameter',
      ],
      [{ ...valid, api_key: 'other' }, '4', 'api_key does not match the account'],
      [{ ...valid, api_secret: apiSecret }, '4', 'there are two credentials: query and signature'],
    ];
    for (const [query, status, refusal] of refusals) {
      expect(await fetchJson('rest.nexmo.com/sms/json', { query })).toMatchObject({
        body: { messages: [{ status }] },
      });
      expect(last()?.refusal).toBe(refusal);
    }
    const none = await startSandbox({ apiKey, now: () => time * 1000 });
    await fetchJsonFrom(none, 'rest.nexmo.com/sms/json', { query: valid });
    expect(none.requests.at(-1)?.refusal).toBe('the sandbox was given no signatureSecret');
    await none.close();
  });

  test.each(['2.0', '1e2', '-0', '12345678901234567890', '0.1e1'])(
    'sms, with a signature over the JSON number %s, which parsers write differently',
    async (number) => {
      const text = `&api_key=${apiKey}&timestamp=${time}&to=${Number(number)}`;
      const sig = createHash('md5').update(`${text}${signatureSecret}`).digest('hex');
      const body = `{"api_key":"${apiKey}","timestamp":"${time}","to":${number},"sig":"${sig}"}`;
      const headers = ['content-type', 'application/json'];
      await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers, body });
      expect(last()?.refusal).toBe(`the number ${number} is written differently by some parsers`);
    },
  );

  test('sms, with a signature over a JSON number of 1,000 digits, of which the reason quotes a part', async () => {
    const body = `{"api_key":"${apiKey}","timestamp":"${time}","to":${'1'.repeat(1000)},"sig":"x"}`;
    const headers = ['content-type', 'application/json'];
    await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers, body });
    expect(last()?.refusal).toMatch(/^the number 1{289}…$/);
  });

  // Signed with openssl, not with the code under test:
  // printf '&api_key=abcd1234&text=a_b_c&timestamp=1500000000' | openssl dgst -md5 -hmac SignatureSecret1
  test.each<[SandboxSignatureMethod, string]>([
    ['md5hash', 'd8f881bf7971b1e2715506536318f829'],
    ['md5', 'f288fb2b0a8615a8e2eceec65c266464'],
    ['sha1', '01cfe7119cda511969e209f5f8a93568e361d5e3'],
    ['sha256', 'e42b6b5082d394039aeb312e6692a6687a946c3d6f17aeebac168a54ec605dc7'],
    [
      'sha512',
      '85e60cf47115de2277bee9c2b4ce620388440d2f8c150e77fd6d3d88362510b9a16d66259dff59b1f54f44d55a99710ef4bc713399abdd3e759897b79ae895fb',
    ],
  ])('sms, signed with %s', async (signatureMethod, sig) => {
    const other = await startSandbox({ ...options, signatureMethod });
    const query = { api_key: apiKey, timestamp: String(time), text: 'a&b=c', sig };
    await fetchJsonFrom(other, 'rest.nexmo.com/sms/json', { query });
    expect(other.requests.at(-1)?.refusal).toBeUndefined();
    await fetchJsonFrom(other, 'rest.nexmo.com/sms/json', { query: { ...query, text: 'a' } });
    expect(other.requests.at(-1)?.refusal).toContain('sig is not the signature');
    await other.close();
  });

  const voice = { status: 401, body: { type: 'UNAUTHORIZED', error_title: 'Unauthorized' } };
  test.each<[string, Payload | string | undefined, string]>([
    ['no token', undefined, 'there is no credential for bearer'],
    ['Basic', 'Basic YTpi', 'basic is not accepted here'],
    ['the scheme Digest', 'Digest x', 'the Authorization header is not "Bearer <JWT>"'],
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
    ['no iat', { ...claims, iat: undefined }, 'iat is missing or not a whole number of seconds'],
    [
      'a text as iat',
      { ...claims, iat: 'abc' as never },
      'iat is missing or not a whole number of seconds',
    ],
    ['a fraction for exp', { ...claims, exp: time + 60.5 }, 'exp is not a whole number of seconds'],
    ['an empty jti', { ...claims, jti: '' }, 'jti is missing or not a string'],
    ['no jti', { ...claims, jti: undefined }, 'jti is missing or not a string'],
    [
      'another application',
      { ...claims, application_id: 'other' },
      'application_id does not match the application',
    ],
  ])('voice, with %s', async (_name, given, refusal) => {
    const authorization = typeof given === 'object' ? `Bearer ${await signToken(given)}` : given;
    expect(await fetchJson('api.nexmo.com/v1/calls', { query: {}, authorization })).toEqual(voice);
    expect(last()?.refusal).toBe(refusal);
  });

  test('voice, with a header that does not say JWT', async () => {
    const key = await importPKCS8(keyText('rsa-pkcs8'), 'RS256');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);
    expect(
      await fetchJson('api.nexmo.com/v1/calls', { query: {}, authorization: `Bearer ${token}` }),
    ).toEqual(voice);
    expect(last()?.refusal).toBe('typ in the header is not JWT');
  });

  test('voice, with another private key, another algorithm, or an API key or secret beside the token', async () => {
    const path = 'api.nexmo.com/v1/calls';
    for (const token of [
      await signToken(claims, 'rsa-other'),
      await signToken(claims, 'rsa-pkcs8', 'RS512'),
    ]) {
      expect(await fetchJson(path, { query: {}, authorization: `Bearer ${token}` })).toEqual(voice);
    }
    expect(await fetchJson(path, { authorization: `Bearer ${await signToken(claims)}` })).toEqual(
      voice,
    );
    expect(
      await fetchJson(path, {
        query: { api_secret: 'x' },
        authorization: `Bearer ${await signToken(claims)}`,
      }),
    ).toEqual(voice);
    expect(last()?.refusal).toBe('there are two credentials: query and bearer');
  });
});

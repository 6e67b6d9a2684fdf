import { type Sandbox, startSandbox } from '../../../src/testing';
import {
  apiKey,
  apiSecret,
  fetchJson,
  type RequestOptions,
  keyAndSecret,
  oauth1,
  options,
  send,
  signatureSecret,
  time,
} from '../client';
import { oauth1Header } from './client';

const ready = { token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00' };
const token = { key: ready.token, secret: ready.tokenSecret };
const sms = { from: 'Nexmo', to: '447700900000', text: 'Hi' };
const path = 'rest.nexmo.com/sms/json';

let clock = time;
let sandbox: Sandbox;
beforeEach(async () => {
  clock = time;
  sandbox = await startSandbox({
    ...options,
    oauth1: { ...oauth1, ...ready },
    now: () => clock * 1000,
  });
});
afterEach(() => sandbox.close());

const url = () => `${sandbox.url('sms')}json`;
const last = () => sandbox.requests.at(-1);

type Signed = { method?: string; data?: Record<string, unknown>; url?: string };

const sign = (
  { method = 'GET', data = {}, url: signedUrl = url() }: Signed,
  overrides?: Record<string, string | undefined>,
  by: { key: string; secret: string } | undefined = token,
) => oauth1Header({ method, url: signedUrl, data }, oauth1, by, overrides);

const accepted = { status: 200, body: { messages: [{ status: '0' }] } };
const refused = {
  status: 200,
  body: { 'message-count': '1', messages: [{ status: '4', 'error-text': 'Bad Credentials' }] },
};

describe('an SMS signed by an independent implementation (oauth-1.0a) is accepted', () => {
  const texts = [
    "!'()*",
    'a+b c',
    '',
    'é 漢 🦆',
    '100% & more = ?',
    'a/b?c#d',
    'line\nbreak',
    '~-._',
  ];

  test.each(texts)('with %j in the query', async (text) => {
    const query = { ...sms, text, empty: '' };
    const init = { query, authorization: sign({ data: query }) };
    await fetchJson(sandbox, path, init);
    expect(last()).toMatchObject({ product: 'sms', status: 200, refusal: undefined, query });
  });

  test.each(texts)('with %j in a form', async (text) => {
    const form = { ...sms, text, empty: '' };
    const authorization = sign({ method: 'POST', data: form });
    await fetchJson(sandbox, path, { method: 'POST', query: {}, form, authorization });
    expect(last()?.refusal).toBeUndefined();
  });

  test('with parameters that are repeated, in query and form', async () => {
    const data = { ...sms, tag: ['b', 'a', '', 'b'], 'a b': ['%', '+'] };
    const query = 'tag=b&tag=a&a+b=%25&from=Nexmo';
    const form = 'tag=&to=447700900000&text=Hi&tag=b&a%20b=%2B';
    const authorization = sign({ method: 'POST', data });
    const answer = await fetchJson(sandbox, path, { method: 'POST', query, form, authorization });
    expect(answer).toMatchObject(accepted);
  });

  test('with a signature that covers a query in the URL', async () => {
    const authorization = sign({ url: `${url()}?from=Nexmo&to=1&text=a%20b%2Bc` });
    const response = await fetch(`${url()}?from=Nexmo&to=1&text=a%20b%2Bc`, {
      headers: { authorization },
    });
    expect(await response.json()).toMatchObject(accepted.body);
  });

  test('with JSON, which is not signed', async () => {
    const init = { method: 'POST', query: {}, json: sms };
    const authorization = sign({ method: 'POST' });
    expect(await fetchJson(sandbox, path, { ...init, authorization })).toMatchObject(accepted);
  });

  test('with text that looks like a form, but has the type text/plain', async () => {
    const headers = { authorization: sign({ method: 'POST' }), 'content-type': 'text/plain' };
    await fetch(url(), { method: 'POST', headers, body: new URLSearchParams(sms).toString() });
    expect(last()?.refusal).toBeUndefined();
  });

  test('with a form whose type has capitals and a charset', async () => {
    const headers = {
      authorization: sign({ method: 'POST', data: sms }),
      'content-type': 'Application/X-WWW-Form-Urlencoded ; charset=utf-8',
    };
    await fetch(url(), { method: 'POST', headers, body: new URLSearchParams(sms).toString() });
    expect(last()?.refusal).toBeUndefined();
  });

  test('without a version', async () => {
    const authorization = sign({ data: sms }, { oauth_version: undefined });
    expect(authorization).not.toContain('version');
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toMatchObject(accepted);
  });

  test('with a realm, and the scheme in mixed case', async () => {
    const realm = 'oAUTH realm="https://rest.nexmo.com/, \\"SMS\\"", ';
    const authorization = sign({ data: sms }).replace('OAuth ', realm);
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toMatchObject(accepted);
  });

  test('at a path in an unusual spelling', async () => {
    const odd = url().replace('/sms/json', '//sms/%6ason');
    const response = await fetch(odd, { headers: { authorization: sign({ url: odd }) } });
    expect(response.status).toBe(404);
    expect(last()).toMatchObject({ product: 'sms', refusal: undefined });
  });

  test('in XML', async () => {
    const xml = url().replace('/json', '/xml');
    const query = new URLSearchParams(sms).toString();
    const response = await fetch(`${xml}?${query}`, {
      headers: { authorization: sign({ url: xml, data: sms }) },
    });
    expect(await response.text()).toContain('<status>0</status>');
  });
});

describe('an SMS is refused with status 4', () => {
  const other = (value: string) => (header: string) =>
    header.replace(/oauth_signature="[^"]*"/, value);
  test.each<[string, string, (header: string) => string]>([
    ['with a wrong signature', 'signature_invalid', other('oauth_signature="AAAA"')],
    ['without a signature', 'parameter_absent: there is no oauth_signature', other('oauth_x="1"')],
    ['with a malformed header', 'parameter_rejected', (header) => `${header},`],
    [
      'with a consumer that is unknown',
      'consumer_key_unknown',
      (header) => header.replace('dpf43f3p2l4k3l03', 'other'),
    ],
    [
      'with a token that is unknown',
      'token_rejected',
      (header) => header.replace('nnch734d00sl2jdk', 'other'),
    ],
    [
      'with another token of the same length',
      'token_rejected',
      (header) => header.replace('nnch734d00sl2jdk', 'nnch734d00sl2jdX'),
    ],
    [
      'with another nonce than the signed one',
      'signature_invalid',
      (header) => header.replace(/nonce-/, 'nonce_'),
    ],
  ])('%s', async (_name, refusal, change) => {
    const authorization = change(sign({ data: sms }));
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toEqual(refused);
    expect(last()?.refusal).toContain(refusal);
  });

  test.each<[string, Record<string, string>]>([
    ['version_rejected: oauth_version is not 1.0', { oauth_version: '2.0' }],
    ['version_rejected', { oauth_version: '' }],
    ['signature_method_rejected', { oauth_signature_method: 'PLAINTEXT' }],
    ['signature_method_rejected', { oauth_signature_method: 'HMAC-SHA256' }],
    ['signature_method_rejected', { oauth_signature_method: 'hmac-sha1' }],
    ['timestamp_refused', { oauth_timestamp: String(time - 301) }],
    ['timestamp_refused', { oauth_timestamp: String(time + 301) }],
    ['timestamp_refused', { oauth_timestamp: `-${time}` }],
    ['timestamp_refused', { oauth_timestamp: `${time}.0` }],
    ['timestamp_refused', { oauth_timestamp: '1.5e9' }],
    ['parameter_absent: there is no oauth_nonce', { oauth_nonce: '' }],
    ['parameter_absent: there is no oauth_token', { oauth_token: '' }],
  ])('as %s, signed with %j', async (refusal, overrides) => {
    const authorization = sign({ data: sms }, overrides);
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toEqual(refused);
    expect(last()?.refusal).toContain(refusal);
  });

  test.each([time - 300, time + 300])('but not for the timestamp %d', async (timestamp) => {
    const authorization = sign({ data: sms }, { oauth_timestamp: String(timestamp) });
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toMatchObject(accepted);
  });

  test('when it names no token, or signs with no token secret', async () => {
    const none = oauth1Header({ method: 'GET', url: url(), data: sms }, oauth1);
    expect(await fetchJson(sandbox, path, { query: sms, authorization: none })).toEqual(refused);
    expect(last()?.refusal).toBe('parameter_absent: there is no oauth_token');
    const authorization = sign({ data: sms }, {}, { key: ready.token, secret: '' });
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toEqual(refused);
    expect(last()?.refusal).toContain('signature_invalid');
  });

  test.each<[string, Signed, RequestOptions]>([
    ['method', { method: 'POST', data: sms }, { query: sms }],
    ['path', { data: sms, url: 'PATH' }, { query: sms }],
    ['host', { data: sms, url: 'https://rest.nexmo.com/sms/json' }, { query: sms }],
    ['parameter', { data: sms }, { query: { ...sms, text: 'Bye' } }],
    ['list of parameters (with one more)', { data: sms }, { query: { ...sms, ttl: '' } }],
    ['list of parameters (with one less)', { data: { ...sms, ttl: '1' } }, { query: sms }],
    [
      'number of repeated values',
      { data: { ...sms, tag: ['a', 'b'] } },
      { query: 'from=Nexmo&to=447700900000&text=Hi&tag=b&tag=a&tag=a' },
    ],
    [
      'form',
      { method: 'POST', data: sms },
      { method: 'POST', query: {}, form: { ...sms, to: '1' } },
    ],
  ])('when its %s is not the one that was signed', async (_name, signed, init) => {
    const odd = signed.url === 'PATH' ? { url: url().replace('json', 'xml') } : {};
    const authorization = sign({ ...signed, ...odd });
    expect(await fetchJson(sandbox, path, { ...init, authorization })).toEqual(refused);
    expect(last()?.refusal).toContain('signature_invalid');
  });

  test('when it is sent a second time, or when another SMS has the same nonce', async () => {
    const authorization = sign({ data: sms }, { oauth_nonce: 'once' });
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toMatchObject(accepted);
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toEqual(refused);
    expect(last()?.refusal).toBe('nonce_used: oauth_nonce was used before');
    const text = { ...sms, text: 'Another' };
    const another = sign({ data: text }, { oauth_nonce: 'once' });
    expect(await fetchJson(sandbox, path, { query: text, authorization: another })).toEqual(
      refused,
    );
    const later = sign({ data: sms }, { oauth_nonce: 'once', oauth_timestamp: String(time + 1) });
    expect(await fetchJson(sandbox, path, { query: sms, authorization: later })).toMatchObject(
      accepted,
    );
  });

  test('but a nonce is not used up by a signature that is wrong', async () => {
    const overrides = { oauth_nonce: 'mine' };
    const forged = sign({ data: sms }, overrides, { key: ready.token, secret: 'guess' });
    expect(await fetchJson(sandbox, path, { query: sms, authorization: forged })).toEqual(refused);
    const authorization = sign({ data: sms }, overrides);
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toMatchObject(accepted);
  });

  test('when it is sent again after its nonce was forgotten, since its timestamp is too old by then', async () => {
    const authorization = sign({ data: sms });
    await fetchJson(sandbox, path, { query: sms, authorization });
    clock += 301;
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toEqual(refused);
    expect(last()?.refusal).toContain('timestamp_refused');
  });

  const twoCredentials: [string, RequestOptions, string][] = [
    ['key and secret in the query', { query: { ...sms, ...keyAndSecret } }, 'query and oauth1'],
    [
      'key and secret in the body',
      { method: 'POST', query: sms, form: keyAndSecret },
      'body and oauth1',
    ],
    [
      'a signature',
      { query: { ...sms, api_key: apiKey, timestamp: String(time), sig: signatureSecret } },
      'signature and oauth1',
    ],
  ];
  test.each(twoCredentials)('when there is also %s', async (_name, init, names) => {
    const { method = 'GET', query, form = {} } = init;
    const authorization = sign({ method, data: { ...(query as object), ...(form as object) } });
    expect(await fetchJson(sandbox, path, { ...init, authorization })).toEqual(refused);
    expect(last()?.refusal).toBe(`there are two credentials: ${names}`);
  });

  test.each(['oauth_token', 'oauth_signature'])('when %s is in the query too', async (name) => {
    const query = { ...sms, [name]: 'x' };
    expect(await fetchJson(sandbox, path, { query, authorization: sign({ data: sms }) })).toEqual(
      refused,
    );
    expect(last()?.refusal).toBe(`parameter_rejected: ${name} appears twice`);
  });

  test('when the sandbox knows no consumer', async () => {
    sandbox.change({ oauth1: undefined });
    const authorization = sign({ data: sms });
    expect(await fetchJson(sandbox, path, { query: sms, authorization })).toEqual(refused);
    expect(last()?.refusal).toContain('consumer_key_unknown');
  });

  test('when the secret of the consumer was changed', async () => {
    sandbox.change({ oauth1: { ...oauth1, ...ready, consumerSecret: 'next' } });
    expect(
      await fetchJson(sandbox, path, { query: sms, authorization: sign({ data: sms }) }),
    ).toEqual(refused);
    const consumer = { ...oauth1, consumerSecret: 'next' };
    const next = oauth1Header({ method: 'GET', url: url(), data: sms }, consumer, token);
    expect(await fetchJson(sandbox, path, { query: sms, authorization: next })).toMatchObject(
      accepted,
    );
  });
});

test('a scheme that only begins with OAuth is unknown', async () => {
  await send(sandbox, path, { query: sms, authorization: `OAuthentic ${apiSecret}` });
  expect(last()?.refusal).toBe(
    'the Authorization header is not "Basic <base64>" or "OAuth <parameters>"',
  );
  await send(sandbox, 'rest.nexmo.com/account/get-balance', { query: {}, authorization: 'OAuth' });
  expect(last()?.refusal).toBe('oauth1 is not accepted here');
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { signWebhook, type SignWebhookOptions, startSandbox } from '../../../src/testing';
import { applicationId, held } from '../../support/account';
import { anyCharacter } from '../../support/characters';
import { failure } from '../../support/errors';
import { time } from '../client';
import { startReceiver } from './receiver';

// Tokens are read with jose and jsonwebtoken, never with the library's own verifier.
const { apiKey, signatureSecret: secret } = held;
const account = { secret, apiKey };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** printf '' | sha256sum */
const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const tokenOf = ({ authorization = '' }: { authorization?: string | undefined }) => {
  expect(authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  return authorization.slice('Bearer '.length);
};

async function claimsOf(options: Omit<SignWebhookOptions, 'secret' | 'apiKey'>) {
  const { headers } = signWebhook({ ...account, ...options });
  return (await jwtVerify(tokenOf(headers), Buffer.from(secret))).payload;
}

describe('the token of a signed webhook', () => {
  // H=$(printf '%s' '{"alg":"HS256","typ":"JWT"}' | basenc --base64url -w0 | tr -d =)
  // C is made from the claims in the same way. The signature is the base64url of the output of:
  // printf '%s' "$H.$C" | openssl dgst -sha256 -hmac SignatureSecret1 -binary
  test('equals the token made with openssl', () => {
    const { headers } = signWebhook({ ...account, iat: time, jti: 'one' });
    expect(tokenOf(headers)).toBe(
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE1MDAwMDAwMDAsImp0aSI6Im9uZSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6ImUzYjBjNDQyOThmYzFjMTQ5YWZiZjRjODk5NmZiOTI0MjdhZTQxZTQ2NDliOTM0Y2E0OTU5OTFiNzg1MmI4NTUiLCJhcGlfa2V5IjoiYWJjZDEyMzQifQ.HfTB1e3wRwdnDsUNPXT4Em47HVj-lRYNNd7pP1oAWw4',
    );
  });

  test('has the documented header and claims, for jose and jsonwebtoken alike', async () => {
    const { headers } = signWebhook({ ...account, applicationId, now: () => time * 1000 + 999 });
    const token = tokenOf(headers);
    const key = Buffer.from(secret);
    const { payload, protectedHeader } = await jwtVerify(token, key, { algorithms: ['HS256'] });
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(payload).toEqual({
      iat: time,
      jti: payload.jti,
      iss: 'Vonage',
      payload_hash: hashOfNothing,
      api_key: apiKey,
      application_id: applicationId,
    });
    expect(payload.jti).toMatch(uuid);
    expect(jsonwebtoken.verify(token, secret, { algorithms: ['HS256'] })).toEqual(payload);
    expect(() => jsonwebtoken.verify(token, `${secret}.`)).toThrow('invalid signature');
  });

  test('has the current time and a new jti', async () => {
    const before = Math.floor(Date.now() / 1000);
    const [one, other] = [await claimsOf({}), await claimsOf({})];
    expect(one.iat).toBeGreaterThanOrEqual(before);
    expect(one.iat).toBeLessThanOrEqual(Date.now() / 1000);
    expect(one.jti).not.toBe(other.jti);
    expect(one).not.toHaveProperty('application_id');
  });

  test('has claims added, replaced or omitted by the option claims', async () => {
    const claims = { iss: 'Nexmo', exp: time * 2, payload_hash: undefined, api_key: undefined };
    const options = { iat: time, jti: 'one', claims };
    expect(await claimsOf(options)).toEqual({ iat: time, jti: 'one', iss: 'Nexmo', exp: time * 2 });
    expect(claims).toHaveProperty('api_key');
  });
});

describe('a webhook by POST', () => {
  const body = { message_uuid: applicationId, text: 'Grüße 👋' };
  const text = `{"message_uuid":"${applicationId}","text":"Grüße 👋"}`;
  /** printf '%s' "$text" | sha256sum; the length by wc -c */
  const hash = 'f2c54e552f9da28fd0a45c9b5789ade71165cecdeae7ab0ad5f78ef07a636529';

  test.each<[string, SignWebhookOptions['body']]>([
    ['an object', body],
    ['a text', text],
    ['bytes', new TextEncoder().encode(text)],
  ])('sends %s and its hash', async (_kind, content) => {
    const { headers, ...callback } = signWebhook({ ...account, body: content });
    expect(callback).toEqual({ method: 'POST', url: '/webhooks', rawBody: Buffer.from(text) });
    expect(headers).toEqual({
      authorization: headers['authorization'],
      'content-type': 'application/json',
      'content-length': '77',
    });
    expect(await claimsOf({ body: content })).toMatchObject({ payload_hash: hash });
  });

  test('copies the bytes of the body', () => {
    const bytes = Buffer.from(text);
    const { rawBody } = signWebhook({ ...account, body: bytes });
    bytes.fill(0);
    expect(rawBody.toString()).toBe(text);
  });

  test('sends a string of the type text/xml unmodified, and an array as JSON', () => {
    const xml = signWebhook({ ...account, body: '<a/>', contentType: 'text/xml; charset=utf-8' });
    expect(xml.headers).toMatchObject({ 'content-type': 'text/xml; charset=utf-8' });
    expect(xml.rawBody.toString()).toBe('<a/>');
    expect(signWebhook({ ...account, body: [1, '2'] }).rawBody.toString()).toBe('[1,"2"]');
  });

  test('has content headers for an empty body, but not without a body', async () => {
    const none = signWebhook(account);
    expect(Object.keys(none.headers)).toEqual(['authorization']);
    expect(none.rawBody).toHaveLength(0);
    expect(signWebhook({ ...account, body: '' }).headers).toMatchObject({ 'content-length': '0' });
    expect(await claimsOf({})).toMatchObject({ payload_hash: hashOfNothing });
  });

  test('sends its query without signing it', async () => {
    const given = { body, url: 'https://example.com/in?a=1', query: { b: 2, c: true } };
    expect(signWebhook({ ...account, ...given }).url).toBe('https://example.com/in?a=1&b=2&c=true');
    expect(await claimsOf(given)).toMatchObject({ payload_hash: hash });
  });
});

describe('a webhook by GET', () => {
  /** printf '%s' '{"to":"447700900000","10":"a b","2":"é&=\"","uuid":""}' | sha256sum */
  const hash = '5e8d8a76ea1bb3e13b34bff5fc42e81666b65f26e4d1c2f43778f5a9902f219a';
  const encoded = 'to=447700900000&10=a+b&2=%C3%A9%26%3D%22&uuid=';

  test.each<[string, Pick<SignWebhookOptions, 'url' | 'query'>]>([
    ['all in the query', { query: new URLSearchParams(encoded) }],
    ['all in the URL', { url: `/webhooks?${encoded}` }],
    [
      'some in the URL, some in the query',
      { url: '/webhooks?to=447700900000&10=a+b', query: { 2: 'é&="', uuid: '', none: undefined } },
    ],
  ])('signs its query in the order in which it is sent: %s', async (_where, given) => {
    const { headers, ...callback } = signWebhook({ ...account, method: 'GET', ...given });
    const url = `/webhooks?${encoded}`;
    expect(callback).toEqual({ method: 'GET', url, rawBody: Buffer.alloc(0) });
    expect(Object.keys(headers)).toEqual(['authorization']);
    expect(await claimsOf({ method: 'GET', ...given })).toMatchObject({ payload_hash: hash });
  });

  test('without a query signs an empty object', async () => {
    expect(await claimsOf({ method: 'GET' })).toMatchObject({
      /** printf '{}' | sha256sum */
      payload_hash: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    });
  });
});

test('payload_hash is the hash of what arrives, for any body or query', async () => {
  const sandbox = await startSandbox();
  const receiver = await startReceiver();
  const arrive = async (options: Omit<SignWebhookOptions, 'secret' | 'apiKey'>) => {
    await sandbox.deliver(signWebhook({ ...account, ...options }), { to: receiver.url });
    const arrived = receiver.received.at(-1);
    if (arrived === undefined) throw new Error('Nothing arrived.');
    const token = tokenOf(arrived.headers);
    const { payload } = await jwtVerify(token, Buffer.from(secret));
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    return { ...arrived, hash: payload['payload_hash'] };
  };
  const sha256 = (payload: string | Uint8Array) =>
    createHash('sha256').update(payload).digest('hex');

  const content = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.uint8Array());
  await fc.assert(
    fc.asyncProperty(content, async (given) => {
      const { body, hash } = await arrive({ body: given });
      expect(hash).toBe(sha256(body));
      if (given instanceof Uint8Array) expect(body).toEqual(Buffer.from(given));
      else expect(JSON.parse(body.toString())).toEqual(JSON.parse(JSON.stringify(given)));
    }),
  );

  const text = fc.string({ unit: anyCharacter });
  // Object.fromEntries puts names that are integers first. Such names are tested above, under "a webhook by GET".
  const name = text.filter((given) => !/^\d+$/.test(given));
  const pairs = fc.uniqueArray(fc.tuple(name, text), { selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(pairs, async (given) => {
      const query = new URLSearchParams(given);
      const { url, hash } = await arrive({ method: 'GET', query });
      const received = [...new URL(url, receiver.url).searchParams];
      expect(received).toEqual(given);
      expect(hash).toBe(sha256(JSON.stringify(Object.fromEntries(received))));
    }),
  );
  await receiver.close();
  await sandbox.close();
});

describe('signWebhook refuses', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  test.each<[string, string, unknown]>([
    ['a call without options', 'ERR_INVALID_OPTION', undefined],
    ['an option that it does not have', 'ERR_INVALID_OPTION', { ...account, ttl: 900 }],
    ['a missing secret', 'ERR_INVALID_CREDENTIAL', { apiKey }],
    ['an empty secret', 'ERR_INVALID_CREDENTIAL', { ...account, secret: '' }],
    ['two secrets', 'ERR_INVALID_CREDENTIAL', { ...account, secret: [secret, secret] }],
    ['a line break in the secret', 'ERR_CONTROL_CHARACTER', { apiKey, secret: `${secret}\n` }],
    ['a missing apiKey', 'ERR_INVALID_CREDENTIAL', { secret }],
    ['a lone surrogate in apiKey', 'ERR_CONTROL_CHARACTER', { ...account, apiKey: '\ud800' }],
    [
      'an applicationId that is no UUID',
      'ERR_INVALID_APPLICATION_ID',
      { ...account, applicationId: 'sesame-1' },
    ],
    [
      'a list with one applicationId',
      'ERR_INVALID_APPLICATION_ID',
      { ...account, applicationId: [applicationId] },
    ],
    ['a method other than POST and GET', 'ERR_INVALID_OPTION', { ...account, method: 'PUT' }],
    ['a relative URL', 'ERR_INVALID_OPTION', { ...account, url: 'webhooks' }],
    ['a URL that is no text', 'ERR_INVALID_OPTION', { ...account, url: new URL('http://a/') }],
    ['a URL of ftp', 'ERR_INVALID_OPTION', { ...account, url: 'ftp://example.com/' }],
    ['a fragment', 'ERR_INVALID_OPTION', { ...account, url: '/webhooks#sesame-1' }],
    ['a user in a URL', 'ERR_INVALID_OPTION', { ...account, url: 'https://sesame-1@a.test/' }],
    ['a password in a URL', 'ERR_INVALID_OPTION', { ...account, url: 'https://:sesame-1@a.test/' }],
    ['a body by GET', 'ERR_INVALID_OPTION', { ...account, method: 'GET', body: {} }],
    ['a body that is a number', 'ERR_INVALID_OPTION', { ...account, body: 1 }],
    ['a body that is null', 'ERR_INVALID_OPTION', { ...account, body: null }],
    ['a body that is a map', 'ERR_INVALID_OPTION', { ...account, body: new Map() }],
    ['a lone surrogate in the body', 'ERR_INVALID_OPTION', { ...account, body: 'sesame-1\udfff' }],
    ['a body with a bigint', 'ERR_INVALID_OPTION', { ...account, body: { a: 1n } }],
    [
      'a body whose toJSON returns a bigint',
      'ERR_INVALID_OPTION',
      { ...account, body: { toJSON: () => 0n } },
    ],
    [
      'a body whose toJSON returns undefined',
      'ERR_INVALID_OPTION',
      { ...account, body: { toJSON: () => undefined } },
    ],
    ['a type without a body', 'ERR_INVALID_OPTION', { ...account, contentType: 'text/plain' }],
    ['an empty type', 'ERR_INVALID_OPTION', { ...account, body: {}, contentType: '' }],
    ['a line break in a type', 'ERR_INVALID_OPTION', { ...account, body: {}, contentType: 'a\nb' }],
    ['a query that is a text', 'ERR_INVALID_PARAMETER', { ...account, query: 'sesame-1' }],
    ['a query of lists', 'ERR_INVALID_PARAMETER', { ...account, query: { a: ['sesame-1'] } }],
    [
      'a lone surrogate in a query',
      'ERR_INVALID_PARAMETER',
      { ...account, query: { a: '\ud800' } },
    ],
    [
      'a name that is twice in the query of a GET',
      'ERR_INVALID_PARAMETER',
      { ...account, method: 'GET', url: '/?a=1', query: { a: '1' } },
    ],
    ['an iat with a fraction of a second', 'ERR_INVALID_OPTION', { ...account, iat: 1.5 }],
    ['an iat before 1970', 'ERR_INVALID_OPTION', { ...account, iat: -1 }],
    ['an empty jti', 'ERR_INVALID_OPTION', { ...account, jti: '' }],
    ['claims that are no object', 'ERR_INVALID_OPTION', { ...account, claims: 'sesame-1' }],
    ['claims that are a map', 'ERR_INVALID_OPTION', { ...account, claims: new Map() }],
    ['claims that contain themselves', 'ERR_INVALID_OPTION', { ...account, claims: circle }],
    ['a clock that is a number', 'ERR_INVALID_OPTION', { ...account, now: time }],
    ['a clock that returns NaN', 'ERR_INVALID_OPTION', { ...account, now: () => NaN }],
  ])('%s', (_what, code, options) => {
    const error = failure(() => signWebhook(options as SignWebhookOptions), [secret, 'sesame-1']);
    expect(error.code).toBe(code);
  });
});

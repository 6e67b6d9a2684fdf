import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
// Tests verifier.ts, request.ts, secrets.ts, payload-hash.ts and times.ts, and the form of tokens in signed-token.ts.
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, createServer, type Http2ServerRequest } from 'node:http2';
import type { AddressInfo } from 'node:net';
import querystring from 'node:querystring';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import {
  type NexmoAuthError,
  type NexmoAuthErrorCode,
  type WebhookRequest,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from '../../src';
import { applicationId, held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { runs } from '../support/runs';
import { transferred } from '../support/transferred';
import { claims, inbound, secret, sha256, time, tokenOf, webhook } from '../support/webhooks';

const now = () => time * 1000;

const verifierWith = (options: Partial<WebhookVerifierOptions> = {}) =>
  new WebhookVerifier({ secrets: secret, now, ...options });

const verified = (request: WebhookRequest, options?: Partial<WebhookVerifierOptions>) =>
  verifierWith(options).verify(request);

async function codeOf(request: WebhookRequest, options?: Partial<WebhookVerifierOptions>) {
  return (await rejection(verified(request, options), [secret])).code;
}

/** A webhook with changed claims; undefined removes a claim. */
const webhookClaiming = (changes: object) => webhook(tokenOf({ ...claims, ...changes }));

const asForm = (rawBody: string | Uint8Array) =>
  webhook(undefined, {
    rawBody,
    headers: { ...webhook().headers, 'content-type': 'application/x-www-form-urlencoded' },
  });

describe('a webhook is accepted', () => {
  test('and gives its claims, including undocumented ones', async () => {
    const token = tokenOf({ ...claims, region: 'eu' });
    expect(await verified(webhook(token))).toEqual({ ...claims, region: 'eu' });
  });

  test('signed by jose or jsonwebtoken', async () => {
    const key = new TextEncoder().encode(secret);
    const byJose = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
    const byJsonwebtoken = jsonwebtoken.sign(claims, secret, { algorithm: 'HS256' });
    expect(await verified(webhook(byJose))).toEqual(claims);
    expect(await verified(webhook(byJsonwebtoken))).toEqual(claims);
  });

  test.each<[string, WebhookRequest['headers']]>([
    ['headers of Node', webhook().headers],
    ['the scheme in lower case and two spaces', { Authorization: `bearer  ${tokenOf()}` }],
    ['Headers', new Headers({ authorization: `Bearer ${tokenOf()}` })],
    [
      'Headers of another class',
      new Map([['authorization', `Bearer ${tokenOf()}`]]) as unknown as Headers,
    ],
    ['a list of one value', { authorization: [`Bearer ${tokenOf()}`] }],
  ])('with %s', async (_name, headers) => {
    expect(await verified(webhook(undefined, { headers }))).toEqual(claims);
  });

  test.each<[string, WebhookRequest['rawBody']]>([
    ['a Buffer', Buffer.from(inbound)],
    ['a Uint8Array', new TextEncoder().encode(inbound)],
    ['an ArrayBuffer', new TextEncoder().encode(inbound).buffer],
    [
      'bytes of another realm',
      runInNewContext(`new Uint8Array([${[...Buffer.from(inbound)].join()}])`),
    ],
    ['a string', inbound],
    ['a function', () => inbound],
    ['an async function', () => Promise.resolve(Buffer.from(inbound))],
  ])('whose raw body is %s', async (_name, rawBody) => {
    expect(await verified(webhook(undefined, { rawBody }))).toEqual(claims);
  });

  test('without application_id and iss, and with its hash in upper case', async () => {
    const { iat, jti, api_key, payload_hash } = claims;
    const fewer = { iat, jti, api_key, payload_hash: payload_hash.toUpperCase() };
    expect(await verified(webhook(tokenOf(fewer)))).toEqual(fewer);
  });

  test('with an empty body', async () => {
    const token = tokenOf({
      ...claims,
      // printf '' | sha256sum
      payload_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect(await verified(webhook(token, { rawBody: '' }))).toMatchObject({ jti: claims.jti });
  });

  test('with any bytes as its body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (rawBody) => {
        const token = tokenOf({ ...claims, payload_hash: sha256(rawBody) });
        expect(await verified(webhook(token, { rawBody }))).toMatchObject({ jti: claims.jti });
      }),
    );
  });
});

/** Node's request, and requests of frameworks that have it in one of their fields. */
const wrappers: [string, (request: Http2ServerRequest) => object][] = [
  ["Node's request", (request) => request],
  ['a Fastify request', (raw) => ({ method: raw.method, url: raw.url, headers: raw.headers, raw })],
  ['a Koa context', (req) => ({ method: req.method, url: req.url, headers: req.headers, req })],
];

test.each(
  wrappers.flatMap(([what, wrap]) => [
    [what, true, 'is refused', wrap] as const,
    [what, false, 'is accepted', wrap] as const,
  ]),
)(
  '%s of a GET over HTTP/2 (with a body that no header announces: %p) %s',
  async (_what, hasBody, _outcome, wrap) => {
    const outcomes: unknown[] = [];
    const server = createServer((request, response) => {
      void verifierWith()
        .verify(wrap(request) as never)
        .then(
          () => outcomes.push('accepted'),
          (error: unknown) => outcomes.push((error as NexmoAuthError).code),
        )
        .then(() => response.end());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const token = tokenOf({ ...claims, payload_hash: sha256('{}') });
    const headers = { ':path': '/answer', authorization: `Bearer ${token}` };
    const stream = session.request(headers, { endStream: !hasBody });
    if (hasBody) stream.end('text=evil');
    await once(stream.resume(), 'close');
    session.close();
    server.close();
    expect(outcomes).toEqual([hasBody ? 'ERR_WEBHOOK_TAMPERED' : 'accepted']);
  },
);

function evilForm(): FormData {
  const form = new FormData();
  form.set('text', 'evil');
  return form;
}

const nodesRequest = new IncomingMessage(new Socket());
nodesRequest.method = 'GET';

const bodiesWithoutFields: [string, () => unknown][] = [
  ['a stream', () => new Blob(['text=evil']).stream()],
  ['a Blob', () => new Blob(['text=evil'])],
  ['FormData', evilForm],
  ['URLSearchParams', () => new URLSearchParams('text=evil')],
  ['a Map', () => new Map([['text', 'evil']])],
  ['a Set', () => new Set(['evil'])],
  ['a DataView', () => new DataView(new ArrayBuffer(4))],
  ['an object of a class with getters only', () => new Response('text=evil')],
];

test.each(bodiesWithoutFields)('a GET with %s as its body is refused', async (_what, create) => {
  const body = create();
  const token = tokenOf({ ...claims, payload_hash: sha256('{}') });
  const request = { ...webhook(token, { method: 'GET', url: '/answer', rawBody: undefined }) };
  expect(await codeOf({ ...request, rawBody: body as never })).toBe('ERR_WEBHOOK_TAMPERED');
  const wrapper = { ...request, raw: nodesRequest, body };
  expect(await codeOf(wrapper as never)).toBe('ERR_WEBHOOK_TAMPERED');
});

test.each([
  ['of querystring', () => querystring.parse('')],
  ['without a prototype', () => Object.create(null) as object],
  ['of another realm', () => runInNewContext('({})') as object],
])('a GET with an empty object %s as its body is accepted', async (_what, body) => {
  const token = tokenOf({ ...claims, payload_hash: sha256('{}') });
  const request = { ...webhook(token, { method: 'GET', url: '/answer', rawBody: undefined }) };
  const wrapper = { ...request, raw: nodesRequest, body: body() };
  expect(await verified(wrapper as never)).toMatchObject({ jti: claims.jti });
});

test('a GET is refused if the body that a parser has set in the context of Koa is not empty', async () => {
  const token = tokenOf({ ...claims, payload_hash: sha256('{}') });
  const context = (body: object) => ({
    ...webhook(token, { method: 'GET', url: '/answer', rawBody: undefined }),
    req: nodesRequest,
    request: { body },
    body: 'the response',
  });
  expect(await verified(context({}))).toMatchObject({ jti: claims.jti });
  expect(await codeOf(context({ text: 'evil' }))).toBe('ERR_WEBHOOK_TAMPERED');
});

describe('a GET callback', () => {
  const get = (url: string, json: string) =>
    webhook(tokenOf({ ...claims, payload_hash: sha256(json) }), {
      method: 'GET',
      url,
      rawBody: undefined,
    });

  test.each([
    ['/answer?to=447700900000&from=447700900001', '{"to":"447700900000","from":"447700900001"}'],
    // In an object, names that are numbers would come first.
    ['/answer?to=1&10=a&9=b', '{"to":"1","10":"a","9":"b"}'],
    ['https://example.test/answer?text=a%20b+c%26d', '{"text":"a b c&d"}'],
    ['/answer?name=%F0%9F%91%8B%22', '{"name":"\u{1F44B}\\""}'],
    ['/answer?__proto__=x', '{"__proto__":"x"}'],
    ['/answer?empty', '{"empty":""}'],
    ['/answer?', '{}'],
    ['/answer', '{}'],
  ])('is accepted with the hash of its query as JSON, in received order: %s', async (url, json) => {
    expect(await verified(get(url, json))).toMatchObject({ payload_hash: sha256(json) });
  });

  test('is accepted with the method in lower case, and as HEAD', async () => {
    const request = get('/answer?a=1', '{"a":"1"}');
    const jti = { jti: claims.jti };
    expect(await verified({ ...request, method: 'get' })).toMatchObject(jti);
    expect(await verified({ ...request, method: 'HEAD' })).toMatchObject(jti);
  });

  test.each([
    '/answer?a=1#&b=2',
    '/answer#?a=1',
    '/answer#a=1',
    '/answer?a=%FF',
    '/answer?a=%',
    '/answer??a=1',
    '/answer?\uFEFFa=1',
  ])('is refused if frameworks parse its URL differently: %s', async (url) => {
    for (const json of ['{}', '{"a":"1"}', '{"a":"\uFFFD"}', '{"a":"%"}', '{"?a":"1"}']) {
      expect(await codeOf(get(url, json))).toBe('ERR_WEBHOOK_MALFORMED');
    }
  });

  test.each([
    ['with its parameters in another order', '/answer?b=2&a=1'],
    ['with another value', '/answer?a=1&b=3'],
    ['with an added parameter', '/answer?a=1&b=2&c=3'],
  ])('is refused %s', async (_name, url) => {
    expect(await codeOf(get(url, '{"a":"1","b":"2"}'))).toBe('ERR_WEBHOOK_TAMPERED');
  });
});

describe('each cause of a refusal has its code', () => {
  const authorized = (authorization: string | string[]) =>
    webhook(undefined, { headers: { authorization } });
  const [header = '', payload = '', signature = ''] = tokenOf().split('.');

  test.each<[string, NexmoAuthErrorCode, WebhookRequest]>([
    ['no header', 'ERR_WEBHOOK_UNSIGNED', webhook(undefined, { headers: {} })],
    [
      'an undefined header',
      'ERR_WEBHOOK_UNSIGNED',
      webhook(undefined, { headers: { authorization: undefined } }),
    ],
    ['an empty header', 'ERR_WEBHOOK_UNSIGNED', authorized('')],
    ['a number as header', 'ERR_WEBHOOK_UNSIGNED', authorized(5 as unknown as string)],
    ['the scheme Basic', 'ERR_WEBHOOK_UNSIGNED', authorized('Basic YWJjOmRlZg==')],
    ['empty Headers', 'ERR_WEBHOOK_UNSIGNED', webhook(undefined, { headers: new Headers() })],
    ['no token', 'ERR_WEBHOOK_MALFORMED', authorized('Bearer ')],
    ['two headers', 'ERR_WEBHOOK_MALFORMED', authorized([`Bearer ${tokenOf()}`, 'Bearer x'])],
    [
      'two headers whose names differ in case',
      'ERR_WEBHOOK_MALFORMED',
      webhook(undefined, {
        headers: { authorization: `Bearer ${tokenOf()}`, Authorization: 'Bearer x' },
      }),
    ],
    ['two tokens', 'ERR_WEBHOOK_MALFORMED', authorized(`Bearer ${tokenOf()}, Bearer ${tokenOf()}`)],
    ['two parts', 'ERR_WEBHOOK_MALFORMED', authorized(`Bearer ${header}.${payload}`)],
    ['no signature', 'ERR_WEBHOOK_MALFORMED', authorized(`Bearer ${header}.${payload}.`)],
    ['no base64url', 'ERR_WEBHOOK_MALFORMED', authorized(`Bearer ${header}.${payload}.+/`)],
    [
      'a header that is no JSON',
      'ERR_WEBHOOK_MALFORMED',
      authorized(`Bearer e30x.${payload}.${signature}`),
    ],
    [
      'claims that are no JSON',
      'ERR_WEBHOOK_MALFORMED',
      authorized(`Bearer ${header}.e30x.${signature}`),
    ],
    ['claims that are a list', 'ERR_WEBHOOK_MALFORMED', webhook(tokenOf([claims]))],
    ['claims that are null', 'ERR_WEBHOOK_MALFORMED', webhook(tokenOf(null))],
    ['no iat', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ iat: undefined })],
    ['an iat as a string', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ iat: String(time) })],
    ['a fraction as iat', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ iat: time + 0.5 })],
    ['a negative iat', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ iat: -1 })],
    ['no jti', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ jti: undefined })],
    ['an empty jti', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ jti: '' })],
    ['no api_key', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ api_key: undefined })],
    ['an empty api_key', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ api_key: '' })],
    ['a number as api_key', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ api_key: 1 })],
    ['an empty application_id', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ application_id: '' })],
    [
      'a payload_hash that is no hash',
      'ERR_WEBHOOK_MALFORMED',
      webhookClaiming({ payload_hash: 'abc' }),
    ],
    ['an exp as a string', 'ERR_WEBHOOK_MALFORMED', webhookClaiming({ exp: 'soon' })],
    ['HS384', 'ERR_WEBHOOK_ALGORITHM', webhook(tokenOf(claims, { alg: 'HS384', typ: 'JWT' }))],
    ['another secret', 'ERR_WEBHOOK_SIGNATURE', webhook(tokenOf(claims, undefined, 'other'))],
    ['a signature cut short', 'ERR_WEBHOOK_SIGNATURE', webhook(tokenOf().slice(0, -3))],
    ['another body', 'ERR_WEBHOOK_TAMPERED', webhook(undefined, { rawBody: `${inbound} ` })],
    ['JSON with the type of a form', 'ERR_WEBHOOK_TAMPERED', asForm(Buffer.from(inbound))],
    ['JSON as a string with the type of a form', 'ERR_WEBHOOK_TAMPERED', asForm(inbound)],
    ['no payload_hash', 'ERR_WEBHOOK_TAMPERED', webhookClaiming({ payload_hash: undefined })],
    ['no body', 'ERR_WEBHOOK_BODY_PARSED', webhook(undefined, { rawBody: undefined })],
  ])('%s: %s', async (_name, code, request) => {
    expect(await codeOf(request)).toBe(code);
  });

  test.each([
    ['request', undefined],
    ['request', 'Bearer'],
    ['headers', { method: 'POST', url: '/' }],
    ['method', { url: '/', headers: {} }],
    ['url', { method: 'POST', headers: {} }],
  ])('a request with an invalid %s is ERR_INVALID_REQUEST', async (_name, request) => {
    expect(await codeOf(request as WebhookRequest)).toBe('ERR_INVALID_REQUEST');
  });

  test.each(transferred)('%s that was transferred, as rawBody', async (_kind, bytes) => {
    expect(await codeOf(webhook(undefined, { rawBody: bytes() }))).toBe('ERR_INVALID_REQUEST');
  });
});

// docs/threat-model.md#algorithm-confusion
test('characters before or after the token, and white space in it, are refused', async () => {
  for (const authorization of [
    ` Bearer ${tokenOf()}`,
    `Bearer \n${tokenOf()}`,
    `Bearer ${tokenOf()} `,
    `Bearer ${tokenOf()}\n`,
    `Bearer\t${tokenOf()}`,
    `Bearer ${tokenOf().replace('.', '. ')}`,
  ]) {
    const code = await codeOf(webhook(undefined, { headers: { authorization } }));
    expect(code).toMatch(/^ERR_WEBHOOK_(UNSIGNED|MALFORMED)$/);
  }
});

describe('the token may come in a header other than Authorization', () => {
  const tokenHeader = 'X-Vonage-Webhook-Auth-Token';

  test.each(['', 'Bearer ', 'bearer  '])('after the prefix %j', async (prefix) => {
    const headers = { 'x-vonage-webhook-auth-token': `${prefix}${tokenOf()}` };
    expect(await verified(webhook(undefined, { headers }), { tokenHeader })).toEqual(claims);
  });

  test('and then not in Authorization', async () => {
    expect(await codeOf(webhook(), { tokenHeader })).toBe('ERR_WEBHOOK_UNSIGNED');
    const headers = {
      authorization: `Bearer ${tokenOf()}`,
      'X-VONAGE-WEBHOOK-AUTH-TOKEN': 'Basic eA==',
    };
    const both = webhook(undefined, { headers });
    expect(await codeOf(both, { tokenHeader })).toBe('ERR_WEBHOOK_MALFORMED');
  });

  test.each(['', 'a b', 'a:', 1, null])('whose name must not be %j', (name) => {
    const { code, message } = failure(() => verifierWith({ tokenHeader: name as string }));
    expect(code).toBe('ERR_INVALID_OPTION');
    expect(message).toContain('tokenHeader');
  });

  test('but a token in Authorization needs the prefix Bearer', async () => {
    const headers = { authorization: tokenOf() };
    expect(await codeOf(webhook(undefined, { headers }))).toBe('ERR_WEBHOOK_UNSIGNED');
  });
});

// docs/threat-model.md#algorithm-confusion
test('a token with a crit header of any value is refused', async () => {
  for (const crit of [['b64'], [], 'exp', null]) {
    const token = tokenOf(claims, { alg: 'HS256', typ: 'JWT', crit });
    expect(await codeOf(webhook(token))).toBe('ERR_WEBHOOK_ALGORITHM');
  }
});

// docs/threat-model.md#modified-bodies
describe('the hash covers the raw bytes', () => {
  test('equal JSON with other white space is refused', async () => {
    const rawBody = JSON.stringify(JSON.parse(inbound), null, 1);
    expect(await codeOf(webhook(undefined, { rawBody }))).toBe('ERR_WEBHOOK_TAMPERED');
  });

  test('the error for a parsed body says how to get the bytes in each framework', async () => {
    const rawBody = JSON.parse(inbound) as string;
    const { code, message } = await rejection(verified(webhook(undefined, { rawBody })));
    expect(code).toBe('ERR_WEBHOOK_BODY_PARSED');
    for (const way of [/Express.*express\.raw/, /Fastify/, /Koa/, /Hono/, /Request.*arrayBuffer/]) {
      expect(message).toMatch(way);
    }
  });

  test('a parsed body is reported as such even if the token is forged', async () => {
    const rawBody = JSON.parse(inbound) as string;
    const forgery = tokenOf(claims, undefined, 'other');
    for (const request of [
      webhook(forgery, { rawBody }),
      webhook(forgery, { rawBody: undefined }),
      webhook(undefined, { rawBody, headers: {} }),
    ]) {
      expect(await codeOf(request)).toBe('ERR_WEBHOOK_BODY_PARSED');
    }
    expect(await codeOf(webhook(forgery))).toBe('ERR_WEBHOOK_SIGNATURE');
  });

  test('the error for a parsed body does not mention a wrong hash', async () => {
    const rawBody = JSON.parse(inbound) as string;
    const { message } = await rejection(verified(webhook(undefined, { rawBody })));
    expect(message).toMatch(/^The bytes of the body are missing/);
    expect(message).not.toContain('hash');
  });

  test('requirePayloadHash: false accepts a missing hash, not a wrong one', async () => {
    const options = { requirePayloadHash: false };
    const token = tokenOf({ ...claims, payload_hash: undefined });
    expect(await verified(webhook(token), options)).toMatchObject({ jti: claims.jti });
    const changed = webhook(undefined, { rawBody: 'other' });
    expect(await codeOf(changed, options)).toBe('ERR_WEBHOOK_TAMPERED');
  });
});

test.each([
  ['plain', (json: string) => json],
  ['with a byte-order mark', (json: string) => `\uFEFF${json}`],
  ['a string', () => '"text=hi&from=evil"'],
  ['in UTF-16', (json: string) => Buffer.from(`\uFEFF${json}`, 'utf16le')],
  [
    'nested deeper than V8 can serialise',
    (json: string) => json.replace('{', `{"ctx":${'['.repeat(7000)}${']'.repeat(7000)},`),
  ],
])('JSON under the type of a form is refused: %s', async (_name, encode) => {
  const rawBody = encode('{"text":"hi&from=evil&x="}');
  const token = tokenOf({ ...claims, payload_hash: sha256(rawBody) });
  await verified(webhook(token, { rawBody }));
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Bearer ${token}`,
  };
  expect(await codeOf(webhook(token, { rawBody, headers }))).toBe('ERR_WEBHOOK_TAMPERED');
});

// docs/threat-model.md#unchecked-times
describe('times are whole seconds, checked both ways', () => {
  test.each<[number, Partial<WebhookVerifierOptions>]>([
    [-300, {}],
    [-600, {}],
    [300, {}],
    [-305, { clockTolerance: 5 }],
    [5, { clockTolerance: 5 }],
    [-60, { maxAge: 60, clockTolerance: 0 }],
    [0, { maxAge: 0, clockTolerance: 0 }],
    [-86_400, { maxAge: 86_400 }],
  ])('a webhook signed %i seconds from now is accepted with %j', async (seconds, options) => {
    const iat = time + seconds;
    expect(await verified(webhookClaiming({ iat }), options)).toMatchObject({ iat });
  });

  test.each<[number, Partial<WebhookVerifierOptions>, NexmoAuthErrorCode]>([
    [-601, {}, 'ERR_WEBHOOK_TOO_OLD'],
    [301, {}, 'ERR_WEBHOOK_FROM_FUTURE'],
    [-301, { clockTolerance: 0 }, 'ERR_WEBHOOK_TOO_OLD'],
    [-306, { clockTolerance: 5 }, 'ERR_WEBHOOK_TOO_OLD'],
    [6, { clockTolerance: 5 }, 'ERR_WEBHOOK_FROM_FUTURE'],
    [1, { clockTolerance: 0 }, 'ERR_WEBHOOK_FROM_FUTURE'],
    [-61, { maxAge: 60, clockTolerance: 0 }, 'ERR_WEBHOOK_TOO_OLD'],
    [100_000_000, {}, 'ERR_WEBHOOK_FROM_FUTURE'],
    [Number.MAX_SAFE_INTEGER - time, {}, 'ERR_WEBHOOK_FROM_FUTURE'],
    [-time, {}, 'ERR_WEBHOOK_TOO_OLD'],
  ])(
    'a webhook signed %i seconds from now is refused with %j: %s',
    async (seconds, options, code) => {
      expect(await codeOf(webhookClaiming({ iat: time + seconds }), options)).toBe(code);
    },
  );

  test('exp and nbf are undocumented, but checked if present', async () => {
    const options = { clockTolerance: 10 };
    const validTimes = { exp: time + 1, nbf: time };
    expect(await verified(webhookClaiming(validTimes), options)).toMatchObject(validTimes);
    expect(await codeOf(webhookClaiming({ exp: time - 10 }), options)).toBe('ERR_WEBHOOK_TOO_OLD');
    expect(await codeOf(webhookClaiming({ nbf: time + 11 }), options)).toBe(
      'ERR_WEBHOOK_FROM_FUTURE',
    );
  });

  test('the signature is checked before the times', async () => {
    const token = tokenOf({ ...claims, iat: 0 }, undefined, 'other');
    expect(await codeOf(webhook(token))).toBe('ERR_WEBHOOK_SIGNATURE');
  });

  test.each(['maxAge', 'clockTolerance', 'lease', 'deadline'])(
    '%s must be a whole number of seconds',
    (name) => {
      for (const value of [NaN, Infinity, -1, 0.5, '300', null]) {
        expect(failure(() => verifierWith({ [name]: value })).code).toBe('ERR_INVALID_OPTION');
      }
    },
  );
});

test.each<[string, object]>([
  ['no options', undefined as unknown as object],
  ['no secrets', {}],
  ['secrets that are a number', { secrets: 1 }],
  ['an empty list of secrets', { secrets: [] }],
  ['an unknown option', { secrets: secret, secret }],
  ['an unknown method', { secrets: secret, signatureMethod: 'sha3' }],
  ['a guard that is a string', { secrets: secret, replayGuard: 'redis' }],
  ['a guard without release', { secrets: secret, replayGuard: { claim: now, confirm: now } }],
  ['requirePayloadHash as a string', { secrets: secret, requirePayloadHash: 'false' }],
  ['a clock that is not a function', { secrets: secret, now: time }],
  ['a lease of 0', { secrets: secret, lease: 0 }],
])('%s is ERR_INVALID_OPTION', (_name, options) => {
  expect(failure(() => new WebhookVerifier(options as WebhookVerifierOptions), [secret]).code).toBe(
    'ERR_INVALID_OPTION',
  );
});

describe('secrets', () => {
  const other = 'OtherSecret12345';

  test('may be a list during a rotation, of which any is accepted', async () => {
    for (const secrets of [
      [other, secret],
      [secret, other],
    ]) {
      expect(await verified(webhook(), { secrets })).toEqual(claims);
    }
    expect(await codeOf(webhook(), { secrets: [other] })).toBe('ERR_WEBHOOK_SIGNATURE');
  });

  test('may be looked up by account and application: one or several, also as a promise', async () => {
    const lookups: unknown[] = [];
    for (const found of [
      secret,
      [other, secret],
      Promise.resolve(secret),
      Promise.resolve([secret]),
    ]) {
      const secrets = (...account: unknown[]) => {
        lookups.push(account);
        return found;
      };
      expect(await verified(webhook(), { secrets })).toEqual(claims);
    }
    expect(lookups).toEqual(Array(4).fill([held.apiKey, applicationId]));
  });

  test.each([undefined, null, '', [], [''], [undefined], Object.prototype, Object])(
    // docs/threat-model.md#unknown-accounts
    '%j from the look-up means an unknown account, never an empty secret',
    async (found) => {
      const secrets = () => found as string;
      const byEmptySecret = webhook(tokenOf(claims, undefined, ''));
      expect(await codeOf(byEmptySecret, { secrets })).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
      expect(await codeOf(webhook(), { secrets })).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
    },
  );

  test.each([
    ['constructor', 'name', 'Object'],
    ['toString', 'name', 'toString'],
    ['hasOwnProperty', 'name', 'hasOwnProperty'],
    ['constructor', undefined, 'Object'],
    ['__proto__', undefined, 'Object'],
  ])(
    'a table by account and application finds no secret for %s and %s',
    async (api_key, application_id, forgedWith) => {
      const table: Record<string, Record<string, string>> = {
        [held.apiKey]: { [applicationId]: secret },
      };
      const secrets = (key = '', id = 'name') => table[key]?.[id];
      const forged = tokenOf({ ...claims, api_key, application_id }, undefined, forgedWith);
      expect(await codeOf(webhook(forged), { secrets })).toBe(
        application_id === undefined ? 'ERR_WEBHOOK_UNKNOWN_ACCOUNT' : 'ERR_WEBHOOK_MALFORMED',
      );
      expect(await verified(webhook(), { secrets })).toEqual(claims);
    },
  );

  test.each(['__proto__', 'constructor', 'toString', ''])(
    // docs/threat-model.md#unknown-accounts
    'an account %j finds no secret in an object used as a table',
    async (api_key) => {
      const table: Record<string, string> = { [held.apiKey]: secret };
      const secrets = (apiKey: string) => table[apiKey];
      const code = await codeOf(webhookClaiming({ api_key }), { secrets });
      expect(code).toBe(api_key === '' ? 'ERR_WEBHOOK_MALFORMED' : 'ERR_WEBHOOK_UNKNOWN_ACCOUNT');
    },
  );

  test.each(['constructor.name', '../../proc/sys/kernel/ostype', 'a'.repeat(65), 'a b', 'é'])(
    'an account %s, which no account can be, is not looked up',
    async (api_key) => {
      const secrets = jest.fn(() => secret);
      const forged = tokenOf({ ...claims, api_key }, undefined, secret);
      expect(await codeOf(webhook(forged), { secrets })).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
      expect(secrets).not.toHaveBeenCalled();
    },
  );

  test.each(['name', 'prototype', 'length', 'constructor'])(
    'an account %s finds no secret in a class used as a table',
    async (api_key) => {
      const table: Record<string, unknown> = Object.assign(class Secrets extends Map {}, {
        [held.apiKey]: secret,
      });
      const secrets = (key: string) => table[key] as string;
      const forged = tokenOf({ ...claims, api_key }, undefined, 'Secrets');
      expect(await codeOf(webhook(forged), { secrets })).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
      expect(await verified(webhook(), { secrets })).toEqual(claims);
    },
  );

  test('an empty secret beside a valid one is ignored', async () => {
    const secrets = () => ['', secret];
    expect(await verified(webhook(), { secrets })).toEqual(claims);
    const byEmptySecret = webhook(tokenOf(claims, undefined, ''));
    expect(await codeOf(byEmptySecret, { secrets })).toBe('ERR_WEBHOOK_SIGNATURE');
  });

  // docs/threat-model.md#algorithm-confusion
  test('a secret in PEM form is refused', async () => {
    for (const pem of [keyText('rsa-public'), keyText('rsa-pkcs8'), keyText('rsa-certificate')]) {
      expect(failure(() => verifierWith({ secrets: pem }), [pem]).code).toBe(
        'ERR_INVALID_CREDENTIAL',
      );
      expect(await codeOf(webhook(), { secrets: () => pem })).toBe('ERR_INVALID_CREDENTIAL');
    }
  });

  test.each([
    ['an empty secret', '', 'ERR_INVALID_CREDENTIAL'],
    ['an empty secret in a list', [secret, ''], 'ERR_INVALID_CREDENTIAL'],
    ['a secret that ends in a line break', `${secret}\n`, 'ERR_CONTROL_CHARACTER'],
  ])('%s is refused by the constructor', (_name, secrets, code) => {
    expect(failure(() => verifierWith({ secrets }), [secret]).code).toBe(code);
  });

  test.each([Buffer.from(secret), 1, { secret }, new Set([secret]), [Buffer.from(secret)]])(
    'a look-up must give strings: %p',
    async (found) => {
      const secrets = () => found as unknown as string;
      expect(await codeOf(webhook(), { secrets })).toBe('ERR_WEBHOOK_SECRETS_FAILED');
    },
  );

  test('a look-up that fails and one that never answers have their own codes', async () => {
    const failing = () => Promise.reject(new Error(`no entry for ${secret}`));
    expect(await codeOf(webhook(), { secrets: failing })).toBe('ERR_WEBHOOK_SECRETS_FAILED');
    const hanging = () => new Promise<string>(() => undefined);
    const code = await codeOf(webhook(), { secrets: hanging, deadline: 1 });
    expect(code).toBe('ERR_WEBHOOK_SECRETS_TIMEOUT');
  });

  test('do not show in JSON or text of the verifier', () => {
    const shown = (value: unknown) => JSON.stringify([value, String(value)]);
    expect(shown(verifierWith())).not.toContain(secret);
  });
});

// docs/threat-model.md#oversized-input
test('the token is verified before the body is read', async () => {
  let reads = 0;
  const rawBody = () => {
    reads += 1;
    return inbound;
  };
  const forged = tokenOf(claims, undefined, 'other');
  expect(await codeOf(webhook(forged, { rawBody }))).toBe('ERR_WEBHOOK_SIGNATURE');
  const old = tokenOf({ ...claims, iat: 0 });
  expect(await codeOf(webhook(old, { rawBody }))).toBe('ERR_WEBHOOK_TOO_OLD');
  expect(reads).toBe(0);
  expect(await verified(webhook(undefined, { rawBody }))).toEqual(claims);
  expect(reads).toBe(1);
});

// docs/threat-model.md#oversized-input
test('a token of more than 8,192 characters is refused before it is decoded', async () => {
  const token = tokenOf({ ...claims, padding: 'x'.repeat(8192) });
  expect(await codeOf(webhook(token))).toBe('ERR_WEBHOOK_MALFORMED');
});

test('an error of the function rawBody is passed on unchanged', async () => {
  const broken = new Error('The client went away.');
  const rawBody = () => Promise.reject(broken);
  await expect(verified(webhook(undefined, { rawBody }))).rejects.toBe(broken);
});

test('changing one character of token or body is refused', async () => {
  const token = tokenOf();
  const position = fc.nat({ max: token.length + inbound.length - 1 });
  await fc.assert(
    fc.asyncProperty(position, fc.constantFrom(...'AZaz09-_.{'), async (at, character) => {
      const both = token + inbound;
      const changed = both.slice(0, at) + character + both.slice(at + 1);
      const [changedToken, rawBody] = [changed.slice(0, token.length), changed.slice(token.length)];
      const outcome = verified(webhook(changedToken, { rawBody }));
      if (changed === both) expect(await outcome).toEqual(claims);
      else expect((await rejection(outcome)).code).toMatch(/^ERR_WEBHOOK_/);
    }),
    { numRuns: runs(1000) },
  );
});

test('events report whether a callback was accepted, and contain nothing of it', async () => {
  const events: unknown[] = [];
  subscribe('nexmo-auth:webhook:accepted', (event) => events.push(event));
  subscribe('nexmo-auth:webhook:refused', (event) => events.push(event));
  await verified(webhook());
  await codeOf(webhook(undefined, { rawBody: 'other' }));
  expect(events).toEqual([{ kind: 'webhook' }, { kind: 'webhook', code: 'ERR_WEBHOOK_TAMPERED' }]);
});

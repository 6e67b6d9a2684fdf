import { Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { MemoryReplayGuard, type WebhookRequest, WebhookVerifier } from '../../src';
import { signSmsCallback } from '../../src/testing';
import { held } from '../support/account';
import { rejection } from '../support/errors';
import { claims, secret, sha256, time, tokenOf, webhook } from '../support/webhooks';

const now = () => time * 1000;
const verifier = new WebhookVerifier({ secrets: secret, now });
const genuine = signSmsCallback({
  secret,
  apiKey: held.apiKey,
  params: { msisdn: '447700900001', text: 'Hello' },
  now,
});
const codeOf = async (verifying: Promise<unknown>) => (await rejection(verifying, [secret])).code;

describe('a parsed body is not taken for a request', () => {
  const { method, url, headers } = genuine;
  const crafted = JSON.stringify({ headers, method, url, text: 'EVIL' });

  test('with any fields that its sender has written', async () => {
    for (const body of [
      crafted,
      JSON.stringify({ headers: {}, method, url, text: 'EVIL' }),
      JSON.stringify({ headers: {}, method, url, text: 'EVIL', rawBody: '' }),
      JSON.stringify({ headers: {}, method, url, text: 'EVIL', rawBody: null }),
      JSON.stringify({ headers: {}, method, url, __proto__: null, text: 'EVIL', rawBody: {} }),
    ]) {
      const parsed = JSON.parse(body) as WebhookRequest;
      const { code, message } = await rejection(verifier.verifySms(parsed), [secret]);
      expect(code).toBe('ERR_INVALID_REQUEST');
      expect(message).toContain('verifySmsParams()');
      expect(await codeOf(verifier.verifySmsParams(parsed))).toBe('ERR_WEBHOOK_MALFORMED');
    }
  });

  test("if uploaded files, which are streams, have the names of a server's fields", async () => {
    const upload = (name: string) =>
      Object.assign(Readable.from([name]), { hapi: { filename: name, headers: {} } });
    const names = ['raw', 'req', 'headers', 'pipe', 'rawBody', 'body', 'stream'];
    const files = Object.fromEntries(names.map((name) => [name, upload(name)]));
    for (const parsed of [
      { method, url, text: 'EVIL', ...files },
      { method, url, headers, text: 'EVIL', raw: files['raw'] },
      { method, url, headers, text: 'EVIL', req: files['req'] },
      // qs.parse() merges `req[method]` into the upload.
      {
        method,
        url,
        headers,
        text: 'EVIL',
        req: Object.assign(upload('req'), { method, headers }),
      },
    ]) {
      const { code } = await rejection(verifier.verifySms(parsed as never), [secret]);
      expect(code).toBe('ERR_INVALID_REQUEST');
    }
  });

  test('by verify() either', async () => {
    const { headers: signedHeaders } = webhook(tokenOf({ ...claims, payload_hash: sha256('{}') }));
    const parsed = JSON.parse(
      JSON.stringify({ method: 'GET', url: '/', headers: signedHeaders, text: 'EVIL' }),
    ) as WebhookRequest;
    expect(await codeOf(verifier.verify(parsed))).toBe('ERR_INVALID_REQUEST');
  });

  test('even if another parser, a merge or a class has made that body', async () => {
    class Dto {
      readonly more = 1;
    }
    const parsed = { method, url, headers, text: 'EVIL' };
    const merged = Object.assign(
      {},
      JSON.parse(
        JSON.stringify({ method, url, headers }).replace('{', '{"__proto__":{"text":"EVIL"},'),
      ),
    ) as WebhookRequest;
    for (const body of [
      Object.assign(new Dto(), parsed),
      { ...parsed, rawBody: Buffer.alloc(0) },
      { ...parsed, raw: {}, req: null },
      merged,
    ]) {
      const { code } = await rejection(verifier.verifySms(body), [secret]);
      expect(code).toBe('ERR_INVALID_REQUEST');
    }
  });

  test('but the request of a server is accepted, whatever other fields it has', async () => {
    expect(await verifier.verifySms(genuine)).toEqual(genuine.params);
    const incoming = () => Object.assign(new IncomingMessage(new Socket()), { method, url });
    for (const request of [
      incoming(),
      { method, url, headers: new Headers(headers), raw: incoming(), id: 1 },
      { method, url, headers, req: incoming() },
      new Request(`https://example.test${url}`),
      { ...genuine, rawBody: () => new Uint8Array() },
    ]) {
      expect(await verifier.verifySms(request as WebhookRequest)).toEqual(genuine.params);
    }
  });
});

test('a request is not taken for parameters', async () => {
  expect(await codeOf(verifier.verifySmsParams({ ...genuine }))).toBe('ERR_WEBHOOK_MALFORMED');
});

describe('parsed parameters', () => {
  test('are refused if some are inherited, as after a merge of JSON', async () => {
    const { text, ...ownParams } = genuine.params;
    expect(text).toBe('Hello');
    const json = JSON.stringify(genuine.params).replace(
      '{',
      '{"__proto__":{"status":"delivered"},',
    );
    const merged = Object.assign({}, JSON.parse(json)) as object;
    expect(await codeOf(verifier.verifySmsParams(merged))).toBe('ERR_WEBHOOK_MALFORMED');
    const inherited = Object.assign(Object.create({ text }) as object, ownParams);
    expect(await codeOf(verifier.verifySmsParams(inherited))).toBe('ERR_WEBHOOK_MALFORMED');
  });

  test.each<[string, Record<string, unknown>]>([
    ['with null', { text: null }],
    ['with a list', { text: ['Hello'] }],
    ['with a number that was rounded', { to: Number('12345678901234567890') }],
    ['with NaN', { to: NaN }],
  ])('%s are refused', async (_name, change) => {
    const params = { ...genuine.params, ...change };
    expect(await codeOf(verifier.verifySmsParams(params))).toBe('ERR_WEBHOOK_MALFORMED');
  });

  test('are accepted once, and again after a release', async () => {
    const guarded = new WebhookVerifier({
      secrets: secret,
      now,
      replayGuard: new MemoryReplayGuard({ now }),
    });
    const { content, release } = await guarded.receiveSmsParams(genuine.params);
    expect(content).toEqual(genuine.params);
    await release();
    await guarded.verifySmsParams(genuine.params);
    expect(await codeOf(guarded.verifySms(genuine))).toBe('ERR_WEBHOOK_HANDLED');
  });
});

describe('a body on a GET', () => {
  const { params, ...signedSms } = genuine;
  const signedGet = webhook(tokenOf({ ...claims, payload_hash: sha256('{"to":"1"}') }), {
    method: 'GET',
    url: '/webhooks?to=1',
    rawBody: undefined,
  });

  test.each<[string, unknown]>([
    ['bytes', Buffer.from('{"to":"2"}')],
    ['text', '{"to":"2"}'],
    ['an ArrayBuffer', new Uint8Array([1]).buffer],
    ['what a function gives', () => Promise.resolve(Buffer.from('x'))],
    ['a parsed body', { to: '2' }],
  ])('is refused by verify() and verifySms(): %s', async (_name, content) => {
    const rawBody = content as string;
    expect(await codeOf(verifier.verify({ ...signedGet, rawBody }))).toBe('ERR_WEBHOOK_TAMPERED');
    expect(await codeOf(verifier.verifySms({ ...signedSms, rawBody }))).toBe(
      'ERR_WEBHOOK_TAMPERED',
    );
  });

  test.each<[string, object, object]>([
    ['a Content-Length', { 'content-length': '13' }, {}],
    ['a Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }, {}],
    ['a body that a framework parsed', {}, { body: { text: 'forged' } }],
    ['a list that a framework parsed', {}, { body: [] }],
  ])('is refused by verify() and verifySms() if it shows in %s', async (_name, added, fields) => {
    const asServer = (request: { headers: object }) =>
      Object.assign(
        new PassThrough(),
        { ...request, headers: { ...request.headers, ...added } },
        fields,
      );
    const requests = [asServer(signedGet), asServer({ ...signedSms, headers: {} })] as never[];
    expect(await codeOf(verifier.verify(requests[0] as never))).toBe('ERR_WEBHOOK_TAMPERED');
    expect(await codeOf(verifier.verifySms(requests[1] as never))).toBe('ERR_WEBHOOK_TAMPERED');
  });

  test('is not assumed for a Content-Length of 0 and an empty parsed body', async () => {
    const headers = { ...signedGet.headers, 'content-length': '0' };
    const request = Object.assign(new PassThrough(), { ...signedGet, headers, body: {} });
    expect(await verifier.verify(request as never)).toMatchObject({ jti: claims.jti });
  });

  test('is refused if the token has no payload_hash, even if none is required', async () => {
    const lenient = new WebhookVerifier({ secrets: secret, now, requirePayloadHash: false });
    const { headers } = webhook(tokenOf({ ...claims, payload_hash: undefined }));
    const unhashed = { method: 'GET', url: '/', headers, rawBody: 'x' };
    expect(await codeOf(lenient.verify(unhashed))).toBe('ERR_WEBHOOK_TAMPERED');
    expect(await lenient.verify({ ...unhashed, rawBody: '' })).toMatchObject({ jti: claims.jti });
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty string', ''],
    ['an empty Uint8Array', new Uint8Array()],
    ['the {} of a parser', {}],
    ['a function that gives nothing', () => new Uint8Array()],
  ])('counts as missing if it is %s', async (_name, content) => {
    const rawBody = content as string;
    expect(await verifier.verify({ ...signedGet, rawBody })).toMatchObject({ jti: claims.jti });
    expect(await verifier.verifySms({ ...signedSms, rawBody })).toEqual(params);
  });
});

test.each(['/sms;text=EVIL?', '/sms?;', '/sms#?', '/sms?é=1&', '/sms?\xa0&', '/sms?a b&'])(
  'a URL that frameworks split differently is refused: %s',
  async (start) => {
    const query = new URLSearchParams(genuine.params).toString();
    const request = { ...genuine, url: start + query };
    expect(await codeOf(verifier.verifySms(request))).toBe('ERR_WEBHOOK_MALFORMED');
  },
);

/** Node's querystring and qs stop after 1,000 parameters, empty ones included. */
test.each(['&&', '&'.repeat(1001), '&=x&', '&=&'])(
  'empty parameters, which parsers drop or count, are refused: %#',
  async (separator) => {
    const query = new URLSearchParams(genuine.params).toString();
    for (const changed of [query.replace('&', separator), `&${query}`, `=${query}`, `${query}&`]) {
      const byGet = { ...genuine, url: `/sms?${changed}` };
      expect(await codeOf(verifier.verifySms(byGet))).toBe('ERR_WEBHOOK_MALFORMED');
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const byPost = { method: 'POST', url: '/sms', headers, rawBody: changed };
      expect(await codeOf(verifier.verifySms(byPost))).toBe('ERR_WEBHOOK_MALFORMED');
    }
    const signedGet = webhook(tokenOf({ ...claims, payload_hash: sha256('{"to":"1"}') }), {
      method: 'GET',
      url: `/webhooks?${separator}to=1`,
      rawBody: undefined,
    });
    expect(await codeOf(verifier.verify(signedGet))).toBe('ERR_WEBHOOK_MALFORMED');
  },
);

test('a query or form that begins with ? is refused, since URLSearchParams drops the ?', async () => {
  const params = { '?api-key': 'victim01', api_key: held.apiKey, text: 'STOP' };
  const signed = signSmsCallback({ secret, params, as: 'form', now });
  const form = String(signed.rawBody).replace('%3Fapi-key', '?api-key');
  const query = form.replace(/(.*)&(\?api-key=[^&]*)/, '$2&$1');
  expect(new URLSearchParams(query).get('api-key')).toBe('victim01');
  for (const begin of [query, form.replace(/^\??/, '?')]) {
    const get = { method: 'GET', headers: {}, url: `/sms?${begin}` };
    expect(await codeOf(verifier.verifySms(get))).toBe('ERR_WEBHOOK_MALFORMED');
    const post = { ...signed, rawBody: begin };
    expect(await codeOf(verifier.verifySms(post))).toBe('ERR_WEBHOOK_MALFORMED');
  }
});

describe('a GET whose host is not the name of a host is refused, since frameworks build a URL from it', () => {
  const odd = ['a.com?text=EVIL&x=', 'a.com/p?x=', 'x@a.com', 'a.com#', 'a.com\\', 'a.com%3F'];

  test.each(['host', 'Host', 'X-Forwarded-Host', 'x-forwarded-proto'])('%s', async (name) => {
    for (const value of odd) {
      for (const headers of [{ [name]: value }, new Headers({ [name]: value })]) {
        expect(await codeOf(verifier.verifySms({ ...genuine, headers }))).toBe(
          'ERR_WEBHOOK_MALFORMED',
        );
      }
      const signedGet = webhook(tokenOf({ ...claims, payload_hash: sha256('{"to":"1"}') }), {
        method: 'GET',
        url: '/answer?to=1',
        rawBody: undefined,
      });
      const { host: _host, ...others } = signedGet.headers as Record<string, string>;
      const headers = { ...others, [name]: value };
      expect(await codeOf(verifier.verify({ ...signedGet, headers }))).toBe(
        'ERR_WEBHOOK_MALFORMED',
      );
    }
  });

  test.each(['a_b.example.com:8080', '[::1]:80', 'a.com, b.com', '127.0.0.1', 'HTTPS'])(
    'but not %s',
    async (value) => {
      const headers = { host: value, 'x-forwarded-host': value };
      expect((await verifier.verifySms({ ...genuine, headers }))['text']).toBe('Hello');
    },
  );
});

test.each(['http://h', 'HTTP://h', 'https://user@h:8080'])(
  'a query behind %s without a path is refused, since some versions of find-my-way (router of Fastify) end the host at its first slash',
  async (host) => {
    const signed = signSmsCallback({ secret, params: { text: 'A' }, as: 'form', now });
    const [query, get] = [String(signed.rawBody), { method: 'GET', headers: {} }];
    expect((await verifier.verifySms({ ...get, url: `${host}/sms?${query}` }))['text']).toBe('A');
    for (const url of [`${host}?${query}`, `${host}?${query}/sms?text=EVIL`]) {
      expect(await codeOf(verifier.verifySms({ ...get, url }))).toBe('ERR_WEBHOOK_MALFORMED');
    }
    const signedGet = webhook(tokenOf({ ...claims, payload_hash: sha256('{"to":"/x?to=1"}') }), {
      method: 'GET',
      url: `${host}?to=/x?to=1`,
      rawBody: undefined,
    });
    expect(await codeOf(verifier.verify(signedGet))).toBe('ERR_WEBHOOK_MALFORMED');
  },
);

test.each(['', 'sms', 'http:/sms', 'foo://h/sms', '*'])(
  'a query behind %j is refused, which Node takes for a path over HTTP/2 with a foreign :scheme',
  async (start) => {
    const signed = signSmsCallback({ secret, params: { text: 'A' }, as: 'form', now });
    const query = String(signed.rawBody);
    const get = { method: 'GET', headers: {} };
    expect((await verifier.verifySms({ ...get, url: `/${start}?${query}` }))['text']).toBe('A');
    const url = `${start}?${query}`;
    expect(await codeOf(verifier.verifySms({ ...get, url }))).toBe('ERR_WEBHOOK_MALFORMED');
  },
);

test('an unencoded = behind ] is refused, since qs (query parser "extended" of Express) ends a name there', async () => {
  const signed = signSmsCallback({ secret, params: { text: 'a]=b' }, as: 'form', now });
  const form = String(signed.rawBody);
  expect((await verifier.verifySms(signed))['text']).toBe('a]=b');
  const get = { method: 'GET', headers: {} };
  expect((await verifier.verifySms({ ...get, url: `/sms?${form}` }))['text']).toBe('a]=b');
  for (const unencoded of [']=', '%5D=', '%5d=']) {
    const changed = form.replace('%5D%3D', unencoded);
    expect(changed).not.toBe(form);
    for (const request of [
      { ...signed, rawBody: changed },
      { ...get, url: `/sms?${changed}` },
    ]) {
      expect(await codeOf(verifier.verifySms(request))).toBe('ERR_WEBHOOK_MALFORMED');
    }
  }
});

test('a parameter named __proto__ is refused, since some frameworks drop it', async () => {
  const params = JSON.parse('{"__proto__":"x","text":"y"}') as Record<string, string>;
  const callback = signSmsCallback({ secret, params, as: 'form', now });
  expect(await codeOf(verifier.verifySms(callback))).toBe('ERR_WEBHOOK_MALFORMED');
});

test('a parameter with an empty name is refused, as JSON and parsed', async () => {
  const sig = createHash('md5').update(`&=x&timestamp=${time}${secret}`).digest('hex');
  const params = { '': 'x', timestamp: String(time), sig };
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url: '/sms', headers, rawBody: JSON.stringify(params) };
  expect(await codeOf(verifier.verifySms(request))).toBe('ERR_WEBHOOK_MALFORMED');
  expect(await codeOf(verifier.verifySmsParams(params))).toBe('ERR_WEBHOOK_MALFORMED');
});

test('JSON that is nested too deeply is refused', async () => {
  const rawBody = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url: '/sms', headers, rawBody };
  expect(await codeOf(verifier.verifySms(request))).toBe('ERR_WEBHOOK_MALFORMED');
});

test('a repeated Content-Type is refused', async () => {
  const form = signSmsCallback({ secret, params: {}, as: 'form', now });
  const twice = { ...form.headers, 'content-type': ['application/json', 'text/plain'] };
  expect(await codeOf(verifier.verifySms({ ...form, headers: twice }))).toBe(
    'ERR_WEBHOOK_MALFORMED',
  );
});

test('0xFF in place of a signed U+FFFD is refused', async () => {
  const base = `&text=\uFFFD&timestamp=${time}${secret}`;
  const sig = createHash('md5').update(base).digest('hex');
  const bodyOf = (text: Uint8Array) =>
    Buffer.concat([Buffer.from(`sig=${sig}&timestamp=${time}&text=`), text]);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method: 'POST', url: '/', headers };
  const sent = { ...request, rawBody: bodyOf(Buffer.from('%EF%BF%BD')) };
  expect(await verifier.verifySms(sent)).toMatchObject({ text: '\uFFFD' });
  for (const text of [Buffer.from([0xff]), Buffer.from('%FF')]) {
    const changed = { ...request, rawBody: bodyOf(text) };
    expect(await codeOf(verifier.verifySms(changed))).toBe('ERR_WEBHOOK_MALFORMED');
  }
});

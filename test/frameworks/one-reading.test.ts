// src/webhooks/sms-parameters.ts and payload-hash.ts through every adapter: the handler gets what was verified.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import fc from 'fast-check';
import { WebhookVerifier } from '../../src';
import { verifyWebhook as verifyByMiddleware } from '../../src/frameworks/express';
import { verifySmsCallback } from '../../src/frameworks/fastify';
import { held } from '../support/account';
import { runs } from '../support/runs';
import { secret } from '../support/webhooks';
import { frameworks } from './hosts';
import { serve, type Site, verifierOf, webhook } from './serving';

/** Signs a message by the guide "Signing messages", with the method md5hash. */
function signed(params: Record<string, string>): Record<string, string> {
  const timestamped = { ...params, timestamp: String(Math.floor(Date.now() / 1000)) };
  const base = Object.entries(timestamped)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`);
  const sig = createHash('md5')
    .update(`${base.join('')}${secret}`)
    .digest('hex');
  return { ...timestamped, sig };
}

const genuine = () =>
  signed({ 'api-key': held.apiKey, msisdn: '447700900001', to: '447700900000', text: 'Hello' });

async function statusOf(sending: ClientRequest): Promise<number | undefined> {
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

/** Sends a POST with exactly this type and body, and gives the status. */
async function post(site: { url: string }, type: string | undefined, body: string | Uint8Array) {
  const headers = { ...(type !== undefined && { 'content-type': type }) };
  return statusOf(request(site.url, { method: 'POST', headers }).end(body));
}

/** Sends a GET with exactly this query, and gives the status. */
async function get(site: { url: string }, query: string, headers: Record<string, string> = {}) {
  return statusOf(request(site.url, { path: `/webhooks?${query}`, headers }).end());
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const verifier = new WebhookVerifier({ secrets: secret });

describe.each(Object.entries(frameworks))('with %s', (_name, framework) => {
  let site: Site;
  beforeEach(async () => {
    site = await serve(framework, { verify: 'verifySmsCallback', verifier });
  });

  test('JSON with a type that other parsers take for a form is refused', async () => {
    const body = JSON.stringify({ '&text=EVIL&msisdn=999&': null, ...genuine() });
    const types = [
      form,
      `${form}; json`,
      `${form};charset=json`,
      `${form}, ${json}`,
      `json/${form}`,
    ];
    // Read as a form, the body has no sig.
    for (const type of types) expect([401, 503]).toContain(await post(site, type, body));
    expect(site.handled).toEqual([]);
  });

  test.each<[string, string | undefined, () => string | Uint8Array]>([
    ['of no type', undefined, () => new URLSearchParams(genuine()).toString()],
    ['of an unknown type', 'text/plain', () => JSON.stringify(genuine())],
    ['of type text/json', 'text/json', () => JSON.stringify(genuine())],
    ['in another charset', `${json}; charset=utf-16le`, () => JSON.stringify(genuine())],
    ['with a byte-order mark', json, () => `\uFEFF${JSON.stringify(genuine())}`],
    ['with a name twice', json, () => JSON.stringify(genuine()).replace('{', '{"text":"EVIL",')],
    ['with null', json, () => JSON.stringify({ ...genuine(), more: null })],
    ['with a nested value', json, () => JSON.stringify({ ...genuine(), more: ['1'] })],
    [
      'with a number that a parser rounds',
      json,
      () =>
        JSON.stringify(signed({ to: '12345678901234567000' })).replace(
          '"12345678901234567000"',
          '12345678901234567890',
        ),
    ],
    [
      'with 0xFF in place of a signed U+FFFD',
      form,
      () => {
        const [before = '', after = ''] = new URLSearchParams(signed({ text: '@\uFFFD@' }))
          .toString()
          .split('%EF%BF%BD');
        return Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
      },
    ],
    [
      'with a name that a parser nests',
      form,
      () => new URLSearchParams(signed({ 'a[]': '1' })).toString(),
    ],
    ['that begins with ?', form, () => `?${new URLSearchParams(signed({})).toString()}`],
    [
      'with ; between parameters',
      form,
      () =>
        new URLSearchParams(signed({ text: 'x;from_EVIL' }))
          .toString()
          .replace('%3Bfrom_', ';from='),
    ],
  ])('a body %s is refused', async (_what, type, bodyOf) => {
    expect(await post(site, type, bodyOf())).toBe(401);
    expect(site.handled).toEqual([]);
  });

  test('the handler gets the verified values, for any accepted body and type', async () => {
    const word = fc.string({
      unit: fc.constantFrom(
        ...'ab1&=;?[]{}":,_%+ \\\n\0é\uFEFF\uFFFD'.split(''),
        '👋',
        'text',
        'true',
        '\\u0026',
      ),
      maxLength: 5,
    });
    const type = fc.oneof(
      fc.constantFrom(json, form),
      fc
        .tuple(
          fc.constantFrom(json, form, 'text/plain', ''),
          fc.constantFrom(';', ',', ' ', '/'),
          fc.constantFrom(json, form, 'json', 'charset=utf-8', 'charset=utf-16'),
        )
        .map((parts) => parts.join('')),
    );
    const write = fc.constantFrom<(params: Record<string, string>, extra: string) => string>(
      (params) => new URLSearchParams(params).toString(),
      (params) => JSON.stringify(params),
      (params, extra) => JSON.stringify({ [`&text=${extra}&`]: '', ...params }),
      (params, extra) => JSON.stringify({ [`&text=${extra}&`]: null, ...params }),
      (params, extra) => `{"text":${JSON.stringify(extra)},${JSON.stringify(params).slice(1)}`,
      (params, extra) => `${new URLSearchParams(params).toString()}${extra}`,
      (params, extra) => `${extra}${new URLSearchParams(params).toString()}`,
      (params) =>
        JSON.stringify(params, (_name, value: unknown) =>
          /^[\d.]+$/.test(String(value)) ? Number(value) : value,
        ),
      (params) =>
        JSON.stringify(params, (_name, value: unknown) =>
          /^(\d+|true|false)$/.test(String(value)) ? (JSON.parse(String(value)) as unknown) : value,
        ),
      (params) =>
        Object.entries(params)
          .map((pair) => pair.join('='))
          .join('&'),
    );
    let accepted = 0;
    const property = fc.asyncProperty(
      fc.dictionary(word, word, { maxKeys: 3 }),
      word,
      type,
      write,
      async (params, extra, contentType, bodyOf) => {
        const { length } = site.handled;
        const body = bodyOf(signed(params), extra);
        await post(site, contentType, body);
        for (const { params: verified = {}, body: shown } of site.handled.slice(length)) {
          accepted += 1;
          expect({ ...(shown as object) }).toEqual({ ...verified });
        }
      },
    );
    // In about one run in 13, the body is accepted.
    await fc.assert(property, { numRuns: 450 });
    expect(accepted).toBeGreaterThan(10);
    expect(site.errors).toEqual([]);
  });

  test('the handler sees the verified values in its query, for any accepted GET', async () => {
    const word = fc.string({
      unit: fc.constantFrom(...'ab1&=;?[]+ %é:/#'.split('')),
      maxLength: 4,
    });
    const write = fc.constantFrom<(query: string, extra: string) => string>(
      (query) => query,
      (query, extra) => extra + query,
      (query, extra) => query + extra,
      (query) => query.replaceAll('%3F', '?').replaceAll('%3B', ';'),
      (query) => query.replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%3D', '='),
      (query) => query.replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('+', '%20'),
    );
    let accepted = 0;
    const property = fc.asyncProperty(
      fc.dictionary(word, word, { maxKeys: 3 }),
      word.map((text) => text.replace(/[^!-~]/g, '')),
      write,
      async (params, extra, queryOf) => {
        const { length } = site.handled;
        await get(site, queryOf(new URLSearchParams(signed(params)).toString(), extra));
        for (const { params: verified, query: shown } of site.handled.slice(length)) {
          accepted += 1;
          expect({ ...(shown as object) }).toEqual({ ...verified });
        }
      },
    );
    await fc.assert(property, { numRuns: runs(1000) });
    expect(accepted).toBeGreaterThan(5);
    expect(site.errors).toEqual([]);
  });

  test('a GET whose query begins with ?, which Koa 3 drops, is refused', async () => {
    const query = new URLSearchParams(
      signed({ '?api-key': held.apiKey, text: 'Hello' }),
    ).toString();
    expect(await get(site, query.replace('%3F', '?'))).toBe(401);
    expect(site.handled).toEqual([]);
  });

  test('a GET whose Host would add a query to a URL that is built from it is refused', async () => {
    const query = new URLSearchParams(signed({ text: 'Hello' })).toString();
    for (const host of ['a.com?text=EVIL&x=', 'a.com/p?text=EVIL&x=', 'x@a.com?text=EVIL&x=']) {
      expect([400, 401]).toContain(await get(site, query, { host }));
      expect(await get(site, query, { 'x-forwarded-host': host })).toBe(401);
    }
    expect(site.handled).toEqual([]);
    expect(await get(site, query, { host: 'a.com:80' })).toBe(200);
  });

  test('the handler gets booleans and integers in JSON as the verified strings', async () => {
    const params = signed({ 'api-key': held.apiKey, text: 'true', concat: 'false', ref: '42' });
    const body = JSON.stringify({ ...params, text: true, concat: false, ref: 42 });
    expect(await post(site, json, body)).toBe(200);
    const [{ params: verified, body: shown, rawBody } = {}] = site.handled;
    expect({ ...verified }).toEqual(params);
    expect({ ...(shown as object) }).toEqual(params);
    expect(String(rawBody)).toBe(body);
  });

  test.each([
    // The platform documents numbers as strings.
    ['"0.03330000"', 200],
    ['"123456789012345678"', 200],
    ['0.0333', 200],
    // Parsers would format these differently or round them.
    ['0.03330000', 401],
    ['123456789012345678', 401],
    ['1e2', 401],
    ['-0', 401],
  ])('JSON with the value %s is answered with %i', async (value, status) => {
    const params = signed({ 'api-key': held.apiKey, price: value.replaceAll('"', '') });
    const body = JSON.stringify(params).replace(`"${String(params['price'])}"`, value);
    expect(await post(site, json, body)).toBe(status);
    expect(site.handled.map(({ body: shown }) => ({ ...(shown as object) }))).toEqual(
      status === 200 ? [params] : [],
    );
  });

  test('a form that ends in CRLF is verified and parsed with it', async () => {
    const text = new URLSearchParams(signed({ text: 'Hello' })).toString();
    expect(await post(site, form, `${text}\r\n`)).toBe(401);
    const params = signed({ zone: '1', more: 'Hello\r\n' });
    const { more: _more, ...others } = params;
    const body = `${new URLSearchParams(others).toString()}&more=Hello\r\n`;
    expect(await post(site, form, body)).toBe(200);
    expect(site.handled.map(({ body: shown }) => ({ ...(shown as object) }))).toEqual([params]);
  });

  test('a GET is accepted with an encoded ;, and refused with an unencoded ; or a chunked body', async () => {
    const query = () => new URLSearchParams(signed({ text: 'a;b' })).toString();
    expect(await get(site, query(), { 'transfer-encoding': 'chunked' })).toBe(401);
    expect(await get(site, query().replace('%3B', ';'))).toBe(401);
    expect(site.handled).toEqual([]);
    expect(await get(site, query(), { 'content-length': '0' })).toBe(200);
  });

  test('a webhook with JSON under the type of another format is refused', async () => {
    const served = await serve(framework, { verifier: verifierOf() });
    for (const type of [
      form,
      `${json}; charset=utf-16`,
      'multipart/form-data; boundary=x',
      'application/yaml',
    ]) {
      const { headers, rawBody } = webhook();
      const sending = request(served.url, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
      }).end(rawBody);
      expect(await statusOf(sending)).toBe(401);
    }
    expect(served.handled).toEqual([]);
  });
});

const apps: { close(): unknown }[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

test('a query that Fastify splits at ; is refused', async () => {
  const app = fastify({ useSemicolonDelimiter: true });
  apps.push(app);
  const handled: unknown[] = [];
  await app.register(verifySmsCallback(verifier));
  app.get('/w', ({ query }) => {
    handled.push(query);
    return Promise.resolve('');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const params = new URLSearchParams(signed({ from: '1', to: '2' })).toString();
  for (const target of [
    `/w;from=EVIL&x=?${params}`,
    `/w?${params};from=EVIL`,
    `/w?\xa0&${params}`,
  ]) {
    const sending = request(`${app.listeningOrigin}/`, { path: target }).end();
    expect([400, 401]).toContain(await statusOf(sending));
  }
  expect(handled).toEqual([]);
});

describe('over HTTP/2, where no header announces a body', () => {
  /** Sends a GET, with a body if there is one, and gives the status. */
  async function get(port: number, path: string, headers: object, body: string | undefined) {
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = session.request(
      { ':method': 'GET', ':path': path, ...headers },
      { endStream: body === undefined },
    );
    if (body !== undefined) stream.end(body);
    const [head] = (await once(stream, 'response')) as [{ ':status': number }];
    stream.resume();
    await once(stream, 'end');
    session.close();
    return head[':status'];
  }

  test.each(['Koa', 'Fastify', 'Express', 'Hono', 'a Request'])(
    'the body of a signed GET is refused with %s',
    async (name) => {
      const handled: unknown[] = [];
      const framework = frameworks[name];
      if (framework === undefined) throw new Error(name);
      const verify = verifyByMiddleware(verifierOf());
      const listener =
        name === 'Express'
          ? (...[incoming, response]: Parameters<typeof verify>) => {
              verify(incoming, response, () => {
                handled.push(incoming);
                response.end();
              });
            }
          : await framework({
              verify: 'verifyWebhook',
              verifier: verifierOf(),
              parsedBefore: false,
              onError: (error) => handled.push(error),
              handler: (found) => {
                handled.push(found);
                return { status: 200, text: '' };
              },
            });
      const server = createHttp2Server(listener as never);
      apps.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const { headers } = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
      const type = { 'content-type': json };
      expect(await get(port, '/webhooks?to=1', { ...headers, ...type }, '{"to":"2"}')).toBe(401);
      expect(handled).toEqual([]);
      for (const body of [undefined, '']) {
        const fresh = webhook({ method: 'GET', body: undefined, query: { to: '1' } });
        expect(await get(port, '/webhooks?to=1', fresh.headers, body)).toBe(200);
      }
      expect(handled).toHaveLength(2);
    },
  );
});

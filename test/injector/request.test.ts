import { Readable } from 'node:stream';
import axios from 'axios';
import fc from 'fast-check';
import { attachAuth, AuthInjector, createAuthFetch, Credentials } from '../../src';
import { startSandbox } from '../../src/testing';
import { held } from '../support/account';
import { anyCharacter } from '../support/characters';
import { rejection } from '../support/errors';
import { runs } from '../support/runs';
import { startServer } from '../support/server';

const sms = 'https://rest.nexmo.com/sms/json';
const json = { 'content-type': 'application/json' };
const credentials = { api_key: held.apiKey, api_secret: held.apiSecret };
const auth = new AuthInjector(new Credentials(held));
const byBody = new AuthInjector(new Credentials(held), { schemes: { sms: 'body' } });
const codeOf = async (request: object, injector = auth) =>
  (await rejection(injector.inject({ url: sms, ...request }), [held.apiSecret])).code;

/** An object with a getter that gives each value once, and then the last value again and again. */
function changing(name: string, ...values: unknown[]): object {
  const left = [...values];
  const get = () => (left.length > 1 ? left.shift() : left[0]);
  return Object.defineProperty({}, name, { get, enumerable: true });
}

/** A proxy whose fields include a credential, except when they are listed for the first time. */
function changingProxy(): object {
  let times = 0;
  const shown = () => (times > 1 ? { api_key: 'evil' } : { text: 'Hello' });
  return new Proxy(
    {},
    {
      ownKeys: () => {
        times += 1;
        return Reflect.ownKeys(shown());
      },
      get: (_target, name) => Reflect.get(shown(), name) as unknown,
      getOwnPropertyDescriptor: (_target, name) => Reflect.getOwnPropertyDescriptor(shown(), name),
    },
  );
}

test.each([
  [new URL('https://rest.nexmo.com/sms/json'), 'not an object. Convert a URL with String(url).'],
  [undefined, 'must be a string, not undefined'],
])('the error for a url that is no string names its type: %s', async (url, message) => {
  const error = await rejection(auth.inject({ url } as never));
  expect(error.code).toBe('ERR_INVALID_REQUEST');
  expect(error.message).toContain(message);
});

describe('every getter is called once, and its value is checked and sent:', () => {
  test.each(['data', 'params'])('one in %s', async (field) => {
    const fields = changing('api_key', undefined, 'evil');
    const { [field as 'data']: sent } = await auth.inject({ url: sms, [field]: fields });
    expect(JSON.parse(JSON.stringify(sent))).toEqual(field === 'data' ? {} : credentials);
    expect(await codeOf({ [field]: changing('api_key', 'evil', undefined) })).toBe(
      'ERR_CREDENTIAL_PRESENT',
    );
  });

  test.each(['data', 'params'])('those of a proxy in place of %s', async (field) => {
    const { [field as 'data']: sent } = await auth.inject({ url: sms, [field]: changingProxy() });
    const expected = { text: 'Hello', ...(field === 'params' && credentials) };
    expect(sent).toEqual(expected);
  });

  test.each<[string, unknown, unknown]>([
    ['url', sms, 'https://evil.test/'],
    ['data', { text: 'Hello' }, { api_key: 'evil' }],
    ['params', { text: 'Hello' }, { api_key: 'evil' }],
    ['headers', { accept: '*/*' }, { authorization: 'evil' }],
    ['auth', undefined, { username: 'evil' }],
    ['method', 'get', 'post'],
  ])('%s', async (field, first, then) => {
    const request = Object.assign(
      changing(field, first, then),
      field === 'url' ? {} : { url: sms },
    );
    const injected = await auth.inject(request as never);
    expect(injected).toMatchObject({ [field]: first });
    expect(JSON.stringify(injected)).not.toContain('evil');
  });

  test('one in headers', async () => {
    const headers = changing('authorization', undefined, 'evil') as never;
    expect((await auth.inject({ url: sms, headers })).headers).toEqual({});
  });

  test('one in a list as data', async () => {
    const data = Object.defineProperty([1], 0, { get: () => 2, enumerable: true });
    const injected = await auth.inject({ url: sms, data });
    expect(injected.data).toEqual([2]);
    expect(Array.isArray(injected.data)).toBe(true);
  });

  test('one that throws gives an error that does not quote what was thrown', async () => {
    const failing = (field: string) => ({
      get [field](): never {
        throw new Error(held.apiSecret);
      },
    });
    for (const field of ['data', 'headers', 'params', 'auth']) {
      const request = Object.defineProperties(
        { url: sms },
        Object.getOwnPropertyDescriptors(failing(field)),
      );
      expect((await rejection(auth.inject(request))).code).toBe('ERR_INVALID_REQUEST');
      expect(await codeOf({ [field]: failing('x') }).catch(() => 'sent')).toBe(
        field === 'auth' ? 'ERR_CREDENTIAL_PRESENT' : 'ERR_INVALID_REQUEST',
      );
    }
    expect(
      await codeOf({
        data: {
          toJSON: () => {
            throw new Error(held.apiSecret);
          },
        },
      }),
    ).toBe('ERR_INVALID_REQUEST');
  });

  test('data keeps its class, with or without getters', async () => {
    class Message {
      readonly text = 'Hello';
    }
    for (const data of [{ text: 'Hello' }, new Message(), ['a'], Object.create(null) as object]) {
      expect((await auth.inject({ url: sms, data })).data).toStrictEqual(data);
    }
    const withGetter = Object.setPrototypeOf(
      changing('text', 'Hello'),
      Message.prototype,
    ) as object;
    expect((await auth.inject({ url: sms, data: withGetter })).data).toBeInstanceOf(Message);
  });

  test('with axios, params that change are sent as they were checked', async () => {
    const sandbox = await startSandbox(held);
    const injector = new AuthInjector(new Credentials(held), { products: sandbox.products });
    const client = axios.create();
    attachAuth(client, injector);
    for (const params of [changing('api_key', undefined, 'evil'), changingProxy()]) {
      client.interceptors.request.clear();
      client.interceptors.request.use((config) => Object.assign(config, { params }));
      await client.get(`${sandbox.url('sms')}json?from=Nexmo&to=447700900000&text=Hello`);
      await client.get(sandbox.url('voice'), { validateStatus: null }).catch(() => undefined);
    }
    expect(sandbox.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(sandbox.requests)).not.toContain('evil');
    await sandbox.close();
  });
});

describe('the body that is searched is the one that is sent:', () => {
  const hidden = { api_key: 'evil' };
  class Model {
    toJSON() {
      return hidden;
    }
  }
  test.each<[string, unknown]>([
    ['a toJSON of its own', { text: 'Hello', toJSON: () => hidden }],
    ['a toJSON of its class', new Model()],
    ['a String', new String('api_key=evil')],
    ['a String of JSON', new String(JSON.stringify(hidden))],
    ['a proxy', new Proxy(hidden, {})],
    ['a proxy of a class', new Proxy(new Model(), {})],
  ])('a body that is or has %s', async (_what, data) => {
    for (const body of [{ data }, { json: data }]) {
      expect(await codeOf(body)).toBe('ERR_CREDENTIAL_PRESENT');
      expect(await codeOf({ ...body, headers: json })).toBe('ERR_CREDENTIAL_PRESENT');
    }
    expect(['ERR_CREDENTIAL_PRESENT', 'ERR_INVALID_REQUEST']).toContain(
      await codeOf({ body: data }),
    );
  });

  test.each<[string, object]>([
    ['a body that clients convert to text', { body: { toString: () => 'api_key=evil' } }],
    ['a body of a class', { body: new Model() }],
    ['searchParams as a list', { searchParams: [['api_key', 'evil']] }],
    ['searchParams as a Map', { searchParams: new Map([['api_key', 'evil']]) }],
    ['a query as a list', { query: [{ api_key: 'evil' }] }],
    ['a form as FormData', { form: new FormData() }],
  ])('%s is refused', async (_what, parts) => {
    expect(await codeOf(parts)).toBe('ERR_INVALID_REQUEST');
  });

  test('parameters and bodies of got, ky, undici and fetch are read once', async () => {
    for (const name of ['searchParams', 'query', 'form', 'json', 'body']) {
      const given = changing('text', 'Hello', 'evil');
      const injected = (await auth.inject({ url: sms, [name]: given })) as Record<string, unknown>;
      expect(injected[name]).toEqual({ text: 'Hello' });
      expect(injected[name]).toEqual({ text: 'Hello' });
    }
    const body = Readable.from(['a']);
    expect(await auth.inject({ url: sms, body, json: ['a'] })).toMatchObject({ body, json: ['a'] });
    const generator = (function* () {
      yield 'a';
    })();
    expect((await auth.inject({ url: sms, body: generator })).body).toBe(generator);
  });

  test('a toJSON is called once, and its object is sent', async () => {
    const toJSON = jest.fn(() => ({ text: 'Hello' }));
    expect((await auth.inject({ url: sms, data: { api_key: 1, toJSON } })).data).toEqual({
      text: 'Hello',
    });
    expect(toJSON).toHaveBeenCalledTimes(1);
    const extended = await byBody.inject({
      method: 'post',
      url: sms,
      data: new String('text=Hello'),
    });
    expect(extended.data).toBe(`text=Hello&${new URLSearchParams(credentials).toString()}`);
    expect((await auth.inject({ url: sms, data: new Number(5) })).data).toBe(5);
  });

  test.each<[string, unknown]>([
    ['gives a text', { toJSON: () => '{"api_key":"evil"}' }],
    ['gives nothing', { toJSON: () => null }],
    ['gives an object with another toJSON', { toJSON: () => new Model() }],
  ])('a toJSON that %s is refused', async (_what, data) => {
    expect(await codeOf({ data })).toBe('ERR_INVALID_REQUEST');
  });

  test.each([new URLSearchParams('a=1'), new FormData(), new Blob([])])(
    'a proxy of %s is refused',
    async (data) => {
      expect(String((await auth.inject({ url: sms, data })).data)).toBe(String(data));
      expect(await codeOf({ data: new Proxy(data, {}) })).toBe('ERR_INVALID_REQUEST');
      if (data instanceof Blob) return;
      expect(await codeOf({ params: new Proxy(data, {}) })).toBe('ERR_INVALID_REQUEST');
    },
  );

  test('with fetch, a String object is searched as a string', async () => {
    const send = createAuthFetch(auth, { fetch: () => Promise.resolve(new Response()) });
    const sending = send(sms, { method: 'POST', body: new String('api_key=evil') as never });
    expect((await rejection(sending)).code).toBe('ERR_CREDENTIAL_PRESENT');
  });
});

describe('a header that is given twice, in different case, is refused:', () => {
  test.each(['Content-Type', 'Content-Encoding', 'Host', 'X-Trace'])('%s', async (name) => {
    const value = name === 'Host' ? 'rest.nexmo.com' : 'text/plain';
    const headers = { [name]: value, [name.toLowerCase()]: value };
    expect(await codeOf({ headers })).toBe('ERR_INVALID_REQUEST');
  });

  test.each([undefined, null, false])(
    'also if one is %s, which some clients send',
    async (unset) => {
      const text = 'text/plain';
      for (const headers of [
        { 'Content-Type': unset, 'content-type': text },
        { 'Content-Type': text, 'content-type': unset },
      ]) {
        expect(await codeOf({ headers })).toBe('ERR_INVALID_REQUEST');
      }
    },
  );

  test('with fetch, two Content-Type headers are joined to a list, which is no valid type', async () => {
    const send = createAuthFetch(auth, { fetch: () => Promise.resolve(new Response()) });
    const headers = {
      'Content-Type': 'application/octet-stream',
      'content-type': 'application/json',
    };
    const init = { method: 'POST', headers, body: Buffer.from('{"api_key":"evil"}') };
    expect((await rejection(send(sms, init))).code).toBe('ERR_CREDENTIAL_PRESENT');
  });
});

/** The encodings of the Unicode Standard, section 2.6. Node writes only two of them. */
const encoders: Record<string, (text: string) => Buffer> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
  'UTF-32LE': (text) =>
    Buffer.concat(
      Array.from(text, (character) => {
        const unit = Buffer.alloc(4);
        unit.writeUInt32LE(Number(character.codePointAt(0)));
        return unit;
      }),
    ),
  'UTF-32BE': (text) => encoders['UTF-32LE']?.(text).swap32() ?? Buffer.alloc(0),
};

describe.each(Object.entries(encoders))('a body in %s', (_name, encode) => {
  test('is searched with or without a byte-order mark', async () => {
    const value = fc.string({
      unit: fc.constantFrom(
        'a',
        'ä',
        'Ģ',
        '∀',
        '\u2228',
        '\u0D0A',
        '👋',
        '\u{2F800}',
        '"',
        '\\',
        '\n',
      ),
      maxLength: 6,
    });
    const write = fc.constantFrom(
      (text: string) => JSON.stringify({ text, api_key: 'x' }),
      (text: string) => JSON.stringify({ text, api_key: 'x' }, null, 2),
      (text: string) => new URLSearchParams({ text, api_key: 'x' }).toString(),
    );
    const types = fc.constantFrom({}, json, { 'content-type': 'application/json; charset=utf-16' });
    const property = fc.asyncProperty(
      value,
      write,
      fc.constantFrom('', '\uFEFF'),
      types,
      async (text, writeBody, mark, headers) => {
        const data = encode(`${mark}${writeBody(text)}`);
        expect(await codeOf({ data, headers })).toBe('ERR_CREDENTIAL_PRESENT');
      },
    );
    await fc.assert(property, { numRuns: runs(200) });
  });

  test('is searched even if its bytes were decoded as Latin-1', async () => {
    const bytes = encode('{"api_key":"x"}');
    expect(await codeOf({ data: bytes.toString('latin1'), headers: json })).toBe(
      'ERR_CREDENTIAL_PRESENT',
    );
  });
});

describe('the name of a header', () => {
  test.each([
    ' authorization',
    'Authorization ',
    '\tHost',
    'Host\n',
    '\uFEFFAuthorization',
    '\u200BHost',
    'Host:',
  ])('%j is refused', async (name) => {
    for (const headers of [{ [name]: 'evil' }, { [name]: null }, { accept: '*/*', [name]: 'x' }]) {
      expect(await codeOf({ headers })).toBe('ERR_INVALID_REQUEST');
    }
  });

  test('is refused if it is a token with other characters before or after it (RFC 9110, section 5.6.2)', async () => {
    const name = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 8 }),
      fc.string({ unit: fc.constantFrom(...' a-_!#~\u007F\u00A0:'), maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(name, async (text) => {
        fc.pre(text !== '__proto__');
        const headers = { [text]: 'x' };
        const trimmed = text.replace(
          /^[^!#$%&'*+\-.^_`|~0-9A-Za-z]+|[^!#$%&'*+\-.^_`|~0-9A-Za-z]+$/g,
          '',
        );
        if (trimmed === text || trimmed === '') {
          // Clients refuse a name that is no token.
          expect((await auth.inject({ url: sms, headers })).headers).toEqual(headers);
        } else {
          expect(await codeOf({ headers })).toBe('ERR_INVALID_REQUEST');
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('the value of a header', () => {
  test.each<[string, unknown]>([
    ['an object', { authorization: 'evil' }],
    ['a list with an object in it', ['x', {}]],
    ['a function', () => 'evil'],
    ['a boxed text', new String('evil')],
  ])('that is %s is refused, and the message names the header', async (_what, value) => {
    const refused = rejection(auth.inject({ url: sms, headers: { common: value } as never }));
    await expect(refused).resolves.toMatchObject({
      code: 'ERR_INVALID_REQUEST',
      message: expect.stringContaining('header common') as string,
    });
  });

  test.each([
    ['a text', 'x'],
    ['a number', 1],
    ['a list of texts', ['x', 'y']],
    ['not set', undefined],
    ['null', null],
    ['false', false],
  ])('that is %s is kept', async (_what, value) => {
    const headers = { 'x-trace': value };
    expect((await auth.inject({ url: sms, headers })).headers).toEqual(headers);
  });
});

describe('a request that is changed while a provider is awaited', () => {
  const waiting = new AuthInjector(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return new Credentials(held);
  });

  test('is sent as it was checked: params and data', async () => {
    const params: Record<string, string> = { text: 'a' };
    const search = new URLSearchParams({ text: 'a' });
    const data: Record<string, string> = { text: 'a' };
    const form = new URLSearchParams({ text: 'a' });
    const sent = [
      waiting.inject({ url: sms, params }, 'sms'),
      waiting.inject({ url: sms, params: search }, 'sms'),
      waiting.inject({ method: 'POST', url: sms, data }, 'sms'),
      waiting.inject({ method: 'POST', url: sms, data: form }, 'sms'),
    ];
    for (const fields of [params, data]) fields['api_secret'] = 'evil';
    for (const fields of [search, form]) fields.set('api_secret', 'evil');
    for (const request of await Promise.all(sent)) {
      const texts = [
        String(request.params),
        JSON.stringify([request.params, (request as { data?: unknown }).data]),
      ];
      expect([...texts, String((request as { data?: unknown }).data)].join()).not.toContain('evil');
    }
  });

  test('goes to the URL that was checked, even if the caller changes a URL object or the config of axios', async () => {
    const server = await startServer((_request, response) => response.end());
    const other = await startServer((_request, response) => response.end());
    const products = [{ name: 'own', urls: [server.origin], schemes: ['basic'] as const }];
    const auth = new AuthInjector(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return new Credentials(held);
      },
      { products },
    );
    const http = axios.create();
    attachAuth(http, auth);
    const url = new URL(server.origin);
    const byUrl = http.get(url as never);
    await new Promise((resolve) => setTimeout(resolve, 5));
    url.port = new URL(other.origin).port;
    await byUrl;
    let kept: { url?: string } = {};
    http.interceptors.request.use((config) => (kept = config));
    const byConfig = http.get(server.origin, { params: { a: 1 } });
    await new Promise((resolve) => setTimeout(resolve, 5));
    kept.url = other.origin;
    await byConfig;
    expect(other.received).toEqual([]);
    expect(server.received.filter((text) => text.includes('Basic '))).toHaveLength(2);
    await server.close();
    await other.close();
  });
});

describe('a header value with a character that a client may remove is refused', () => {
  const own = new AuthInjector(new Credentials(held), {
    products: [{ name: 'own', urls: ['https://desk.test/'], schemes: ['basic'] }],
  });
  test.each([
    ['a Host with the Kelvin sign', { Host: 'des\u212A.test' }],
    ['a Host with a dotless i', { Host: 'desk.test\u0131' }],
    ['a cookie that becomes a credential', { Cookie: 'api_key\u4E2D=x' }],
    ['a cookie with a control character', { cookie: 'api_\u0001secret=x' }],
    ['a content coding that becomes identity', { 'Content-Encoding': 'identity\u4E2D' }],
    ['an item of a list', { 'X-Own': ['a', 'b\u007F'] }],
    ['a line break', { 'X-Own': 'a\r\nHost: b' }],
  ])('%s', async (_what, headers) => {
    const error = await rejection(own.inject({ url: 'https://desk.test/', headers }));
    expect(error.code).toBe('ERR_INVALID_REQUEST');
    expect(error.message).toContain(String(Object.keys(headers)[0]));
  });

  test('with attachAuth, for axios would send it without that character', async () => {
    const http = axios.create();
    attachAuth(http, own);
    const call = http.get('https://desk.test/', { headers: { Host: 'des\u212A.test' } });
    expect((await rejection(call)).code).toBe('ERR_INVALID_REQUEST');
  });

  test('but not tabs, spaces and Latin-1', async () => {
    const headers = { 'X-Own': ' Gr\u00F6\u00DFe\t\u0080 ', Host: 'DESK.test' };
    expect((await own.inject({ url: 'https://desk.test/', headers })).headers).toMatchObject(
      headers,
    );
  });
});

// src/http/fetch.ts and the files that it consists of; fetch-faults.test.ts and fetch-behaviours test the same files.
import { Readable } from 'node:stream';
import { AuthInjector, createAuthFetch, Credentials, type Product, type Scheme } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { startServer, type TestServer } from '../support/server';

const credentials = new Credentials({ ...held, applicationId, privateKey: keyText('rsa-pkcs8') });
const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello & = ä €' };
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

let sandbox: Sandbox;
let server: TestServer;
let elsewhere: TestServer;
beforeAll(async () => {
  sandbox = await startSandbox({ ...held, applicationId, publicKey: keyText('rsa-public') });
  elsewhere = await startServer((_request, response) => response.end('elsewhere'));
  server = await startServer((request, response) => {
    const [, path = ''] = String(request.url).split(/[/?]/);
    response.setHeader('set-cookie', ['a=1', `last=${String(request.url)}`]);
    response.setHeader('x-echo', String(request.headers.authorization));
    if (/^3\d\d$/.test(path))
      response.writeHead(Number(path), { location: `${elsewhere.origin}${String(request.url)}` });
    if (path === '204') response.writeHead(204);
    if (path === '401') response.writeHead(401, `No ${String(request.url)}`);
    if (path === 'reset') request.socket.destroy();
    else if (path === 'hang') response.write('first');
    else request.resume().on('end', () => response.end('body'));
  });
});
afterAll(() => Promise.all([sandbox.close(), server.close(), elsewhere.close()]));

const last = () => sandbox.requests.at(-1);
const fetchWith = (schemes: Record<string, Scheme> = {}, product?: string) =>
  createAuthFetch(new AuthInjector(credentials, { products: sandbox.products, schemes }), {
    product,
  });
const own = (scheme: Scheme) => {
  const products: Product[] = [{ name: 'own', urls: [server.origin], schemes: [scheme] }];
  return createAuthFetch(new AuthInjector(credentials, { products }));
};

describe('a fetch with credentials', () => {
  test('takes a string, a URL or a Request, whose fields init overrides', async () => {
    const authFetch = fetchWith();
    const url = `${sandbox.url('sms')}json?${form(sms).toString()}`;
    for (const input of [url, new URL(url), new Request(url)]) {
      const response = await authFetch(input);
      expect(await response.json()).toMatchObject({ messages: [{ status: '0' }] });
      expect(last()?.query).toEqual({ ...sms, api_key: held.apiKey, api_secret: held.apiSecret });
    }
    const post = new Request(sandbox.url('voice'), {
      method: 'POST',
      body: '{"to":[{}],"from":{}}',
      headers: { 'content-type': 'application/json', 'x-trace': '1' },
    });
    expect((await authFetch(post)).status).toBe(201);
    expect(last()).toMatchObject({
      method: 'POST',
      headers: { 'x-trace': '1', authorization: expect.stringMatching(/^Bearer /) as string },
    });
    const changed = new Request(sandbox.url('voice'), { method: 'POST', body: 'x' });
    await authFetch(changed, {
      method: 'PUT',
      headers: new Headers({ 'x-trace': '2' }),
      body: 'y',
    });
    expect(last()).toMatchObject({ method: 'PUT', headers: { 'x-trace': '2' }, body: 'y' });
  });

  test.each<[string, RequestInit]>([
    ['URLSearchParams', { body: form(sms) }],
    [
      'a form in a string',
      {
        body: form(sms).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    [
      'a form in bytes',
      {
        body: Buffer.from(form(sms).toString()),
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '73' },
      },
    ],
    ['JSON', { body: JSON.stringify(sms), headers: [['content-type', 'application/json']] }],
  ])('puts credentials into a body of %s', async (_name, init) => {
    for (const scheme of ['body', 'signature'] as const) {
      const response = await fetchWith({ sms: scheme })(`${sandbox.url('sms')}json`, {
        method: 'POST',
        ...init,
      });
      expect(await response.json()).toMatchObject({ messages: [{ status: '0' }] });
      expect(last()).toMatchObject({ refusal: undefined, query: {} });
    }
  });

  test('streams a body that needs no credential', async () => {
    const body = Readable.toWeb(
      Readable.from(['{"to":', '[{}],"from":{}}']),
    ) as unknown as ReadableStream;
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    await fetchWith()(sandbox.url('voice'), init);
    expect(last()).toMatchObject({ refusal: undefined, body: '{"to":[{}],"from":{}}' });
    expect(last()?.headers['transfer-encoding']).toBe('chunked');
    const multipart = new FormData();
    multipart.set('file', new Blob(['content']));
    await fetchWith()(sandbox.url('voice'), { method: 'POST', body: multipart });
    expect(last()?.body).toContain('content');
  });

  test('sends no body if there is none, even with a Content-Type', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetchWith()(`${sandbox.url('sms')}json`, { headers });
    expect(response.status).toBe(200);
    expect(last()).toMatchObject({ method: 'GET', body: '', refusal: undefined });
  });

  test('uses redirect and integrity of a Request, and no signal if init.signal is null', async () => {
    const redirected = `${server.origin}/302`;
    await expect(own('query')(new Request(redirected, { redirect: 'error' }))).rejects.toThrow(
      'fetch failed',
    );
    const { status } = await own('query')(redirected);
    expect(status).toBe(302);
    const integrity = `sha256-${'A'.repeat(43)}=`;
    await expect(own('query')(new Request(`${server.origin}/ok`, { integrity }))).rejects.toThrow(
      'fetch failed',
    );
    const aborted = new Request(`${server.origin}/ok`, { signal: AbortSignal.abort() });
    expect((await own('query')(aborted, { signal: null })).status).toBe(200);
  });

  test('rejects at the abort signal of init or of a Request', async () => {
    const url = `${server.origin}/hang`;
    const signal = AbortSignal.abort(new Error('mine'));
    await expect(own('query')(url, { signal })).rejects.toThrow('mine');
    await expect(own('query')(new Request(url, { signal }))).rejects.toThrow('mine');
  });

  test.each<[string, () => Promise<Response>]>([
    ['in its URL', () => fetchWith()(`${sandbox.url('sms')}json?api_key=x`)],
    [
      'in its headers',
      () => fetchWith()(sandbox.url('voice'), { headers: { authorization: 'x' } }),
    ],
    [
      'in the headers of a Request',
      () => fetchWith()(new Request(sandbox.url('voice'), { headers: { authorization: 'x' } })),
    ],
    [
      'in a form',
      () =>
        fetchWith()(`${sandbox.url('sms')}json`, {
          method: 'POST',
          body: form({ api_secret: 'x' }),
        }),
    ],
    [
      'in the body of a Request',
      () =>
        fetchWith()(
          new Request(`${sandbox.url('sms')}json`, { method: 'POST', body: form({ sig: 'x' }) }),
        ),
    ],
    [
      'in FormData',
      () => {
        const body = new FormData();
        body.set('api_key', 'x');
        return fetchWith()(`${sandbox.url('sms')}json`, { method: 'POST', body });
      },
    ],
    ['as user-info', () => fetchWith()(sandbox.url('sms').replace('//', '//x:y@'))],
  ])('refuses a request that already has a credential %s', async (_where, send) => {
    const count = sandbox.requests.length;
    expect((await rejection(send())).code).toBe('ERR_CREDENTIAL_PRESENT');
    expect(sandbox.requests).toHaveLength(count);
  });

  test('refuses every URL of another product if the option product is set', async () => {
    const authFetch = fetchWith({}, 'sms');
    expect((await authFetch(`${sandbox.url('sms')}json`)).status).toBe(200);
    expect((await rejection(authFetch(sandbox.url('voice')))).code).toBe('ERR_HOST_NOT_ALLOWED');
    expect((await rejection(authFetch('https://elsewhere.test/'))).code).toBe(
      'ERR_HOST_NOT_ALLOWED',
    );
    expect((await rejection(authFetch('/sms/json'))).code).toBe('ERR_INVALID_URL');
    expect((await rejection(fetchWith({}, 'fax')(sandbox.url('sms')))).code).toBe(
      'ERR_UNKNOWN_PRODUCT',
    );
    expect((await rejection(fetchWith()('http://rest.nexmo.com/sms/json'))).code).toBe(
      'ERR_HOST_NOT_ALLOWED',
    );
  });
});

test('the underlying fetch gets the same arguments for a URL that matches no product', async () => {
  const send = jest.fn(fetch);
  const authFetch = createAuthFetch(new AuthInjector(credentials), { fetch: send });
  const input = new Request(`${elsewhere.origin}/x`, { method: 'POST', body: 'x' });
  const init = { headers: { authorization: 'mine' } };
  expect(await (await authFetch(input, init)).text()).toBe('elsewhere');
  expect(send).toHaveBeenCalledWith(input, init);
  await expect(authFetch('/relative')).rejects.toThrow('Failed to parse URL');
});

describe.each(['query', 'bearer', 'basic'] as const)(
  'no secret is in the outcome of fetch, with %s:',
  (scheme) => {
    const secrets = () => {
      const sent = server.received.findLast((text) => text.startsWith('/'));
      const header = /(?<=(Bearer|Basic) )[\w.=-]+/.exec(String(sent))?.[0];
      return header === undefined ? [held.apiSecret] : [held.apiSecret, header];
    };

    test.each(['200', '204', '401', 'hang'])(
      'the response to /%s and its clone have none',
      async (path) => {
        const url = `${server.origin}/${path}?a=1`;
        const response = await own(scheme)(url);
        expect(response.url).toBe(url);
        expect(response.status).toBe(/\d/.test(path) ? Number(path) : 200);
        expect(response.headers.getSetCookie()).toHaveLength(2);
        const copy = response.clone();
        for (const shown of [response, copy]) expect(leaksIn(shown, secrets())).toEqual([]);
        expect(leaksIn([...response.headers], secrets())).toEqual([]);
        if (path === '200') expect(await response.text()).toBe('body');
        else await Promise.all([response.body?.cancel(), copy.body?.cancel()]);
      },
    );

    test('an error has none', async () => {
      const error: unknown = await own(scheme)(`${server.origin}/reset`).catch((e: unknown) => e);
      expect(error).toHaveProperty('message', 'fetch failed');
      expect(leaksIn(error, secrets())).toEqual([]);
    });

    test.each([301, 302, 303, 307, 308])(
      'the Location of a %i, which is not followed, has none',
      async (status) => {
        const before = elsewhere.received.length;
        for (const init of [
          {},
          { method: 'POST', body: 'text' },
          { redirect: 'follow' as const },
        ]) {
          const response = await own(scheme)(`${server.origin}/${status}`, init);
          expect(response.status).toBe(status);
          expect(response.headers.get('location')).toContain(elsewhere.origin);
          expect(leaksIn([...response.headers], secrets())).toEqual([]);
        }
        await expect(
          own(scheme)(`${server.origin}/${status}`, { redirect: 'error' }),
        ).rejects.toThrow('fetch failed');
        expect(elsewhere.received).toHaveLength(before);
      },
    );
  },
);

test.each<[string, unknown[]]>([
  ['Credentials in place of an injector', [credentials]],
  ['options that are not an object', [() => 0, 'sms']],
  ['an option that does not exist', [() => 0, { products: [] }]],
  ['a fetch that is not a function', [() => 0, { fetch: 'fetch' }]],
])('createAuthFetch refuses %s', (_name, [auth, options]) => {
  const injector = typeof auth === 'function' ? new AuthInjector(credentials) : auth;
  expect(failure(() => createAuthFetch(injector as AuthInjector, options as object)).code).toBe(
    'ERR_INVALID_OPTION',
  );
});

// node-fetch takes every falsy value for "follow", and fetch converts objects to text.
test.each<[unknown, string]>([
  [undefined, 'manual'],
  ['follow', 'manual'],
  ['manual', 'manual'],
  ['error', 'error'],
  ['', 'manual'],
  [null, 'manual'],
  [false, 'manual'],
  [['follow'], 'manual'],
  [new String('follow'), 'manual'],
])(
  'with redirect: %j, a request with a credential is sent with redirect: %j',
  async (redirect, sent) => {
    const send = jest.fn(() => Promise.resolve(new Response()));
    const authFetch = createAuthFetch(new AuthInjector(credentials), { fetch: send });
    await authFetch('https://rest.nexmo.com/sms/json', { redirect } as RequestInit);
    expect(send).toHaveBeenCalledWith(
      expect.anything(),
      expect.objectContaining({ redirect: sent }),
    );
  },
);

import axios, { AxiosError, type AxiosRequestConfig, type CreateAxiosDefaults } from 'axios';
import {
  attachAuth,
  AuthInjector,
  Credentials,
  type NexmoAuthError,
  type Product,
  type SignatureMethod,
} from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { axiosClients } from '../support/axios-clients';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { startServer, type TestServer } from '../support/server';

const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const credentials = new Credentials({
  apiKey,
  apiSecret,
  applicationId,
  privateKey: keyText('rsa-pkcs8'),
});

let sandbox: Sandbox;
let auth: AuthInjector;
beforeAll(async () => {
  sandbox = await startSandbox({
    apiKey,
    apiSecret,
    applicationId,
    publicKey: keyText('rsa-public'),
  });
  auth = new AuthInjector(credentials, { products: sandbox.products });
});
afterAll(() => sandbox.close());

const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello & = ä €' };
const sent = { status: '0' };
const last = () => sandbox.requests.at(-1);

describe.each(axiosClients)('attachAuth on an instance of %s', (_name, { library, create }) => {
  test('authenticates SMS, Number Insight and Voice with their schemes', async () => {
    const http = create();
    attachAuth(http, auth);
    const message = await http.get(`${sandbox.url('sms')}json`, { params: sms });
    expect(message.data).toMatchObject({ messages: [sent] });
    expect(last()).toMatchObject({ query: { ...sms, api_key: apiKey, api_secret: apiSecret } });
    const insight = await http.get(`${sandbox.url('number-insight')}basic/json`, {
      params: { number: '447700900000' },
    });
    expect(insight.data).toMatchObject({ status: 0 });
    const call = await http.post(sandbox.url('voice'), {
      to: [{ type: 'phone', number: '1' }],
      from: { type: 'phone', number: '2' },
    });
    expect(call.status).toBe(201);
    expect(last()?.headers['authorization']).toMatch(/^Bearer /);
    expect(last()?.query).toEqual({});
  });

  test('resolves baseURL first, and keeps the serialised parameters', async () => {
    const http = create({ baseURL: sandbox.url('sms'), params: { from: 'Nexmo' } });
    attachAuth(http, auth);
    const params = { to: '1', text: 'x', list: [1, 2], deep: { a: 'b c' }, date: new Date(0) };
    expect((await http.get('/json', { params })).data).toMatchObject({ messages: [sent] });
    expect(last()?.query).toMatchObject({
      from: 'Nexmo',
      'list[]': '2',
      'deep[a]': 'b c',
      date: '1970-01-01T00:00:00.000Z',
      api_key: apiKey,
    });
    const paramsSerializer = {
      serialize: (unserialized: object) =>
        new URLSearchParams({ ...unserialized, text: 'own', to: '1' }).toString(),
    };
    expect((await http.get('json', { paramsSerializer })).data).toMatchObject({ messages: [sent] });
    expect(last()?.query).toMatchObject({ text: 'own', api_secret: apiSecret });
    expect((await http.post('json', new URLSearchParams(sms))).data).toMatchObject({
      messages: [sent],
    });
    expect(new URLSearchParams(last()?.body).get('text')).toBe(sms.text);
    expect((await http.post('json', sms)).data).toMatchObject({ messages: [sent] });
  });

  test('attaches after every interceptor: none sees a credential, and their changes are sent', async () => {
    const http = create();
    const seen: unknown[] = [];
    attachAuth(http, auth);
    http.interceptors.request.use((config) => {
      seen.push({ ...config, headers: { ...config.headers } });
      return { ...config, url: `${sandbox.url('sms')}json`, params: sms };
    });
    http.interceptors.response.use((response) => {
      seen.push(response.config, response.request);
      return response;
    });
    expect((await http.get('https://elsewhere.test/')).data).toMatchObject({ messages: [sent] });
    expect(seen).toHaveLength(3);
    expect(JSON.stringify(seen)).not.toContain('api_secret');
  });

  test('shows the request without its credential in the response', async () => {
    const http = create();
    attachAuth(http, auth);
    const response = await http.get(`${sandbox.url('sms')}json`, { params: sms });
    expect(response.request).toEqual({
      method: 'get',
      url: expect.stringMatching(/\/sms\/json\?from=Nexmo&/) as string,
    });
    expect(response.config).toMatchObject({ url: `${sandbox.url('sms')}json`, params: sms });
  });

  test('does not change the caller’s config', async () => {
    const http = create();
    attachAuth(http, auth);
    const config = Object.freeze({
      headers: Object.freeze({ 'X-Trace': '1' }),
      params: Object.freeze({ ...sms }),
    });
    await http.get(`${sandbox.url('sms')}json`, config);
    const { AxiosHeaders } = library;
    const headers = new AxiosHeaders({ 'X-Trace': '1' });
    await http.get(sandbox.url('voice'), { headers });
    expect(headers.toJSON()).toEqual({ 'X-Trace': '1' });
    expect(last()?.headers).toMatchObject({
      'x-trace': '1',
      authorization: expect.any(String) as string,
    });
  });

  test('a request sent again from error.config works and is authenticated once', async () => {
    const http = create();
    attachAuth(http, auth);
    const url = `${sandbox.url('numbers').replace(/number\/$/, '')}account/top-up`;
    const error = await http.post(url, null).catch((e: unknown) => e as AxiosError);
    expect(error).toMatchObject({ isAxiosError: true, response: { status: 400 } });
    const again = { ...(error as AxiosError).config, data: 'trx=1' };
    expect((await http.request(again)).data).toEqual({
      'error-code': '200',
      'error-code-label': 'success',
    });
    expect(last()?.query).toEqual({ api_key: apiKey, api_secret: apiSecret });
    const voice = await http.post(sandbox.url('voice'), {}).catch((e: unknown) => e as AxiosError);
    const repeated = await http
      .request((voice as AxiosError).config as AxiosRequestConfig)
      .catch((e: unknown) => e as AxiosError);
    expect(repeated).toMatchObject({ response: { status: 400 } });
    expect(last()?.refusal).toBeUndefined();
  });

  test('refuses a request that already has a credential', async () => {
    const http = create();
    attachAuth(http, auth);
    const count = sandbox.requests.length;
    const url = `${sandbox.url('sms')}json`;
    const configs: AxiosRequestConfig[] = [
      { params: { api_key: 'x' } },
      { headers: { authorization: 'Basic x' } },
      { auth: { username: 'x', password: 'y' } },
      { params: { a: 1 }, paramsSerializer: { serialize: () => 'api_secret=x' } },
      { method: 'post', data: { api_secret: 'x' } },
      { url: url.replace('//', '//x:y@') },
    ];
    for (const config of configs) {
      const error = await rejection(http.request({ url, ...config }));
      expect(error.code).toBe('ERR_CREDENTIAL_PRESENT');
    }
    expect(sandbox.requests).toHaveLength(count);
  });

  test('refuses every URL of another product if the option product is set', async () => {
    const http = create({ baseURL: sandbox.url('sms') });
    attachAuth(http, auth, { product: 'sms' });
    expect((await http.get('json', { params: sms })).data).toMatchObject({ messages: [sent] });
    for (const url of [
      '../ni/basic/json',
      sandbox.url('voice'),
      'https://elsewhere.test/',
      'http://rest.nexmo.com/sms/json',
    ]) {
      expect((await rejection(http.get(url))).code).toBe('ERR_HOST_NOT_ALLOWED');
    }
    expect((await rejection(http.get('json', { baseURL: '' }))).code).toBe('ERR_INVALID_URL');
    const unknown = create();
    attachAuth(unknown, auth, { product: 'fax' });
    expect((await rejection(unknown.get(sandbox.url('sms')))).code).toBe('ERR_UNKNOWN_PRODUCT');
  });

  test('accepts a URL object, as axios does', async () => {
    const http = create();
    attachAuth(http, auth);
    const url = new URL(`${sandbox.url('sms')}json?${new URLSearchParams(sms).toString()}`);
    expect((await http.get(url as never)).data).toMatchObject({ messages: [sent] });
  });

  test('refuses an option that sends a request to another host than its URL', async () => {
    const http = create();
    attachAuth(http, auth);
    const url = `${sandbox.url('sms')}json`;
    const transport = { request: jest.fn() };
    for (const option of [{ transport }, { socketPath: '/tmp/other.sock' }]) {
      expect((await rejection(http.get(url, option as object))).code).toBe('ERR_HOST_NOT_ALLOWED');
    }
    expect(transport.request).not.toHaveBeenCalled();
  });

  test('lets nothing in fetchOptions override the credential', async () => {
    const http = create();
    attachAuth(http, auth);
    const fetchOptions = { method: 'DELETE', headers: { authorization: 'Basic other' }, body: 'x' };
    await http.get(sandbox.url('voice'), { fetchOptions } as object);
    expect(last()).toMatchObject({ method: 'GET', refusal: undefined });
  });

  test('sends no loopback request through a proxy', async () => {
    const proxy = await startServer((_request, response) => response.end());
    process.env['HTTP_PROXY'] = proxy.origin;
    const http = create({ proxy: { host: '127.0.0.1', port: Number(new URL(proxy.origin).port) } });
    attachAuth(http, auth);
    expect((await http.get(`${sandbox.url('sms')}json`, { params: sms })).data).toMatchObject({
      messages: [sent],
    });
    expect(proxy.received).toEqual([]);
    delete process.env['HTTP_PROXY'];
    await proxy.close();
  });

  test('finds a credential in bytes, which axios converts to an ArrayBuffer', async () => {
    const http = create();
    attachAuth(http, auth);
    const data = new TextEncoder().encode('api_key=x&api_secret=y');
    expect((await rejection(http.post(`${sandbox.url('sms')}json`, data))).code).toBe(
      'ERR_CREDENTIAL_PRESENT',
    );
  });

  test('refuses an instance that is already attached, by itself or through its parent', async () => {
    const http = create();
    const detach = attachAuth(http, auth);
    expect(failure(() => attachAuth(http, auth)).code).toBe('ERR_INVALID_OPTION');
    const child = library.create({ ...http.defaults } as CreateAxiosDefaults);
    expect(failure(() => attachAuth(child, auth)).code).toBe('ERR_INVALID_OPTION');
    expect((await child.get(`${sandbox.url('sms')}json`, { params: sms })).data).toMatchObject({
      messages: [sent],
    });
    detach();
    attachAuth(http, auth);
    expect((await http.get(`${sandbox.url('sms')}json`, { params: sms })).data).toMatchObject({
      messages: [sent],
    });
  });

  test('after detaching, attaches nothing to the instance or to the instances created from it', async () => {
    const http = create();
    const detach = attachAuth(http, auth);
    const child = library.create({ ...http.defaults } as CreateAxiosDefaults);
    detach();
    detach();
    for (const instance of [http, child]) {
      const refused = await instance.get(`${sandbox.url('sms')}json`, { params: sms });
      expect(refused.data).toMatchObject({ messages: [{ status: '2' }] });
      expect(last()?.refusal).toContain('there is no credential for query');
    }
  });

  test('on detaching, keeps an adapter that was set after attaching', () => {
    const http = create();
    const detach = attachAuth(http, auth);
    const other = () => Promise.reject(new Error('other'));
    http.defaults.adapter = other;
    detach();
    expect(http.defaults.adapter).toBe(other);
  });

  test('transforms bodies of requests and responses once', async () => {
    const http = create({
      transformRequest: [(data: string) => `${data}&text=Hello`],
      transformResponse: [(data: string) => `<${data}>`],
    });
    attachAuth(http, auth);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { data } = await http.post<string>(`${sandbox.url('sms')}json`, 'from=a&to=1', {
      headers,
    });
    expect(data).toMatch(/^<[^<>]*"status":"0"[^<>]*>$/);
    expect(last()?.body).toBe('from=a&to=1&text=Hello');
  });

  test('sends the credential even if a serializer selects parameters', async () => {
    const http = create();
    attachAuth(http, auth);
    const paramsSerializer = {
      serialize: ({ from }: Record<string, string>) => `from=${String(from)}&to=1&text=x`,
    };
    const { data } = await http.get<unknown>(`${sandbox.url('sms')}json`, {
      params: sms,
      paramsSerializer,
    });
    expect(data).toMatchObject({ messages: [sent] });
  });
});

describe.each(axiosClients)('in a request by %s,', (_name, { create }) => {
  test('key and secret are added to a JSON body with lists and objects', async () => {
    const http = create();
    const options = { products: sandbox.products, schemes: { sms: 'body' } as const };
    attachAuth(http, new AuthInjector(credentials, options));
    const data = { ...sms, list: [1, { a: null }] };
    expect((await http.post(`${sandbox.url('sms')}json`, data)).data).toMatchObject({
      messages: [sent],
    });
    expect(JSON.parse(String(last()?.body))).toMatchObject(data);
  });

  const methods: SignatureMethod[] = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'];

  test.each(methods)(
    'a signature by %s matches the parameters that are sent',
    async (signatureMethod) => {
      const signatureSecret = 'SignatureSecret1';
      const signed = await startSandbox({ apiKey, signatureSecret, signatureMethod });
      const held = new Credentials({ apiKey, apiSecret, signatureSecret, signatureMethod });
      const options = { products: signed.products, schemes: { sms: 'signature' } as const };
      const http = create();
      attachAuth(http, new AuthInjector(held, options));
      const url = `${signed.url('sms')}json`;
      const bytes = Buffer.from(new URLSearchParams(sms).toString());
      const requests: AxiosRequestConfig[] = [
        { params: sms },
        {
          url: `${url}?from=a%26b%3Dc`,
          params: { to: '1', text: 'ä€😀', flash: true, none: null },
        },
        { method: 'post', data: sms },
        { method: 'post', data: new URLSearchParams(sms) },
        { method: 'post', data: bytes, headers: { 'content-length': bytes.length } },
        { method: 'post', params: { from: 'Nexmo' }, data: { to: '1', text: '', flash: 1 } },
      ];
      for (const request of requests) {
        await http.request({ url, ...request });
        expect(signed.requests.at(-1)).toMatchObject({ status: 200, refusal: undefined });
      }
      expect(JSON.stringify(signed.requests)).not.toMatch(/api_secret|ABCDEFGH01234abc/);
      await signed.close();
    },
  );
});

describe.each(axiosClients)('requests of %s to other URLs', (_name, { create }) => {
  let server: TestServer;
  beforeAll(
    async () =>
      (server = await startServer((request, response) => {
        if (request.url === '/302') response.writeHead(302, { location: '/end' });
        if (request.url === '/404') response.writeHead(404);
        response.end('{"answer":42}');
      })),
  );
  afterAll(() => server.close());

  test('are sent unchanged, and follow redirects', async () => {
    const http = create({ baseURL: server.origin });
    attachAuth(http, auth);
    const { data, config } = await http.get<unknown>('/302', {
      params: { api_key: 'mine' },
      headers: { authorization: 'mine' },
    });
    expect(data).toEqual({ answer: 42 });
    expect(config.adapter).toBe(http.defaults.adapter);
    expect(server.received.join()).not.toContain(apiSecret);
    const redirected = await http.get<unknown>('/302');
    expect(redirected.data).toEqual({ answer: 42 });
    if (_name.endsWith('http')) {
      expect(redirected.request).toMatchObject({ res: { responseUrl: `${server.origin}/end` } });
    }
  });

  test('are rejected with the same errors as without attachAuth', async () => {
    const http = create({ baseURL: server.origin });
    attachAuth(http, auth);
    const error = await http.get('/404').catch((e: unknown) => e as AxiosError);
    expect(error).toMatchObject({
      isAxiosError: true,
      response: { status: 404 },
      config: { baseURL: server.origin },
    });
    expect((error as AxiosError).config?.adapter).toBe(http.defaults.adapter);
    expect((error as AxiosError).response?.config).toBe((error as AxiosError).config);
    const relative = await create()
      .get('/no-host')
      .catch((e: unknown) => (e as Error).message);
    const instance = create();
    attachAuth(instance, auth);
    expect(await instance.get('/no-host').catch((e: unknown) => (e as Error).message)).toBe(
      relative,
    );
  });

  test('get no credential over http:, though host and path are a product’s', async () => {
    const http = create();
    attachAuth(http, auth);
    const error = await rejection(http.get('http://rest.nexmo.com/sms/json'));
    expect(error.code).toBe('ERR_HOST_NOT_ALLOWED');
  });

  test('get no credential if an absolute or a parent path leaves the base URL (CVE-2025-27152)', async () => {
    const http = create({ baseURL: sandbox.url('sms') });
    attachAuth(http, auth);
    for (const url of [`${server.origin}/a`, `//${server.origin.slice(5)}/a`])
      await http.get(url).catch(() => 0);
    const { host } = new URL(server.origin);
    await http.get(`http://${new URL(sandbox.url('sms')).host}@${host}/a`).catch(() => 0);
    await http.get('../../unknown.test/x').catch(() => 0);
    expect(last()).toMatchObject({ host: 'unknown.test', query: {} });
    expect(server.received.join()).not.toContain(apiSecret);
  });
});

describe.each(axiosClients)('a redirect of an authenticated request by %s', (_name, { create }) => {
  let elsewhere: TestServer;
  let gateway: TestServer;
  let own: AuthInjector;
  beforeAll(async () => {
    elsewhere = await startServer((_request, response) => response.end('arrived'));
    gateway = await startServer((request, response) => {
      const [, status, ...path] = String(request.url).split('/');
      const target = `${elsewhere.origin}/${path.join('/')}`;
      response
        .writeHead(Number(status), { location: target, link: [target, target] as never })
        .end();
    });
    const products: Product[] = [
      { name: 'gateway', urls: [gateway.origin], schemes: ['query'] },
      { name: 'other', urls: [elsewhere.origin], schemes: ['query'] },
      {
        name: 'tokens',
        urls: ['301', '302', '303', '307', '308'].map(
          (status) => `${gateway.origin}/${status}/token`,
        ),
        schemes: ['bearer'],
      },
    ];
    own = new AuthInjector(credentials, { products });
  });
  afterAll(() => Promise.all([gateway.close(), elsewhere.close()]));

  test.each([301, 302, 303, 307, 308])('with %i is not followed', async (status) => {
    const http = create();
    attachAuth(http, own);
    const requests: AxiosRequestConfig[] = [
      { method: 'get', url: 'key' },
      { method: 'post', url: 'key', data: 'body' },
      { method: 'get', url: 'token' },
      { method: 'put', url: 'token', data: 'body' },
    ];
    for (const { url, ...request } of requests) {
      const error = await http
        .request({ ...request, url: `${gateway.origin}/${status}/${String(url)}`, maxRedirects: 5 })
        .catch((e: unknown) => e as AxiosError);
      expect(error).toMatchObject({ isAxiosError: true, response: { status } });
      const { location } = (error as AxiosError).response?.headers as Record<string, string>;
      expect(location).not.toContain(apiSecret);
      expect(location).toContain(elsewhere.origin);
    }
    expect(gateway.received.join()).toContain(apiSecret);
    expect(elsewhere.received).toEqual([]);
  });
});

test.each([undefined, null, 'text'])(
  'a request rejects with %j if its adapter does',
  async (reason) => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const http = axios.create({ adapter: () => Promise.reject(reason) });
    attachAuth(http, auth);
    for (const url of ['https://elsewhere.test/', sandbox.url('sms')]) {
      expect(await http.get(url).catch((error: unknown) => error)).toBe(reason);
    }
  },
);

describe('attachAuth', () => {
  test('calls the URL that it checked, however axios combines a base URL', async () => {
    const http = axios.create({ baseURL: sandbox.url('sms'), allowAbsoluteUrls: false });
    attachAuth(http, auth);
    expect((await http.get('json', { params: sms })).data).toMatchObject({ messages: [sent] });
    await http.get('https://elsewhere.test/', { validateStatus: null });
    expect(last()).toMatchObject({ path: '/sms/https:/elsewhere.test', product: 'sms' });
  });

  test('calls an adapter that is a function, and sanitises its errors', async () => {
    const adapter = jest.fn((config: AxiosRequestConfig) => {
      const message = `Could not send ${JSON.stringify(config.params)}`;
      return Promise.reject(Object.assign(new Error(message), { config }));
    });
    const http = axios.create({ adapter });
    attachAuth(http, auth);
    const error = await http.get(`${sandbox.url('sms')}json`).catch((e: unknown) => e as Error);
    expect(adapter).toHaveBeenCalledTimes(1);
    expect(String(error)).toContain('"api_secret":"[redacted]"');
    expect((error as AxiosError).config?.params).toBeUndefined();
  });

  test('accepts the response of an adapter, even with a header of false', async () => {
    const adapter = (config: AxiosRequestConfig) =>
      Promise.resolve({
        config,
        status: 200,
        statusText: 'OK',
        headers: { gone: false },
        data: 42,
      });
    const http = axios.create({ adapter: adapter as never });
    attachAuth(http, auth);
    const response = await http.get<unknown>(sandbox.url('sms'));
    expect(response).toMatchObject({ data: 42, headers: { gone: false } });
  });

  test('keeps the error classes of the caller’s axios', async () => {
    const http = axios.create();
    attachAuth(http, auth);
    const error = await http.get(`${sandbox.url('account')}top-up`).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AxiosError);
    const aborted = await http
      .get(sandbox.url('sms'), { signal: AbortSignal.abort() })
      .catch((e: unknown) => e);
    expect(axios.isCancel(aborted)).toBe(true);
  });

  test.each([false, true])(
    'leaves a signal without addEventListener (aborted: %p) to the client',
    async (aborted) => {
      const adapter = jest.fn((config: AxiosRequestConfig) =>
        Promise.resolve({ config, status: 200, statusText: 'OK', headers: {}, data: '' }),
      );
      const http = axios.create({ adapter: adapter as never });
      attachAuth(http, auth);
      const sent = http.get(sandbox.url('sms'), { signal: { aborted } });
      const outcome: unknown = await sent.catch((error: unknown) => error);
      expect(axios.isCancel(outcome)).toBe(aborted);
      expect(adapter).toHaveBeenCalledTimes(aborted ? 0 : 1);
    },
  );

  test('attaches nothing to a request with its own adapter, as documented', async () => {
    const http = axios.create();
    attachAuth(http, auth);
    await http.get(`${sandbox.url('sms')}json`, { adapter: 'http', params: sms });
    expect(last()?.query).toEqual(sms);
  });

  test('works on the axios function itself', async () => {
    const detach = attachAuth(axios, auth);
    expect((await axios.get(`${sandbox.url('sms')}json`, { params: sms })).data).toMatchObject({
      messages: [sent],
    });
    detach();
    expect(axios.defaults.adapter).toEqual(axios.create().defaults.adapter);
  });

  test.each<[string, unknown[]]>([
    ['undefined', [undefined, () => auth]],
    ['null', [null, () => auth]],
    ['an object that is no axios instance', [{ defaults: {} }, () => auth]],
    ['an axios without getUri', [{ defaults: {}, create: () => 0 }, () => auth]],
    ['Credentials for the injector', [axios.create(), () => credentials]],
    ['options that are not an object', [axios.create(), () => auth, 'sms']],
    ['an option that does not exist', [axios.create(), () => auth, { products: ['sms'] }]],
  ])('refuses %s', (_name, [instance, injector, options]) => {
    const attach = () =>
      attachAuth(instance as never, (injector as () => AuthInjector)(), options as never);
    expect(failure(attach).code).toBe('ERR_INVALID_OPTION');
  });

  test('rejects with the NexmoAuthError itself', async () => {
    const http = axios.create();
    attachAuth(http, new AuthInjector(new Credentials({ apiKey }), { products: sandbox.products }));
    const error: NexmoAuthError = await rejection(http.get(`${sandbox.url('sms')}json`));
    expect(error.code).toBe('ERR_MISSING_CREDENTIAL');
  });
});

import { request } from 'node:http';
import axios from 'axios';
import FormDataPackage from 'form-data';
import { attachAuth, AuthInjector, Credentials } from '../../src';
import { held } from '../support/account';
import { rejection } from '../support/errors';

const sms = 'https://rest.nexmo.com/sms/json';
const auth = new AuthInjector(new Credentials(held), {
  products: [{ name: 'mock', urls: ['http://localhost:8080/'], schemes: ['query'] }],
});
const refusal = async (options: object, url = sms) =>
  rejection(auth.inject({ url, ...options }), [held.apiSecret]);

describe('inject refuses an option that could send the credential to another host:', () => {
  test.each<[string, object]>([
    ['socketPath', { socketPath: '/run/evil.sock' }],
    ['transport', { transport: { request } }],
    ['prefixUrl', { prefixUrl: 'https://evil.test' }],
    ['prefix', { prefix: 'https://evil.test' }],
    ['protocol', { protocol: 'http:' }],
    ['defaultPort', { defaultPort: 8443 }],
    ['origin', { origin: 'https://evil.test' }],
    ['host', { host: 'evil.test' }],
    ['hostname', { hostname: 'evil.test' }],
    ['port', { port: 1 }],
    ['path', { path: '/other' }],
    ['servername', { servername: 'evil.test' }],
    ['serverName', { https: { serverName: 'evil.test' } }],
    ['allowAbsoluteUrls', { allowAbsoluteUrls: false, baseURL: 'https://evil.test' }],
    ['allowAbsoluteUrls', { allowAbsoluteUrls: false }],
    ['allowAbsoluteUrls', { allowAbsoluteUrls: 0 }],
    ['allowAbsoluteUrls', { allowAbsoluteUrls: '' }],
    ['xhr', { adapter: 'xhr' }],
  ])('%s', async (name, options) => {
    for (const product of [undefined, 'sms']) {
      const { code, message } = await rejection(auth.inject({ url: sms, ...options }, product));
      expect(code).toBe('ERR_HOST_NOT_ALLOWED');
      expect(message).toContain(name);
    }
    await expect(auth.attempt({ url: sms, ...options })).rejects.toMatchObject({
      code: 'ERR_HOST_NOT_ALLOWED',
    });
  });

  test.each(['headers', 'method', 'body'])(
    'fetchOptions.%s, which replaces that of the request in axios 1.15',
    async (name) => {
      const { code, message } = await refusal({ fetchOptions: { [name]: 'x' } });
      expect(code).toBe('ERR_INVALID_REQUEST');
      expect(message).toContain(`fetchOptions.${name}`);
      const fetchOptions = { [name]: undefined, cache: 'no-store' };
      expect(await auth.inject({ url: sms, fetchOptions })).toMatchObject({ fetchOptions });
    },
  );

  test('a proxy for http: to a loopback host', async () => {
    const proxy = { host: 'evil.test', port: 80 };
    const { code, message } = await refusal({ proxy }, 'http://localhost:8080/');
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
    expect(message).toContain('proxy');
    for (const none of [false, undefined, null]) {
      const injected = await auth.inject({ url: 'http://localhost:8080/', proxy: none });
      expect(injected).toMatchObject({ proxy: none, params: { api_key: held.apiKey } });
    }
    // By https:, the proxy sees nothing but the host.
    expect(await auth.inject({ url: sms, proxy })).toMatchObject({ proxy });
  });

  test('but keeps options that cannot do that', async () => {
    const config = {
      ...{ baseURL: 'https://rest.nexmo.com', allowAbsoluteUrls: true, timeout: 1000 },
      ...{ adapter: 'http', socketPath: undefined, transport: null, maxRedirects: 0 },
    };
    const injected = await auth.inject({ url: sms, ...config });
    expect(injected).toMatchObject(config);
    expect(axios.getUri(injected as object).split('?')[0]).toBe(sms);
  });
});

test.each(['host', 'port', 'path', 'servername', 'createConnection', 'lookup'])(
  'http2Options with %s, which http2.connect would follow to another host, are refused',
  async (name) => {
    const request = {
      url: 'https://api.nexmo.com/v2/applications',
      httpVersion: 2,
      http2Options: { [name]: 'evil.test' },
    };
    const auth = new AuthInjector(new Credentials(held));
    expect((await rejection(auth.inject(request))).code).toBe('ERR_HOST_NOT_ALLOWED');
    const http = axios.create(request as object);
    attachAuth(http, auth);
    expect((await rejection(http.get(request.url))).code).toBe('ERR_HOST_NOT_ALLOWED');
  },
);

test('a form whose getHeaders returns more than the headers of a body is refused', async () => {
  class Form extends FormDataPackage {
    override getHeaders() {
      return { ...super.getHeaders(), Authorization: 'Basic evil' };
    }
  }
  const form = new Form();
  form.append('a', '1');
  const http = axios.create();
  attachAuth(http, new AuthInjector(new Credentials(held)));
  const { code, message } = await rejection(
    http.post('https://api.nexmo.com/v2/applications', form),
  );
  expect(code).toBe('ERR_INVALID_REQUEST');
  expect(message).toContain('authorization');
});

import type { AxiosRequestConfig } from 'axios';
import { attachAuth, AuthInjector, createAuthFetch, Credentials, type Scheme } from '../../src';
import { products } from '../../src/injector/products';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { axiosClients } from '../support/axios-clients';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const credentials = new Credentials({ ...held, applicationId, privateKey: keyText('rsa-pkcs8') });

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ ...held, applicationId, publicKey: keyText('rsa-public') });
});
afterAll(() => sandbox.close());

/** The platform's documented table, written down once more. */
const documented: Record<string, Scheme[]> = {
  sms: ['query', 'body', 'basic', 'signature'],
  verify: ['query', 'body', 'basic'],
  'number-insight': ['query', 'basic'],
  conversion: ['query', 'signature', 'basic'],
  account: ['query', 'basic'],
  pricing: ['query', 'basic'],
  numbers: ['query', 'basic'],
  developer: ['query', 'basic'],
  voice: ['bearer'],
};
const schemes: Scheme[] = ['query', 'body', 'basic', 'bearer', 'signature'];

const requests: Record<string, AxiosRequestConfig> = {
  sms: { method: 'post', url: 'json', data: { from: 'a', to: '1', text: 'x' } },
  verify: { method: 'post', url: 'json', data: new URLSearchParams({ number: '1', brand: 'a' }) },
  'number-insight': { url: 'basic/json', params: { number: '1' } },
  conversion: { method: 'post', url: 'sms', params: { 'message-id': 'm', delivered: true } },
  account: { url: 'get-balance' },
  pricing: { url: '/outbound/sms', params: { country: 'GB' } },
  numbers: {
    method: 'post',
    url: 'buy',
    data: new URLSearchParams({ country: 'GB', msisdn: '1' }),
  },
  developer: { url: 'message', params: { id: 'm' } },
  voice: { method: 'post', url: '', data: { to: [{}], from: {} } },
};

test('the tables name the same products', () => {
  const names = products.map(({ name }) => name);
  expect(Object.keys(documented)).toEqual(names);
  expect(Object.keys(requests)).toEqual(names);
  expect(sandbox.products.map(({ name }) => name)).toEqual(names);
});

const cases = Object.keys(documented).flatMap((product) =>
  schemes.map((scheme) => [product, scheme] as const),
);

type Send = (auth: AuthInjector, request: AxiosRequestConfig) => Promise<unknown>;

const clients: [string, Send][] = axiosClients.map(([name, { create }]) => [
  name,
  (auth, request) => {
    const http = create();
    attachAuth(http, auth);
    return http.request(request);
  },
]);
clients.push([
  'fetch',
  (auth, { url, method = 'get', params, data }) => {
    const isForm = data instanceof URLSearchParams;
    return createAuthFetch(auth)(
      `${String(url)}?${new URLSearchParams(params as object as Record<string, string>).toString()}`,
      {
        method,
        ...(data !== undefined && { body: isForm ? data : JSON.stringify(data) }),
        ...(data !== undefined && !isForm && { headers: { 'content-type': 'application/json' } }),
      },
    );
  },
]);

describe.each(clients)('by %s', (_client, sendBy) => {
  test.each(cases)(
    '%s with %s is answered, or refused before anything is sent',
    async (product, scheme) => {
      const count = sandbox.requests.length;
      const options = { products: sandbox.products, schemes: { [product]: scheme } };
      if (!documented[product]?.includes(scheme)) {
        expect(failure(() => new AuthInjector(credentials, options)).code).toBe(
          'ERR_SCHEME_NOT_ACCEPTED',
        );
        return;
      }
      const { url, ...request } = { ...requests[product] };
      await sendBy(new AuthInjector(credentials, options), {
        ...request,
        url: `${sandbox.url(product)}${String(url)}`,
      });
      expect(sandbox.requests.slice(count)).toMatchObject([{ product, refusal: undefined }]);
      expect(sandbox.requests.at(-1)?.status).toBeLessThan(300);
    },
  );

  test('key and secret do not go into a body where there is none', async () => {
    const count = sandbox.requests.length;
    const auth = new AuthInjector(credentials, {
      products: sandbox.products,
      schemes: { sms: 'body' },
    });
    const sent = sendBy(auth, { url: `${sandbox.url('sms')}json` });
    expect((await rejection(sent)).code).toBe('ERR_INVALID_REQUEST');
    expect(sandbox.requests).toHaveLength(count);
  });
});

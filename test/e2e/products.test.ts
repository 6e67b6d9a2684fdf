import type { AxiosRequestConfig } from 'axios';
import { AuthInjector, Credentials, type Scheme } from '../../src';
import { products } from '../../src/injector/products';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held, oauth1, opentok } from '../support/account';
import { clients } from '../support/clients';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey, oauth1, opentok });

let sandbox: Sandbox;
beforeAll(async () => {
  const publicKey = keyText('rsa-public');
  sandbox = await startSandbox({ ...held, applicationId, publicKey, oauth1, opentok });
});
afterAll(() => sandbox.close());

/** The schemes that the platform documents for each product, written independently of `src`. */
const documented: Record<string, Scheme[]> = {
  sms: ['query', 'body', 'basic', 'signature', 'oauth1'],
  verify: ['query', 'body', 'basic'],
  'number-insight': ['query', 'basic'],
  conversion: ['query', 'signature', 'basic'],
  account: ['query', 'basic'],
  pricing: ['query', 'basic'],
  numbers: ['query', 'basic'],
  developer: ['query', 'basic'],
  voice: ['bearer'],
  files: ['bearer'],
  conversations: ['bearer'],
  users: ['bearer'],
  messages: ['bearer', 'basic'],
  dispatch: ['bearer', 'basic'],
  'verify-v2': ['bearer', 'basic'],
  'external-accounts': ['bearer', 'basic'],
  media: ['bearer', 'basic', 'query'],
  applications: ['basic'],
  'applications-v1': ['query'],
  secrets: ['basic'],
  subaccounts: ['basic'],
  'pricing-v2': ['basic'],
  'number-insight-v2': ['basic'],
  audit: ['basic'],
  redact: ['basic'],
  reports: ['basic'],
  'identity-insights': ['bearer'],
  emergency: ['basic'],
  'channel-manager': ['basic'],
  sip: ['basic'],
  '10dlc': ['bearer'],
  'toll-free': ['basic'],
  'fraud-defender': ['basic'],
  'network-registry': ['basic'],
  'network-enablement': ['bearer'],
  'network-auth': ['bearer'],
  'device-location': ['bearer'],
  meetings: ['bearer'],
  'proactive-connect': ['bearer'],
  video: ['bearer'],
  opentok: ['opentok'],
};
const schemes: Scheme[] = ['query', 'body', 'basic', 'bearer', 'signature', 'oauth1', 'opentok'];

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
  files: { url: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab' },
  conversations: { url: '' },
  users: { method: 'post', url: '', data: { name: 'alice' } },
  messages: {
    method: 'post',
    url: '',
    data: { message_type: 'text', channel: 'sms', from: 'a', to: '1', text: 'x' },
  },
  dispatch: { method: 'post', url: '', data: { template: 'failover', workflow: [{}] } },
  'verify-v2': { method: 'post', url: '', data: { brand: 'a', workflow: [{}] } },
  'external-accounts': { url: '' },
  media: { url: '' },
  applications: { url: '' },
  'applications-v1': { url: '' },
  secrets: { url: '' },
  subaccounts: { method: 'post', url: '', data: { name: 'a' } },
  'pricing-v2': { url: '/sms', params: { country: 'GB' } },
  'number-insight-v2': {
    method: 'post',
    url: '',
    data: { type: 'phone', phone: '1', insights: ['fraud_score'] },
  },
  audit: { url: '/events' },
  redact: {
    method: 'post',
    url: '/transaction',
    data: { id: 'm', product: 'sms', type: 'outbound' },
  },
  reports: { method: 'post', url: '', data: { account_id: 'abcd1234', product: 'SMS' } },
  'identity-insights': {
    method: 'post',
    url: '/v1/requests',
    data: { phone_number: '1', insights: { format: {} } },
  },
  emergency: { method: 'post', url: '', data: { address_name: 'office', country: 'US' } },
  'channel-manager': { url: '/whatsapp/wabas' },
  sip: { method: 'post', url: '/', data: { name: 'acme', application_id: applicationId } },
  '10dlc': { url: '/brands' },
  'toll-free': { method: 'post', url: '/registrations', data: { business: { name: 'Acme' } } },
  'fraud-defender': { url: '/rules' },
  'network-registry': {
    method: 'post',
    url: '/business-profiles',
    data: { countries: ['GB'], contact_role: 'CTO', name: 'Acme' },
  },
  'network-enablement': {
    method: 'post',
    url: '',
    data: { phone_number: '+1', scopes: ['openid'], state: 'a' },
  },
  'network-auth': {
    method: 'post',
    url: '',
    data: new URLSearchParams({ login_hint: 'tel:+1', scope: 'openid' }),
  },
  'device-location': { method: 'post', url: '/retrieval', data: { phone_number: '+1' } },
  meetings: { method: 'post', url: '/rooms', data: { display_name: 'daily' } },
  'proactive-connect': { method: 'post', url: '/lists', data: { name: 'a' } },
  video: { method: 'post', url: 'session/create' },
  opentok: { method: 'post', url: 'session/create' },
};

test('the injector, the sandbox and this file have the same table of products', () => {
  const names = products.map(({ name }) => name);
  expect(documented).toEqual(
    Object.fromEntries(products.map(({ name, schemes }) => [name, schemes])),
  );
  expect(Object.keys(requests)).toEqual(names);
  expect(sandbox.products.map(({ name }) => name)).toEqual(names);
});

const cases = Object.keys(documented).flatMap((product) =>
  schemes.map((scheme) => [product, scheme] as const),
);

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

  test.each<[string, string, Scheme, AxiosRequestConfig]>([
    ['messages', 'messages-sandbox.nexmo.com/v1/messages', 'bearer', requests['messages'] ?? {}],
    ['messages', 'messages-sandbox.nexmo.com/v1/messages', 'basic', requests['messages'] ?? {}],
    ['secrets', 'rest.nexmo.com/accounts/abcd1234/secrets', 'basic', {}],
    ['secrets', 'rest.nexmo.com/accounts/abcd1234/secrets/1', 'basic', {}],
    ['subaccounts', 'rest.nexmo.com/accounts/abcd1234/subaccounts', 'basic', {}],
    ['secrets', 'rest-us-1.nexmo.com/accounts/abcd1234/secrets', 'basic', {}],
    ['voice', 'api-sg-1.nexmo.com/v1/calls', 'bearer', {}],
    ['files', 'api.nexmo.com/v3/files/aaaaaaaa-bbbb-cccc-dddd-0123456789ab', 'bearer', {}],
    ['users', 'api.nexmo.com/beta/users', 'bearer', {}],
    ['conversations', 'api.nexmo.com/beta/conversations/', 'bearer', {}],
    ['meetings', 'api-eu.vonage.com/beta/meetings/rooms', 'bearer', {}],
  ])('%s at %s is accepted with %s', async (product, path, scheme, request) => {
    const { origin } = new URL(sandbox.url('sms'));
    const options = { products: sandbox.products, schemes: { [product]: scheme } };
    const url = `${origin}/${path}`;
    await sendBy(new AuthInjector(credentials, options), { ...request, url });
    const arrived = sandbox.requests.at(-1);
    expect(arrived).toMatchObject({ product, refusal: undefined, query: {} });
    expect(arrived?.headers['authorization']).toMatch(new RegExp(`^${scheme} `, 'i'));
  });

  test('the scheme body sends nothing if the request has no body', async () => {
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

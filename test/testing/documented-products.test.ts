import { createHash } from 'node:crypto';
import { type Sandbox, type SandboxScheme, startSandbox } from '../../src/testing';
import {
  apiKey,
  apiSecret,
  type RequestOptions,
  basic,
  claims,
  keyAndSecret,
  oauth1,
  opentokClaims,
  options,
  send,
  signatureSecret,
  time,
  signOpenTokToken,
  signToken,
} from './client';
import { oauth1Header } from './oauth1/client';

const accessToken = { token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00' };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ ...options, oauth1: { ...oauth1, ...accessToken } });
});
afterAll(() => sandbox.close());

type Documented = {
  /** `api.nexmo.com` and `rest.nexmo.com` stand for their regional hosts too. */
  host: string;
  /** Hosts in addition to `host`. */
  others?: string[];
  paths: string[];
  schemes: SandboxScheme[];
  path: string;
  method?: string;
  query?: Record<string, string>;
  json?: object;
  status?: number;
};

/** The products as in the platform's authentication guide, with one request for each. */
const documented: Record<string, Documented> = {
  sms: {
    host: 'rest.nexmo.com',
    paths: ['/sms/'],
    schemes: ['query', 'body', 'basic', 'signature', 'oauth1'],
    path: '/sms/json',
    method: 'POST',
    query: { from: 'Nexmo', to: '447700900000', text: 'Hi' },
  },
  verify: {
    host: 'api.nexmo.com',
    paths: ['/verify/'],
    schemes: ['query', 'body', 'basic'],
    path: '/verify/json',
    method: 'POST',
    query: { number: '447700900000', brand: 'Acme' },
  },
  'number-insight': {
    host: 'api.nexmo.com',
    paths: ['/ni/'],
    schemes: ['query', 'basic'],
    path: '/ni/basic/json',
    query: { number: '447700900000' },
  },
  conversion: {
    host: 'api.nexmo.com',
    paths: ['/conversions/'],
    schemes: ['query', 'signature', 'basic'],
    path: '/conversions/sms',
    method: 'POST',
    query: { 'message-id': 'm', delivered: 'true' },
  },
  account: {
    host: 'rest.nexmo.com',
    paths: ['/account/'],
    schemes: ['query', 'basic'],
    path: '/account/get-balance',
  },
  pricing: {
    host: 'rest.nexmo.com',
    paths: ['/account/get-pricing', '/account/get-full-pricing', '/account/get-prefix-pricing'],
    schemes: ['query', 'basic'],
    path: '/account/get-pricing/outbound/sms',
    query: { country: 'GB' },
  },
  numbers: {
    host: 'rest.nexmo.com',
    paths: ['/number/', '/account/numbers'],
    schemes: ['query', 'basic'],
    path: '/number/search',
    query: { country: 'GB' },
  },
  developer: {
    host: 'rest.nexmo.com',
    paths: ['/search/', '/'],
    schemes: ['query', 'basic'],
    path: '/search/message',
    query: { id: 'm' },
  },
  voice: {
    host: 'api.nexmo.com',
    paths: ['/v1/calls', '/v2/calls'],
    schemes: ['bearer'],
    path: '/v1/calls',
  },
  files: {
    host: 'api.nexmo.com',
    paths: ['/v1/files/', '/v3/files/'],
    schemes: ['bearer'],
    path: '/v1/files/aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  },
  conversations: {
    host: 'api.nexmo.com',
    paths: [
      '/v0.1/conversations',
      '/v0.1/legs',
      '/v0.2/conversations',
      '/v0.2/legs',
      '/v0.3/conversations',
      '/v0.3/legs',
      '/v1/conversations',
      '/v1/legs',
      '/beta/conversations',
      '/beta/legs',
    ],
    schemes: ['bearer'],
    path: '/v0.3/conversations',
  },
  users: {
    host: 'api.nexmo.com',
    paths: ['/v0.1/users', '/v0.2/users', '/v0.3/users', '/v1/users', '/beta/users'],
    schemes: ['bearer'],
    path: '/v1/users',
  },
  messages: {
    host: 'api.nexmo.com',
    others: ['messages-sandbox.nexmo.com'],
    paths: ['/v1/messages', '/v0.1/messages'],
    schemes: ['bearer', 'basic'],
    path: '/v1/messages',
    method: 'POST',
    json: { message_type: 'text', channel: 'sms', from: 'a', to: '1' },
    status: 202,
  },
  dispatch: {
    host: 'api.nexmo.com',
    paths: ['/v0.1/dispatch'],
    schemes: ['bearer', 'basic'],
    path: '/v0.1/dispatch',
    method: 'POST',
    json: { template: 'failover', workflow: [] },
    status: 202,
  },
  'verify-v2': {
    host: 'api.nexmo.com',
    paths: ['/v2/verify'],
    schemes: ['bearer', 'basic'],
    path: '/v2/verify',
    method: 'POST',
    json: { brand: 'Acme', workflow: [] },
    status: 202,
  },
  'external-accounts': {
    host: 'api.nexmo.com',
    paths: ['/beta/chatapp-accounts'],
    schemes: ['bearer', 'basic'],
    path: '/beta/chatapp-accounts/',
  },
  media: {
    host: 'api.nexmo.com',
    paths: ['/v3/media'],
    schemes: ['bearer', 'basic', 'query'],
    path: '/v3/media',
  },
  applications: {
    host: 'api.nexmo.com',
    paths: ['/v2/applications'],
    schemes: ['basic'],
    path: '/v2/applications',
  },
  'applications-v1': {
    host: 'api.nexmo.com',
    paths: ['/v1/applications'],
    schemes: ['query'],
    path: '/v1/applications',
  },
  secrets: {
    host: 'api.nexmo.com',
    others: ['rest.nexmo.com', 'rest-us-1.nexmo.com', 'rest-sg-1.nexmo.com'],
    paths: ['/accounts/*/secrets'],
    schemes: ['basic'],
    path: '/accounts/abcd1234/secrets',
  },
  subaccounts: {
    host: 'api.nexmo.com',
    others: ['rest.nexmo.com', 'rest-us-1.nexmo.com', 'rest-sg-1.nexmo.com'],
    paths: [
      '/accounts/*/subaccounts',
      '/accounts/*/credit-transfers',
      '/accounts/*/balance-transfers',
      '/accounts/*/transfer-number',
    ],
    schemes: ['basic'],
    path: '/accounts/abcd1234/subaccounts',
  },
  'pricing-v2': {
    host: 'api.nexmo.com',
    paths: ['/v2/account/pricing'],
    schemes: ['basic'],
    path: '/v2/account/pricing/sms',
    query: { country: 'GB' },
  },
  'number-insight-v2': {
    host: 'api.nexmo.com',
    paths: ['/v2/ni'],
    schemes: ['basic'],
    path: '/v2/ni',
    method: 'POST',
    json: { type: 'phone', phone: '447700900000', insights: ['sim_swap'] },
  },
  audit: {
    host: 'api.nexmo.com',
    paths: ['/beta/audit'],
    schemes: ['basic'],
    path: '/beta/audit/events',
  },
  redact: {
    host: 'api.nexmo.com',
    paths: ['/v1/redact'],
    schemes: ['basic'],
    path: '/v1/redact/transaction',
    method: 'POST',
    json: { id: 'm', product: 'sms', type: 'outbound' },
    status: 204,
  },
  reports: {
    host: 'api.nexmo.com',
    paths: ['/v2/reports'],
    schemes: ['basic'],
    path: '/v2/reports/records',
    query: { account_id: 'abcd1234', product: 'SMS' },
  },
  'identity-insights': {
    host: 'api.nexmo.com',
    paths: ['/identity-insights', '/v0.1/identity-insights'],
    schemes: ['bearer'],
    path: '/identity-insights/v1/requests',
    method: 'POST',
    json: { phone_number: '447700900000', insights: { format: {} } },
  },
  emergency: {
    host: 'api.nexmo.com',
    paths: ['/v1/addresses', '/v1/emergency'],
    schemes: ['basic'],
    path: '/v1/emergency/numbers/15500900000',
  },
  'channel-manager': {
    host: 'api.nexmo.com',
    paths: ['/v1/channel-manager', '/v2/whatsapp-manager'],
    schemes: ['basic'],
    path: '/v1/channel-manager/whatsapp/wabas',
  },
  sip: {
    host: 'api.nexmo.com',
    paths: ['/v1/psip'],
    schemes: ['basic'],
    path: '/v1/psip/',
  },
  '10dlc': {
    host: 'api-eu.vonage.com',
    paths: ['/v1/10dlc'],
    schemes: ['bearer'],
    path: '/v1/10dlc/brands',
  },
  'toll-free': {
    host: 'api.nexmo.com',
    paths: ['/tfn/v1'],
    schemes: ['basic'],
    path: '/tfn/v1/numbers',
  },
  'fraud-defender': {
    host: 'api.nexmo.com',
    paths: ['/v0.1/fraud-defender', '/v1/fraud-defender'],
    schemes: ['basic'],
    path: '/v0.1/fraud-defender/rules',
  },
  'network-registry': {
    host: 'api-eu.vonage.com',
    paths: ['/v1/network-registry'],
    schemes: ['basic'],
    path: '/v1/network-registry/business-profiles',
  },
  'network-enablement': {
    host: 'api-eu.vonage.com',
    paths: ['/v0.1/network-enablement'],
    schemes: ['bearer'],
    path: '/v0.1/network-enablement',
    method: 'POST',
    json: { phone_number: '447700900000', scopes: ['openid'], state: 'a' },
  },
  'network-auth': {
    host: 'api-eu.vonage.com',
    paths: ['/oauth2/bc-authorize', '/oauth2/token'],
    schemes: ['bearer'],
    path: '/oauth2/bc-authorize',
    method: 'POST',
    query: { login_hint: 'tel:+447700900000', scope: 'openid' },
  },
  'device-location': {
    host: 'api-eu.vonage.com',
    paths: ['/network-location/v0.1', '/v0.1/location'],
    schemes: ['bearer'],
    path: '/network-location/v0.1/retrieval',
    method: 'POST',
    json: { phone_number: '447700900000' },
  },
  meetings: {
    host: 'api-eu.vonage.com',
    paths: ['/v1/meetings', '/beta/meetings', '/meetings'],
    schemes: ['bearer'],
    path: '/v1/meetings/rooms',
  },
  'proactive-connect': {
    host: 'api-eu.vonage.com',
    paths: ['/v0.1/bulk'],
    schemes: ['bearer'],
    path: '/v0.1/bulk/lists',
  },
  video: {
    host: 'video.api.vonage.com',
    paths: ['/'],
    schemes: ['bearer'],
    path: '/session/create',
    method: 'POST',
  },
  opentok: {
    host: 'api.opentok.com',
    paths: ['/'],
    schemes: ['opentok'],
    path: '/session/create',
    method: 'POST',
  },
};

const apiHosts = [
  'api.nexmo.com',
  ...['us-1', 'us-2', 'eu-1', 'eu-2', 'sg-1'].map((region) => `api-${region}.nexmo.com`),
  ...['us', 'eu', 'ap'].map((region) => `api-${region}.nexmo.com`),
  ...['us', 'eu', 'ap'].map((region) => `api-${region}.vonage.com`),
  ...['us-3', 'us-4', 'eu-3', 'eu-4', 'ap-3', 'ap-4'].map((region) => `api-${region}.vonage.com`),
];
const regions: Record<string, string[]> = {
  'api.nexmo.com': apiHosts,
  'rest.nexmo.com': ['rest.nexmo.com', 'rest-us-1.nexmo.com', 'rest-sg-1.nexmo.com'],
};

test('the sandbox has the documented products, with their schemes in order', () => {
  const { origin } = new URL(sandbox.url('sms'));
  expect(
    sandbox.products.map(({ name, urls, schemes }) => ({ name, urls: [...urls].sort(), schemes })),
  ).toEqual(
    Object.entries(documented).map(([name, { host, others = [], paths, schemes }]) => {
      const hosts = [...(regions[host] ?? [host]), ...others];
      const urls = hosts.flatMap((each) => paths.map((path) => `${origin}/${each}${path}`));
      return { name, urls: urls.sort(), schemes };
    }),
  );
});

type Sent = Omit<Documented, 'paths' | 'schemes'>;
type Attach = (sent: Sent) => RequestOptions | Promise<RequestOptions>;

const attach: Record<SandboxScheme, Attach> = {
  query: ({ query }) => ({ query: { ...query, ...keyAndSecret } }),
  body: ({ query = {}, json }) => ({
    method: 'POST',
    query,
    ...(json ? { json: { ...json, ...keyAndSecret } } : { form: keyAndSecret }),
  }),
  basic: ({ query = {} }) => ({ query, authorization: basic(`${apiKey}:${apiSecret}`) }),
  bearer: async ({ query = {} }) => ({ query, authorization: `Bearer ${await signToken(claims)}` }),
  signature: ({ query }) => {
    const signed: Record<string, string> = { ...query, api_key: apiKey, timestamp: String(time) };
    const names = Object.keys(signed).sort();
    const text = names.map((name) => `&${name}=${String(signed[name])}`).join('');
    const sig = createHash('md5').update(`${text}${signatureSecret}`).digest('hex');
    return { query: { ...signed, sig } };
  },
  oauth1: ({ host, path, method = 'GET', query = {} }) => {
    const { origin } = new URL(sandbox.url('sms'));
    const url = `${origin}/${host}${path}`;
    const token = { key: accessToken.token, secret: accessToken.tokenSecret };
    return { query, authorization: oauth1Header({ method, url, data: query }, oauth1, token) };
  },
  opentok: async ({ query = {} }) => ({
    query,
    headers: { 'X-OPENTOK-AUTH': await signOpenTokToken(opentokClaims) },
  }),
};

const schemes = Object.keys(attach) as SandboxScheme[];
const cases = Object.keys(documented).flatMap((name) =>
  schemes.map((scheme) => [name, scheme] as const),
);

test.each(cases)('%s accepts or refuses %s as documented', async (name, scheme) => {
  const product = documented[name];
  if (product === undefined) throw new Error('There is no such product.');
  const { host, path, method = 'GET', json, status = 200 } = product;
  const attached = await attach[scheme](product);
  const init = { method, ...(json && { json }), ...attached };
  const response = await send(sandbox, `${host}${path}`, init);
  const recorded = sandbox.requests.at(-1);
  if (product.schemes.includes(scheme)) {
    expect(recorded).toMatchObject({ product: name, refusal: undefined });
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.text()).not.toContain('Missing');
  } else {
    const inBody = ['sms', 'verify', 'number-insight'].includes(name);
    expect(recorded).toMatchObject({ product: name, refusal: `${scheme} is not accepted here` });
    expect(response.status).toBe(inBody ? 200 : name === 'opentok' ? 403 : 401);
  }
});

test.each(Object.keys(documented))('sandbox.url returns a URL of %s', async (name) => {
  await fetch(sandbox.url(name));
  expect(sandbox.requests.at(-1)).toMatchObject({ product: name });
});

test.each([
  ['rest.nexmo.com/account/get-pricing/outbound/sms', 'pricing'],
  ['rest.nexmo.com/account/numbers', 'numbers'],
  ['rest.nexmo.com/account/numbersx', 'account'],
  ['rest.nexmo.com/anything', 'developer'],
  ['rest.nexmo.com/accounts/abcd1234/secrets', 'secrets'],
  ['rest.nexmo.com/accounts/abcd1234/subaccounts', 'subaccounts'],
  ['messages-sandbox.nexmo.com/v1/messages', 'messages'],
  ['messages-sandbox.nexmo.com/v0.1/messages', 'messages'],
  ['messages-sandbox.nexmo.com/v1/calls', undefined],
  ['api-eu.vonage.com/v2/verify', 'verify-v2'],
  ['api.nexmo.com/v2/account/pricing/sms', 'pricing-v2'],
  ['api.nexmo.com/v2/account', undefined],
  ['api.nexmo.com/v2/accounts', undefined],
  ['api.nexmo.com/v1/applications', 'applications-v1'],
  ['api.nexmo.com/accounts/any%20key/secrets/1', 'secrets'],
  ['api.nexmo.com/accounts/abcd1234/transfer-number', 'subaccounts'],
  ['api.nexmo.com/accounts//secrets', undefined],
  ['api.nexmo.com/accounts/a/b/secrets', undefined],
  ['api.nexmo.com/accounts/abcd1234', undefined],
  ['api.nexmo.com/identity-insights/v1/requests', 'identity-insights'],
  ['api-sg-1.nexmo.com/v1/calls', 'voice'],
  ['api-sg-1.vonage.com/v1/calls', undefined],
  ['rest-us-1.nexmo.com/sms/json', 'sms'],
  ['rest-eu-1.nexmo.com/sms/json', undefined],
  ['api.nexmo.com/v1/10dlc/brands', undefined],
  ['api-us.vonage.com/v1/network-registry/business-profiles', undefined],
  ['api-eu.vonage.com/oauth2/auth', undefined],
  ['api-eu.vonage.com/camara/sim-swap/v040/check', undefined],
  ['api.nexmo.com/v0.4/conversations', undefined],
  ['api.nexmo.com/v0.3/users', 'users'],
  ['dashboard.nexmo.com/oauth', undefined],
])('%s belongs to the product %s', async (path, product) => {
  await send(sandbox, path);
  expect(sandbox.requests.at(-1)?.product).toBe(product);
});

import { AuthInjector, Credentials, type PlainRequest, type Product } from '../../src';
import { products } from '../../src/injector/products';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const credentials = new Credentials({
  apiKey: 'abcd1234',
  apiSecret: 'ABCDEFGH01234abc',
  applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  privateKey: keyText('rsa-pkcs8'),
});
const auth = new AuthInjector(credentials);

/** The names with which a request to a URL is accepted: they show which product the URL has. */
async function productAt(url: string, injector = auth, names = products.map(({ name }) => name)) {
  const named: string[] = [];
  for (const name of names) {
    await injector.inject({ url }, name).then(
      () => named.push(name),
      () => undefined,
    );
  }
  return named.join(' and ');
}
const schemeOf = ({ params, headers }: PlainRequest) => [
  ...(params ? ['query'] : []),
  ...(headers['Authorization']
    ? [String(headers['Authorization']).split(' ')[0]?.toLowerCase()]
    : []),
];
const codeOf = async (url: string, product?: string, injector = auth) =>
  (await rejection(injector.inject({ url }, product))).code;

// URLs of the platform's API reference, written independently of src/injector/products.ts.
describe('the URL decides', () => {
  test.each([
    ['https://rest.nexmo.com/sms/json', 'sms', 'query'],
    ['https://rest.nexmo.com/sms/xml?to=1', 'sms', 'query'],
    ['https://api.nexmo.com/verify/json', 'verify', 'query'],
    ['https://api.nexmo.com/verify/check/json', 'verify', 'query'],
    ['https://api.nexmo.com/ni/basic/json', 'number-insight', 'query'],
    ['https://api.nexmo.com/ni/advanced/async/json', 'number-insight', 'query'],
    ['https://api.nexmo.com/conversions/sms', 'conversion', 'query'],
    ['https://rest.nexmo.com/account/get-balance', 'account', 'query'],
    ['https://rest.nexmo.com/account/top-up', 'account', 'query'],
    ['https://rest.nexmo.com/account/settings', 'account', 'query'],
    ['https://rest.nexmo.com/account/get-pricing/outbound/sms', 'pricing', 'query'],
    ['https://rest.nexmo.com/account/get-full-pricing/outbound/voice', 'pricing', 'query'],
    ['https://rest.nexmo.com/account/get-prefix-pricing/outbound/sms', 'pricing', 'query'],
    ['https://rest.nexmo.com/account/numbers', 'numbers', 'query'],
    ['https://rest.nexmo.com/number/search', 'numbers', 'query'],
    ['https://rest.nexmo.com/number/buy', 'numbers', 'query'],
    ['https://rest.nexmo.com/search/message', 'developer', 'query'],
    ['https://rest.nexmo.com/sc/us/2fa/json', 'developer', 'query'],
    ['https://api.nexmo.com/v1/calls', 'voice', 'bearer'],
    ['https://api.nexmo.com/v1/calls/63f61863-4a51-4f6b-86e1-46edebcf9356/talk', 'voice', 'bearer'],
    ['https://api.nexmo.com/v2/calls', 'voice', 'bearer'],
    ['https://api.nexmo.com/v1/files/aaaaaaaa-bbbb-cccc-dddd-0123456789ab', 'files', 'bearer'],
    ['https://api-us.nexmo.com/v1/files/aaaaaaaa-bbbb-cccc-dddd-0123456789ab', 'files', 'bearer'],
    ['https://api.nexmo.com/v3/files/aaaaaaaa-bbbb-cccc-dddd-0123456789ab', 'files', 'bearer'],
    ['https://api.nexmo.com/v0.1/conversations', 'conversations', 'bearer'],
    ['https://api.nexmo.com/v0.2/conversations/CON-1/members', 'conversations', 'bearer'],
    ['https://api.nexmo.com/v0.3/legs', 'conversations', 'bearer'],
    ['https://api-us-3.vonage.com/v1/conversations', 'conversations', 'bearer'],
    ['https://api.nexmo.com/beta/conversations/CON-1/events', 'conversations', 'bearer'],
    ['https://api.nexmo.com/beta/legs/1', 'conversations', 'bearer'],
    ['https://api.nexmo.com/v0.1/users', 'users', 'bearer'],
    ['https://api.nexmo.com/v0.3/users', 'users', 'bearer'],
    ['https://api.nexmo.com/beta/users/USR-1', 'users', 'bearer'],
    ['https://api.nexmo.com/v1/users/USR-1', 'users', 'bearer'],
    ['https://api.nexmo.com/v1/messages', 'messages', 'bearer'],
    ['https://api-eu.vonage.com/v1/messages/aaaaaaaa', 'messages', 'bearer'],
    ['https://api.nexmo.com/v0.1/messages', 'messages', 'bearer'],
    ['https://messages-sandbox.nexmo.com/v1/messages', 'messages', 'bearer'],
    ['https://messages-sandbox.nexmo.com/v0.1/messages', 'messages', 'bearer'],
    ['https://api.nexmo.com/v0.1/dispatch', 'dispatch', 'bearer'],
    ['https://api.nexmo.com/v2/verify', 'verify-v2', 'bearer'],
    ['https://api-eu.vonage.com/v2/verify/c11236f4', 'verify-v2', 'bearer'],
    ['https://api.nexmo.com/beta/chatapp-accounts/messenger/1', 'external-accounts', 'bearer'],
    ['https://api.nexmo.com/v3/media/aaaaaaaa', 'media', 'bearer'],
    ['https://api.nexmo.com/v2/applications/78d335fa', 'applications', 'basic'],
    ['https://api.nexmo.com/v1/applications', 'applications-v1', 'query'],
    ['https://api.nexmo.com/accounts/abcd1234/secrets', 'secrets', 'basic'],
    ['https://api.nexmo.com/accounts/abcd1234/secrets/ad6dc56f', 'secrets', 'basic'],
    ['https://rest.nexmo.com/accounts/abcd1234/secrets/ad6dc56f', 'secrets', 'basic'],
    ['https://rest.nexmo.com/accounts/abcd1234/subaccounts', 'subaccounts', 'basic'],
    ['https://rest.nexmo.com/accounts/abcd1234/credit-transfers', 'subaccounts', 'basic'],
    ['https://rest.nexmo.com/accounts/abcd1234/balance-transfers', 'subaccounts', 'basic'],
    ['https://rest.nexmo.com/accounts/abcd1234/transfer-number', 'subaccounts', 'basic'],
    ['https://api.nexmo.com/accounts/abcd1234/subaccounts/bbe6222f', 'subaccounts', 'basic'],
    ['https://api.nexmo.com/accounts/abcd1234/credit-transfers', 'subaccounts', 'basic'],
    ['https://api.nexmo.com/accounts/abcd1234/balance-transfers', 'subaccounts', 'basic'],
    ['https://api.nexmo.com/accounts/abcd1234/transfer-number', 'subaccounts', 'basic'],
    ['https://api.nexmo.com/v2/account/pricing/sms', 'pricing-v2', 'basic'],
    ['https://api.nexmo.com/v2/ni', 'number-insight-v2', 'basic'],
    ['https://api.nexmo.com/beta/audit/events', 'audit', 'basic'],
    ['https://api.nexmo.com/v1/redact/transaction', 'redact', 'basic'],
    ['https://api.nexmo.com/v2/reports/records', 'reports', 'basic'],
    ['https://api-eu.vonage.com/identity-insights/v1/requests', 'identity-insights', 'bearer'],
    ['https://api-us.vonage.com/identity-insights/v1/requests', 'identity-insights', 'bearer'],
    ['https://api.nexmo.com/identity-insights/v1/requests', 'identity-insights', 'bearer'],
    ['https://api-eu.vonage.com/v0.1/identity-insights', 'identity-insights', 'bearer'],
    ['https://api.nexmo.com/v1/addresses/c49f3586', 'emergency', 'basic'],
    ['https://api.nexmo.com/v1/emergency/numbers/15500900000', 'emergency', 'basic'],
    ['https://api.nexmo.com/v1/channel-manager/whatsapp/wabas', 'channel-manager', 'basic'],
    ['https://api.nexmo.com/v2/whatsapp-manager/wabas/1/templates', 'channel-manager', 'basic'],
    ['https://api.nexmo.com/v1/psip/', 'sip', 'basic'],
    ['https://api-eu.vonage.com/v1/10dlc/brands', '10dlc', 'bearer'],
    ['https://api.nexmo.com/tfn/v1/registrations', 'toll-free', 'basic'],
    ['https://api.nexmo.com/v0.1/fraud-defender/rules', 'fraud-defender', 'basic'],
    ['https://api.nexmo.com/v1/fraud-defender/rules', 'fraud-defender', 'basic'],
    ['https://api-eu.vonage.com/v1/network-registry/profiles', 'network-registry', 'basic'],
    ['https://api-eu.vonage.com/v0.1/network-enablement', 'network-enablement', 'bearer'],
    ['https://api-eu.vonage.com/oauth2/bc-authorize', 'network-auth', 'bearer'],
    ['https://api-eu.vonage.com/oauth2/token', 'network-auth', 'bearer'],
    ['https://oidc.idp.vonage.com/oauth2/auth', 'network-auth', 'bearer'],
    ['https://api-eu.vonage.com/network-location/v0.1/retrieval', 'device-location', 'bearer'],
    ['https://api-eu.vonage.com/v0.1/location/retrieval', 'device-location', 'bearer'],
    ['https://api-eu.vonage.com/v1/meetings/rooms', 'meetings', 'bearer'],
    ['https://api-eu.vonage.com/beta/meetings/rooms', 'meetings', 'bearer'],
    ['https://api-eu.vonage.com/meetings/rooms', 'meetings', 'bearer'],
    ['https://api-eu.vonage.com/v0.1/bulk/lists', 'proactive-connect', 'bearer'],
    ['https://video.api.vonage.com/session/create', 'video', 'bearer'],
    ['https://video.api.vonage.com/v2/project/78d335fa/archive', 'video', 'bearer'],
    ['https://API.Nexmo.com/v1/calls', 'voice', 'bearer'],
    ['https://api.nexmo.com:443/v1/calls', 'voice', 'bearer'],
    ['https://api.nexmo.com/verify/../v1/calls', 'voice', 'bearer'],
    ['https://api.nexmo.com/verify/%2e%2e/ni/basic/json', 'number-insight', 'query'],
  ])('%s belongs to %s, which takes %s', async (url, product, scheme) => {
    expect(await productAt(url)).toBe(product);
    expect(schemeOf(await auth.inject({ url }))).toEqual([scheme]);
  });

  test.each(
    [
      ['api-us', 'api-eu', 'api-ap'].flatMap((name) => [`${name}.nexmo.com`, `${name}.vonage.com`]),
      ['api-us-1', 'api-us-2', 'api-eu-1', 'api-eu-2', 'api-sg-1'].map(
        (name) => `${name}.nexmo.com`,
      ),
      ['api-us-3', 'api-us-4', 'api-eu-3', 'api-eu-4', 'api-ap-3', 'api-ap-4'].map(
        (name) => `${name}.vonage.com`,
      ),
    ].flat(),
  )('%s stands for api.nexmo.com', async (host) => {
    expect(await productAt(`https://${host}/v1/calls`)).toBe('voice');
    expect(await productAt(`https://${host}/verify/json`)).toBe('verify');
    expect(await codeOf(`https://${host}/sms/json`)).toBe('ERR_UNKNOWN_PRODUCT');
  });

  test.each(['rest-us-1.nexmo.com', 'rest-sg-1.nexmo.com'])(
    '%s stands for rest.nexmo.com',
    async (host) => {
      expect(await productAt(`https://${host}/sms/json`)).toBe('sms');
      expect(await productAt(`https://${host}/account/get-balance`)).toBe('account');
      expect(await productAt(`https://${host}/accounts/abcd1234/secrets`)).toBe('secrets');
      expect(await productAt(`https://${host}/sc/us/2fa/json`)).toBe('developer');
    },
  );

  test.each([
    'https://api.nexmo.com/v1/calls/',
    'https://api.nexmo.com/v1/calls',
    'https://api.nexmo.com/v1/psip/',
    'https://api.nexmo.com/v1/calls//',
    'https://video.api.vonage.com/v2/project/78d335fa/broadcast/',
  ])('no trailing slash is added or removed: %s', async (url) => {
    expect((await auth.inject({ url })).url).toBe(url);
  });
});

/** Every host of the platform except api.nexmo.com and rest.nexmo.com, with a path that it serves. */
const hosts = [
  ...['api-us-1', 'api-us-2', 'api-eu-1', 'api-eu-2', 'api-sg-1', 'api-us', 'api-eu', 'api-ap'].map(
    (name) => [`${name}.nexmo.com`, '/v1/calls'] as const,
  ),
  ...['api-us', 'api-eu', 'api-ap', 'api-us-3', 'api-us-4', 'api-eu-3', 'api-eu-4', 'api-ap-3'].map(
    (name) => [`${name}.vonage.com`, '/identity-insights/v1/requests'] as const,
  ),
  ['api-ap-4.vonage.com', '/v1/psip'],
  ['api-eu.vonage.com', '/v1/10dlc/brands'],
  ['api-eu.vonage.com', '/oauth2/token'],
  ['oidc.idp.vonage.com', '/oauth2/auth'],
  ['rest-us-1.nexmo.com', '/sms/json'],
  ['rest-sg-1.nexmo.com', '/accounts/abcd1234/secrets'],
  ['messages-sandbox.nexmo.com', '/v1/messages'],
  ['video.api.vonage.com', '/session/create'],
  ['api.opentok.com', '/session/create'],
] as const;

describe('a host that looks like', () => {
  test.each(hosts)('%s gets no credential for %s', async (host, path) => {
    expect(auth.productAt(`https://${host}${path}`)).toBeDefined();
    const [label = '', ...domain] = host.split('.');
    const alike = [
      `${host}.evil.test`,
      `${host}.`,
      `evil-${host}`,
      `evil.${host}`,
      `${label}x.${domain.join('.')}`,
      host.replace('.', '-'),
      host.replace(/com$/, 'co'),
      `${host}:8443`,
      `${host}@evil.test`,
      `${host}%2eevil.test`,
      `evil.test/${host}`,
      `evil.test#${host}`,
    ];
    for (const each of alike) {
      expect(await codeOf(`https://${each}${path}`)).toMatch(/ERR_(UNKNOWN_PRODUCT|INVALID_URL)/);
    }
    expect(await codeOf(`http://${host}${path}`)).toBe('ERR_HOST_NOT_ALLOWED');
  });
});

describe('no credential is sent to', () => {
  test.each([
    'https://api.nexmo.com/',
    'https://api.nexmo.com/v1/callsigns',
    'https://api.nexmo.com/V1/calls',
    'https://api.nexmo.com/v1%2Fcalls',
    'https://api.nexmo.com/v1/%2e%2e/v1/other',
    'https://api.nexmo.com//v1/calls',
    'https://api.nexmo.com./v1/calls',
    'https://api.nexmo.com.evil.test/v1/calls',
    'https://evil-api.nexmo.com/v1/calls',
    'https://evil.test/api.nexmo.com/v1/calls',
    'https://api.nexmo.com@evil.test/v1/calls',
    'https://api.nexmo.com:8443/v1/calls',
    'https://api.nexmo.com:80/v1/calls',
    'https://evil.test\\@api.nexmo.com/v1/calls',
    'https://api.nexmo.com%2eevil.test/v1/calls',
    'https://api-us-1.vonage.com/v1/calls',
    'https://messages-sandbox.nexmo.com/v1/calls',
    'https://messages-sandbox.vonage.com/v1/messages',
    'https://api-us-3.nexmo.com/v1/calls',
    'https://api-ap-1.nexmo.com/v1/calls',
    'https://api-us-1.nexmo.com.evil.test/v1/calls',
    'https://api-sg-1.nexmo.com:8443/v1/calls',
    'https://api-sg-1.nexmo.com./v1/calls',
    'https://rest-eu-1.nexmo.com/sms/json',
    'https://rest-us-1.vonage.com/sms/json',
    'https://rest-us-1.nexmo.com.evil.test/sms/json',
    'https://evil-rest-sg-1.nexmo.com/sms/json',
    'https://rest-sg-1.nexmo.com@evil.test/sms/json',
    'https://api-us.vonage.com/v1/10dlc/brands',
    'https://api.nexmo.com/v1/network-registry/profiles',
    'https://api.nexmo.com/v1/meetings/rooms',
    'https://api-eu.vonage.com.evil.test/v0.1/bulk/lists',
    'https://api-eu-vonage.com/v1/10dlc/brands',
    'https://api-eu.vonage.com/oauth2/auth',
    'https://api-eu.vonage.com/oauth2/tokens',
    'https://api-eu.vonage.com/camara/sim-swap/v040/check',
    'https://oidc.idp.vonage.com/oauth2/token',
    'https://api-eu.vonage.com/network-location/v1',
    'https://xn--pi-hia.nexmo.com/v1/calls',
    'http://127.0.0.1/v1/calls',
    'http://evil.test/v1/calls',
    'data:text/plain,https://api.nexmo.com/v1/calls',
  ])('%s', async (url) => {
    expect(await codeOf(url)).toBe('ERR_UNKNOWN_PRODUCT');
    expect(await codeOf(url, 'voice')).toBe('ERR_HOST_NOT_ALLOWED');
  });

  test.each(['http', 'ftp', 'ws', 'wss'])('a product over %s:', async (protocol) => {
    const url = `${protocol}://rest.nexmo.com/sms/json`;
    expect(await codeOf(url)).toBe('ERR_HOST_NOT_ALLOWED');
    expect(await codeOf(url, 'sms')).toBe('ERR_HOST_NOT_ALLOWED');
  });

  test.each([
    'https://api.nexmo.com/verify/..%2fother',
    'https://api.nexmo.com/verify/x%2F%2e.%2Fy',
    'https://api.nexmo.com/verify/..%5Cother',
    'https://api.nexmo.com/verify/x%2f..',
  ])('an encoded parent segment in %s', async (url) => {
    expect(await codeOf(url)).toBe('ERR_HOST_NOT_ALLOWED');
    expect(await codeOf(url, 'verify')).toBe('ERR_HOST_NOT_ALLOWED');
    expect(await productAt('https://api.nexmo.com/verify/a%2Fb..%20c')).toBe('verify');
  });

  test('the URL of another product than the named one', async () => {
    expect(await codeOf('https://rest.nexmo.com/sms/json', 'voice')).toBe('ERR_HOST_NOT_ALLOWED');
    expect(await codeOf('https://api.nexmo.com/v1/calls', 'sms')).toBe('ERR_HOST_NOT_ALLOWED');
    expect(await codeOf('https://rest.nexmo.com/account/numbers', 'account')).toBe(
      'ERR_HOST_NOT_ALLOWED',
    );
  });

  test('a product that does not exist', async () => {
    for (const name of ['fax', '', '__proto__', 'SMS']) {
      expect(await codeOf('https://rest.nexmo.com/sms/json', name)).toBe('ERR_UNKNOWN_PRODUCT');
    }
  });
});

test('a URL with backslashes is sent as clients normalise it, with slashes', async () => {
  const { url } = await auth.inject({ url: 'https:\\\\rest.nexmo.com\\sms\\json' });
  expect(url).toBe('https://rest.nexmo.com/sms/json');
});

test('video accepts only a token, not key and secret', async () => {
  const url = 'https://video.api.vonage.com/session/create';
  const basic = failure(() => new AuthInjector(credentials, { schemes: { video: 'basic' } }));
  expect(basic.code).toBe('ERR_SCHEME_NOT_ACCEPTED');
  const { apiKey } = credentials;
  const keyOnly = new AuthInjector(
    new Credentials({ apiKey, apiSecret: credentials.reveal('apiSecret') }),
  );
  expect(await codeOf(url, undefined, keyOnly)).toBe('ERR_MISSING_CREDENTIAL');
});

describe('a custom product', () => {
  const gateway: Product = {
    name: 'gateway',
    urls: ['https://gw.test:8443/nexmo/*/send'],
    schemes: ['query'],
  };
  const withProducts = (...own: Product[]) => new AuthInjector(credentials, { products: own });

  test('is found by host with port, and * stands for one segment', async () => {
    const injector = withProducts(gateway);
    const names = ['gateway'];
    expect(await productAt('https://gw.test:8443/nexmo/eu/send', injector, names)).toBe('gateway');
    expect(await productAt('https://gw.test:8443/nexmo/eu/send/now', injector, names)).toBe(
      'gateway',
    );
    for (const path of [
      ':8443/nexmo/send',
      ':8443/nexmo//send',
      ':8443/nexmo/a/b/send',
      '/nexmo/eu/send',
    ]) {
      expect(await codeOf(`https://gw.test${path}`, undefined, injector)).toBe(
        'ERR_UNKNOWN_PRODUCT',
      );
    }
  });

  test('with a longer path wins over one with a shorter path, and an exact segment wins over *', async () => {
    const injector = withProducts(
      { name: 'any', urls: ['https://gw.test/*/x'], schemes: ['query'] },
      { name: 'exact', urls: ['https://gw.test/a/x'], schemes: ['bearer'] },
      { name: 'all', urls: ['https://gw.test'], schemes: ['query'] },
    );
    const names = ['any', 'exact', 'all'];
    expect(await productAt('https://gw.test/a/x', injector, names)).toBe('exact');
    expect(await productAt('https://gw.test/b/x', injector, names)).toBe('any');
    expect(await productAt('https://gw.test/b/y', injector, names)).toBe('all');
  });

  test('with a URL of another product can be named, and is the default for that URL', async () => {
    const url = 'https://rest.nexmo.com/sms/json';
    const injector = withProducts({
      name: 'own',
      urls: ['https://rest.nexmo.com/sms/'],
      schemes: ['bearer'],
    });
    expect(schemeOf(await injector.inject({ url }))).toEqual(['bearer']);
    expect(schemeOf(await injector.inject({ url }, 'own'))).toEqual(['bearer']);
    expect(schemeOf(await injector.inject({ url }, 'sms'))).toEqual(['query']);
  });

  test('at api.nexmo.com is not at the regional hosts, and one at a regional host wins there', async () => {
    const injector = withProducts(
      { name: 'own', urls: ['https://api.nexmo.com/own'], schemes: ['query'] },
      { name: 'regional', urls: ['https://api-us-1.nexmo.com/v1/calls'], schemes: ['query'] },
    );
    expect(await codeOf('https://api-us-1.nexmo.com/own', undefined, injector)).toBe(
      'ERR_UNKNOWN_PRODUCT',
    );
    const schemesAt = async (url: string) => schemeOf(await injector.inject({ url }));
    expect(await schemesAt('https://api.nexmo.com/own')).toEqual(['query']);
    expect(await schemesAt('https://api-us-1.nexmo.com/v1/calls')).toEqual(['query']);
    expect(await schemesAt('https://api-us-2.nexmo.com/v1/calls')).toEqual(['bearer']);
    expect(await schemesAt('https://api.nexmo.com/v1/calls')).toEqual(['bearer']);
  });

  test('with the name of a built-in product replaces the schemes of that product, and adds URLs to it', async () => {
    const injector = withProducts({
      name: 'sms',
      urls: ['http://127.0.0.1:3000/'],
      schemes: ['bearer'],
    });
    for (const url of ['http://127.0.0.1:3000/x', 'https://rest.nexmo.com/sms/json']) {
      expect(schemeOf(await injector.inject({ url }))).toEqual(['bearer']);
    }
  });

  test('may be on http only at a loopback host, with exactly its port', async () => {
    const hosts = [
      'http://localhost:3000/',
      'http://127.0.0.1:3000/',
      'http://127.8.9.1:3000/',
      'http://[::1]:3000/',
    ];
    const injector = withProducts({ name: 'mock', urls: hosts, schemes: ['query'] });
    for (const url of hosts) expect(schemeOf(await injector.inject({ url }))).toEqual(['query']);
    expect(await codeOf('http://127.0.0.1:3001/', undefined, injector)).toBe('ERR_UNKNOWN_PRODUCT');
    expect(await codeOf('https://127.0.0.1:3000/', undefined, injector)).toBe(
      'ERR_HOST_NOT_ALLOWED',
    );
  });

  test('on http is distinguished from another on https at the same host', async () => {
    const injector = withProducts(
      { name: 'plain', urls: ['http://localhost:3000/'], schemes: ['query'] },
      { name: 'safe', urls: ['https://localhost:3000/'], schemes: ['bearer'] },
    );
    expect(schemeOf(await injector.inject({ url: 'http://localhost:3000/' }))).toEqual(['query']);
    expect(schemeOf(await injector.inject({ url: 'https://localhost:3000/' }))).toEqual(['bearer']);
  });

  test.each<[string, unknown]>([
    ['an object in place of the list', gateway],
    ['null in the list', [null]],
    ['a hole in the list', [,]], // eslint-disable-line no-sparse-arrays
    ['a hole in its schemes', [{ ...gateway, schemes: [, 'query'] }]], // eslint-disable-line no-sparse-arrays
    ['a text in the list', ['sms']],
    ['no name', [{ ...gateway, name: '' }]],
    ['no URL', [{ ...gateway, urls: [] }]],
    ['a text that is no URL', [{ ...gateway, urls: ['gw.test/send'] }]],
    ['a URL object', [{ ...gateway, urls: [new URL('https://gw.test')] }]],
    ['a text in place of urls', [{ ...gateway, urls: 'https://gw.test' }]],
    ['http to another host', [{ ...gateway, urls: ['http://gw.test/'] }]],
    [
      'http to a host that looks like loopback',
      [{ ...gateway, urls: ['http://127.0.0.1.evil.test/'] }],
    ],
    [
      'http to localhost of another domain',
      [{ ...gateway, urls: ['http://localhost.evil.test/'] }],
    ],
    ['a protocol other than https: and http:', [{ ...gateway, urls: ['ftp://localhost/'] }]],
    ['user-info', [{ ...gateway, urls: ['https://user@gw.test/'] }]],
    ['a password', [{ ...gateway, urls: ['https://:pass@gw.test/'] }]],
    ['* in a host', [{ ...gateway, urls: ['https://*.gw.test/'] }]],
    ['* in a part of a segment', [{ ...gateway, urls: ['https://gw.test/a*b/'] }]],
    ['**', [{ ...gateway, urls: ['https://gw.test/**/'] }]],
    ['a query', [{ ...gateway, urls: ['https://gw.test/?a=1'] }]],
    ['a fragment', [{ ...gateway, urls: ['https://gw.test/#a'] }]],
    ['no scheme', [{ ...gateway, schemes: [] }]],
    ['a scheme that does not exist', [{ ...gateway, schemes: ['digest'] }]],
  ])('is refused with %s', (_name, own) => {
    const error = failure(() => new AuthInjector(credentials, { products: own as Product[] }));
    expect(error.code).toBe('ERR_INVALID_PRODUCT');
  });

  const refusal = { json: ['status'], xml: ['error@code'], codes: ['4'] };
  const refusalOf = async (injector: AuthInjector, url: string) =>
    (await injector.attempt({ url })).refusal;

  test('shows its refusal in the attempt', async () => {
    const url = 'https://gw.test:8443/nexmo/eu/send';
    expect(await refusalOf(withProducts({ ...gateway, refusal }), url)).toEqual(refusal);
    expect(await refusalOf(withProducts(gateway), url)).toBeUndefined();
    expect(await refusalOf(auth, 'https://rest.nexmo.com/account/get-balance')).toBeUndefined();
  });

  test('with the name of a built-in product keeps the refusal of that product, unless it brings its own', async () => {
    const url = 'https://rest.nexmo.com/sms/json';
    const sms: Product = { name: 'sms', urls: ['https://gw.test/'], schemes: ['query'] };
    const builtIn = await refusalOf(auth, url);
    expect(builtIn?.codes).toEqual(['4', '14']);
    for (const place of [url, 'https://gw.test/x']) {
      expect(await refusalOf(withProducts(sms), place)).toEqual(builtIn);
      expect(await refusalOf(withProducts({ ...sms, refusal: undefined }), place)).toEqual(builtIn);
      expect(await refusalOf(withProducts({ ...sms, refusal }), place)).toEqual(refusal);
      expect(await refusalOf(withProducts({ ...sms, refusal }, sms), place)).toEqual(refusal);
    }
  });

  test('is copied with its refusal, so that later changes have no effect', async () => {
    const codes = ['4'];
    const injector = withProducts({ ...gateway, refusal: { json: ['status'], codes } });
    codes.push('0');
    const { refusal } = await injector.attempt({ url: 'https://gw.test:8443/nexmo/eu/send' });
    expect(refusal?.codes).toEqual(['4']);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'status'],
    ['a function', () => true],
    ['neither json nor xml', { codes: ['4'] }],
    ['no codes', { json: ['status'] }],
    ['an empty list of codes', { json: ['status'], codes: [] }],
    ['a code that is a number', { json: ['status'], codes: [4] }],
    ['a code that is empty', { json: ['status'], codes: [''] }],
    ['a text in place of codes', { json: ['status'], codes: '4' }],
    ['a hole in its codes', { json: ['status'], codes: [, '4'] }], // eslint-disable-line no-sparse-arrays
    ['a text in place of the list of paths', { json: 'status', codes: ['4'] }],
    ['an empty list of paths', { json: [], codes: ['4'] }],
    ['an empty path', { json: [''], codes: ['4'] }],
    ['an empty name in a path', { json: ['messages..status'], codes: ['4'] }],
    ['a path that ends in a dot', { json: ['messages.'], codes: ['4'] }],
    ['a path that is no text', { json: [['status']], codes: ['4'] }],
    ['an empty list of names', { xml: [], codes: ['4'] }],
    ['the name of an element in angle brackets', { xml: ['<status>'], codes: ['4'] }],
    ['a path in XML', { xml: ['message/status'], codes: ['4'] }],
    ['an attribute without a name', { xml: ['error@'], codes: ['4'] }],
    ['an attribute without an element', { xml: ['@code'], codes: ['4'] }],
    ['null for XML', { json: ['status'], xml: null, codes: ['4'] }],
    ['a field that does not exist', { json: ['status'], codes: ['4'], at: 'status' }],
  ])('is refused with a refusal that is or has %s', (_name, refusal) => {
    const own = [{ ...gateway, refusal }] as Product[];
    const error = failure(() => new AuthInjector(credentials, { products: own }));
    expect(error.code).toBe('ERR_INVALID_PRODUCT');
  });

  test('is refused with a field that does not exist', () => {
    const own = [{ ...gateway, url: 'https://gw.test' }] as unknown as Product[];
    expect(failure(() => new AuthInjector(credentials, { products: own })).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });
});

test.each([
  'https://rest.nexmo.com/%73ms/json',
  'https://rest.nexmo.com/%2573ms/json',
  'https://rest.nexmo.com/%2525%37%33ms/json',
  'https://rest.nexmo.com/sms%2Fjson',
  'https://rest.nexmo.com/sms%5Cjson',
  'https://rest.nexmo.com/%53MS/json',
  'https://rest.nexmo.com/%252e/sms/json',
  'https://rest.nexmo.com/%61ccounts/abcd1234/secrets',
  'https://rest.nexmo.com/sms/%252e%252e/accounts/abcd1234/secrets',
  'https://api.nexmo.com/v1/calls/%252e%252e%252f%252e%252e%252fv2%252fapplications',
  'https://rest.nexmo.com/sms/..;/accounts/abcd1234/secrets',
  'https://rest.nexmo.com/sms/%2e%2e;x/accounts/abcd1234/secrets',
  'https://rest.nexmo.com/sms/..%3b/accounts/abcd1234/secrets',
  'https://rest.nexmo.com/accounts;x/abcd1234/secrets',
  'https://rest.nexmo.com/x/%252e%252e/sms/json',
  'https://rest.nexmo.com/%%37%33ms/json',
  'https://rest.nexmo.com/%25%32%35%37%33ms/json',
  'https://rest.nexmo.com/accounts/abcd1234/;%2fx/secrets',
  'https://rest.nexmo.com/accounts/abcd1234/%3b%2fx/secrets',
  'https://rest.nexmo.com/accounts/abcd1234/;%255Cx/secrets',
  'https://rest.nexmo.com/accounts;%2fx/abcd1234/secrets',
  'https://rest.nexmo.com/accounts/abcd1234/%3%62%2fx/secrets',
  'https://rest.nexmo.com/;%2fx/sms/json',
  'https://rest.nexmo.com/;%252525252fx/sms/json',
  'https://rest.nexmo.com/accounts/abcd1234/%252e/secrets',
  'https://rest.nexmo.com/accounts/%252e/secrets;x=1',
  'https://rest.nexmo.com/accounts/abcd1234/.%20/secrets',
  'https://rest.nexmo.com/accounts/..%20/sms/json',
  'https://rest.nexmo.com/accounts/%2e%2e%2520/sms/json',
  'https://rest.nexmo.com/sms/json%00',
  'https://rest.nexmo.com/sms/json%250A',
  'https://rest.nexmo.com/sms/.%0d./accounts',
  'https://rest.nexmo.com/sms/%7F/json',
  'https://rest.nexmo.com/sms/json.',
  'https://rest.nexmo.com/sms/json%20;x',
  'https://rest.nexmo.com/accounts/abcd1234/secrets%3Fx',
  'https://rest.nexmo.com/accounts/abcd1234/secrets%253Fx',
  'https://rest.nexmo.com/accounts/abcd1234/secrets%23x',
  'https://rest.nexmo.com/accounts/abcd1234/secrets;y%3Fx',
  'https://rest.nexmo.com/accounts/abcd1234%5Csecrets%3Fx',
  'https://rest.nexmo.com/accounts/abcd1234/%20secrets',
  'https://rest.nexmo.com/accounts/abcd1234/x%2F%20secrets',
  'https://rest.nexmo.com/sms/..%3Fx',
  'https://rest.nexmo.com/%u0073ms/json',
  'https://rest.nexmo.com/%25u0073ms/json',
  'https://rest.nexmo.com/sms/%U002E%u002e/accounts',
  'https://rest.nexmo.com/account/numbers%u002fget-pricing',
  'https://rest.nexmo.com/sms/%C0%AE%C0%AE/accounts',
  'https://rest.nexmo.com/sms/%25c0%25ae/accounts',
  'https://rest.nexmo.com/sms/%EF%BC%8E%EF%BC%8E/accounts',
  'https://rest.nexmo.com/sms/\uFF0E\uFF0E/accounts',
  'https://rest.nexmo.com/sms/..%C2%A0/accounts',
  'https://rest.nexmo.com/sms/%E2%88%95..%E2%88%95accounts',
  'https://rest.nexmo.com/sms\u2044..\u2044accounts',
  'https://rest.nexmo.com/sms/..%C2%A5..%E2%82%A9accounts',
  'https://rest.nexmo.com/sms/..%E2%95%B1accounts',
  'https://rest.nexmo.com/sms/%C2%B7%C2%B7/accounts',
  'https://rest.nexmo.com/(S(x))/sms/json',
  'https://rest.nexmo.com/account/%28A(x)F(y)%29/numbers',
  'https://rest.nexmo.com/%C5%BFms/json',
  'https://rest.nexmo.com/sms/%ED%A0%80',
])('a path that a server could decode to another product is refused: %s', async (url) => {
  expect(await codeOf(url)).toBe('ERR_HOST_NOT_ALLOWED');
});

test('an escape in a path that stays in its product is sent as it is', async () => {
  const { url } = await auth.inject({ url: 'https://api.nexmo.com/v1/calls/a%20b%2Fc' });
  expect(url).toBe('https://api.nexmo.com/v1/calls/a%20b%2Fc');
});

test('letters of any script, the euro sign and emoji in a path are sent as they are', async () => {
  const path = ['ä', 'नमस्ते', '日本', '٣', '€', '😀'].map(encodeURIComponent).join('/');
  const { url } = await auth.inject({ url: `https://api.nexmo.com/v1/calls/${path}` });
  expect(url).toBe(`https://api.nexmo.com/v1/calls/${path}`);
});

test('a custom product whose URL contains an escape is found for requests with the same escape', () => {
  const products = [
    { name: 'all', urls: ['https://gateway.test/'], schemes: ['basic'] },
    { name: 'some', urls: ['https://gateway.test/a%20b'], schemes: ['basic'] },
  ] as const;
  const gateway = auth.with({ products });
  expect(gateway.productAt('https://gateway.test/a%20b/c')).toBe('some');
  const error = failure(() => gateway.productAt('https://gateway.test/a%2520b'));
  expect(error.code).toBe('ERR_HOST_NOT_ALLOWED');
});

describe('a path that a server could decode to another product of the user is refused', () => {
  const all = { name: 'all', urls: ['https://gateway.test/'], schemes: ['query'] } as const;
  const at = (...urls: string[]) =>
    auth.with({ products: [all, { name: 'some', urls, schemes: ['bearer'] }] });
  const expectRefusal = (gateway: AuthInjector, path: string) => {
    const { code } = failure(() => gateway.productAt(`https://gateway.test/${path}`));
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
  };

  test.each([
    ['@voice', '%40voice'],
    ['a+b', 'a%2Bb'],
    ['Calls', '%43alls'],
    ['Calls', 'cal%6Cs'],
    ['Calls', 'calls'],
    ['my%2Dapi', 'my-api'],
    ['calls', '%43ALLS'],
    ['a%20b', 'a%2520b'],
    ['%C3%A4', '%c3%a4'],
    ['admin', ';%2fz/admin'],
    ['admin', '/admin'],
    ['admin', '%2Fadmin'],
    ['admin', '%5Cadmin'],
    ['a//b', 'a%2F/b'],
    ['partner', 'partner%3Fx'],
    ['partner', 'partner%2523x'],
    ['admin', 'adm%C4%B0n'],
    ['admin', 'adm\u0131n'],
    ['my-admin', 'my%C2%ADadmin'],
    ['my-admin', 'my%E2%80%90admin'],
    ['a%5Cb', 'a%E2%88%96b'],
    ['desk', 'de%C5%BF%E2%84%AA'],
  ])('%s, by %s', (segment, spelled) => {
    const gateway = at(`https://gateway.test/${segment}`);
    expect(gateway.productAt(`https://gateway.test/${segment}/x`)).toBe('some');
    expectRefusal(gateway, `${spelled}/x`);
    expect(gateway.productAt('https://gateway.test/other/x')).toBe('all');
  });

  test('so that a wildcard is not an encoded slash', () => {
    const gateway = auth.with({ products: [{ ...all, urls: ['https://gateway.test/*/sms'] }] });
    expect(gateway.productAt('https://gateway.test/a/sms')).toBe('all');
    expectRefusal(gateway, 'a%2fb/sms');
  });

  test.each(['partner%2F/sms', 'partner%2F%2F/sms', 'partner%2Fx/sms', 'partner%5C/sms'])(
    'also if only some servers merge slashes: %s',
    (path) => {
      const gateway = auth.with({
        products: [
          { ...all, name: 'tenants', urls: ['https://gateway.test/*/sms'] },
          { ...all, name: 'partner', urls: ['https://gateway.test/partner'] },
        ],
      });
      expect(gateway.productAt('https://gateway.test/x/sms')).toBe('tenants');
      expectRefusal(gateway, path);
    },
  );

  test.each(['d/;x//e', 'd//;x/e', 'd//x/e', 'd/;x/e'])(
    'also if only some servers know parameters of segments: %s',
    (path) => {
      const gateway = auth.with({
        products: [
          { ...all, name: 'd', urls: ['https://gateway.test/d'] },
          { ...all, name: 'e', urls: ['https://gateway.test/d/*/e'] },
        ],
      });
      expect(gateway.productAt('https://gateway.test/d/x/e')).toBe('e');
      expectRefusal(gateway, path);
    },
  );

  test.each(['partner./x', 'partner%20/x', 'partner%00/x', 'partner%2E%20', 'partner.%5Cx'])(
    'also if only some servers remove characters at the end of a segment: %s',
    (path) => {
      expectRefusal(at('https://gateway.test/partner'), path);
    },
  );

  test.each(['a.', 'a%20/b', 'a%09b', 'a/%252e', 'a%u0062', '%ff', '%EF%BC%8F'])(
    'so that such a URL is not one of a product: %s',
    (path) => {
      const error = failure(() => at(`https://gateway.test/${path}`));
      expect(error.code).toBe('ERR_INVALID_PRODUCT');
    },
  );

  test('but an encoded question mark below a product is sent as it is', () => {
    const gateway = at('https://gateway.test/partner', 'https://gateway.test/who%3F');
    for (const path of ['partner/%3Fx', 'partner/a%23b', 'who%3F/x']) {
      expect(gateway.productAt(`https://gateway.test/${path}`)).toBe('some');
    }
  });

  test('but other escapes and characters below a product are sent as they are', () => {
    const gateway = at('https://gateway.test/partner', 'https://gateway.test/%C3%A4');
    for (const path of [
      'partner/J%C3%BCrgen',
      'partner/100%25',
      'partner/Stra%C3%9Fe%C3%84',
      'partner/e%CC%81/x',
      '%C3%A4/%F0%9F%91%8B',
    ]) {
      expect(gateway.productAt(`https://gateway.test/${path}`)).toBe('some');
    }
  });

  test('but dots and spaces inside a segment are sent as they are', () => {
    expect(at('https://gateway.test/v1.0').productAt('https://gateway.test/v1.0/.a%20b')).toBe(
      'some',
    );
  });

  test('but a URL with two slashes is found', () => {
    const gateway = at('https://gateway.test/a//b');
    expect(gateway.productAt('https://gateway.test/a//b/c')).toBe('some');
  });

  test('but products that differ only in case are told apart', () => {
    const gateway = auth.with({
      products: [
        { ...all, name: 'upper', urls: ['https://gateway.test/Calls'] },
        { ...all, name: 'lower', urls: ['https://gateway.test/calls'] },
      ],
    });
    expect(gateway.productAt('https://gateway.test/Calls/x')).toBe('upper');
    expect(gateway.productAt('https://gateway.test/calls/x')).toBe('lower');
    expect(gateway.productAt('https://gateway.test/calls/X')).toBe('lower');
  });
});

test('the URLs of the built-in products are in normal form', () => {
  const segments = products.flatMap(({ urls }) =>
    urls.flatMap((url) => new URL(url).pathname.split('/')),
  );
  expect(segments.filter((segment) => !/^([a-z\d._~-]*|\*)$/.test(segment))).toEqual([]);
});

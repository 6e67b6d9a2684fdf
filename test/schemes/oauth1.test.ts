import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import OAuth from 'oauth-1.0a';
import { hmacsign } from 'oauth-sign';
import { Credentials } from '../../src';
import { formParameters } from '../../src/schemes/body';
import { baseString, oauth1, oauth1Signature, sign } from '../../src/schemes/oauth1';
import { type Parameter, queryParameters } from '../../src/schemes/parameters';
import type { PlainRequest } from '../../src/schemes/scheme';
import { failure } from '../support/errors';
import { runs } from '../support/runs';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const sha1 = (text: string, key: string) => createHmac('sha1', key).update(text).digest('base64');

type Example = {
  request: PlainRequest;
  protocol: Record<string, string>;
  secrets: { consumerSecret: string; tokenSecret?: string };
  signature: string;
};

const printer = { oauth_consumer_key: 'dpf43f3p2l4k3l03', oauth_signature_method: 'HMAC-SHA1' };
const consumerSecret = 'kd94hf93k423kf44';

const examples: Record<string, Example> = {
  'temporary credentials (section 1.2)': {
    request: { method: 'POST', url: 'https://photos.example.net/initiate', headers: {} },
    protocol: {
      ...printer,
      oauth_timestamp: '137131200',
      oauth_nonce: 'wIjqoS',
      oauth_callback: 'http://printer.example.com/ready',
    },
    secrets: { consumerSecret },
    signature: '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
  },
  'token credentials (section 1.2)': {
    request: { method: 'POST', url: 'https://photos.example.net/token', headers: {} },
    protocol: {
      ...printer,
      oauth_token: 'hh5s93j4hdidpola',
      oauth_timestamp: '137131201',
      oauth_nonce: 'walatlh',
      oauth_verifier: 'hfdp7dh39dks9884',
    },
    secrets: { consumerSecret, tokenSecret: 'hdhd0244k9j7ao03' },
    signature: 'gKgrFCywp7rO0OXSjdot/IHF7IU=',
  },
  'a protected resource (section 1.2)': {
    request: {
      method: 'GET',
      url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
      headers: {},
    },
    protocol: {
      ...printer,
      oauth_token: 'nnch734d00sl2jdk',
      oauth_timestamp: '137131202',
      oauth_nonce: 'chapoH',
    },
    secrets: { consumerSecret, tokenSecret: 'pfkkdhi9sl3r4s00' },
    signature: 'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
  },
};

const section31: Omit<Example, 'signature'> = {
  request: {
    method: 'POST',
    url: 'http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    headers: form,
    data: 'c2&a3=2+q',
  },
  protocol: {
    oauth_consumer_key: '9djdj82h48djs9d2',
    oauth_token: 'kkk9d7dh3k39sjv7',
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: '137131201',
    oauth_nonce: '7d8f3e4a',
  },
  secrets: { consumerSecret: 'j49sk3j29djd', tokenSecret: 'dh893hdasih9' },
};

const baseStringOf = ({ request, protocol }: Omit<Example, 'signature'>) =>
  baseString(String(request.method), request.url, [
    ...queryParameters(request),
    ...formParameters(request),
    ...Object.entries(protocol),
  ]);

test.each(Object.entries(examples))(
  'the signature for %s is the one in RFC 5849',
  (_name, example) => {
    expect(oauth1Signature(baseStringOf(example), example.secrets)).toBe(example.signature);
  },
);

test('the base string of the request in section 3.1 is the one in RFC 5849, section 3.4.1.1', () => {
  expect(baseStringOf(section31)).toBe(
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26' +
      'c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26' +
      'oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
  );
});

test('the signature of the request in section 3.1 matches erratum 2550; RFC 5849 prints the signature of a GET', () => {
  const base = baseStringOf(section31);
  expect(oauth1Signature(base, section31.secrets)).toBe('r6/TJjbCOr97/+UU0NsvSne7s5g=');
  expect(oauth1Signature(base.replace('POST', 'GET'), section31.secrets)).toBe(
    'bYT5CMsGcbgUdFHObYMEfcx6bsw=',
  );
});

const credentials = new Credentials({
  oauth1: {
    consumerKey: 'xvz1evFS4wEEPTGEFPHBog',
    consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
    tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  },
});
const held = credentials.reveal('oauth1');
const context = {
  token: '',
  now: () => 1_318_622_958,
  nonce: () => 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
};

test('the header matches Twitter\'s documentation ("Creating a signature", "Authorizing a request")', () => {
  const request = {
    method: 'post',
    url: 'https://api.twitter.com/1.1/statuses/update.json?include_entities=true',
    headers: form,
    data: 'status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21',
  };
  const { request: signed, secrets } = oauth1(request, credentials, context);
  expect(secrets).toEqual([
    '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
    'hCtSmYh+iHYCEqBWrE7C7hYmtUk=',
  ]);
  expect(signed).toEqual({
    ...request,
    headers: {
      ...form,
      Authorization:
        'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", ' +
        'oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", ' +
        'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D", ' +
        'oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", ' +
        'oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0"',
    },
  });
});

test('further protocol parameters are signed and sent', () => {
  const request = { method: 'post', url: 'https://host.test/', headers: {} };
  const { consumerKey, consumerSecret } = held;
  const further = { oauth_callback: 'https://acme.test/?a=1' };
  const { Authorization: header } = sign(
    request,
    { consumerKey, consumerSecret },
    context,
    further,
  );
  expect(header).toContain('oauth_callback="https%3A%2F%2Facme.test%2F%3Fa%3D1"');
  expect(header).not.toContain('oauth_token');
});

/** The signature in a header. */
const signatureIn = (header: unknown) =>
  decodeURIComponent(String(/oauth_signature="([^"]*)"/.exec(String(header))?.[1]));

const protocol = {
  oauth_consumer_key: held.consumerKey,
  oauth_nonce: context.nonce(),
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: String(context.now()),
  oauth_token: held.token,
  oauth_version: '1.0',
};

/** Values by name. A repeated name has a list of values, as oauth-sign and oauth-1.0a expect. */
function grouped(parameters: readonly Parameter[]): Record<string, string | string[]> {
  const names = new Set(parameters.map(([name]) => name));
  return Object.fromEntries(
    Array.from(names, (wanted) => {
      const values = parameters.filter(([name]) => name === wanted).map(([, value]) => value);
      return [wanted, values.length === 1 ? String(values[0]) : values];
    }),
  );
}

function byOAuthSign(method: string, url: string, parameters: readonly Parameter[]): string {
  const all = { ...grouped(parameters), ...protocol };
  return hmacsign(method, url, all, held.consumerSecret, String(held.tokenSecret));
}

function byOAuth10a(method: string, url: string, parameters: readonly Parameter[]): string {
  const { consumerKey: key, consumerSecret: secret } = held;
  const oauth = new OAuth({
    consumer: { key, secret },
    signature_method: 'HMAC-SHA1',
    hash_function: sha1,
  });
  const data = { method, url, data: grouped(parameters) };
  // A copy of the protocol parameters, since oauth-1.0a adds the parameters of the request to the object.
  return oauth.getSignature(data, held.tokenSecret, { ...protocol } as never);
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '&', '=', '%', '+', ' ', "!'()*", 'ä', '€', '😀', '%2B', 'a', 'A', 'b'),
);
// Without __proto__, which oauth-1.0a loses (see below), and without the names of protocol parameters.
const name = text.filter((value) => value !== '__proto__' && !value.startsWith('oauth_'));
const parameters = fc.array(fc.tuple(name, text), { maxLength: 8 });

test('for generated requests, signatures equal those of oauth-sign and oauth-1.0a', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'post', 'PUT', 'DELETE'),
      fc.constantFrom('https://rest.nexmo.com/sms/json', 'http://127.0.0.1:8080/a%20b/~c;d'),
      parameters,
      parameters,
      parameters,
      (method, url, inUrl, inParams, inBody) => {
        const request = {
          method,
          url: `${url}?${new URLSearchParams(inUrl).toString()}`,
          params: new URLSearchParams(inParams),
          data: new URLSearchParams(inBody),
          headers: {},
        };
        const { request: signed, secrets } = oauth1(request, credentials, context);
        const all = [...inUrl, ...inParams, ...inBody];
        const signature = signatureIn(signed.headers['Authorization']);
        expect(signature).toBe(byOAuthSign(method, url, all));
        expect(signature).toBe(byOAuth10a(method, url, all));
        expect(secrets).toContain(signature);
      },
    ),
    { numRuns: runs(1500) },
  );
});

describe('where other packages deviate from the RFC, the signature follows the RFC:', () => {
  const url = 'https://host.test/path';
  const signatureOf = (request: Partial<PlainRequest>) =>
    signatureIn(
      oauth1({ method: 'POST', url, headers: form, ...request }, credentials, context).request
        .headers['Authorization'],
    );

  test.each<[string, string, Parameter[], Record<string, string>]>([
    [
      'oauth-1.0a takes a + in a query literally, where it stands for a space (3.4.1.3.1)',
      `${url}?a=x+y`,
      [['a', 'x y']],
      {},
    ],
    ['oauth-1.0a does not decode names in a query (3.4.1.3.1)', `${url}?c%40=1`, [['c@', '1']], {}],
    ['oauth-1.0a ends the value at a second = (3.4.1.3.1)', `${url}?a=b=c`, [['a', 'b=c']], {}],
    [
      'oauth-1.0a forgets an empty value before another of the same name (3.4.1.3.2)',
      `${url}?a=&a=1`,
      [
        ['a', ''],
        ['a', '1'],
      ],
      {},
    ],
    [
      'oauth-1.0a forgets what is in the body when the query has the same name (3.4.1.3.2)',
      `${url}?a=1`,
      [
        ['a', '1'],
        ['a', '2'],
      ],
      { a: '2' },
    ],
    [
      'oauth-1.0a takes a name of Object.prototype for a repeated one',
      `${url}?constructor=1`,
      [['constructor', '1']],
      {},
    ],
    ['oauth-1.0a leaves the host in capitals (3.4.1.2)', 'https://HOST.test/path', [], {}],
    ['oauth-1.0a leaves the default port (3.4.1.2)', 'https://host.test:443/path', [], {}],
  ])('%s', (_difference, asked, expected, body) => {
    const data = new URLSearchParams(body);
    const own = signatureOf({ url: asked, data });
    expect(own).toBe(byOAuthSign('POST', url, expected));
    expect(own).not.toBe(byOAuth10a('POST', asked, Object.entries(body)));
  });

  test('oauth-1.0a loses a parameter named __proto__', () => {
    const own = signatureOf({ data: '__proto__=1' });
    expect(own).toBe(byOAuthSign('POST', url, [['__proto__', '1']]));
    expect(own).not.toBe(byOAuth10a('POST', url, [['__proto__', '1']]));
  });

  test('oauth-sign takes the base URI as it is given (3.4.1.2)', () => {
    expect(signatureOf({ url: 'https://HOST.test:443/path' })).not.toBe(
      byOAuthSign('POST', 'https://HOST.test:443/path', []),
    );
  });

  test('oauth-sign signs the number 0 as an empty value', () => {
    const own = signatureOf({ params: { a: 0 } });
    expect(own).toBe(byOAuthSign('POST', url, [['a', '0']]));
    const { consumerSecret, tokenSecret } = held;
    const theirs = hmacsign(
      'POST',
      url,
      { a: 0, ...protocol },
      consumerSecret,
      String(tokenSecret),
    );
    expect(own).not.toBe(theirs);
  });
});

describe('a body is signed only if it is a form (section 3.4.1.3.1):', () => {
  const url = 'https://rest.nexmo.com/sms/json';
  const nothing = byOAuthSign('POST', url, []);
  const something = byOAuthSign('POST', url, [['a', 'b']]);
  const json = { 'content-type': 'application/json' };
  test.each<[string, Partial<PlainRequest>, string]>([
    ['a text with the type of a form', { data: 'a=b', headers: form }, something],
    ['bytes with the type of a form', { data: Buffer.from('a=b'), headers: form }, something],
    ['fields with the type of a form', { data: { a: 'b' }, headers: form }, something],
    ['a text without a type', { data: 'a=b' }, something],
    ['URLSearchParams without a type', { data: new URLSearchParams('a=b') }, something],
    [
      'a text of the type text/plain',
      { data: 'a=b', headers: { 'content-type': 'text/plain' } },
      nothing,
    ],
    ['JSON', { data: '{"a":"b"}', headers: json }, nothing],
    ['fields that a client will send as JSON', { data: { a: 'b' } }, nothing],
    ['a Blob', { data: new Blob(['a=b']) }, nothing],
    ['no body', {}, nothing],
  ])('%s', (_name, request, expected) => {
    const { request: signed } = oauth1(
      { method: 'POST', url, headers: {}, ...request },
      credentials,
      context,
    );
    expect(signatureIn(signed.headers['Authorization'])).toBe(expected);
  });

  test.each<[string, Partial<PlainRequest>, string]>([
    ['half a character', { params: { a: '\uD83D' } }, 'ERR_INVALID_PARAMETER'],
    ['a list', { params: { a: [1] } }, 'ERR_INVALID_PARAMETER'],
    ['an invalid escape in the query', { url: `${url}?a=100%` }, 'ERR_INVALID_PARAMETER'],
    ['an escape in the query that is not UTF-8', { url: `${url}?a=%FF` }, 'ERR_INVALID_PARAMETER'],
    [
      'an escape in a form that is not UTF-8',
      { data: 'a=%FF', headers: form },
      'ERR_INVALID_PARAMETER',
    ],
    ['bytes that are no UTF-8', { data: Buffer.from([255]), headers: form }, 'ERR_INVALID_REQUEST'],
    ...['; charset=iso-8859-1', '; charset', '; charset=utf-8; charset=utf-8'].map(
      (parameters): [string, Partial<PlainRequest>, string] => [
        `a form with the type parameters ${parameters}`,
        { data: 'to=1', headers: { 'content-type': `${form['content-type']}${parameters}` } },
        'ERR_INVALID_REQUEST',
      ],
    ),
    [
      'a form that is a stream',
      { data: new Blob([]).stream(), headers: form },
      'ERR_INVALID_REQUEST',
    ],
    ...[{}, form, { 'content-type': 'application/octet-stream' }].map(
      (headers): [string, Partial<PlainRequest>, string] => [
        `a Blob with the type of a form, sent with the headers ${JSON.stringify(headers)}`,
        { data: new Blob(['a=b'], { type: form['content-type'] }), headers },
        'ERR_INVALID_REQUEST',
      ],
    ),
  ])('%s is refused', (_name, request, code) => {
    const sign = () =>
      oauth1({ method: 'POST', url, headers: {}, ...request }, credentials, context);
    expect(failure(sign, [held.consumerSecret, String(held.tokenSecret)]).code).toBe(code);
  });
});

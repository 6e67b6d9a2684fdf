import { parseOAuth1Header } from '../../../src/testing/oauth1/header';
import { UsedNonces } from '../../../src/testing/oauth1/nonces';
import {
  baseString,
  baseStringUri,
  formParameters,
  hmacSha1,
  percentEncode,
} from '../../../src/testing/oauth1/signature';

const photos = {
  oauth_consumer_key: 'dpf43f3p2l4k3l03',
  oauth_signature_method: 'HMAC-SHA1',
};
const example = {
  oauth_consumer_key: '9djdj82h48djs9d2',
  oauth_token: 'kkk9d7dh3k39sjv7',
  oauth_signature_method: 'HMAC-SHA1',
  oauth_timestamp: '137131201',
  oauth_nonce: '7d8f3e4a',
};
const exampleParameters = [
  ...formParameters('b5=%3D%253D&a3=a&c%40=&a2=r%20b'),
  ...formParameters('c2&a3=2+q'),
  ...Object.entries(example),
];

test('the base string is that of RFC 5849, section 3.4.1.1', () => {
  const uri = baseStringUri('http://EXAMPLE.COM:80', '/request');
  expect(baseString('post', uri, exampleParameters)).toBe(
    [
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D',
      '%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a',
      '%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201',
      '%26oauth_token%3Dkkk9d7dh3k39sjv7',
    ].join(''),
  );
});

/** Erratum 2550: what section 3.1 prints for its POST is the signature of a GET. */
test.each([
  ['GET', 'bYT5CMsGcbgUdFHObYMEfcx6bsw='],
  ['POST', 'r6/TJjbCOr97/+UU0NsvSne7s5g='],
])(
  'the signature of a %s is that of RFC 5849, section 3.1, with erratum 2550',
  (method, printed) => {
    const text = baseString(method, 'http://example.com/request', exampleParameters);
    expect(hmacSha1(text, 'j49sk3j29djd', 'dh893hdasih9')).toBe(printed);
  },
);

type Example = [string, string, string, Record<string, string>, string, string, string];

test.each<Example>([
  [
    'RFC 5849, section 1.2, temporary credentials',
    'POST',
    'https://photos.example.net/initiate',
    {
      ...photos,
      oauth_timestamp: '137131200',
      oauth_nonce: 'wIjqoS',
      oauth_callback: 'http://printer.example.com/ready',
    },
    'kd94hf93k423kf44',
    '',
    '74KNZJeDHnMBp0EMJ9ZHt/XKycU=',
  ],
  [
    'RFC 5849, section 1.2, token credentials',
    'POST',
    'https://photos.example.net/token',
    {
      ...photos,
      oauth_token: 'hh5s93j4hdidpola',
      oauth_timestamp: '137131201',
      oauth_nonce: 'walatlh',
      oauth_verifier: 'hfdp7dh39dks9884',
    },
    'kd94hf93k423kf44',
    'hdhd0244k9j7ao03',
    'gKgrFCywp7rO0OXSjdot/IHF7IU=',
  ],
  [
    'RFC 5849, section 1.2, a photo',
    'GET',
    'http://photos.example.net/photos',
    {
      ...photos,
      file: 'vacation.jpg',
      size: 'original',
      oauth_token: 'nnch734d00sl2jdk',
      oauth_timestamp: '137131202',
      oauth_nonce: 'chapoH',
    },
    'kd94hf93k423kf44',
    'pfkkdhi9sl3r4s00',
    'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
  ],
  [
    'Twitter, "Creating a signature"',
    'POST',
    'https://api.twitter.com/1.1/statuses/update.json',
    {
      status: 'Hello Ladies + Gentlemen, a signed OAuth request!',
      include_entities: 'true',
      oauth_consumer_key: 'xvz1evFS4wEEPTGEFPHBog',
      oauth_nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: '1318622958',
      oauth_token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
      oauth_version: '1.0',
    },
    'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    'hCtSmYh+iHYCEqBWrE7C7hYmtUk=',
  ],
])('the signature is that of %s', (_name, method, uri, parameters, consumer, token, printed) => {
  const text = baseString(method, uri, Object.entries(parameters));
  expect(hmacSha1(text, consumer, token)).toBe(printed);
});

/** RFC 5849, section 3.6 and, for the characters that JavaScript does not encode, RFC 3986, section 2.3. */
test.each([
  ["-._~ !'()*", '-._~%20%21%27%28%29%2A'],
  ['a+b&c=d%e', 'a%2Bb%26c%3Dd%25e'],
  ['é漢🦆', '%C3%A9%E6%BC%A2%F0%9F%A6%86'],
  ['', ''],
])('%j is encoded as %j', (text, encoded) => {
  expect(percentEncode(text)).toBe(encoded);
});

/** RFC 5849, section 3.4.1.3.2, sorts the encoded texts, and puts a name before the longer names that begin with it. */
test('parameters are sorted by name, then by value, as they are encoded', () => {
  const names = formParameters('b=1&a1=x&a=z&a-=y&a%C3%A9=w&a=2&a=10&%7E=t&A=v&a=');
  expect(decodeURIComponent(String(baseString('GET', 'u', names).split('&')[2]))).toBe(
    'A=v&a=&a=10&a=2&a=z&a%C3%A9=w&a-=y&a1=x&b=1&~=t',
  );
});

/** RFC 5849, section 3.4.1.2. */
test.each([
  ['http://EXAMPLE.COM:80', '/r%20v/X', 'http://example.com/r%20v/X'],
  ['https://www.example.net:8080', '/', 'https://www.example.net:8080/'],
  [
    'http://127.0.0.1:3000',
    '/rest.nexmo.com/sms/json',
    'http://127.0.0.1:3000/rest.nexmo.com/sms/json',
  ],
])('the base string URI of %s and %s is %s', (origin, path, uri) => {
  expect(baseStringUri(origin, path)).toBe(uri);
});

test('a question mark at the beginning of a query belongs to a name', () => {
  expect(formParameters('?a=1&&b')).toEqual([
    ['?a', '1'],
    ['b', ''],
  ]);
});

describe('the Authorization header', () => {
  test.each<[string, Record<string, string>]>([
    [
      'OAuth realm="Photos",\toauth_nonce="wIjqoS",  oauth_callback="http%3A%2F%2Fa.test%2F" ',
      { oauth_nonce: 'wIjqoS', oauth_callback: 'http://a.test/' },
    ],
    [
      'oauth oauth_token="",oauth_nonce="%c3%a9%2B+"'.replace('+"', '"'),
      { oauth_token: '', oauth_nonce: 'é+' },
    ],
    ['OAuth Realm="a, \\"b\\" = c",oauth_nonce="n"', { oauth_nonce: 'n' }],
    ['OAuth realm="",oauth_nonce="n"', { oauth_nonce: 'n' }],
    ['Bearer oauth_nonce="n"', {}],
    ['OAuthoauth_nonce="n"', {}],
    ['', {}],
  ])('%s is read', (header, parameters) => {
    expect(Object.fromEntries(parseOAuth1Header(header) ?? [['not', 'read']])).toEqual(parameters);
  });

  test.each([
    ['no parameters', 'OAuth'],
    ['no quotes', 'OAuth oauth_nonce=n'],
    ['no comma', 'OAuth oauth_nonce="n" oauth_token="t"'],
    ['a comma too many', 'OAuth oauth_nonce="n",,oauth_token="t"'],
    ['a comma at the end', 'OAuth oauth_nonce="n",'],
    ['a comma at the beginning', 'OAuth ,oauth_nonce="n"'],
    ['space around =', 'OAuth oauth_nonce = "n"'],
    ['a quote that does not end', 'OAuth oauth_nonce="n'],
    ['a name twice', 'OAuth oauth_nonce="n",oauth_nonce="n"'],
    ['a name twice, once encoded', 'OAuth oauth_nonce="n",oauth%5Fnonce="n"'],
    ['realm twice', 'OAuth realm="a",realm="a",oauth_nonce="n"'],
    ['a signature that is not encoded', 'OAuth oauth_signature="74KNZJe/XKycU="'],
    ['a space that is not encoded', 'OAuth oauth_token="a b"'],
    ['half of an encoding', 'OAuth oauth_token="a%4"'],
    ['bytes that are not UTF-8', 'OAuth oauth_token="%ff"'],
  ])('with %s is refused', (_name, header) => {
    expect(parseOAuth1Header(header)).toBeUndefined();
  });
});

describe('a nonce', () => {
  test('is good once for a timestamp, a consumer and a token', () => {
    const used = new UsedNonces();
    expect(used.claim(1000, ['consumer', 'token', 'n'], 1000)).toBe(true);
    expect(used.claim(1000, ['consumer', 'token', 'n'], 1000)).toBe(false);
    expect(used.claim(1001, ['consumer', 'token', 'n'], 1000)).toBe(true);
    expect(used.claim(1000, ['consumer', 'tok', 'enn'], 1000)).toBe(true);
  });

  test('is remembered for as long as its timestamp is good, and no longer', () => {
    const used = new UsedNonces();
    const parts = ['consumer', 'token', 'n'];
    used.claim(1000, parts, 1000);
    expect(used.claim(1000, parts, 1300)).toBe(false);
    used.claim(1301, ['consumer', 'token', 'm'], 1301);
    expect(used.claim(1000, parts, 1301)).toBe(true);
  });
});

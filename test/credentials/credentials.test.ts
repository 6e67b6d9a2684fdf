import { Console } from 'node:console';
import { createPrivateKey, KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type CredentialKind, Credentials, type CredentialsOptions, type Secrets } from '../../src';
import { failure } from '../support/errors';
import { keyPath, keySecrets, keyText, passphrase } from '../support/keys';
import { leaksIn } from '../support/leaks';

// The sample values of the platform's guides.
const apiKey = 'abcd1234';
const apiSecret = 'ABCDEFGH01234abc';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');
const oauth1 = {
  consumerKey: 'consumer-key',
  consumerSecret: 'consumer-secret',
  token: 'access-token',
  tokenSecret: 'token-secret',
};
const everything: CredentialsOptions = {
  apiKey,
  apiSecret: [apiSecret, 'PreviousSecret12'],
  applicationId,
  privateKey: keyText('rsa-pkcs8-encrypted'),
  passphrase,
  signatureSecret: 'SignatureSecret1',
  signatureMethod: 'sha256',
  oauth1,
};
const secrets = [
  apiSecret,
  'PreviousSecret12',
  passphrase,
  'SignatureSecret1',
  'consumer-secret',
  'access-token',
  'token-secret',
  ...keySecrets(privateKey),
  ...keySecrets(keyText('rsa-pkcs8-encrypted')),
];

describe('Credentials', () => {
  test('have only fields that are not secret', () => {
    const credentials = new Credentials(everything);
    expect({ ...credentials }).toEqual({ apiKey, applicationId, signatureMethod: 'sha256' });
    expect(new Credentials({}).signatureMethod).toBe('md5hash');
  });

  test('reveal each secret by name; for a rotation pair, they reveal the current secret', () => {
    const credentials = new Credentials(everything);
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
    expect(credentials.reveal('signatureSecret')).toBe('SignatureSecret1');
    expect(credentials.reveal('oauth1')).toEqual(oauth1);
    const key = credentials.reveal('privateKey');
    expect(key).toBeInstanceOf(KeyObject);
    expect(key.equals(createPrivateKey(privateKey))).toBe(true);
    expect(new Credentials({ apiSecret }).reveal('apiSecret')).toBe(apiSecret);
  });

  test.each<[CredentialKind, CredentialsOptions, (of: Credentials) => unknown]>([
    ['key-secret', { apiKey, apiSecret: ['now', 'before'] }, (of) => of.reveal('apiSecret')],
    [
      'signature',
      { apiKey, signatureSecret: ['now', 'before'], signatureMethod: 'sha1' },
      (of) => of.reveal('signatureSecret'),
    ],
  ])(
    'rotated(%s) gives credentials with the other secret of a rotation pair',
    (kind, options, revealed) => {
      const credentials = new Credentials(options);
      const others = credentials.rotated(kind);
      expect(revealed(credentials)).toBe('now');
      expect(others && revealed(others)).toBe('before');
      expect(others?.rotated(kind)?.equals(credentials, kind)).toBe(true);
      expect(others?.equals(credentials, kind)).toBe(false);
      expect(others?.signatureMethod).toBe(credentials.signatureMethod);
    },
  );

  test('rotated(application) gives credentials with the other private key of a pair, given as text or as a path', () => {
    const pair = [keyText('rsa-pkcs8-encrypted'), keyPath('rsa-other')] as const;
    const credentials = new Credentials({ applicationId, privateKey: pair, passphrase });
    const others = credentials.rotated('application');
    expect(credentials.reveal('privateKey').equals(createPrivateKey(privateKey))).toBe(true);
    const other = createPrivateKey(keyText('rsa-other'));
    expect(others?.reveal('privateKey').equals(other)).toBe(true);
    expect(leaksIn([credentials, others], secrets)).toEqual([]);
  });

  test('rotated() gives nothing without a rotation pair', () => {
    const credentials = new Credentials({ ...everything, apiSecret });
    for (const kind of ['key-secret', 'application', 'signature', 'oauth1'] as const) {
      expect(credentials.rotated(kind)).toBeUndefined();
    }
  });

  test('equals() compares only what requests with the given kind of credential need', () => {
    const credentials = new Credentials(everything);
    const changed = credentials.with({ apiSecret: 'another', signatureMethod: 'md5' });
    expect(changed.equals(credentials, 'key-secret')).toBe(false);
    expect(changed.equals(credentials, 'signature')).toBe(false);
    expect(changed.equals(credentials, 'application')).toBe(true);
    expect(changed.equals(credentials, 'oauth1')).toBe(true);
    expect(credentials.equals(new Credentials({}), 'application')).toBe(false);
    expect(credentials.equals(new Credentials(everything), 'application')).toBe(true);
  });

  test('refuse a kind that does not exist', () => {
    const credentials = new Credentials(everything);
    for (const ask of [
      () => credentials.rotated('constructor' as never),
      () => credentials.equals(credentials, '' as never),
    ]) {
      expect(failure(ask).code).toBe('ERR_INVALID_OPTION');
    }
  });

  test.each(['apiSecret', 'privateKey', 'signatureSecret', 'oauth1'] as const)(
    'reveal of a %s that is missing throws',
    (name) => {
      const error = failure(() => new Credentials({ apiKey }).reveal(name));
      expect(error.code).toBe('ERR_MISSING_CREDENTIAL');
      expect(error.message).toContain(name);
    },
  );

  test.each(['apiKey', 'passphrase', '__proto__', 'constructor', ''])(
    'reveal of "%s", which is no secret, throws',
    (name) => {
      const reveal = () => new Credentials(everything).reveal(name as keyof Secrets);
      expect(failure(reveal).code).toBe('ERR_INVALID_OPTION');
    },
  );

  test('say which kinds they have, and which fields are missing', () => {
    const kinds = ['key-secret', 'application', 'signature', 'oauth1'] as const;
    const all = new Credentials(everything);
    expect(kinds.filter((kind) => all.has(kind))).toEqual(kinds);
    const none = new Credentials({});
    expect(kinds.filter((kind) => none.has(kind))).toEqual([]);
    expect(new Credentials({ apiKey }).missing('key-secret')).toEqual(['apiSecret']);
    expect(none.missing('application')).toEqual(['applicationId', 'privateKey']);
    expect(new Credentials({ applicationId }).missing('application')).toEqual(['privateKey']);
    expect(failure(() => none.has('toString' as 'oauth1')).code).toBe('ERR_INVALID_OPTION');
  });

  test('with() gives a changed copy and leaves the first as it was', () => {
    const first = new Credentials(everything);
    const second = first.with({ apiSecret: 'NextSecret123456' });
    expect(second.reveal('apiSecret')).toBe('NextSecret123456');
    expect(first.reveal('apiSecret')).toBe(apiSecret);
    expect(second.reveal('privateKey')).toBe(first.reveal('privateKey'));
    expect(second.signatureMethod).toBe('sha256');
    expect(second.with({ oauth1: undefined }).has('oauth1')).toBe(false);
    expect(first.with({ privateKey: keyText('rsa-pkcs1-encrypted'), passphrase })).toBeInstanceOf(
      Credentials,
    );
    expect(failure(() => first.with(null as never)).code).toBe('ERR_INVALID_OPTION');
  });

  test('are immutable', () => {
    const options = {
      apiKey,
      apiSecret: [apiSecret, 'PreviousSecret12'] as [string, string],
      oauth1: { ...oauth1 },
    };
    const credentials = new Credentials(options);
    options.apiSecret[0] = 'changed';
    options.oauth1.token = 'changed';
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
    expect(credentials.reveal('oauth1').token).toBe('access-token');
    expect(Object.isFrozen(credentials)).toBe(true);
    expect(Object.isFrozen(credentials.reveal('oauth1'))).toBe(true);
  });

  test('take frozen options and do not change them', () => {
    expect(new Credentials(Object.freeze({ ...everything })).apiKey).toBe(apiKey);
  });
});

describe('no secret shows when Credentials are', () => {
  const credentials = new Credentials(everything);
  const error = new Error(`with ${String(credentials)}`);
  test.each<[string, unknown]>([
    ['inspected at any depth, hidden fields included', credentials],
    ['put into another object', { deep: [new Map([['key', credentials]])] }],
    ['serialised as JSON', JSON.stringify(credentials)],
    ['spread', { ...credentials }],
    ['concatenated', 'as text: ' + (credentials as unknown as string)],
    ['cloned', structuredClone(credentials)],
    ['printed', inspect(credentials)],
    ['in an error', error],
  ])('%s', (_how, shown) => {
    expect(leaksIn(shown, secrets)).toEqual([]);
  });

  test('logged with console.log', () => {
    const written: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    new Console(process.stdout).log(
      '%o %O %s %j',
      credentials,
      credentials,
      credentials,
      credentials,
    );
    write.mockRestore();
    expect(written.join('')).toContain(apiKey);
    expect(leaksIn(written, secrets)).toEqual([]);
  });
});

describe('Credentials refuse', () => {
  const code = (options: object, shown: string[] = []) =>
    failure(() => new Credentials(options), shown).code;

  const texts: [string, (value: unknown) => object][] = [
    ['apiKey', (value) => ({ apiKey: value })],
    ['apiSecret', (value) => ({ apiSecret: value })],
    ['apiSecret (current)', (value) => ({ apiSecret: [value, 'PreviousSecret12'] })],
    ['apiSecret (previous)', (value) => ({ apiSecret: [apiSecret, value] })],
    ['signatureSecret', (value) => ({ signatureSecret: value })],
    ['oauth1.consumerKey', (value) => ({ oauth1: { ...oauth1, consumerKey: value } })],
    ['oauth1.consumerSecret', (value) => ({ oauth1: { ...oauth1, consumerSecret: value } })],
    ['oauth1.token', (value) => ({ oauth1: { ...oauth1, token: value } })],
    ['oauth1.tokenSecret', (value) => ({ oauth1: { ...oauth1, tokenSecret: value } })],
  ];
  test.each(texts)('an empty %s, or one that is no string', (name, options) => {
    for (const value of ['', null, 42, true, {}, [], Buffer.from(apiSecret)]) {
      const error = failure(() => new Credentials(options(value)), [apiSecret]);
      expect(error.code).toBe('ERR_INVALID_CREDENTIAL');
      expect(error.message).toContain(name.split(' ')[0]);
    }
  });

  test.each(texts)(
    'CR, LF, NUL or a lone surrogate in %s, without quoting the value',
    (_name, options) => {
      for (const bad of ['\r', '\n', '\0', '\uD83D', '\uDE00', '\r\nX-Header: 1']) {
        for (const text of [`${apiSecret}${bad}`, `${bad}${apiSecret}`, `${apiSecret}${bad}x`]) {
          expect(code(options(text), [apiSecret])).toBe('ERR_CONTROL_CHARACTER');
        }
      }
    },
  );

  test('a rotation pair that does not consist of two secrets', () => {
    expect(code({ apiSecret: [apiSecret] })).toBe('ERR_INVALID_CREDENTIAL');
    expect(code({ apiSecret: [] })).toBe('ERR_INVALID_CREDENTIAL');
    expect(code({ apiSecret: ['a', 'b', 'c'] })).toBe('ERR_INVALID_CREDENTIAL');
    expect(code({ signatureSecret: [apiSecret] })).toBe('ERR_INVALID_CREDENTIAL');
    expect(code({ privateKey: [privateKey] })).toBe('ERR_INVALID_CREDENTIAL');
    expect(code({ privateKey: [privateKey, undefined] })).toBe('ERR_KEY_INVALID');
  });

  test.each([
    '',
    'my-app',
    42,
    null,
    `${applicationId}0`,
    `{${applicationId}}`,
    `${applicationId}\n`,
    applicationId.replaceAll('-', ''),
    applicationId.replace('a', 'g'),
  ])('the application ID %j', (value) => {
    expect(code({ applicationId: value })).toBe('ERR_INVALID_APPLICATION_ID');
  });

  test('an OAuth 1.0a token without its secret, a field that does not exist, and other invalid fields', () => {
    expect(code({ oauth1: { consumerKey: 'k', consumerSecret: 's', token: 't' } })).toBe(
      'ERR_INVALID_CREDENTIAL',
    );
    expect(code({ oauth1: { ...oauth1, key: 'k' } })).toBe('ERR_INVALID_OPTION');
    expect(code({ oauth1: 'consumer-key' })).toBe('ERR_INVALID_OPTION');
    expect(code({ api_key: apiKey })).toBe('ERR_INVALID_OPTION');
    expect(code({ signatureMethod: 'sha-256' })).toBe('ERR_INVALID_OPTION');
    expect(code({ signatureMethod: null })).toBe('ERR_INVALID_OPTION');
    expect(code({ privateKey, passphrase: 42 })).toBe('ERR_INVALID_CREDENTIAL');
  });

  test.each([undefined, null, 'abcd1234', 42, []])('%j instead of an object', (value) => {
    expect(code(value as unknown as object)).toBe('ERR_INVALID_OPTION');
  });

  test('with a NexmoAuthError every value that they do not accept, and never quote it', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom('apiKey', 'apiSecret', 'applicationId', 'privateKey', 'oauth1'),
        (value, field) => {
          fc.pre(value !== undefined);
          try {
            new Credentials({ [field]: value });
          } catch (error) {
            failure(
              () => {
                throw error;
              },
              typeof value === 'string' && value.length > 12 ? [value] : [],
            );
          }
        },
      ),
    );
  });
});

test('an application ID may be in capitals', () => {
  expect(new Credentials({ applicationId: applicationId.toUpperCase() }).applicationId).toBe(
    applicationId.toUpperCase(),
  );
});

test.each(['oauth1', 'opentok'])(
  'an error that a getter of %s throws is replaced by ERR_INVALID_OPTION',
  (name) => {
    const fields = {
      get apiKey(): never {
        throw new Error('hunter2-secret');
      },
      get consumerKey(): never {
        throw new Error('hunter2-secret');
      },
    };
    const error = failure(() => new Credentials({ [name]: fields }), ['hunter2']);
    expect(error.code).toBe('ERR_INVALID_OPTION');
  },
);

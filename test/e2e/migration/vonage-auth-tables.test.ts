import { createHash, createHmac } from 'node:crypto';
import { AlgorithmTypes, Auth, type AuthParams } from '@vonage/auth';
import { AuthInjector, type AuthRequest, Credentials, type CredentialsOptions } from '../../../src';
import { type SignatureMethod, signParams } from '../../../src';
import { applicationId, held } from '../../support/account';
import { errorOf } from '../../support/differences';
import { readPage } from '../../support/documentation';
import { keyText } from '../../support/keys';

const page = readPage('docs/migrate-from-vonage-auth.md').replace(/ +/g, ' ');
const { apiKey, signatureSecret } = held;
const privateKey = keyText('rsa-pkcs8');

/** The class name of an error. `@vonage/auth` does not set it as the `name` of the error. */
const classOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as object).constructor.name,
  );

/** Values that the types do not allow, as a program in JavaScript may pass them. */
const untyped = (value: unknown) => value as never;

const voice = { url: 'https://api.nexmo.com/v1/calls' };
const balance = { url: 'https://rest.nexmo.com/account/get-balance' };
const sms = { url: 'https://rest.nexmo.com/sms/json' };
const signature = { secret: signatureSecret, algorithm: AlgorithmTypes.md5hash };

type Call = 'createBasicHeader' | 'createBearerHeader' | 'createSignatureHash';
type ErrorRow = [
  name: string,
  code: string,
  old: AuthParams,
  call: Call,
  options: CredentialsOptions,
  request: AuthRequest,
];
const errors: ErrorRow[] = [
  ['MissingApiKeyError', 'ERR_MISSING_CREDENTIAL', {}, 'createBasicHeader', {}, balance],
  [
    'MissingApiSecretError',
    'ERR_MISSING_CREDENTIAL',
    { apiKey },
    'createBasicHeader',
    { apiKey },
    balance,
  ],
  [
    'MissingApplicationIdError',
    'ERR_MISSING_CREDENTIAL',
    { privateKey },
    'createBearerHeader',
    { privateKey },
    voice,
  ],
  [
    'MissingPrivateKeyError',
    'ERR_MISSING_CREDENTIAL',
    { applicationId },
    'createBearerHeader',
    { applicationId },
    voice,
  ],
  [
    'MissingSignatureError',
    'ERR_MISSING_CREDENTIAL',
    { apiKey },
    'createSignatureHash',
    { apiKey },
    sms,
  ],
  [
    'InvalidApiKeyError',
    'ERR_INVALID_CREDENTIAL',
    { ...held, apiKey: untyped(1) },
    'createBasicHeader',
    { apiKey: untyped(1) },
    balance,
  ],
  [
    'InvalidApiSecretError',
    'ERR_INVALID_CREDENTIAL',
    { apiKey, apiSecret: untyped(1) },
    'createBasicHeader',
    { apiSecret: untyped(1) },
    balance,
  ],
  [
    'InvalidApplicationIdError',
    'ERR_INVALID_APPLICATION_ID',
    { privateKey, applicationId: untyped(1) },
    'createBearerHeader',
    { applicationId: untyped(1) },
    voice,
  ],
  [
    'InvalidPrivateKeyError',
    'ERR_KEY_INVALID',
    { applicationId, privateKey: untyped(1) },
    'createBearerHeader',
    { privateKey: untyped(1) },
    voice,
  ],
  [
    'InvalidSignatureAlgorithmError',
    'ERR_INVALID_OPTION',
    { apiKey, signature: { ...signature, algorithm: untyped('md4') } },
    'createSignatureHash',
    { signatureMethod: untyped('md4') },
    sms,
  ],
];

test.each(errors)('%s becomes %s', async (name, code, old, call, options, request) => {
  expect(await classOf(new Auth(old)[call]({ api_key: '' }))).toBe(name);
  const inject = () => {
    const schemes = { sms: 'signature' } as const;
    return new AuthInjector(new Credentials(options), { schemes }).inject(request);
  };
  expect(await errorOf(inject)).toBe(code);
  expect(page).toContain(`| \`${name}\` | \`${code}\` |`);
});

test('docs/migrate-from-vonage-auth.md lists no error that this file does not test', () => {
  const listed = [...page.matchAll(/^\| `(\w+Error)` \|/gm)].map(([, name]) => name);
  expect(listed).toEqual(errors.map(([name]) => name));
});

const methods: [keyof typeof AlgorithmTypes, SignatureMethod][] = [
  ['md5hash', 'md5hash'],
  ['md5hmac', 'md5'],
  ['sha1hmac', 'sha1'],
  ['sha256hmac', 'sha256'],
  ['sha512hmac', 'sha512'],
];

test.each(methods)(
  'AlgorithmTypes.%s of @vonage/auth is our method %s, but the two sign different strings',
  async (algorithm, method) => {
    const digest = (text: string) =>
      method === 'md5hash'
        ? createHash('md5')
            .update(text + signatureSecret)
            .digest('hex')
        : createHmac(method, signatureSecret).update(text).digest('hex');
    const params = { to: '447700900000', timestamp: '1700000000' };
    const auth = new Auth({
      apiKey,
      signature: { secret: signatureSecret, algorithm: AlgorithmTypes[algorithm] },
    });
    expect((await auth.createSignatureHash({ ...params, api_key: apiKey })).sig).toBe(
      digest('api_key_abcd1234_timestamp_1700000000_to_447700900000'),
    );
    expect(
      signParams({ ...params, api_key: apiKey }, { secret: signatureSecret, method })['sig'],
    ).toBe(digest('&api_key=abcd1234&timestamp=1700000000&to=447700900000'));
    expect(page).toContain(`| \`${algorithm}\` | \`${method}\``);
  },
);

test('docs/migrate-from-vonage-auth.md lists every algorithm of @vonage/auth', () => {
  expect(Object.keys(AlgorithmTypes)).toEqual(methods.map(([algorithm]) => algorithm));
});

// Credentials and injectors as the secrets of a verifier. For strings and functions, see verifier.test.ts.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthInjector,
  Credentials,
  type CredentialsOptions,
  fromEnv,
  fromFile,
  NexmoAuthError,
  type NexmoAuthErrorCode,
  type ProviderFunction,
  sharedProvider,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from '../../src';
import { verifyWebhook } from '../../src/frameworks/request';
import { signSmsCallback } from '../../src/testing';
import { held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { forgetWarnings } from '../support/warnings';
import { claims, inbound, secret, time, tokenOf, webhook } from '../support/webhooks';

const other = 'OtherSecret12345';
const now = () => time * 1000;

const verifierOf = (
  secrets: WebhookVerifierOptions['secrets'],
  options: Partial<WebhookVerifierOptions> = {},
) => new WebhookVerifier({ secrets, now, ...options });

/** Each way to give credentials to a verifier. */
const sources: [string, (options: CredentialsOptions) => WebhookVerifierOptions['secrets']][] = [
  ['Credentials', (options) => new Credentials(options)],
  ['an injector of Credentials', (options) => new AuthInjector(new Credentials(options))],
  ['an injector of a provider', (options) => new AuthInjector(() => new Credentials(options))],
  [
    'an extended injector',
    (options) => new AuthInjector(new Credentials(options)).with({ prefer: ['basic'] }),
  ],
  ['a function that returns Credentials', (options) => () => new Credentials(options)],
  [
    'a function that promises Credentials',
    (options) => () => Promise.resolve(new Credentials(options)),
  ],
];

describe.each(sources)('%s as secrets', (_name, secretsOf) => {
  const verify = (options: CredentialsOptions, token?: string) =>
    verifierOf(secretsOf(options)).verify(webhook(token));

  test('accept a webhook that is signed with their signature secret', async () => {
    expect(await verify(held)).toEqual(claims);
    const forged = verify(held, tokenOf(claims, undefined, other));
    expect((await rejection(forged, [secret])).code).toBe('ERR_WEBHOOK_SIGNATURE');
  });

  test.each([
    ['current', [secret, other]],
    ['previous', [other, secret]],
  ] as const)('accept the %s secret of a rotation pair', async (_which, signatureSecret) => {
    expect(await verify({ ...held, signatureSecret })).toEqual(claims);
  });

  test('refuse a webhook of another account, even if it has the same secret', async () => {
    const token = tokenOf({ ...claims, api_key: 'beef1234' });
    const { code } = await rejection(verify(held, token), [secret]);
    expect(code).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
  });

  test('without an API key accept a webhook of any account', async () => {
    expect(await verify({ signatureSecret: secret })).toEqual(claims);
  });

  test.each([undefined, held.apiKey])('accept an SMS whose API key is %j', async (apiKey) => {
    const params = { msisdn: '447700900001', text: inbound };
    const callback = signSmsCallback({ secret, params, apiKey, now });
    const { text } = await verifierOf(secretsOf(held)).verifySms(callback);
    expect(text).toBe(inbound);
  });

  test('give the signature method, unless the verifier has one', async () => {
    const signedBy = (signatureMethod: 'sha256' | 'sha512') =>
      signSmsCallback({ secret, params: { text: 'Hello' }, signatureMethod, now });
    const secrets = secretsOf({ ...held, signatureMethod: 'sha256' });
    expect(await verifierOf(secrets).verifySms(signedBy('sha256'))).toMatchObject({
      text: 'Hello',
    });
    const verifier = verifierOf(secrets, { signatureMethod: 'sha512' });
    expect(await verifier.verifySms(signedBy('sha512'))).toMatchObject({ text: 'Hello' });
  });

  test('without a signature secret are ERR_MISSING_CREDENTIAL, never an empty secret', async () => {
    const withoutSecret = { apiKey: held.apiKey, apiSecret: held.apiSecret };
    const result = (async () => verify(withoutSecret, tokenOf(claims, undefined, '')))();
    const { code, message } = await rejection(result, [held.apiSecret]);
    expect([code, message]).toEqual([
      'ERR_MISSING_CREDENTIAL',
      expect.stringContaining('signatureSecret'),
    ]);
  });
});

test('Credentials without a signature secret are refused by the constructor', () => {
  const credentials = new Credentials({ apiKey: held.apiKey });
  expect(failure(() => verifierOf(credentials)).code).toBe('ERR_MISSING_CREDENTIAL');
});

test('a verifier, its injector and another injector share the call of one provider', async () => {
  let calls = 0;
  const provider = sharedProvider(() => {
    calls += 1;
    return new Credentials(held);
  });
  const auth = new AuthInjector(provider);
  const verifier = verifierOf(auth);
  const url = 'https://rest.nexmo.com/account/get-balance';
  await Promise.all([
    auth.inject({ url }),
    verifier.verify(webhook()),
    verifier.verify(webhook()),
    new AuthInjector(provider).inject({ url }),
  ]);
  expect(calls).toBe(1);
});

test('a verifier uses the credentials that its injector learned after a refusal', async () => {
  const versions = [{ ...held, signatureSecret: other }, held];
  const auth = new AuthInjector(() => new Credentials(versions.shift() ?? held));
  const verifier = verifierOf(auth);
  expect((await rejection(verifier.verify(webhook()))).code).toBe('ERR_WEBHOOK_SIGNATURE');
  const attempt = await auth.attempt({ url: 'https://rest.nexmo.com/account/get-balance' });
  attempt.refused({ status: 401 });
  expect(await verifier.verify(webhook())).toEqual(claims);
});

describe('a provider that fails', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'nexmo-auth-')), 'credentials.json');
  const written = (text: string) => () => {
    writeFileSync(file, text, { mode: 0o600 });
    return fromFile(file);
  };
  const withError = (code: NexmoAuthErrorCode) => () => () =>
    Promise.reject(new NexmoAuthError(code, 'It is not there.'));

  test.each<[string, NexmoAuthErrorCode, () => ProviderFunction]>([
    ['an error', 'ERR_PROVIDER_FAILED', () => () => Promise.reject(new Error(secret))],
    ['no answer in time', 'ERR_PROVIDER_TIMEOUT', withError('ERR_PROVIDER_TIMEOUT')],
    ['an abort', 'ERR_PROVIDER_ABORTED', withError('ERR_PROVIDER_ABORTED')],
    ['a file that is missing', 'ERR_CREDENTIALS_NOT_FOUND', () => fromFile(`${file}.missing`)],
    ['a file that is half-written', 'ERR_CREDENTIALS_FILE_INVALID', written('{"api-key":"a')],
    ['a path that is a directory', 'ERR_CREDENTIALS_FILE_UNREADABLE', () => fromFile(tmpdir())],
    ['variables that are not set', 'ERR_CREDENTIALS_NOT_FOUND', () => fromEnv({})],
    [
      'variables that differ',
      'ERR_CREDENTIALS_CONFLICT',
      () => fromEnv({ VONAGE_API_KEY: 'abcd1234', NEXMO_API_KEY: 'abcd1235' }),
    ],
    ['an invalid secret', 'ERR_INVALID_CREDENTIAL', () => () => new Credentials({ apiKey: '' })],
    [
      'no signature secret',
      'ERR_MISSING_CREDENTIAL',
      () => () => new Credentials({ apiKey: 'abcd1234' }),
    ],
    ['an error about a token', 'ERR_JWT_SIGNATURE', withError('ERR_JWT_SIGNATURE')],
    ['an error about a copy', 'ERR_WEBHOOK_HANDLED', withError('ERR_WEBHOOK_HANDLED')],
  ])('with %s (%s) is answered with 503, and a warning says why', async (...row) => {
    const [, code, provider] = row;
    forgetWarnings();
    const emitted = jest.spyOn(process, 'emitWarning').mockImplementation();
    const handle = verifyWebhook(verifierOf(new AuthInjector(provider())))(() => new Response());
    const { method, headers } = webhook();
    const init = { method, headers: headers as Record<string, string>, body: inbound };
    for (let count = 0; count < 2; count += 1) {
      const response = await handle(new Request('https://acme.test/', init));
      expect([response.status, await response.json()]).toEqual([503, { code }]);
    }
    const warning = expect.stringContaining('A callback was not verified') as string;
    expect(emitted.mock.calls).toEqual([[warning, { type: 'NexmoAuthWarning', code }]]);
    expect(JSON.stringify(emitted.mock.calls)).not.toContain(secret);
    emitted.mockRestore();
  });
});

test('an object of another copy of the package is reported', async () => {
  let copy: { Credentials: typeof Credentials; AuthInjector: typeof AuthInjector };
  jest.isolateModules(() => {
    copy = jest.requireActual('../../src');
    const credentials = new copy.Credentials(held);
    for (const object of [credentials, new copy.AuthInjector(credentials)]) {
      const { code, message } = failure(() => verifierOf(object), [secret]);
      expect(code).toBe('ERR_INVALID_OPTION');
      expect(message).toContain('another copy of nexmo-auth');
    }
  });
  const found = verifierOf(() => new copy.Credentials(held)).verify(webhook());
  const { code, message } = await rejection(found, [secret]);
  expect(code).toBe('ERR_WEBHOOK_SECRETS_FAILED');
  expect(message).toContain('another copy of nexmo-auth');
});

import fc from 'fast-check';
import {
  AuthInjector,
  Credentials,
  type CredentialsOptions,
  fromEnv,
  signParams,
  verifyParams,
  WebhookVerifier,
} from '../../src';
import { signSmsCallback, signWebhook, startSandbox } from '../../src/testing';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const secret = 'ABCDEFGH01234abc';
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const verifier = (secrets: string | string[]) => new WebhookVerifier({ secrets });

const padding = {
  'a space': ' ',
  'a tab': '\t',
  'a no-break space': '\u00a0',
  'a byte-order mark': '\ufeff',
  'a zero-width space': '\u200b',
  'a word joiner': '\u2060',
  'an ideographic space': '\u3000',
};

const places: [string, (text: string) => unknown][] = [
  ['apiKey', (apiKey) => new Credentials({ apiKey })],
  ['apiSecret', (apiSecret) => new Credentials({ apiSecret })],
  ['apiSecret[1]', (previous) => new Credentials({ apiSecret: [secret, previous] })],
  ['signatureSecret', (signatureSecret) => new Credentials({ signatureSecret })],
  [
    'oauth1.consumerKey',
    (consumerKey) => new Credentials({ oauth1: { consumerKey, consumerSecret: 's' } }),
  ],
  ['secrets', (secrets) => verifier(secrets)],
  ['secrets[1]', (previous) => verifier([secret, previous])],
  ['secret', (text) => signParams({}, { secret: text })],
  [
    'secret',
    (text) => {
      verifyParams({}, { secret: text });
    },
  ],
];

describe.each(places)('%s is refused, as soon as it is passed, if it is or has', (name, use) => {
  test.each(Object.entries(padding))('%s at its start or its end', (_what, space) => {
    for (const text of [space + secret, secret + space, space]) {
      const { code, message } = failure(() => use(text), text === space ? [] : [secret]);
      expect(code).toBe('ERR_INVALID_CREDENTIAL');
      expect(message).toContain(`${name} has white space or an invisible character around it`);
    }
  });

  test.each([undefined, null, NaN, {}, Promise.resolve(), new ArrayBuffer(1), new Blob([])])(
    'the text that a template makes of %p',
    (missing) => {
      const { code, message } = failure(() => use(String(missing)));
      expect(code).toBe('ERR_INVALID_CREDENTIAL');
      expect(message).toContain(`${name} is the text "${String(missing)}"`);
    },
  );

  test('a line break at its end, as in text from a file; the error says how to strip it', () => {
    for (const end of ['\n', '\r\n']) {
      const { code, message } = failure(() => use(secret + end), [secret]);
      expect(code).toBe('ERR_CONTROL_CHARACTER');
      expect(message).toContain(`${name} ends in a line break`);
      expect(message).toContain(`readFileSync(path, 'utf8').trim()`);
    }
  });
});

test('an application ID with white space around it is refused, and the error says so', () => {
  for (const space of [...Object.values(padding), '\n']) {
    const { code, message } = failure(
      () => new Credentials({ applicationId: applicationId + space }),
    );
    expect(code).toBe('ERR_INVALID_APPLICATION_ID');
    expect(message).toContain('white space');
  }
});

test('white space inside of a secret is no mistake', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.constantFrom(...Object.values(padding)), (each, space) => {
      const apiSecret = each.join(space);
      expect(new Credentials({ apiSecret }).reveal('apiSecret')).toBe(apiSecret);
    }),
  );
});

test('the error for a looked-up secret with white space says that it comes from secrets()', async () => {
  const request = signWebhook({ secret, apiKey: 'abcd1234', body: {} });
  const looking = new WebhookVerifier({ secrets: () => ` ${secret}` });
  const { code, message } = await rejection(looking.verify(request), [secret]);
  expect(code).toBe('ERR_INVALID_CREDENTIAL');
  expect(message).toContain('A secret from secrets() has white space');
});

test('the text of a key as an API key is refused, and not quoted', () => {
  const pem = keyText('rsa-pkcs8').trim();
  for (const apiKey of [pem, pem.replaceAll('\n', '\\n'), pem.replaceAll('\n', ' ')]) {
    const { code, message } = failure(() => new Credentials({ apiKey }), [pem.slice(30, 90)]);
    expect(['ERR_INVALID_CREDENTIAL', 'ERR_CONTROL_CHARACTER']).toContain(code);
    expect(message).not.toContain('BEGIN');
  }
});

test('an API key of more than 64 characters, such as a private key in base64, is refused and not quoted', () => {
  const der = keyText('rsa-pkcs8').replaceAll(/-----.*-----|\n/g, '');
  for (const apiKey of [der, 'a'.repeat(65)]) {
    const { code, message } = failure(() => new Credentials({ apiKey }), [apiKey]);
    expect(code).toBe('ERR_INVALID_CREDENTIAL');
    expect(message).toContain(`apiKey has ${apiKey.length} characters`);
  }
  expect(new Credentials({ apiKey: 'a'.repeat(64) }).apiKey).toHaveLength(64);
});

describe('an API key with a colon (RFC 7617, section 2) is refused, and the error suspects key:secret', () => {
  const apiKey = `abcd1234:${secret}`;
  const refusals: [string, () => unknown][] = [
    ['Credentials', () => new Credentials({ apiKey })],
    ['with()', () => new Credentials({}).with({ apiKey })],
    [
      'Credentials with a secret of their own',
      () => new Credentials({ apiKey, apiSecret: secret }),
    ],
    ['a webhook of the sandbox', () => signWebhook({ secret: 's', apiKey })],
    ['an SMS callback of the sandbox', () => signSmsCallback({ secret: 's', apiKey, params: {} })],
  ];

  test.each(refusals)('in %s', (_where, use) => {
    const { code, message } = failure(use, [secret]);
    expect(code).toBe('ERR_INVALID_CREDENTIAL');
    expect(message).toMatch(/apiKey contains a colon.*key:secret/);
  });

  test('where fromEnv finds it, and the error names the variable', async () => {
    const { code, message } = await rejection(fromEnv({ NEXMO_API_KEY: apiKey })(), [secret]);
    expect(code).toBe('ERR_INVALID_CREDENTIAL');
    expect(message).toMatch(/^NEXMO_API_KEY: apiKey contains a colon/);
  });

  test('where a provider of your own gives it', async () => {
    const auth = new AuthInjector(() => new Credentials({ apiKey, apiSecret: secret }));
    const sent = auth.inject({ url: 'https://rest.nexmo.com/sms/json' });
    expect((await rejection(sent, [secret])).message).toContain('apiKey contains a colon');
  });

  test('in the account of the sandbox, when the sandbox starts and when the account is changed', async () => {
    expect((await rejection(startSandbox({ apiKey }), [secret])).message).toContain('colon');
    const sandbox = await startSandbox();
    expect(
      failure(() => {
        sandbox.change({ apiKey });
      }, [secret]).message,
    ).toContain('colon');
    await sandbox.close();
  });

  test('but a secret with a colon is accepted', () => {
    const options: CredentialsOptions = { apiKey: 'abcd1234', apiSecret: 'a:b' };
    expect(new Credentials(options).reveal('apiSecret')).toBe('a:b');
  });
});

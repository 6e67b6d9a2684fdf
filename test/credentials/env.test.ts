import { createPrivateKey } from 'node:crypto';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { AuthInjector, JwtGenerator } from '../../src';
import type { Credentials } from '../../src/credentials/credentials';
import { fromEnv } from '../../src/credentials/env';
import { applicationId, held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';

const pem = keyText('rsa-pkcs8');
const otherPem = keyText('rsa-other');
const { apiKey, apiSecret, signatureSecret } = held;
const secrets = [apiSecret, signatureSecret, ...keySecrets(pem), ...keySecrets(otherPem)];

type Environment = Record<string, string>;
const read = (env: Environment) => Promise.resolve(fromEnv(env)());
const refusal = (env: Environment) => rejection(read(env), secrets);

let folder: string;
let keyFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-'));
  keyFile = join(folder, 'private.key');
  copyFileSync(join(__dirname, '../fixtures/keys/rsa-pkcs8.pem'), keyFile);
  chmodSync(keyFile, 0o600);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const isTheKey = (credentials: Credentials) =>
  credentials.reveal('privateKey').equals(createPrivateKey(pem));

describe.each(['VONAGE', 'NEXMO'])('with the prefix %s_', (prefix) => {
  test('every documented variable is read', async () => {
    const credentials = await read({
      [`${prefix}_API_KEY`]: apiKey,
      [`${prefix}_API_SECRET`]: apiSecret,
      [`${prefix}_APPLICATION_ID`]: applicationId,
      [`${prefix}_PRIVATE_KEY`]: pem.replaceAll('\n', '\\n'),
      [`${prefix}_SIGNATURE_SECRET`]: signatureSecret,
      [`${prefix}_SIGNATURE_METHOD`]: 'sha256',
    });
    expect({ ...credentials }).toEqual({ apiKey, applicationId, signatureMethod: 'sha256' });
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
    expect(credentials.reveal('signatureSecret')).toBe(signatureSecret);
    expect(isTheKey(credentials)).toBe(true);
  });

  test('the path of a private key wins over its text', async () => {
    const path = { [`${prefix}_PRIVATE_KEY_PATH`]: keyFile };
    expect(isTheKey(await read(path))).toBe(true);
    for (const text of ['VONAGE_PRIVATE_KEY', 'NEXMO_PRIVATE_KEY']) {
      expect(isTheKey(await read({ [text]: otherPem, ...path }))).toBe(true);
      expect(isTheKey(await read({ [text]: 'neither text nor path', ...path }))).toBe(true);
    }
  });

  test('the error for an invalid value names the variable', async () => {
    const faults: [name: string, value: string, code: string][] = [
      ['API_KEY', `${apiKey}\n`, 'ERR_CONTROL_CHARACTER'],
      ['API_SECRET', `${apiSecret}\r`, 'ERR_CONTROL_CHARACTER'],
      ['APPLICATION_ID', 'my-app', 'ERR_INVALID_APPLICATION_ID'],
      ['PRIVATE_KEY', pem.slice(0, 900), 'ERR_KEY_INVALID'],
      ['PRIVATE_KEY_PATH', `${keyFile}.old`, 'ERR_KEY_FILE_NOT_FOUND'],
      ['PRIVATE_KEY_PATH', folder, 'ERR_KEY_FILE_IS_DIRECTORY'],
      ['SIGNATURE_SECRET', `${signatureSecret}\0`, 'ERR_CONTROL_CHARACTER'],
      ['SIGNATURE_METHOD', 'rot13', 'ERR_INVALID_OPTION'],
    ];
    for (const [name, value, code] of faults) {
      const error = await refusal({ [`${prefix}_${name}`]: value });
      expect(error.code).toBe(code);
      expect(error.message).toContain(`${prefix}_${name}: `);
    }
  });
});

test.each([
  ['md5hash', 'md5hash'],
  ['MD5HASH', 'md5hash'],
  ['md5', 'md5'],
  ['Sha1', 'sha1'],
  ['SHA256', 'sha256'],
  ['sha512', 'sha512'],
])('the signature method %s is %s', async (written, meant) => {
  expect((await read({ VONAGE_SIGNATURE_METHOD: written })).signatureMethod).toBe(meant);
});

describe('the same variable with both prefixes', () => {
  const pairs: [name: string, one: string, other: string][] = [
    ['API_KEY', apiKey, 'abcd1235'],
    ['API_SECRET', apiSecret, 'ABCDEFGH01234abd'],
    ['APPLICATION_ID', applicationId, applicationId.replace('a', 'b')],
    ['PRIVATE_KEY', pem, otherPem],
    ['PRIVATE_KEY_PATH', './one.key', './other.key'],
    ['SIGNATURE_SECRET', signatureSecret, 'SignatureSecret2'],
    ['SIGNATURE_METHOD', 'md5', 'sha512'],
  ];

  test.each(pairs)('%s is refused when the values differ', async (name, one, other) => {
    const env = { [`VONAGE_${name}`]: one, [`NEXMO_${name}`]: other };
    const error = await rejection(read(env), [...secrets, one, other]);
    expect(error.code).toBe('ERR_CREDENTIALS_CONFLICT');
    expect(error.message).toContain(`VONAGE_${name} and NEXMO_${name} `);
  });

  test('is accepted when both values are equal, or one is empty', async () => {
    const env = { NEXMO_API_KEY: apiKey, NEXMO_API_SECRET: apiSecret };
    const same = await read({ ...env, VONAGE_API_KEY: apiKey, VONAGE_API_SECRET: '' });
    expect(same.apiKey).toBe(apiKey);
    expect(same.reveal('apiSecret')).toBe(apiSecret);
  });
});

test.each<[string, Environment]>([
  ['no variable', {}],
  [
    'only empty variables',
    { NEXMO_API_KEY: '', VONAGE_API_SECRET: '', VONAGE_PRIVATE_KEY_PATH: '' },
  ],
  [
    'only variables of other names',
    { API_KEY: apiKey, KEY: apiKey, nexmo_api_key: apiKey, PATH: '/bin' },
  ],
])('with %s set, no credentials are found', async (_which, env) => {
  const error = await refusal(env);
  expect(error.code).toBe('ERR_CREDENTIALS_NOT_FOUND');
  expect(error.message).toContain('VONAGE_API_KEY');
  expect(error.message).toContain('VONAGE_PRIVATE_KEY_PATH');
  expect(error.message).toContain('NEXMO_');
});

// The samples are those of the repositories Vonage/vonage-*-code-snippets, Vonage/vonage-laravel and their predecessors.
describe.each(['VONAGE', 'NEXMO'])('a sample with the prefix %s_', (prefix) => {
  test.each<[string, string[], string]>([
    [
      'the SDKs',
      ['API_KEY', 'API_SECRET', 'APPLICATION_ID', 'PRIVATE_KEY', 'SIGNATURE_SECRET'],
      'text',
    ],
    ['Laravel', ['KEY', 'SECRET', 'APPLICATION_ID', 'PRIVATE_KEY', 'SIGNATURE_SECRET'], 'text'],
    [
      'the .NET snippets',
      ['API_KEY', 'API_SECRET', 'APP_ID', 'PRIVATE_KEY_PATH', 'API_SIGNATURE_SECRET'],
      'path',
    ],
    [
      'the Node snippets',
      [
        'API_KEY',
        'API_SECRET',
        'APPLICATION_ID',
        'APPLICATION_PRIVATE_KEY_PATH',
        'API_SIGNATURE_SECRET',
      ],
      'path',
    ],
    [
      'the Java snippets',
      ['API_KEY', 'API_SECRET', 'APPLICATION_ID', 'PRIVATE_KEY_CONTENTS', 'SIGNATURE_SECRET'],
      'text',
    ],
    [
      'older Java snippets',
      ['API_KEY', 'API_SECRET', 'APPLICATION_ID', 'APPLICATION_PRIVATE_KEY', 'SIGNATURE_SECRET'],
      'text',
    ],
    [
      'older Node snippets',
      ['API_KEY', 'API_SECRET', 'APPLICATION_ID', 'PRIVATE_KEY_FILE', 'SIGNATURE_SECRET'],
      'path',
    ],
    [
      'older Python snippets',
      ['API_KEY', 'API_SECRET', 'APPLICATION_ID', 'PRIVATE_KEY', 'SIG_SECRET'],
      'text',
    ],
  ])('of %s is read', async (_whose, names, keyForm) => {
    const values = [
      apiKey,
      apiSecret,
      applicationId,
      keyForm === 'text' ? pem : keyFile,
      signatureSecret,
    ];
    const env = Object.fromEntries(
      names.map((name, index) => [`${prefix}_${name}`, String(values[index])]),
    );
    const credentials = await read({ ...env, VONAGE_SIGNATURE_SECRET_METHOD: 'sha256' });
    expect({ ...credentials }).toEqual({ apiKey, applicationId, signatureMethod: 'sha256' });
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
    expect(credentials.reveal('signatureSecret')).toBe(signatureSecret);
    expect(isTheKey(credentials)).toBe(true);
  });
});

describe('two names of the same field', () => {
  test.each<[string, string, string, string]>([
    ['VONAGE_API_KEY', 'VONAGE_KEY', apiKey, 'abcd1235'],
    ['VONAGE_API_KEY', 'NEXMO_KEY', apiKey, 'abcd1235'],
    ['NEXMO_API_SECRET', 'NEXMO_SECRET', apiSecret, 'ABCDEFGH01234abd'],
    ['VONAGE_APPLICATION_ID', 'VONAGE_APP_ID', applicationId, applicationId.replace('a', 'b')],
    ['VONAGE_PRIVATE_KEY', 'VONAGE_PRIVATE_KEY_CONTENTS', pem, otherPem],
    ['VONAGE_PRIVATE_KEY_PATH', 'VONAGE_APPLICATION_PRIVATE_KEY_PATH', './one.key', './other.key'],
    ['VONAGE_SIGNATURE_SECRET', 'NEXMO_API_SIGNATURE_SECRET', signatureSecret, 'SignatureSecret2'],
    ['VONAGE_SIGNATURE_METHOD', 'VONAGE_SIGNATURE_SECRET_METHOD', 'md5', 'sha512'],
  ])('%s and %s are refused when the values differ', async (one, other, value, otherValue) => {
    const env = { [one]: value, [other]: otherValue };
    const error = await rejection(read(env), [...secrets, value, otherValue]);
    expect(error.code).toBe('ERR_CREDENTIALS_CONFLICT');
    expect(error.message).toContain(`${one} and ${other} `);
  });

  test('are fine when the values mean the same', async () => {
    const credentials = await read({
      VONAGE_API_KEY: apiKey,
      VONAGE_KEY: apiKey,
      VONAGE_PRIVATE_KEY: pem,
      NEXMO_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
      VONAGE_SIGNATURE_METHOD: 'SHA256',
      NEXMO_SIGNATURE_METHOD: 'sha256',
    });
    expect(isTheKey(credentials)).toBe(true);
    expect(credentials.signatureMethod).toBe('sha256');
  });
});

describe('variables that are not understood', () => {
  const others = {
    VONAGE_VIRTUAL_NUMBER: '447700900000',
    NEXMO_API_SECERT: apiSecret,
    VONAGE_EMPTY: '',
  };
  const sentence = 'Set, but not understood: NEXMO_API_SECERT, VONAGE_VIRTUAL_NUMBER.';
  const voice = { url: 'https://api.nexmo.com/v1/calls' };

  test('are named if no credentials are found', async () => {
    expect((await refusal(others)).message).toContain(sentence);
    expect((await refusal({})).message).not.toContain('not understood');
  });

  test('are named by the error for contradicting values, but not by the error for an invalid value', async () => {
    const conflict = await refusal({ ...others, VONAGE_KEY: apiKey, NEXMO_KEY: 'abcd1235' });
    expect(conflict.message).toContain(sentence);
    const fault = await refusal({ ...others, VONAGE_KEY: `${apiKey}\n` });
    expect(fault.message).not.toContain('not understood');
  });

  test('are named by the error for a missing field, with the variables that are not set', async () => {
    const env = { ...others, VONAGE_API_KEY: apiKey };
    const error = await rejection(new AuthInjector(fromEnv(env)).inject(voice), secrets);
    expect(error.code).toBe('ERR_MISSING_CREDENTIAL');
    expect(error.message).toBe(
      `The product voice needs applicationId and privateKey (bearer). The environment variables VONAGE_APPLICATION_ID, VONAGE_PRIVATE_KEY, VONAGE_PRIVATE_KEY_PATH are not set. You can also use the prefix NEXMO_. ${sentence}`,
    );
    const credentials = await read(env);
    for (const each of [credentials, credentials.with({ applicationId })]) {
      expect(failure(() => each.reveal('apiSecret'), secrets).message).toBe(
        `The credentials lack apiSecret. The environment variable VONAGE_API_SECRET is not set. You can also use the prefix NEXMO_. ${sentence}`,
      );
      expect(failure(() => new JwtGenerator(each), secrets).message).toContain(sentence);
      expect(failure(() => each.reveal('oauth1')).message).toContain('No environment variable');
    }
  });

  test('are not mentioned where the credentials suffice', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
    const env = { ...others, VONAGE_API_KEY: apiKey, VONAGE_API_SECRET: apiSecret };
    await new AuthInjector(fromEnv(env)).inject({ url: 'https://rest.nexmo.com/sms/json' });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test('are listed: at most ten of them, and only those whose names look like names of variables', async () => {
    const names = Array.from(
      { length: 12 },
      (_, index) => `VONAGE_${String.fromCharCode(65 + index)}`,
    );
    const env = Object.fromEntries(
      [...names, 'VONAGE_A B', `NEXMO_${'X'.repeat(51)}`].map((name) => [name, '1']),
    );
    const { message } = await refusal(env);
    expect(message).toContain(`${names.slice(0, 10).join(', ')}, and 2 more.`);
  });
});

test('credentials count as found if one variable is set', async () => {
  expect((await read({ NEXMO_API_KEY: apiKey })).missing('key-secret')).toEqual(['apiSecret']);
});

describe('process.env', () => {
  const before = process.env;
  afterEach(() => (process.env = before));

  test('is read at every call, even after it was replaced', async () => {
    process.env = {};
    const provider = fromEnv();
    expect((await rejection(Promise.resolve(provider()))).code).toBe('ERR_CREDENTIALS_NOT_FOUND');
    process.env['NEXMO_API_KEY'] = apiKey;
    expect((await provider()).apiKey).toBe(apiKey);
    process.env = { VONAGE_API_KEY: 'abcd1235' };
    expect((await provider()).apiKey).toBe('abcd1235');
  });

  test('is not read if an environment is passed', async () => {
    process.env = { VONAGE_API_KEY: 'abcd1235' };
    expect((await read({ NEXMO_API_KEY: apiKey })).apiKey).toBe(apiKey);
  });
});

test.each([null, 'production', 42, []])('an environment of %j is refused', (env) => {
  expect(failure(() => fromEnv(env as never)).code).toBe('ERR_INVALID_OPTION');
});

describe('a leading ~/ in the path of a key', () => {
  // Jest gives tests a copy of the environment, which os.homedir() does not read.
  const real = runInThisContext('process.env') as NodeJS.ProcessEnv;
  const home = real['HOME'];
  afterEach(() => (real['HOME'] = home));

  test('stands for the home folder', async () => {
    real['HOME'] = folder;
    expect(isTheKey(await read({ NEXMO_PRIVATE_KEY_PATH: '~/private.key' }))).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['too long for the system', '/home'.repeat(2000)],
  ])('is kept if HOME is %s', async (_how, value) => {
    real['HOME'] = value;
    const error = await refusal({ NEXMO_PRIVATE_KEY_PATH: '~/private.key' });
    expect(error.code).toBe('ERR_KEY_FILE_NOT_FOUND');
  });
});

describe('the warning about a key file that others can access', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(process, 'emitWarning').mockImplementation()));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([0o604, 0o640, 0o622, 0o644, 0o660])('is given once for mode %o', async (mode) => {
    chmodSync(keyFile, mode);
    const env = { NEXMO_PRIVATE_KEY_PATH: keyFile };
    await Promise.all([read(env), read(env)]);
    expect(isTheKey(await read({ VONAGE_PRIVATE_KEY: keyFile }))).toBe(true);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining(`chmod 600 ${keyFile}`),
        { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_FILE_MODE' },
      ],
    ]);
    expect(leaksIn(warn.mock.calls, secrets)).toEqual([]);
  });

  test.each([0o600, 0o400, 0o700])(
    'is not given for mode %o, which gives access to the owner only',
    async (mode) => {
      chmodSync(keyFile, mode);
      await read({ NEXMO_PRIVATE_KEY_PATH: keyFile });
      expect(warn).not.toHaveBeenCalled();
    },
  );

  test('is not given on Windows, where Node knows no mode', async () => {
    chmodSync(keyFile, 0o666);
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    await read({ NEXMO_PRIVATE_KEY_PATH: keyFile });
    Object.defineProperty(process, 'platform', { value: platform });
    expect(warn).not.toHaveBeenCalled();
  });

  test('is not given for a folder or for the text of a key', async () => {
    await refusal({ NEXMO_PRIVATE_KEY_PATH: folder });
    await refusal({ NEXMO_PRIVATE_KEY_PATH: '""' });
    await read({ NEXMO_PRIVATE_KEY_PATH: pem });
    expect(warn).not.toHaveBeenCalled();
  });
});

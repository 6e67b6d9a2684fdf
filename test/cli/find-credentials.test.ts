import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCredentials, requireCredentials } from '../../src/cli/find-credentials';
import { contextFor, newFolder, outputOf } from '../support/cli';
import { keyPath, keyText, passphrase } from '../support/keys';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const keySecret = ['apiKey', 'apiSecret'] as const;
const application = ['applicationId', 'privateKey'] as const;

/** Writes a file that only its owner can read. */
function write(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const vonageFile = (key: string, secret: string) =>
  JSON.stringify({ 'api-key': key, 'api-secret': secret });

describe('the order in which places are searched for credentials', () => {
  const cwd = newFolder();
  const home = newFolder();
  const local = write(cwd, '.vonagerc', vonageFile('local123', 'LocalSecret1'));
  const global = write(home, '.vonage/config.json', vonageFile('home1234', 'HomeSecret12'));
  const secretFile = write(cwd, 'secret.txt', 'FileSecret12\r\n');
  const env = { HOME: home, VONAGE_API_KEY: 'envkey12', NEXMO_API_SECRET: 'EnvSecret123' };

  test('options come first, and a line end of Windows after a secret in a file is ignored', async () => {
    const flags = { apiKey: 'option12', apiSecretFile: 'secret.txt' };
    const { credentials, sources } = await findCredentials(
      flags,
      contextFor({ cwd, env }),
      keySecret,
    );
    expect([credentials.apiKey, credentials.reveal('apiSecret')]).toEqual([
      'option12',
      'FileSecret12',
    ]);
    expect(sources).toEqual({ apiKey: '--api-key', apiSecret: '--api-secret-file' });
    expect(secretFile).toContain(cwd);
  });

  test('the environment comes before files', async () => {
    const { credentials, sources } = await findCredentials({}, contextFor({ cwd, env }), keySecret);
    expect(credentials.apiKey).toBe('envkey12');
    expect(sources).toEqual({ apiKey: 'VONAGE_API_KEY', apiSecret: 'NEXMO_API_SECRET' });
  });

  test('a file in the working folder comes before one in the home folder', async () => {
    const io = contextFor({ cwd, env: { HOME: home } });
    expect((await findCredentials({}, io, keySecret)).sources).toEqual({
      apiKey: local,
      apiSecret: local,
    });
    const elsewhere = contextFor({ env: { HOME: home } });
    expect((await findCredentials({}, elsewhere, keySecret)).sources.apiKey).toBe(global);
  });

  test('a secret is not taken from a place whose API key is not the one in use', async () => {
    const io = contextFor({ cwd, env });
    const { sources } = await findCredentials({ apiKey: 'home1234' }, io, keySecret);
    expect(sources).toEqual({ apiKey: '--api-key', apiSecret: global });
    const found = await findCredentials({ apiKey: 'nowhere1' }, io, keySecret);
    expect(found.sources).toEqual({ apiKey: '--api-key' });
  });

  test('--verbose says where each field was found, and shows no secret', async () => {
    const io = { ...contextFor({ cwd, env }), verbose: true };
    await findCredentials({}, io, keySecret);
    expect(outputOf(io.stderr)).toBe('apiKey: VONAGE_API_KEY\napiSecret: NEXMO_API_SECRET\n');
  });
});

/** The variables of each field, from docs/credentials.md. The path of a key is in a row of its own. */
const variableTable = readFileSync(join(__dirname, '../../docs/credentials.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| +(`\w+`|its path) +\| `[A-Z]/.test(line))
  .map((line) => {
    const [first = '', ...names] = line.match(/`\w+`|its path/g) ?? [];
    const field = first === 'its path' ? 'privateKey' : first.replaceAll('`', '');
    return { field, isPath: first === 'its path', names: names.map((name) => name.slice(1, -1)) };
  });

describe('each variable that fromEnv knows', () => {
  const values: Record<string, string> = {
    apiKey: 'abcd1234',
    apiSecret: 'EnvSecret123',
    applicationId,
    privateKey: keyText('rsa-pkcs8'),
    signatureSecret: 'EnvSignature1',
    signatureMethod: 'sha256',
  };
  const rows = variableTable.flatMap(({ field, isPath, names }) =>
    names.flatMap((name) =>
      ['VONAGE_', 'NEXMO_'].map((prefix) => {
        const value = isPath ? keyPath('rsa-pkcs8') : String(values[field]);
        return { field: field as 'apiKey', variable: prefix + name, value };
      }),
    ),
  );

  test.each(rows)('sets $field: $variable', async ({ field, variable, value }) => {
    const io = contextFor({ env: { [variable]: value } });
    const { sources } = await findCredentials({}, io, [field]);
    expect(sources).toEqual({ [field]: variable });
  });

  test('is in the table', () => {
    expect(rows).toHaveLength(34);
  });

  test.each([
    ['VONAGE_KEY', { VONAGE_API_SECRET: 'EnvSecret123' }, { apiKey: 'other123' }, keySecret],
    ['NEXMO_KEY', { VONAGE_SECRET: 'EnvSecret123' }, { apiKey: 'other123' }, keySecret],
    [
      'VONAGE_APP_ID',
      { VONAGE_PRIVATE_KEY_PATH: keyPath('rsa-pkcs8') },
      { appId: 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab' },
      application,
    ],
  ] as const)('names the owner of a secret: %s', async (variable, secrets, flags, fields) => {
    const owner = variable.endsWith('KEY') ? 'abcd1234' : applicationId;
    const io = contextFor({ env: { [variable]: owner, ...secrets } });
    const { sources } = await findCredentials(flags, io, fields);
    expect(Object.keys(sources)).toEqual([fields[0]]);
  });
});

test('a place that is not needed is not read', async () => {
  const cwd = newFolder();
  write(cwd, '.vonagerc', '{ broken');
  const env = { VONAGE_API_KEY: 'abcd1234', VONAGE_PRIVATE_KEY_PATH: '/nowhere.key' };
  const { credentials } = await findCredentials({}, contextFor({ cwd, env }), ['apiKey']);
  expect(credentials.apiKey).toBe('abcd1234');
  await expect(findCredentials({}, contextFor({ cwd }), ['apiKey'])).rejects.toMatchObject({
    code: 'ERR_CREDENTIALS_FILE_INVALID',
  });
});

test('a private key comes from a path, from standard input, or from the home folder', async () => {
  const home = newFolder();
  write(home, 'app.key', keyText('rsa-pkcs8'));
  for (const [privateKey, input] of [
    [keyPath('rsa-pkcs8'), ''],
    ['-', keyText('rsa-pkcs8').replaceAll('\n', '\r\n')],
    ['~/app.key', ''],
  ] as const) {
    const io = contextFor({ input, env: { HOME: home } });
    const found = await findCredentials({ appId: applicationId, privateKey }, io, application);
    expect(found.credentials.reveal('privateKey').asymmetricKeyType).toBe('rsa');
    expect(found.sources.privateKey).toBe('--private-key');
  }
});

test('the text of a key is refused as --private-key, and not shown', async () => {
  const flags = { appId: applicationId, privateKey: keyText('rsa-pkcs8') };
  const error = await findCredentials(flags, contextFor(), application).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'ERR_USAGE' });
  expect(String(error)).not.toContain('BEGIN');
});

test('an encrypted key takes its passphrase from a file', async () => {
  const passphraseFile = write(newFolder(), 'passphrase', `${passphrase}\n`);
  const flags = { privateKey: keyPath('rsa-pkcs8-encrypted'), passphraseFile };
  const { credentials } = await findCredentials(flags, contextFor(), ['privateKey']);
  expect(credentials.reveal('privateKey').type).toBe('private');
});

test('a secret can come from standard input, and two secrets from there are a usage error', async () => {
  const flags = { apiKey: 'abcd1234', apiSecretStdin: true };
  const io = contextFor({ input: '\uFEFFInputSecret1\r\n' });
  const { credentials, sources } = await findCredentials(flags, io, keySecret);
  expect(credentials.reveal('apiSecret')).toBe('InputSecret1');
  expect(sources.apiSecret).toBe('--api-secret-stdin');
  const both = { apiSecretStdin: true, signatureSecretStdin: true };
  await expect(
    findCredentials(both, contextFor({ input: 'InputSecret1' }), ['signatureSecret']),
  ).rejects.toMatchObject({ code: 'ERR_USAGE' });
});

test('the signature secret and its method are found', async () => {
  const fields = ['signatureSecret', 'signatureMethod'] as const;
  const options = { signatureSecretStdin: true, signatureMethod: 'sha256' };
  const fromOptions = await findCredentials(
    options,
    contextFor({ input: 'Secret1234567' }),
    fields,
  );
  expect(fromOptions.credentials.signatureMethod).toBe('sha256');
  expect(fromOptions.sources).toEqual({
    signatureSecret: '--signature-secret-stdin',
    signatureMethod: '--signature-method',
  });
  const signatureSecretFile = write(newFolder(), 'secret', 'Secret1234567');
  const env = { VONAGE_SIGNATURE_METHOD: 'md5' };
  const mixed = await findCredentials({ signatureSecretFile }, contextFor({ env }), fields);
  expect(mixed.sources).toEqual({
    signatureSecret: '--signature-secret-file',
    signatureMethod: 'VONAGE_SIGNATURE_METHOD',
  });
});

test('without a home variable, the home folder is that of the system', async () => {
  const io = contextFor();
  const { sources } = await findCredentials({ apiKey: 'abcd1234' }, { ...io, env: {} }, ['apiKey']);
  expect(sources).toEqual({ apiKey: '--api-key' });
});

test('missing credentials are named, with all ways to set them', async () => {
  const env = { VONAGE_APPLICATION_ID: applicationId };
  const finding = requireCredentials({}, contextFor({ env }), application);
  await expect(finding).rejects.toMatchObject({
    code: 'ERR_MISSING_CREDENTIAL',
    message:
      'Credentials were not found. Set privateKey by --private-key or VONAGE_PRIVATE_KEY_PATH, or use a file of the Vonage CLI.',
  });
});

test.each([
  ['a file that does not exist', 'nowhere.txt', 'ERR_FILE_UNREADABLE'],
  ['an empty file', write(newFolder(), 'empty', '\n'), 'ERR_FILE_INVALID'],
])('%s is refused as --api-secret-file', async (_name, apiSecretFile, code) => {
  const flags = { apiKey: 'abcd1234', apiSecretFile };
  await expect(findCredentials(flags, contextFor(), keySecret)).rejects.toMatchObject({ code });
});

import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import ini from 'ini';
import type { Credentials } from '../../src/credentials/credentials';
import { fromFile, type FromFileOptions } from '../../src/credentials/file';
import { applicationId, held } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';

const pem = keyText('rsa-pkcs8');
const { apiKey, apiSecret, signatureSecret } = held;
const secrets = [apiSecret, signatureSecret, ...keySecrets(pem)];

// Jest gives tests a copy of the environment, which os.homedir() does not read.
const real = runInThisContext('process.env') as NodeJS.ProcessEnv;
const before = { home: real['HOME'], folder: process.cwd() };

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'file-')));
  for (const folder of ['home', 'work']) mkdirSync(join(root, folder));
  real['HOME'] = join(root, 'home');
  process.chdir(join(root, 'work'));
});
afterEach(() => {
  real['HOME'] = before.home;
  process.chdir(before.folder);
  rmSync(root, { recursive: true });
});

/** Writes a file into `work` or `home` that only its owner can read. */
function write(place: string, content: string | Uint8Array | object): string {
  const path = join(root, place);
  mkdirSync(dirname(path), { recursive: true });
  const isText = typeof content === 'string' || content instanceof Uint8Array;
  writeFileSync(path, isText ? content : JSON.stringify(content, null, 2), { mode: 0o600 });
  return path;
}

const read = (path?: string, options?: FromFileOptions) =>
  Promise.resolve(fromFile(path, options)());
const refusal = (path?: string, options?: FromFileOptions, shown = secrets) =>
  rejection(read(path, options), shown);

const isTheKey = (credentials: Credentials) =>
  credentials.reveal('privateKey').equals(createPrivateKey(pem));

// The contents as the tools write them: src/commands/auth/set.js and apps:create of the Vonage CLI, and
// src/response.js and src/client.js of the Nexmo CLI.
const account = { 'api-key': apiKey, 'api-secret': apiSecret };
const application = {
  application_name: 'My Voice App',
  application_id: applicationId,
  private_key: pem,
};
const nexmorc = `[credentials]\napi_key=${apiKey}\napi_secret=${apiSecret}\n`;

describe('fromFile reads a file of', () => {
  test('`vonage auth set`', async () => {
    write('work/.vonagerc', { ...account, 'app-id': applicationId, 'private-key': pem });
    const credentials = await read('.vonagerc');
    expect({ ...credentials }).toMatchObject({ apiKey, applicationId });
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
    expect(isTheKey(credentials)).toBe(true);
  });

  test('version 2 of the Vonage CLI, in which unknown values are empty', async () => {
    write('work/config.json', { apiKey, apiSecret, appId: '', privateKey: '' });
    const credentials = await read('config.json');
    expect(credentials.has('key-secret')).toBe(true);
    expect(credentials.has('application')).toBe(false);
  });

  test('`vonage apps:create`', async () => {
    write('work/vonage_app.json', application);
    const credentials = await read('vonage_app.json');
    expect(credentials.applicationId).toBe(applicationId);
    expect(isTheKey(credentials)).toBe(true);
  });

  test('`nexmo setup`', async () => {
    write('work/.nexmorc', nexmorc);
    const credentials = await read('.nexmorc');
    expect(credentials.apiKey).toBe(apiKey);
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
  });

  test('`nexmo app:setup`', async () => {
    const app = { app_config: { app_id: applicationId, private_key: pem } };
    write('work/.nexmo-app', ini.stringify(app));
    const credentials = await read('.nexmo-app', { section: 'app_config' });
    expect(credentials.applicationId).toBe(applicationId);
    expect(isTheKey(credentials)).toBe(true);
  });
});

describe('without a path,', () => {
  const places = [
    'work/.vonagerc',
    'home/.vonage/config.json',
    'work/vonage_app.json',
    'work/.nexmorc',
    'home/.nexmorc',
  ];
  const put = (place: string, key: string) =>
    write(place, place.endsWith('.nexmorc') ? `[credentials]\napi_key=${key}` : { 'api-key': key });

  test('the first documented place that has a file is used, and no other', async () => {
    for (const place of places.toReversed()) {
      put(place, place);
      const credentials = await read();
      expect({ ...credentials }).toMatchObject({ apiKey: place, applicationId: undefined });
    }
  });

  test('a damaged file is an error, even if a later place has a valid one', async () => {
    put('work/vonage_app.json', apiKey);
    write('work/.vonagerc', '{');
    expect((await refusal()).code).toBe('ERR_CREDENTIALS_FILE_INVALID');
  });

  test('if no place has a file, the error names all places', async () => {
    const error = await refusal();
    expect(error.code).toBe('ERR_CREDENTIALS_NOT_FOUND');
    for (const place of places) expect(error.message).toContain(`${join(root, place)}.`);
  });

  test.each([
    Buffer.from('{"apiKey":"k","apiSecret":"ABCDEFGH01234abc"}').toString('base64'),
    'api_key=k;api_secret=ABCDEFGH01234abc',
    Buffer.from(pem).toString('base64'),
  ])('content that was passed in place of a path is not quoted: %s', async (content) => {
    const error = await refusal(content);
    expect(error.code).toMatch(/^ERR_CREDENTIALS_(NOT_FOUND|FILE_UNREADABLE)$/);
    expect(error.message).toContain('at the path given');
    expect(leaksIn(error, [content, 'ABCDEFGH01234abc'])).toEqual([]);
  });

  test('a section can be given nevertheless', async () => {
    write('work/.nexmorc', `${nexmorc}[staging]\napi_key=abcd1235\n`);
    expect((await read(undefined, { section: 'staging' })).apiKey).toBe('abcd1235');
  });
});

describe('the name of a field may be spelled as', () => {
  const spellings = {
    apiKey: ['api-key', 'apiKey', 'api_key'],
    applicationId: [
      'app-id',
      'appId',
      'app_id',
      'application-id',
      'applicationId',
      'application_id',
    ],
  };
  const values = { apiKey, applicationId };

  test.each(Object.entries(spellings))('any of these, for %s: %j', async (field, keys) => {
    const name = field as keyof typeof values;
    for (const key of keys) {
      expect((await read(write('work/a.json', { [key]: values[name] })))[name]).toBe(values[name]);
      const text = `[credentials]\n${key} = ${values[name]}`;
      expect((await read(write('work/a.ini', text)))[name]).toBe(values[name]);
    }
  });

  test.each(['api-secret', 'apiSecret', 'api_secret'])('%s', async (key) => {
    const credentials = await read(write('work/a.json', { [key]: apiSecret }));
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
  });

  test.each(['private-key', 'privateKey', 'private_key'])('%s', async (key) => {
    expect(isTheKey(await read(write('work/a.json', { [key]: pem })))).toBe(true);
  });

  test('signature-secret and signature-method', async () => {
    const signature = { 'signature-secret': signatureSecret, 'signature-method': 'SHA256' };
    const credentials = await read(write('work/a.json', signature));
    expect(credentials.reveal('signatureSecret')).toBe(signatureSecret);
    expect(credentials.signatureMethod).toBe('sha256');
  });

  test('two spellings at once, if their values are equal or one is empty', async () => {
    const twice = { apiKey, 'api-key': apiKey, api_key: '', appId: null, 'app-id': applicationId };
    expect({ ...(await read(write('work/a.json', twice))) }).toMatchObject({
      apiKey,
      applicationId,
    });
  });

  test.each<[string, string, object]>([
    ['apiKey', 'api-key', { apiKey, 'api-key': 'abcd1235' }],
    ['api-secret', 'api_secret', { 'api-secret': apiSecret, api_secret: signatureSecret }],
    ['appId', 'application_id', { appId: 'other', application_id: applicationId }],
  ])('%s or %s, but not both with different values', async (one, other, content) => {
    const path = write('work/a.json', content);
    const error = await refusal(path);
    expect(error.code).toBe('ERR_CREDENTIALS_CONFLICT');
    expect(error.message).toContain(`${one} in ${path} and ${other} in ${path} `);
  });
});

describe('a section', () => {
  const content = { credentials: { api_key: 'first' }, staging: { api_key: 'second' } };

  test.each([
    ['a.ini', undefined, 'first'],
    ['a.ini', 'staging', 'second'],
    ['a.json', 'credentials', 'first'],
    ['a.json', 'staging', 'second'],
  ])('of %s is chosen by the option section (%s)', async (name, section, key) => {
    const path = write(`work/${name}`, name.endsWith('ini') ? ini.stringify(content) : content);
    expect((await read(path, { section })).apiKey).toBe(key);
  });

  test('whose name has a dot is a section within a section, as in INI', async () => {
    const options = { section: 'acme.com' };
    expect((await read(write('a.ini', '[acme.com]\napi_key=key'), options)).apiKey).toBe('key');
    const nested = { acme: { com: { apiKey: 'key' } } };
    expect((await read(write('a.json', nested), options)).apiKey).toBe('key');
  });

  test.each<[string, string | object]>([
    ['missing', { apiKey, other: { apiKey } }],
    ['missing in INI', nexmorc],
    ['text', { staging: 'text' }],
    ['a list', { staging: [{ apiKey }] }],
    ['null', { staging: null }],
  ])('that is %s is refused, and the error names the section', async (_how, damaged) => {
    const path = write('work/a', damaged);
    const error = await refusal(path, { section: 'staging' });
    expect(error.code).toBe('ERR_CREDENTIALS_FILE_INVALID');
    expect(error.message).toContain(`${path} has no section "staging"`);
  });

  test.each(['__proto__', 'constructor', 'toString', 'credentials.constructor', '.'])(
    '%s is not found among inherited members',
    async (section) => {
      for (const path of [write('work/a.json', content), write('work/a.ini', nexmorc)]) {
        expect((await refusal(path, { section })).code).toBe('ERR_CREDENTIALS_FILE_INVALID');
      }
    },
  );
});

describe('a file is accepted with', () => {
  test.each<[string, string | Uint8Array]>([
    ['a byte-order mark before JSON', `\uFEFF${JSON.stringify(account)}`],
    ['a byte-order mark before INI', `\uFEFF${nexmorc}`],
    ['empty lines before JSON', `\n\r\n ${JSON.stringify(account)}`],
    ['CRLF in INI', nexmorc.replaceAll('\n', '\r\n')],
    ['comments and quotes in INI', `; mine\n[credentials]\n# key\napi_key = "${apiKey}" \n`],
    ['fields of other tools', JSON.stringify({ ...account, region: 'eu', constructor: 1 })],
    ['sections of other tools', `[default]\nx=1\n${nexmorc}[credentials.more]\ny=2\n`],
    ['__proto__ in JSON', `{"__proto__":{"apiSecret":"x"},"api-key":"${apiKey}"}`],
    [
      '__proto__ in INI',
      `[__proto__]\napi_secret=x\n[credentials]\n__proto__=x\napi_key=${apiKey}`,
    ],
  ])('%s', async (_what, content) => {
    expect((await read(write('work/a', content))).apiKey).toBe(apiKey);
    expect(({} as Record<string, unknown>)['apiSecret']).toBeUndefined();
  });

  test('a rotation pair in JSON', async () => {
    const credentials = await read(write('work/a', { apiSecret: [apiSecret, signatureSecret] }));
    expect(credentials.reveal('apiSecret')).toBe(apiSecret);
  });
});

describe('ERR_CREDENTIALS_FILE_INVALID names the path, and quotes nothing of the content, for', () => {
  test.each<[string, string | Uint8Array]>([
    ['an empty file', ''],
    ['JSON that is cut off', JSON.stringify(account).slice(0, -1)],
    ['JSON with a comment', `{ // mine\n "api-secret": "${apiSecret}" }`],
    ['JSON without braces', `"api-secret": "${apiSecret}"`],
    ['a JSON list', JSON.stringify([account])],
    ['the secret alone', apiSecret],
    ['YAML', `api-key: ${apiKey}\napi-secret: ${apiSecret}\n`],
    ['INI without the section', `api_key=${apiKey}\napi_secret=${apiSecret}\n`],
    ['INI that the parser fails on', `a=null\n[a.b]\nx=${apiSecret}`],
    ['UTF-16', Buffer.from(`\uFEFF${nexmorc}`, 'utf16le')],
    ['bytes that are no text', Buffer.concat([Buffer.from(nexmorc), Buffer.from([0xff])])],
    ['JSON with no known field', JSON.stringify({ key: apiKey, secret: apiSecret })],
    ['INI with no known field', `[credentials]\nkey=${apiKey}\n${apiSecret}\n`],
    ['JSON whose values are all empty', JSON.stringify({ apiKey: '', apiSecret: null })],
  ])('%s', async (_what, content) => {
    const path = write('work/a', content);
    const error = await refusal(path);
    expect(error.code).toBe('ERR_CREDENTIALS_FILE_INVALID');
    expect(error.message).toContain(path);
  });

  test('any text, unless it is credentials', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((more) => `[credentials]\n${more}`),
    );
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const { code, message } = await refusal(write('work/a', content));
        if (content.trim().length > 8) expect(message).not.toContain(content.trim());
        expect(code).toBe('ERR_CREDENTIALS_FILE_INVALID');
      }),
    );
  });
});

describe('a value that Credentials refuse', () => {
  test.each<[string, unknown, string]>([
    ['api-key', 12345678, 'ERR_INVALID_CREDENTIAL'],
    ['api-secret', `${apiSecret}\n`, 'ERR_CONTROL_CHARACTER'],
    ['api-secret', { secret: apiSecret }, 'ERR_INVALID_CREDENTIAL'],
    ['app_id', 'my-app', 'ERR_INVALID_APPLICATION_ID'],
    ['private_key', pem.slice(0, 900), 'ERR_KEY_INVALID'],
    ['private_key', { type: 'Buffer' }, 'ERR_KEY_INVALID'],
    ['privateKey', './no/such.key', 'ERR_KEY_FILE_NOT_FOUND'],
    ['signature-method', 'rot13', 'ERR_INVALID_OPTION'],
  ])(
    'causes the same error as in Credentials, with the names of field and file in front: %s %j',
    async (key, value, code) => {
      const path = write('work/a', { [key]: value });
      const error = await refusal(path);
      expect(error.code).toBe(code);
      expect(error.message).toContain(`${key} in ${path}: `);
    },
  );
});

describe('the file', () => {
  test.each(['work/none', 'work/none/deeper', 'work/a/through-a-file'])(
    '%s is not found',
    async (place) => {
      write('work/a', account);
      const path = join(root, place);
      const error = await refusal(path);
      expect(error.code).toBe('ERR_CREDENTIALS_NOT_FOUND');
      expect(error.message).toContain(path);
    },
  );

  test('that is a folder or a loop of links is reported as unreadable, not as missing', async () => {
    symlinkSync('loop', join(root, 'work/loop'));
    for (const [path, why] of [
      [root, 'EISDIR'],
      [join(root, 'work/loop'), 'ELOOP'],
    ] as const) {
      const error = await refusal(path);
      expect(error.code).toBe('ERR_CREDENTIALS_FILE_UNREADABLE');
      expect(error.message).toContain(`${path} cannot be read (${why})`);
    }
  });

  test('that is a device, a named pipe or longer than 1 MiB is not read, since it may never end', async () => {
    execFileSync('mkfifo', [join(root, 'work/.vonagerc')]);
    const long = write('work/long', `{${' '.repeat(2 ** 20)}}`);
    for (const [path, reason] of [
      [undefined, 'it is a device, a socket or a named pipe'],
      ['/dev/zero', 'it is a device, a socket or a named pipe'],
      [long, 'it has more than 1 MiB'],
    ] as const) {
      const { code, message } = await refusal(path);
      expect(code).toBe('ERR_CREDENTIALS_FILE_UNREADABLE');
      expect(message).toContain(`cannot be read (${reason})`);
    }
    expect((await refusal('/proc/self/pagemap')).code).toBe('ERR_CREDENTIALS_FILE_INVALID');
    const named = write('work/named', { 'app-id': applicationId, 'private-key': '/dev/zero' });
    expect((await refusal(named)).code).toBe('ERR_KEY_FILE_UNREADABLE');
  });

  test('is read at every call', async () => {
    const provider = fromFile(write('work/a', { apiKey: 'abcd1234' }));
    expect((await provider()).apiKey).toBe('abcd1234');
    write('work/a', { apiKey: 'abcd1235' });
    expect((await provider()).apiKey).toBe('abcd1235');
  });

  test('is not read after the signal aborts', async () => {
    const path = write('work/a', account);
    const controller = new AbortController();
    const context = { signal: controller.signal };
    expect((await fromFile(path)(context)).apiKey).toBe(apiKey);
    const abortion = async () => {
      const { code } = await rejection(Promise.resolve(fromFile(path)(context)), secrets);
      expect(code).toBe('ERR_PROVIDER_ABORTED');
    };
    const underWay = abortion();
    controller.abort();
    await Promise.all([underWay, abortion()]);
  });
});

describe('a path', () => {
  test('of the file may begin with ~/', async () => {
    write('home/nexmo/mine.json', account);
    expect((await read('~/nexmo/mine.json')).apiKey).toBe(apiKey);
  });

  test('of the private key starts at the working folder, or with ~/ at the home folder', async () => {
    write('work/private.key', pem);
    write('home/keys/private.key', pem);
    for (const key of ['private.key', './private.key', '~/keys/private.key']) {
      const config = write('home/.vonage/config.json', { 'private-key': key });
      expect(isTheKey(await read(config))).toBe(true);
      const pair = write('home/.vonage/config.json', { 'private-key': [key, pem] });
      expect(isTheKey(await read(pair))).toBe(true);
    }
  });
});

test('a credentials file and a key file that others can access are warned of, once each', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const key = write('work/private.key', pem);
  const path = write('work/.vonagerc', { ...account, 'private-key': 'private.key' });
  const provider = fromFile();
  await provider();
  expect(warn).not.toHaveBeenCalled();
  const other = write('work/package.json', { name: 'mine' });
  for (const shared of [path, key, other]) chmodSync(shared, 0o644);
  await refusal(other);
  await provider();
  await provider();
  expect(warn.mock.calls).toEqual(
    [key, path].map((shared) => [
      expect.stringContaining(`chmod 600 ${shared}`) as string,
      { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_FILE_MODE' },
    ]),
  );
  expect(leaksIn(warn.mock.calls, secrets)).toEqual([]);
  warn.mockRestore();
});

describe('any secret comes back as it was written,', () => {
  const asSecret = (text: string) =>
    !/^$|[\r\n\0\p{Surrogate}]|^[\s\p{C}\p{Z}]|[\s\p{C}\p{Z}]$/u.test(text);
  const comesBack = async (path: string, secret: string) => {
    expect((await read(path)).reveal('apiSecret')).toBe(secret);
  };

  test('in JSON', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter(asSecret);
    await fc.assert(
      fc.asyncProperty(text, (secret) => comesBack(write('work/a', { apiSecret: secret }), secret)),
    );
  });

  // INI does not read true, false and null as text, and ini.stringify does not escape a lone apostrophe.
  const word = (text: string) => /^(true|false|null|')$/.test(text);
  const ascii = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({ minLength: 1, unit: fc.constantFrom(...';#="\'[] ab') }),
  );

  test('in INI as the Nexmo CLI writes it', async () => {
    const text = ascii.filter(
      (secret) => asSecret(secret) && !secret.includes('\\') && !word(secret),
    );
    await fc.assert(
      fc.asyncProperty(text, (secret) =>
        comesBack(write('work/a', ini.stringify({ credentials: { api_secret: secret } })), secret),
      ),
    );
  });

  test('in INI between double quotes, with the escapes of JSON', async () => {
    const text = ascii.filter((secret) => asSecret(secret) && !word(secret));
    await fc.assert(
      fc.asyncProperty(text, (secret) =>
        comesBack(write('work/a', `[credentials]\napi_secret = ${JSON.stringify(secret)}`), secret),
      ),
    );
  });
});

test('a privateKey that is neither a key nor a path is not quoted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      const secret = `secret/${text}`;
      const { code } = await refusal(write('work/a', { privateKey: secret }), {}, [secret]);
      expect(code).toMatch(/^ERR_KEY_/);
    }),
  );
});

describe('fromFile refuses, as soon as it is called,', () => {
  test.each<[string, unknown]>([
    ['a number', 42],
    ['null', null],
    ['an empty path', ''],
    ['a URL', new URL('file:///etc/nexmo')],
    ['the content of a JSON file', JSON.stringify(account)],
    ['the content of an INI file', nexmorc],
    ['a private key', pem.replaceAll('\n', '')],
    ['a NUL', 'a\0b'],
  ])('%s as the path, without quoting it', (_what, path) => {
    expect(failure(() => fromFile(path as string), secrets).code).toBe('ERR_INVALID_OPTION');
  });

  test.each<[string, unknown]>([
    ['text', 'credentials'],
    ['null', null],
    ['a list', []],
    ['a field that does not exist', { profile: 'credentials' }],
    ['an empty section', { section: '' }],
    ['a section that is no text', { section: 42 }],
    ['null as the section', { section: null }],
  ])('%s as the options', (_what, options) => {
    expect(failure(() => fromFile('a', options as FromFileOptions)).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });

  test('nothing if the fields of the options are undefined', async () => {
    write('work/.vonagerc', account);
    expect((await read(undefined, { section: undefined })).apiKey).toBe(apiKey);
  });
});

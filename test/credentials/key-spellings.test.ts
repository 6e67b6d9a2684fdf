import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { Credentials, verifyJwt, generateJwt } from '../../src';
import { parsePrivateKey, type PrivateKeyInput } from '../../src/credentials/private-key';
import { failure } from '../support/errors';
import { keySecrets, keyText, passphrase } from '../support/keys';
import { runs } from '../support/runs';

const pkcs8 = keyText('rsa-pkcs8');
const names = [
  'rsa-pkcs8',
  'rsa-pkcs1',
  'rsa-other',
  'rsa-pkcs8-encrypted',
  'rsa-pkcs1-encrypted',
] as const;
const keys = Object.fromEntries(
  names.map((name) => [name, createPrivateKey({ key: keyText(name), passphrase })]),
) as Record<(typeof names)[number], KeyObject>;
const derOf = (pem: string) => pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '');
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Encodings of the same text. They can be combined in any order. */
const spellings: Record<string, (text: string) => string> = {
  'no change': (text) => text,
  'CRLF line breaks': (text) => text.replace(/\r?\n/g, '\r\n'),
  'CR line breaks': (text) => text.replace(/\r?\n/g, '\r'),
  'literal \\n': (text) => text.replaceAll('\n', '\\n'),
  'literal \\r\\n': (text) => text.replaceAll('\n', '\\r\\n'),
  'literal \\r alone': (text) => text.replaceAll('\n', '\\r'),
  '\\n escaped twice': (text) => text.replaceAll('\n', '\\\\n'),
  'the escapes of JSON': (text) => JSON.stringify(text),
  'the escapes of PHP': (text) => JSON.stringify(text).replaceAll('/', '\\/'),
  'the escapes of .NET': (text) => JSON.stringify(text).replaceAll('+', '\\u002B'),
  'a backslash before each line break': (text) => text.replaceAll('\n', '\\\n'),
  '%0A for line breaks': (text) => text.replaceAll('\n', '%0A'),
  '%0D%0A for line breaks': (text) => text.replaceAll('\n', '%0d%0a'),
  'percent-encoding': (text) => encodeURIComponent(text),
  'double quotes': (text) => `"${text}"`,
  'single quotes': (text) => `'${text}'`,
  'a byte-order mark': (text) => `\uFEFF${text}`,
  'white space around it': (text) => `\n\t ${text} \u00a0\n`,
  'indented lines': (text) => text.replace(/^/gm, '    '),
  base64: base64,
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 in lines': (text) => base64(text).replace(/.{76}/g, '$&\n'),
  'base64 of UTF-16': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('base64'),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spellings-'));
  jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterAll(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
};
const isKey = (input: PrivateKeyInput, name: (typeof names)[number] = 'rsa-pkcs8') =>
  parsePrivateKey(input, passphrase).equals(keys[name]);

describe('any RSA key is the same key when it is spelled', () => {
  test.each(Object.entries(spellings))('with %s', (_how, spell) => {
    for (const name of names) {
      const text = spell(keyText(name));
      expect([name, isKey(text, name)]).toEqual([name, true]);
      expect(isKey({ pem: text }, name)).toBe(true);
      expect(isKey(Buffer.from(text), name)).toBe(true);
    }
  });

  test('in base64 behind a byte-order mark, percent-encoded', () => {
    expect(isKey(encodeURIComponent(`\uFEFF${base64(pkcs8)}`))).toBe(true);
  });

  test('in base64 whose last escaped line break was trimmed', () => {
    const lines = base64(pkcs8).match(/.{1,76}/g) ?? [];
    expect(isKey(`${lines.join('\\\n')}\\`)).toBe(true);
  });

  test('with up to three encodings, one after another', () => {
    const chain = fc.array(fc.constantFrom(...Object.keys(spellings)), { maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...names), chain, (name, hows) => {
        const text = hows.reduce(
          (spelled, how) => String(spellings[how]?.(spelled)),
          keyText(name),
        );
        return isKey(text, name);
      }),
      { numRuns: runs(300) },
    );
  });

  test('as base64 DER without BEGIN and END lines, in any encoding', () => {
    const chain = fc.array(fc.constantFrom(...Object.keys(spellings)), { maxLength: 2 });
    // An encrypted PKCS#1 key has encryption headers, which exist only in PEM.
    const name = fc.constantFrom(...names.filter((each) => each !== 'rsa-pkcs1-encrypted'));
    fc.assert(
      fc.property(name, chain, fc.boolean(), (each, hows, inLines) => {
        const der = derOf(keyText(each));
        const start = inLines ? der.replace(/.{64}/g, '$&\n') : der;
        return isKey(
          hows.reduce((text, how) => String(spellings[how]?.(text)), start),
          each,
        );
      }),
    );
  });

  test('with spaces or nothing in place of line breaks, or as the value of a form', () => {
    for (const name of ['rsa-pkcs8', 'rsa-pkcs1', 'rsa-pkcs8-encrypted'] as const) {
      const pem = keyText(name);
      expect(isKey(pem.replaceAll('\n', ' '), name)).toBe(true);
      expect(isKey(pem.replaceAll('\n', ''), name)).toBe(true);
      expect(isKey(new URLSearchParams({ key: pem }).toString().slice(4), name)).toBe(true);
      expect(isKey(pem.replaceAll('\n', '\u200b\n'), name)).toBe(true);
    }
  });

  test('as DER in bytes, or in a file', () => {
    const der = Buffer.from(derOf(pkcs8), 'base64');
    expect(isKey(der)).toBe(true);
    expect(isKey({ pem: der })).toBe(true);
    expect(isKey(file('key.der', der))).toBe(true);
  });

  test('as UTF-16 bytes of either order, with a byte-order mark or without', () => {
    for (const text of [pkcs8, `\uFEFF${pkcs8}`]) {
      const bytes = Buffer.from(text, 'utf16le');
      expect(isKey(bytes)).toBe(true);
      expect(isKey(Buffer.from(bytes).swap16())).toBe(true);
    }
  });

  test('as a file: URL, given as text or as a URL object', () => {
    const url = pathToFileURL(file('a key.pem', pkcs8));
    for (const input of [url, url.href, { path: url }, { path: url.href }]) {
      expect(isKey(input)).toBe(true);
    }
    const token = generateJwt('aaaaaaaa-bbbb-cccc-dddd-0123456789ab', url);
    expect(verifyJwt(token, keyText('rsa-public')).jti).toMatch(/-/);
  });
});

describe('an unsupported private key is named in the message:', () => {
  const { kty, n, e } = keys['rsa-pkcs8'].export({ format: 'jwk' });
  const der = derOf(pkcs8);
  const publicDer = derOf(keyText('rsa-public'));
  const pem = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;

  test.each<[string, unknown, string, RegExp]>([
    [
      'a key in the format of OpenSSH',
      keyText('rsa-openssh'),
      'ERR_KEY_INVALID',
      /OpenSSH.*ssh-keygen -p -m PEM/,
    ],
    ['an OpenSSH public key', 'ssh-rsa AAAAB3NzaC1yc2E me@acme', 'ERR_KEY_IS_PUBLIC', /public key/],
    [
      'a key of PuTTY',
      'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none',
      'ERR_KEY_INVALID',
      /PuTTY.*puttygen/,
    ],
    ['a JWK', { kty, n, e }, 'ERR_KEY_INVALID', /JWK.*createPrivateKey/],
    ['a JWK as text', JSON.stringify({ kty, n, e }), 'ERR_KEY_INVALID', /JWK.*createPrivateKey/],
    ['a JSON file', '{"api-key":"abcd1234"}', 'ERR_KEY_INVALID', /JSON/],
    ['a public key', keyText('rsa-public'), 'ERR_KEY_IS_PUBLIC', /public key/],
    ['a public key as DER', publicDer, 'ERR_KEY_IS_PUBLIC', /public key/],
    [
      'a public key of PKCS#1 as DER',
      derOf(keyText('rsa-public-pkcs1')),
      'ERR_KEY_IS_PUBLIC',
      /public key/,
    ],
    ['a certificate as DER', derOf(keyText('rsa-certificate')), 'ERR_KEY_IS_PUBLIC', /certificate/],
    ['an EC key as DER', derOf(keyText('ec')), 'ERR_KEY_NOT_RSA', /ec/],
    ['a certificate request', pem('CERTIFICATE REQUEST'), 'ERR_KEY_INVALID', /certificate request/],
    ['a PGP key', pem('PGP PRIVATE KEY BLOCK'), 'ERR_KEY_INVALID', /PGP/],
    [
      'PEM with no key',
      pem('DH PARAMETERS'),
      'ERR_KEY_INVALID',
      /neither a private key nor a public key/,
    ],
    ['PKCS#12', Buffer.from('30080201033003040100', 'hex'), 'ERR_KEY_INVALID', /PKCS#12/],
    [
      'PEM whose lines were changed',
      pkcs8.replace(/^MII/m, 'AAA'),
      'ERR_KEY_INVALID',
      /missing or changed/,
    ],
    ['PEM without its END line', pkcs8.slice(0, 900), 'ERR_KEY_INVALID', /cut off/],
    ['PEM without its BEGIN line', pkcs8.slice(40), 'ERR_KEY_INVALID', /cut off/],
    ['base64 of DER that was cut off', der.slice(0, 900), 'ERR_KEY_INVALID', /base64.*cut off/],
    [
      'base64 of PEM that was cut off',
      base64(pkcs8).slice(0, 10),
      'ERR_KEY_INVALID',
      /base64.*cut off/,
    ],
    ['text of many lines with no key', 'a\nb', 'ERR_KEY_INVALID', /neither a private key/],
    [
      'a URL of a server',
      new URL('https://acme.test/k'),
      'ERR_KEY_INVALID',
      /URL other than file:/,
    ],
    [
      'a URL of a server as text',
      'https://me:secret@acme.test/private.key',
      'ERR_KEY_INVALID',
      /URL other than file:/,
    ],
    ['a file: URL of another machine', 'file://acme.test/%2f.key', 'ERR_KEY_INVALID', /file: URL/],
    [
      'key text as { path }',
      { path: pkcs8 },
      'ERR_KEY_INVALID',
      /privateKey\.path is the text of a key/,
    ],
  ])('%s', (_what, input, code, message) => {
    const secrets = [...keySecrets(pkcs8), der.slice(0, 64), 'me:secret'];
    const error = failure(() => parsePrivateKey(input as PrivateKeyInput), secrets);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(error.message).toContain('privateKey');
  });

  test('a damaged key is not called OpenSSH', () => {
    const damaged = failure(() => parsePrivateKey(pkcs8.replace(/^.{64}$/m, '')));
    expect(damaged.message).not.toContain('OpenSSH');
  });

  test('a passphrase with a line break at its end is refused with a hint', () => {
    const open = () => parsePrivateKey(keyText('rsa-pkcs8-encrypted'), `${passphrase}\n`);
    const { code, message } = failure(open, [passphrase]);
    expect(code).toBe('ERR_KEY_PASSPHRASE_WRONG');
    expect(message).toContain('trim()');
  });

  test('DER with a wrong length or too many elements is refused', () => {
    for (const hex of [
      '30',
      '3082',
      '3005020100',
      '308201',
      `3014${'0500'.repeat(10)}`,
      `301e${'0500'.repeat(15)}`,
      '30020500',
      '300302050a',
    ]) {
      const input = { pem: Buffer.from(hex, 'hex') };
      expect(failure(() => parsePrivateKey(input)).message).toContain('contains no private key');
    }
  });
});

describe('a mistyped path', () => {
  test.each([
    './privat.key',
    '../keys/privat',
    'privat.pem',
    'keys/privat.key',
    '/run/secrets/nexmo_key',
    '~/privat.key',
    'C:\\keys\\privat.key',
    './schlüssel/privat.key',
  ])('is shown as an absolute one: %s', (path) => {
    for (const input of [path, { path }, `"${path}"`]) {
      if (typeof input === 'object' || !input.startsWith('"')) {
        const { code, message } = failure(() => parsePrivateKey(input));
        expect(code).toBe('ERR_KEY_FILE_NOT_FOUND');
        expect(message).toContain(resolve(path));
      }
    }
    expect(failure(() => new Credentials({ privateKey: path })).message).toContain(resolve(path));
  });

  test('in a file: URL is shown as a path', () => {
    const { message } = failure(() => parsePrivateKey('file:///keys/My%20Key'));
    expect(message).toContain('/keys/My Key.');
  });

  test('of a folder, or of a file without a key, is shown', () => {
    expect(failure(() => parsePrivateKey(`${folder}/.`)).message).toContain('folder');
    const other = file('notes.txt', 'my notes');
    expect(failure(() => parsePrivateKey(other)).message).toContain(other);
  });

  test('of a folder that exists is shown, though it could be part of a key', () => {
    const path = join(folder, 'Production2');
    mkdirSync(path);
    const { code, message } = failure(() => parsePrivateKey(relative(process.cwd(), path)));
    expect(code).toBe('ERR_KEY_FILE_IS_DIRECTORY');
    expect(message).toContain(`: ${path}.`);
  });

  test.each<PrivateKeyInput>(['Production3', { path: 'Production3' }])(
    'that could be part of a key gives a message with the working directory and { pem }: %j',
    (privateKey) => {
      const { message } = failure(() => parsePrivateKey(privateKey), ['Production3']);
      expect(message).toContain(`The working directory is ${process.cwd()}.`);
      expect(message).toContain('{ pem }');
    },
  );

  test('that begins with ~ gives a message that ~ is not expanded', () => {
    for (const input of ['~/private.key', { path: '~/private.key' }]) {
      expect(failure(() => parsePrivateKey(input)).message).toContain('~ is not expanded');
    }
  });

  test('is not shown if it could be part of a key', () => {
    const pieces = names.flatMap((name) => {
      const text = keyText(name);
      return [
        text.replaceAll('\n', ''),
        text.replaceAll('\n', '\\n'),
        text.replaceAll('\n', '%0A'),
        text.replaceAll('\n', '\\\\n'),
      ];
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...pieces),
        fc.nat(1700),
        fc.integer({ min: 9, max: 200 }),
        (text, start, length) => {
          const piece = text.slice(start, start + length);
          fc.pre(piece.length >= 9);
          failure(() => parsePrivateKey(piece), [piece]);
        },
      ),
      { numRuns: runs(500) },
    );
    for (const text of [
      'ABCDEFGH01234abc',
      'abc/def+ghi/jkl',
      'keys/private',
      '/AbCd/1234',
      `./${'a'.repeat(1100)}.key`,
    ]) {
      expect(failure(() => parsePrivateKey(text), [text]).message).not.toContain(text);
    }
  });
});

test('a file that other users can read is warned of only if it contains a private key', () => {
  const warn = jest.spyOn(process, 'emitWarning');
  for (const [name, expected] of [
    ['rsa-public', 0],
    ['rsa-certificate', 0],
    ['rsa-pkcs8', 1],
  ] as const) {
    const path = join(folder, `${name}.key`);
    writeFileSync(path, keyText(name), { mode: 0o644 });
    warn.mockClear();
    try {
      parsePrivateKey(path);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_KEY_IS_PUBLIC' });
    }
    expect([name, warn.mock.calls.length]).toEqual([name, expected]);
  }
});

import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, createSecretKey, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Credentials, verifyJwt } from '../../src';
import { warnIfShared } from '../../src/credentials/file-mode';
import { parsePrivateKey, type PrivateKeyInput } from '../../src/credentials/private-key';
import { anyCharacter } from '../support/characters';
import { failure } from '../support/errors';
import { keyPath, keySecrets, keyText, passphrase } from '../support/keys';
import { runs } from '../support/runs';

const pkcs8 = keyText('rsa-pkcs8');
const pkcs1 = keyText('rsa-pkcs1');
const publicKey = createPublicKey(keyText('rsa-public'));

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'keys-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

function namedPipe(): string {
  const path = join(folder, 'pipe.pem');
  execFileSync('mkfifo', [path]);
  return path;
}

const largeFile = () => file('large.pem', `${pkcs8}${' '.repeat(2 ** 20)}`);

/** Whether the public key that OpenSSL derived verifies a signature made with the given private key. */
function isTheKey(input: PrivateKeyInput, phrase?: string | Uint8Array): boolean {
  const data = Buffer.from('signed');
  return verify('sha256', data, publicKey, sign('sha256', data, parsePrivateKey(input, phrase)));
}

test('a key file that others can read is used, with one warning', () => {
  const path = join(folder, 'shared.key');
  writeFileSync(path, pkcs8, { mode: 0o644 });
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  for (let count = 0; count < 2; count += 1) {
    expect(parsePrivateKey(path).type).toBe('private');
  }
  expect(warn.mock.calls).toEqual([
    [
      expect.stringContaining(`chmod 600 ${path}`) as string,
      { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_FILE_MODE' },
    ],
  ]);
  warn.mockRestore();
});

// docs/threat-model.md#data-kept-too-long
test('after warnings about a thousand other files, a file is warned of again', () => {
  const path = (index: number) => join(folder, `shared-${index}.key`);
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
  const warnings = (index: number) => {
    warn.mockClear();
    writeFileSync(path(index), '', { mode: 0o644 });
    warnIfShared(path(index));
    return warn.mock.calls.length;
  };
  for (let index = 0; index < 1001; index += 1) expect(warnings(index)).toBe(1);
  expect(warnings(1000)).toBe(0);
  expect(warnings(0)).toBe(1);
  warn.mockRestore();
});

describe('the private key is taken as', () => {
  const spellings: Record<string, (pem: string) => PrivateKeyInput> = {
    'PEM text': (pem) => pem,
    'text without its last newline': (pem) => pem.trim(),
    'text with literal \\n': (pem) => pem.replaceAll('\n', '\\n'),
    'text with literal \\r\\n': (pem) => pem.replaceAll('\n', '\\r\\n'),
    'text with CRLF': (pem) => pem.replaceAll('\n', '\r\n'),
    'text after a byte-order mark': (pem) => `\uFEFF${pem}`,
    'text in double quotes': (pem) => `"${pem.trim()}"`,
    'literal \\n in single quotes and spaces': (pem) => ` '${pem.replaceAll('\n', '\\n')}' `,
    'indented text': (pem) => pem.replace(/^/gm, '    '),
    'text with spaces for newlines': (pem) => pem.replaceAll('\n', ' '),
    'text after other lines': (pem) => `Bag Attributes\n  friendlyName: app\n${pem}`,
    'base64 of the whole PEM': (pem) => Buffer.from(pem).toString('base64'),
    'base64 of quoted PEM after a byte-order mark': (pem) =>
      Buffer.from(`\uFEFF"${pem.trim()}"`).toString('base64'),
    'base64 in lines': (pem) => Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\n'),
    'base64 with literal \\n': (pem) =>
      Buffer.from(pem).toString('base64').replace(/.{76}/g, '$&\\n'),
    'base64url of the whole PEM': (pem) => Buffer.from(pem).toString('base64url'),
    'a Buffer': (pem) => Buffer.from(pem),
    'a Uint8Array': (pem) => new TextEncoder().encode(pem),
    'UTF-16 bytes with a byte-order mark': (pem) => Buffer.from(`\uFEFF${pem}`, 'utf16le'),
    'a KeyObject': (pem) => createPrivateKey(pem),
    'a file path': (pem) => file('plain.pem', pem),
    'a quoted file path': (pem) => `"${file('quoted.pem', pem)}"`,
    'the path of a file with base64': (pem) =>
      file('base64.pem', Buffer.from(pem).toString('base64')),
  };
  test.each(Object.entries(spellings))('%s', (_name, spell) => {
    expect(isTheKey(spell(pkcs8))).toBe(true);
    expect(isTheKey(spell(pkcs1))).toBe(true);
  });
});

describe('an encrypted private key', () => {
  const forms = ['rsa-pkcs8-encrypted', 'rsa-pkcs1-encrypted'];

  test.each(forms)('%s opens with its passphrase', (name) => {
    const pem = keyText(name);
    expect(isTheKey(pem, passphrase)).toBe(true);
    expect(isTheKey(pem, Buffer.from(passphrase))).toBe(true);
    expect(isTheKey(pem.replaceAll('\n', '\\n'), passphrase)).toBe(true);
    expect(isTheKey(pem.replace(/^/gm, '\t'), passphrase)).toBe(true);
    expect(isTheKey(pem.replaceAll('\n', ' '), passphrase)).toBe(true);
    expect(isTheKey(Buffer.from(pem).toString('base64'), passphrase)).toBe(true);
    expect(isTheKey(keyPath(name), passphrase)).toBe(true);
  });

  test.each(forms)('%s is refused without a passphrase, or with a wrong one', (name) => {
    const pem = keyText(name);
    const code = (phrase?: string) =>
      failure(() => parsePrivateKey(pem, phrase), [...keySecrets(pem), 'battery-staple']).code;
    expect(code()).toBe('ERR_KEY_PASSPHRASE_MISSING');
    expect(code('')).toBe('ERR_KEY_PASSPHRASE_MISSING');
    expect(code('battery-staple')).toBe('ERR_KEY_PASSPHRASE_WRONG');
    expect(code('battery-staple'.repeat(1000))).toBe('ERR_KEY_PASSPHRASE_WRONG');
  });

  test('a passphrase for an unencrypted key is ignored', () => {
    expect(isTheKey(pkcs8, passphrase)).toBe(true);
    const damaged = pkcs8.replace(/^.{64}$/m, '');
    expect(failure(() => parsePrivateKey(damaged, passphrase)).code).toBe('ERR_KEY_INVALID');
  });
});

describe('a private key is refused with the code of the cause, and the text of the key is not quoted:', () => {
  const cut = pkcs8.slice(0, 900);
  const body = pkcs8.split('\n').slice(1, -2);
  const damaged = pkcs8.replace(body[5] ?? '', '');
  const oneLine = body.join('');

  test.each<[string, unknown, string]>([
    ['an EC key', keyText('ec'), 'ERR_KEY_NOT_RSA'],
    ['an Ed25519 key', keyText('ed25519'), 'ERR_KEY_NOT_RSA'],
    ['an RSA-PSS key', keyText('rsa-pss'), 'ERR_KEY_NOT_RSA'],
    ['an EC KeyObject', createPrivateKey(keyText('ec')), 'ERR_KEY_NOT_RSA'],
    ['an RSA key of 1024 bits', keyText('rsa-1024'), 'ERR_KEY_TOO_SHORT'],
    ['a public key', keyText('rsa-public'), 'ERR_KEY_IS_PUBLIC'],
    ['a public key in PKCS#1', keyText('rsa-public-pkcs1'), 'ERR_KEY_IS_PUBLIC'],
    ['a certificate', keyText('rsa-certificate'), 'ERR_KEY_IS_PUBLIC'],
    ['a public KeyObject', publicKey, 'ERR_KEY_IS_PUBLIC'],
    ['a secret KeyObject', createSecretKey(Buffer.from('secret')), 'ERR_KEY_INVALID'],
    ['a key in the format of OpenSSH', keyText('rsa-openssh'), 'ERR_KEY_INVALID'],
    ['a key that was cut off', cut, 'ERR_KEY_INVALID'],
    ['a damaged key', damaged, 'ERR_KEY_INVALID'],
    ['the body of a key that was cut off', body.slice(0, -1).join('\n'), 'ERR_KEY_INVALID'],
    ['the body of a key on one line that was cut off', oneLine.slice(0, -10), 'ERR_KEY_INVALID'],
    [
      'base64 of text that is no key',
      Buffer.from('x'.repeat(300)).toString('base64'),
      'ERR_KEY_INVALID',
    ],
    ['text with a NUL', 'pri\0vate', 'ERR_KEY_INVALID'],
    ['empty text', '', 'ERR_KEY_INVALID'],
    ['quotes around nothing', '""', 'ERR_KEY_INVALID'],
    ['a number', 42, 'ERR_KEY_INVALID'],
    ['null', null, 'ERR_KEY_INVALID'],
    ['a JWK', createPrivateKey(pkcs8).export({ format: 'jwk' }), 'ERR_KEY_INVALID'],
    ['a path to nothing', './no/such/private.key', 'ERR_KEY_FILE_NOT_FOUND'],
    ['a path through a file', `${keyPath('ec')}/private.key`, 'ERR_KEY_FILE_NOT_FOUND'],
    ['a path to a folder', __dirname, 'ERR_KEY_FILE_IS_DIRECTORY'],
    ['the path of an EC key', keyPath('ec'), 'ERR_KEY_NOT_RSA'],
    ['the path of a file without a key', __filename, 'ERR_KEY_INVALID'],
  ])('%s', (_name, input, code) => {
    // A path of this repo is in every stack trace; no other text may be.
    const isText = typeof input === 'string' && !input.startsWith('/');
    const secrets = isText ? [...keySecrets(input), input] : [];
    expect(failure(() => parsePrivateKey(input as PrivateKeyInput), secrets).code).toBe(code);
  });

  test('the path of an empty file', () => {
    const path = file('empty.pem', '');
    const { code, message } = failure(() => parsePrivateKey(path));
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain(path);
  });

  test('a path that cannot be read: a loop of symbolic links', () => {
    const path = join(folder, 'loop.pem');
    symlinkSync(path, path);
    const error = failure(() => parsePrivateKey(path));
    expect(error.code).toBe('ERR_KEY_FILE_UNREADABLE');
    expect(error.message).toContain('ELOOP');
    expect(error.message).toContain(path);
  });

  test.each<[string, string, () => string]>([
    ['a device', 'it is a device, a socket or a named pipe', () => '/dev/zero'],
    ['a named pipe', 'it is a device, a socket or a named pipe', namedPipe],
    ['a file of more than 1 MiB', 'it has more than 1 MiB', largeFile],
  ])('the path of %s, which may never end', (_what, reason, pathOf) => {
    const path = pathOf();
    const { code, message } = failure(() => parsePrivateKey({ path }));
    expect(code).toBe('ERR_KEY_FILE_UNREADABLE');
    expect(message).toBe(
      `The file at the path in privateKey cannot be read (${reason}): ${path}. Check the path.`,
    );
  });

  test('the path of a file of /proc that never ends, which has a size of 0', () => {
    const { code, message } = failure(() => parsePrivateKey({ path: '/proc/self/pagemap' }));
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('contains no private key: /proc/self/pagemap');
  });

  test('a long text of base64 characters, as a string and as a path', () => {
    for (const start of ['', 'MIIE', 'LS0tLS1']) {
      const text = start + 'A'.repeat(6 * 2 ** 20);
      for (const key of [text, { path: text }, { pem: text }]) {
        expect(failure(() => parsePrivateKey(key)).code).toBe('ERR_KEY_INVALID');
      }
    }
  });

  test('more than 2 MiB of text or bytes, which takes long', () => {
    for (const pem of [Buffer.alloc(257 * 2 ** 20), ' '.repeat(3 * 2 ** 20)]) {
      expect(failure(() => parsePrivateKey({ pem })).code).toBe('ERR_KEY_INVALID');
    }
  });

  test('any part of a key that is read as a path (Node quotes it in ENOENT)', () => {
    fc.assert(
      fc.property(fc.nat(pkcs8.length), fc.nat(pkcs8.length), fc.boolean(), (a, b, flat) => {
        const part = pkcs8.slice(Math.min(a, b), Math.max(a, b));
        const text = flat ? part.replaceAll('\n', '') : part;
        // A part with the whole body is accepted, even if a part of the END line follows.
        fc.pre(part.trim() !== pkcs8.trim() && !part.trimStart().startsWith(body.join('\n')));
        const { code } = failure(() => parsePrivateKey(text), text.length > 8 ? [text] : []);
        expect([
          'ERR_KEY_INVALID',
          'ERR_KEY_FILE_NOT_FOUND',
          'ERR_KEY_FILE_IS_DIRECTORY',
        ]).toContain(code);
      }),
    );
  });

  test('random text has some ERR_KEY_ code, and is quoted only if it is read as a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, minLength: 1 }), (text) => {
        fc.pre(!/^[./\\\s"']*$/.test(text));
        const parse = () => parsePrivateKey(text);
        const { code } = failure(parse);
        expect(code).toMatch(/^ERR_KEY_/);
        if (code === 'ERR_KEY_INVALID' && text.length > 8) failure(parse, [text]);
      }),
    );
  });
});

const pemOf = (label: string, body: string) =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
const label = ['PRIVATE', 'KEY'].join(' ');
const privatePem = (base64: string) => pemOf(label, base64);
const encryptedPem = (base64: string) => pemOf(`ENCRYPTED ${label}`, base64);

/** OpenSSL's own encrypted format. */
const legacyPem = (base64: string) => {
  const dek = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${'00'.repeat(16)}`;
  return pemOf(`RSA ${label}`, `${dek}\n\n${base64}`);
};

/** DER of an element (ITU-T X.690, section 8.1). */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const integer = (hex: string) => der(0x02, Buffer.from(hex, 'hex'));

/** An encrypted key (RFC 5958, section 3; RFC 8018, section 6.2) whose ciphertext is 48 zeros. */
function encryptedWith(derivation: Uint8Array): string {
  const cipher = der(0x30, oid('60864801650304012a'), der(0x04, Buffer.alloc(16)));
  const pbes2 = der(0x30, oid('2a864886f70d01050d'), der(0x30, derivation, cipher));
  const base64 = der(0x30, pbes2, der(0x04, Buffer.alloc(48))).toString('base64');
  return encryptedPem(base64);
}

const salt = der(0x04, Buffer.alloc(8));
const pbkdf2 = (iterations: string, ...hash: readonly Uint8Array[]) =>
  der(0x30, oid('2a864886f70d01050c'), der(0x30, salt, integer(iterations), ...hash));
/** A pseudorandom function (RFC 8018, section A.2). */
const hmacWith = (hex: string) => der(0x30, oid(hex), der(0x05));
const scrypt = (...parameters: string[]) =>
  der(0x30, oid('2b06010401da47040b'), der(0x30, salt, ...parameters.map(integer)));

/** Two million iterations of a passphrase are accepted. They take seconds, so `npm test` does fewer of them. */
const accepted = runs(2_000_000);
const hexOf = (number: number) => number.toString(16).padStart(6, '0');

describe('a key from an untrusted party', () => {
  test.each<[string, Uint8Array, string]>([
    [`${accepted} iterations`, pbkdf2(hexOf(accepted)), 'ERR_KEY_PASSPHRASE_WRONG'],
    ['2000001 iterations', pbkdf2('1e8481'), 'ERR_KEY_INVALID'],
    ['SHA-512', pbkdf2('01', hmacWith('2a864886f70d020b')), 'ERR_KEY_PASSPHRASE_WRONG'],
    ['SHA-512/224', pbkdf2('01', hmacWith('2a864886f70d020c')), 'ERR_KEY_INVALID'],
    ['SHA3-224', pbkdf2('01', hmacWith('608648016503040270')), 'ERR_KEY_INVALID'],
    ['MD5', pbkdf2('01', hmacWith('2a864886f70d0205')), 'ERR_KEY_INVALID'],
    ['an empty hash function', pbkdf2('01', der(0x30)), 'ERR_KEY_INVALID'],
    ['2147483647 iterations', pbkdf2('7fffffff'), 'ERR_KEY_INVALID'],
    ['scrypt with N = 16384, r = 8', scrypt('4000', '08', '01'), 'ERR_KEY_PASSPHRASE_WRONG'],
    // RFC 7914, section 13.
    ['scrypt with N = 1048576, r = 8', scrypt('100000', '08', '01'), 'ERR_KEY_INVALID'],
    ['scrypt with p = 131072', scrypt('020000', '01', '020000'), 'ERR_KEY_INVALID'],
    ['PBKDF2 without parameters', der(0x30, oid('2a864886f70d01050c')), 'ERR_KEY_INVALID'],
    ['no derivation', Buffer.alloc(0), 'ERR_KEY_INVALID'],
    ['scrypt without its parameter p', scrypt('4000', '08'), 'ERR_KEY_INVALID'],
    [
      'parameters outside a sequence',
      der(0x30, oid('2a864886f70d01050c'), salt),
      'ERR_KEY_INVALID',
    ],
    [
      'a salt that looks like scrypt, before an integer of zero',
      der(
        0x30,
        oid('2a864886f70d01050c'),
        der(
          0x30,
          der(0x04, oid('2b06010401da47040b')),
          integer('2dc6c0'),
          der(0x30, oid('2a864886f70d0209'), integer('00')),
        ),
      ),
      'ERR_KEY_INVALID',
    ],
    [
      'a salt of indefinite length, which is BER and contains an integer of one',
      der(
        0x30,
        oid('2a864886f70d01050c'),
        der(
          0x30,
          Buffer.from(`24800482007c${'00'.repeat(124)}0201010000`, 'hex'),
          integer('2dc6c0'),
        ),
      ),
      'ERR_KEY_INVALID',
    ],
    [
      'a salt that is an integer',
      der(0x30, oid('2a864886f70d01050c'), der(0x30, integer('01'), integer('01'))),
      'ERR_KEY_INVALID',
    ],
  ])('does not decide how much work its passphrase takes: %s', (_what, derivation, code) => {
    const pem = encryptedWith(derivation);
    expect(failure(() => parsePrivateKey({ pem }, passphrase)).code).toBe(code);
  });

  test('that is encrypted, but is not DER, is invalid', () => {
    const pem = encryptedPem('AAAA');
    expect(failure(() => parsePrivateKey({ pem }, passphrase)).code).toBe('ERR_KEY_INVALID');
  });

  /** An element of DER whose length is written in two bytes. */
  const long = (tag: number, ...contents: readonly Uint8Array[]) => {
    const content = Buffer.concat(contents);
    return Buffer.concat([
      Buffer.of(tag, 0x82, content.length >> 8, content.length & 255),
      content,
    ]);
  };
  const number = (bits: number) => long(0x02, Buffer.of(0), Buffer.alloc(bits / 8, 0xff));
  const zero = integer('00');

  // OpenSSL computes with these numbers while it reads the key, which takes it up to minutes.
  test.each<[string, Uint8Array, string]>([
    [
      'DSA with 4,096 bits, in PKCS#8',
      long(
        0x30,
        zero,
        long(0x30, oid('2a8648ce380401'), long(0x30, number(4096), number(256), number(4096))),
        long(0x04, number(256)),
      ),
      'ERR_KEY_NOT_RSA',
    ],
    [
      "DSA with 4,096 bits, in OpenSSL's format",
      long(0x30, zero, number(4096), number(256), number(4096), number(4096), number(256)),
      'ERR_KEY_NOT_RSA',
    ],
    [
      'RSA with three primes (version 1)',
      long(0x30, integer('01'), ...Array.from({ length: 8 }, () => number(1024)), der(0x30)),
      'ERR_KEY_INVALID',
    ],
    [
      'RSA with three primes, in PKCS#8',
      long(0x30, zero, der(0x30, oid('2a864886f70d010101')), long(0x04, long(0x30, integer('01')))),
      'ERR_KEY_INVALID',
    ],
    [
      'more than 6,144 bytes',
      long(0x30, zero, ...Array.from({ length: 8 }, () => number(8192))),
      'ERR_KEY_INVALID',
    ],
    ['EC (RFC 5915)', der(0x30, integer('01'), der(0x04, Buffer.alloc(32))), 'ERR_KEY_NOT_RSA'],
    ['an unknown algorithm', der(0x30, zero, der(0x30, oid('2a03')), der(0x04)), 'ERR_KEY_NOT_RSA'],
  ])('is refused before OpenSSL reads it: %s', (_what, bytes, code) => {
    const pem = privatePem(Buffer.from(bytes).toString('base64'));
    expect(failure(() => parsePrivateKey({ pem }), []).code).toBe(code);
    expect(failure(() => verifyJwt('a.b.c', pem)).code).toBe(code);
  });

  test('in PKCS#8 with one element too many, which OpenSSL cannot read, is invalid', () => {
    const key = createPrivateKey(keyText('rsa-pkcs8')).export({ type: 'pkcs1', format: 'der' });
    const algorithm = der(0x30, oid('2a864886f70d010101'), der(0x05));
    const bytes = long(0x30, zero, algorithm, long(0x04, key), integer('01'));
    expect(failure(() => parsePrivateKey({ pem: privatePem(bytes.toString('base64')) })).code).toBe(
      'ERR_KEY_INVALID',
    );
  });

  test.each([
    [`${accepted}`, hexOf(accepted), 'ERR_KEY_PASSPHRASE_WRONG'],
    ['2000001', '1e8481', 'ERR_KEY_INVALID'],
  ])('encrypted by PBES1 may take at most 2,000,000 iterations: %s', (_what, iterations, code) => {
    const pbes1 = der(0x30, oid('2a864886f70d010503'), der(0x30, salt, integer(iterations)));
    const bytes = der(0x30, pbes1, der(0x04, Buffer.alloc(48)));
    expect(failure(() => parsePrivateKey({ pem: bytes }, passphrase)).code).toBe(code);
  });

  test.each([
    ['a dash before ,ENCRYPTED', (base64: string) => `${base64}\n-,ENCRYPTED`],
    [
      'Proc-Type',
      (base64: string) => `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${base64}`,
    ],
  ])('does not hide the work of its passphrase under another label: %s', (_what, bodyOf) => {
    const [, , ...lines] = encryptedWith(pbkdf2('7fffffff')).split('\n').reverse();
    const base64 = lines.slice(0, -1).reverse().join('\n');
    const pem = privatePem(bodyOf(base64));
    expect(failure(() => parsePrivateKey({ pem }, passphrase)).code).toBe('ERR_KEY_INVALID');
  });

  test.each<[string, string]>([
    [
      'PKCS#8',
      encryptedPem(
        long(
          0x30,
          der(0x30, oid('2a864886f70d01050d'), der(0x30, pbkdf2('01'))),
          long(0x04, Buffer.alloc(2700)),
        ).toString('base64'),
      ),
    ],
    ["OpenSSL's own format", legacyPem(Buffer.alloc(2700).toString('base64'))],
  ])('encrypted in %s is refused if it is longer than one of 4096 bits', (_what, pem) => {
    const { code, message } = failure(() => parsePrivateKey({ pem }, passphrase));
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('longer than an RSA key of 4096 bits');
  });

  test.each([
    ['d', 258],
    ['p', 137],
    ['q', 137],
    ['dp', 137],
    ['dq', 137],
    ['qi', 137],
  ])('is refused if %s has %i bytes, while its modulus has 256', (name, bytes) => {
    const jwk = createPrivateKey(keyText('rsa-pkcs8')).export({ format: 'jwk' });
    const long = Buffer.alloc(bytes, 0xff).toString('base64url');
    const key = createPrivateKey({ key: { ...jwk, [name]: long }, format: 'jwk' });
    const { code, message } = failure(() => parsePrivateKey(key));
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('longer than its modulus');
  });

  test('is invalid if OpenSSL cannot export it, as OpenSSL 3.5 cannot if its numbers do not belong together', () => {
    const key = createPrivateKey(keyText('rsa-pkcs8'));
    key.export = () => {
      throw new Error('Failed to encode private key');
    };
    expect(failure(() => parsePrivateKey(key)).code).toBe('ERR_KEY_INVALID');
  });

  test('whose exponents are longer than its modulus is refused (RFC 8017, section 3.2)', () => {
    const jwk = createPrivateKey(keyText('rsa-pkcs8')).export({ format: 'jwk' });
    const number = (name: 'p' | 'q' | 'dp' | 'dq') =>
      BigInt(`0x${Buffer.from(String(jwk[name]), 'base64url').toString('hex')}`);
    const longer = (exponent: bigint, prime: bigint) => {
      const hex = (exponent + ((prime - 1n) << 8192n)).toString(16);
      return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString(
        'base64url',
      );
    };
    const dp = longer(number('dp'), number('p'));
    const dq = longer(number('dq'), number('q'));
    const key = createPrivateKey({ key: { ...jwk, dp, dq }, format: 'jwk' });
    const { code, message } = failure(() => parsePrivateKey(key));
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('longer than its modulus');
  });

  test.each([
    [8192, undefined],
    [8200, 'ERR_KEY_INVALID'],
    [32_768, 'ERR_KEY_INVALID'],
  ])('with %i bits: the check of the length gives the code %p', (bits, code) => {
    const n = Buffer.alloc(bits / 8, 0xff).toString('base64url');
    const jwk = { ...createPrivateKey(keyText('rsa-pkcs8')).export({ format: 'jwk' }), n };
    const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
    const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { message } = failure(() => parsePrivateKey({ pem: key }), keySecrets(key));
    // 2^8192 - 1 is divisible by 3, so the next check refuses it.
    expect(message).toContain(code === undefined ? 'modulus' : `has ${bits} bits`);
    const { message: ofPublic } = failure(() => verifyJwt('a.b.c', createPublicKey(privateKey)));
    expect(ofPublic).toContain(code === undefined ? 'modulus' : `has ${bits} bits`);
  });

  const path = keyPath('rsa-pkcs8');
  const pem = keyText('rsa-pkcs8');

  test.each<[string, PrivateKeyInput]>([
    ['a path in pem', { pem: path }],
    ['a path in pem, as bytes', { pem: Buffer.from(path) }],
    ['a path in bytes', Buffer.from(path)],
  ])('never opens a file: %s', (_name, privateKey) => {
    const { code, message } = failure(() => parsePrivateKey(privateKey), [path]);
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('never read as a path');
  });

  test('is taken as { pem }, in any spelling', () => {
    for (const text of [pem, Buffer.from(pem), pem.replaceAll('\n', '\\n'), `"${pem}"`]) {
      expect(parsePrivateKey({ pem: text }).equals(parsePrivateKey(pem))).toBe(true);
    }
    const encrypted = keyText('rsa-pkcs8-encrypted');
    expect(parsePrivateKey({ pem: encrypted }, passphrase).type).toBe('private');
  });

  test('{ path } reads a file, and never takes the text of a key', () => {
    expect(parsePrivateKey({ path }).equals(parsePrivateKey(pem))).toBe(true);
    expect(failure(() => parsePrivateKey({ path: pem }), keySecrets(pem)).code).toBe(
      'ERR_KEY_INVALID',
    );
    expect(new Credentials({ privateKey: { path } }).has('application')).toBe(false);
  });

  test.each<[string, object]>([
    ['both pem and path', { pem, path }],
    ['neither pem nor path', {}],
    ['a field other than pem and path', { pem, passphrase: 'x' }],
    ['an empty path', { path: '' }],
    ['an empty pem', { pem: '' }],
    ['a number as pem', { pem: 1 }],
    ['a path that is no text', { path: Buffer.from(path) }],
  ])('with %s is refused', (_name, privateKey) => {
    expect(
      failure(() => parsePrivateKey(privateKey as PrivateKeyInput), keySecrets(pem)).code,
    ).toBe('ERR_KEY_INVALID');
  });
});

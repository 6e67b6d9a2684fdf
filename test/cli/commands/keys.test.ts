import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newFolder, runCli } from '../../support/cli';
import { keyPath, keyText, passphrase } from '../../support/keys';

const fingerprintOf = (pem: string) =>
  createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('hex');

describe('keys generate', () => {
  test('writes the private key for its owner only, and prints the public key', async () => {
    const cwd = newFolder();
    const { code, stdout, stderr } = await runCli(['keys', 'generate'], { cwd });
    const file = join(cwd, 'private.key');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `The private key was written to ${file}. Only its owner can read it.\n`,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = createPrivateKey(readFileSync(file));
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(stdout).toBe(
      createPublicKey(readFileSync(file)).export({ type: 'spki', format: 'pem' }),
    );
  });

  test('writes both keys, encrypts the private one, and prints JSON with --json', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'pass'), `${passphrase}\r\n`);
    const files = ['--out', 'a.key', '--public-out', 'a.pub', '--passphrase-file', 'pass'];
    const { stdout } = await runCli(['keys', 'generate', ...files, '--json'], { cwd });
    const publicPem = readFileSync(join(cwd, 'a.pub'), 'utf8');
    expect(JSON.parse(stdout)).toEqual({
      privateFile: join(cwd, 'a.key'),
      publicFile: join(cwd, 'a.pub'),
      bits: 2048,
      fingerprint: fingerprintOf(publicPem),
      publicKey: publicPem,
    });
    const encrypted = readFileSync(join(cwd, 'a.key'));
    expect(() => createPrivateKey({ key: encrypted, passphrase: 'wrong' })).toThrow();
    expect(createPrivateKey({ key: encrypted, passphrase }).type).toBe('private');
  });

  test.each(['private.key', 'a.pub'])('never overwrites %s', async (name) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, name), 'precious');
    const { code, stdout, stderr } = await runCli(['keys', 'generate', '--public-out', 'a.pub'], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^ERR_FILE_EXISTS: /);
    expect(readFileSync(join(cwd, name), 'utf8')).toBe('precious');
    expect(existsSync(join(cwd, 'private.key'))).toBe(name === 'private.key');
  });

  test.each(['./private.key', 'private.key'])(
    'refuses --public-out %s, which is the file of --out',
    async (publicOut) => {
      const cwd = newFolder();
      const args = ['keys', 'generate', '--public-out', publicOut];
      const { code, stderr } = await runCli(args, { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain('--out and --public-out must be different files');
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test.each([
    ['in a folder that does not exist', 'nowhere/a.pub', 'ERR_FILE_UNWRITABLE'],
    ['whose folder is a file', 'file/a.pub', 'ERR_FILE_UNWRITABLE'],
    ['that is a folder', 'folder', 'ERR_FILE_EXISTS'],
    ['that is a symbolic link to nothing', 'link', 'ERR_FILE_EXISTS'],
    ['that the file system does not accept', 'a'.repeat(256), 'ERR_FILE_UNWRITABLE'],
    ['that is the file of --out, through a symbolic link', 'linked/private.key', 'ERR_FILE_EXISTS'],
  ])('with a --public-out %s, leaves no private key behind', async (_name, publicOut, error) => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'file'), '');
    symlinkSync(join(cwd, 'nothing'), join(cwd, 'link'));
    symlinkSync(cwd, join(cwd, 'linked'));
    const before = readdirSync(cwd);
    const args = ['keys', 'generate', '--public-out', publicOut];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${error}: [^\\n]+\\n$`));
    expect(readdirSync(cwd)).toEqual(before);
  });

  test.each(['1024', '2049', '16384', 'many'])('refuses a key of %s bits', async (bits) => {
    const { code, stderr } = await runCli(['keys', 'generate', '--bits', bits]);
    expect(code).toBe(2);
    expect(stderr).toContain('--bits must be a multiple of 8 from 2048 to 8192');
  });
});

describe('keys check', () => {
  const check = (args: string[], input = '') => runCli(['keys', 'check', ...args], { input });

  test('describes both keys of a pair, and says that they belong together', async () => {
    const folder = newFolder();
    const privateFile = join(folder, 'private.key');
    writeFileSync(privateFile, keyText('rsa-pkcs8'), { mode: 0o600 });
    const publicFile = keyPath('rsa-public');
    const { code, stdout, stderr } = await check([privateFile, publicFile]);
    const fingerprint = fingerprintOf(keyText('rsa-public'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${privateFile}
  key          private (PKCS#8)
  type         rsa, 2048 bits
  fingerprint  SHA-256 ${fingerprint}
  usable       yes

${publicFile}
  key          public (SPKI)
  type         rsa, 2048 bits
  fingerprint  SHA-256 ${fingerprint}
  usable       yes

The keys belong together.
`);
  });

  test('says that keys do not belong together', async () => {
    const { code, stdout } = await check([keyPath('rsa-pkcs1'), keyPath('rsa-other')]);
    expect(code).toBe(1);
    expect(stdout).toContain('private (PKCS#1)');
    expect(stdout).toContain('The keys do not belong together.');
  });

  test('says that other users can access a private key', async () => {
    const file = join(newFolder(), 'private.key');
    copyFileSync(keyPath('rsa-pkcs8'), file);
    expect((await check([file])).stdout).toContain(
      `other users can access it. Run: chmod 600 ${file}`,
    );
  });

  test('reads an encrypted key with its passphrase', async () => {
    const file = join(newFolder(), 'passphrase');
    writeFileSync(file, `${passphrase}\n`);
    const args = [keyPath('rsa-pkcs8-encrypted'), '--passphrase-file', file];
    expect((await check(args)).stdout).toContain('private (PKCS#8, encrypted)');
  });

  test('reads a private key from standard input', async () => {
    const { stdout } = await check(['-'], keyText('rsa-pkcs8'));
    expect(stdout).toMatch(/^standard input\n {2}key +private/);
  });

  test('reads an encrypted key that is not usable', async () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const file = join(newFolder(), 'passphrase');
    writeFileSync(file, passphrase);
    const { code, stdout } = await check(['-', '--passphrase-file', file], privateKey);
    expect(code).toBe(4);
    expect(stdout).toContain('private (PKCS#8, encrypted)\n  type         ec');
  });

  test('does not pass an encrypted key to Node if the cost of applying its passphrase cannot be read', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    // Node writes 2,048 iterations. This replaces that number by a larger one, which is two bytes longer. The lengths
    // of the DER elements around it are then wrong, so the cost cannot be read.
    const longer = Buffer.from(
      privateKey.toString('hex').replace(/02020800/, '02047fffffff'),
      'hex',
    );
    const label = ['ENCRYPTED', 'PRIVATE', 'KEY'].join(' ');
    const file = join(newFolder(), 'passphrase');
    writeFileSync(file, passphrase);
    const pem = `-----BEGIN ${label}-----\n${longer.toString('base64')}\n-----END ${label}-----\n`;
    const { stderr } = await check(['-', '--passphrase-file', file], pem);
    expect(stderr).toContain('ERR_KEY_INVALID');
  });

  const unreadable = ['BEGIN', 'END'].map((word) => `-----${word} EC PRIVATE KEY-----\n`);
  test.each([
    ['behind a key that OpenSSL cannot read', unreadable.join('MAoCAQEEBaq7zN3u\n')],
    ['behind a key with percent-encoded markers', keyText('ec').replaceAll('-----', '%2D----')],
    ['behind a key with escaped markers', keyText('ec').replaceAll('-----', '\\u002d----')],
    ['behind a key in UTF-16', Buffer.from(keyText('ec'), 'utf16le')],
  ])(
    'does not apply a passphrase to a key %s, since its cost was not checked',
    async (_where, first) => {
      const cwd = newFolder();
      writeFileSync(join(cwd, 'passphrase'), passphrase);
      const second = Buffer.from(`\n${keyText('rsa-pkcs8-encrypted')}`);
      writeFileSync(join(cwd, 'keys'), Buffer.concat([Buffer.from(first), second]));
      const args = ['keys', 'check', 'keys', '--passphrase-file', 'passphrase'];
      const { code, stdout } = await runCli(args, { cwd });
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    },
  );

  test.each([
    ['a private key that is not RSA', 'ec', 'ERR_KEY_NOT_RSA'],
    ['a public key', 'rsa-public', 'ERR_KEY_INVALID'],
  ])('does not give OpenSSL %s in a file of more than 4 KiB', async (_what, name, error) => {
    const { code, stdout, stderr } = await check(['-'], `${'#'.repeat(8192)}\n${keyText(name)}`);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain(error);
  });

  test.each([
    ['ec', 'ec', 'privateKey is of type ec'],
    ['ed25519', 'ed25519', 'privateKey is of type ed25519'],
    ['rsa-1024', 'rsa, 1024 bits', 'privateKey has 1024 bits'],
    ['ec-public', 'ec', 'The public key is of type ec, but RS256 needs an RSA key'],
  ])('%s is not usable', async (name, type, problem) => {
    const { code, stdout } = await check([keyPath(name)]);
    expect(code).toBe(4);
    expect(stdout).toContain(`type         ${type}\n`);
    expect(stdout).toContain(`usable       no: ${problem}`);
  });

  test('a short public key is not usable', async () => {
    const key = createPublicKey(keyText('rsa-1024')).export({ type: 'spki', format: 'pem' });
    expect((await check(['-'], key.toString())).stdout).toContain(
      'no: The public key has 1024 bits, but RS256 needs at least 2048',
    );
  });

  test.each([
    ['the public exponent 1', { e: 'AQ' }, 'public exponent'],
    ['the public exponent 2', { e: 'Ag' }, 'public exponent'],
    ['an even modulus', { n: Buffer.alloc(256, 0xfe).toString('base64url') }, 'modulus'],
  ])('a public key with %s is not usable, as in verifyJwt', async (_what, change, problem) => {
    const jwk = createPublicKey(keyText('rsa-public')).export({ format: 'jwk' });
    const weak = createPublicKey({ key: { ...jwk, ...change }, format: 'jwk' });
    const pem = weak.export({ type: 'spki', format: 'pem' });
    const { code, stdout } = await check(['-'], pem.toString());
    expect(code).toBe(4);
    expect(stdout).toMatch(new RegExp(`usable +no: The ${problem} of The public key is`));
  });

  test('reads a certificate, and standard input with line ends of Windows', async () => {
    const crlf = keyText('rsa-certificate').replaceAll('\n', '\r\n');
    const { code, stdout } = await check(['-', '--json'], crlf);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      keys: [{ file: '-', kind: 'certificate', format: 'X.509', bits: 2048 }],
    });
  });

  test.each([
    [
      'an encrypted key without its passphrase',
      keyText('rsa-pkcs8-encrypted'),
      'ERR_KEY_PASSPHRASE_MISSING',
    ],
    ['text that is no key', 'hunter2hunter2', 'ERR_KEY_INVALID'],
    ['a key in the format of OpenSSH', keyText('rsa-openssh'), 'ERR_KEY_INVALID'],
    [
      'a damaged public key',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      'ERR_KEY_INVALID',
    ],
  ])('refuses %s, and does not show it', async (_name, text, error) => {
    const { code, stdout, stderr } = await check(['-'], text);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${error}: `));
    expect(stderr).not.toMatch(/hunter2|BEGIN/);
  });
});

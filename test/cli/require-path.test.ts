import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { isNoPath } from '../../src/cli/require-path';
import { newFolder, runCli } from '../support/cli';
import { keyText } from '../support/keys';

const pem = keyText('rsa-pkcs8');
const base64 = pem.replace(/-----.*-----|\n/g, '');
const secret = 'ABCDEFGH01234abc';
const token = `eyJhbGciOiJSUzI1NiJ9.eyJhcGlfa2V5IjoiYSJ9.${secret}`;

const texts: [string, string][] = [
  ['a key', pem],
  ['a key with line breaks of Windows', pem.replaceAll('\n', '\r\n')],
  ['a key on one line', pem.replaceAll('\n', '\\n')],
  ['a key without its first and last line', base64],
  ['the first line of base64 in a key', base64.slice(0, 64)],
  ['base64 of a key', Buffer.from(pem).toString('base64')],
  ['base64 of a key after a space', ` ${base64}`],
  ['base64 of a key in quotes', `"${base64}"`],
  ['base64 of a key in a data: URL', `data:application/x-pem-file;base64,${base64}`],
  ['base64 of a key after a name', `key: ${base64}`],
  ['the second line of base64 in a key, in quotes', `'${base64.slice(64, 128)}'`],
  ['JSON', `{"api-key":"abcd1234","api-secret":"${secret}"}`],
  ['JSON with single quotes', `{'api-secret':'${secret}'}`],
  ['a list in JSON', `["${secret}"]`],
  ['lines of INI', `api-key=abcd1234\napi-secret=${secret}`],
  ['a named secret', `api_secret=${secret}`],
  ['a form', `api_key=abcd1234&api_secret=${secret}`],
  ['a token', token],
  ['a token with Bearer', `Bearer ${token}`],
  ['a NUL character', `${secret}\0`],
];

const signing = { VONAGE_API_KEY: 'abcd1234', VONAGE_SIGNATURE_SECRET: 'SignatureSecret1' };
const application = {
  VONAGE_APPLICATION_ID: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  VONAGE_PRIVATE_KEY: pem,
};
const send = ['sandbox', 'send', 'dlr', '--webhook', 'http://127.0.0.1:1/'];

const commands: [string, string[]][] = [
  ['--out', ['jwt', 'create', '--out']],
  ['--private-key', ['jwt', 'create', '--private-key']],
  ['--private-key', ['jwt:generate', '--']],
  ['--public-key', ['jwt', 'verify', token, '--public-key']],
  ['--out', ['keys', 'generate', '--out']],
  ['--public-out', ['keys', 'generate', '--public-out']],
  ['--passphrase-file', ['keys', 'generate', '--passphrase-file']],
  ['Key file 1', ['keys', 'check', '--']],
  ['--api-secret-file', ['header', 'account', '--api-secret-file']],
  ['--signature-secret-file', ['header', 'account', '--signature-secret-file']],
  ['--body', ['request', 'account', '--body']],
  ['--params', ['sms', 'sign', '--params']],
  ['--params', ['sms', 'verify', '--params']],
  ['--body', ['webhook', 'sign', '--body']],
  ['The saved request', ['webhook', 'verify', '--']],
  ['--credentials', ['sandbox', '--port', '0', '--credentials']],
  ['--credentials', [...send, '--credentials']],
];

describe.each(commands)('%s of %j', (option, args) => {
  test.each(texts)('refuses %s, shows nothing of it and writes no file', async (_name, text) => {
    const cwd = newFolder();
    const env = { ...signing, ...application };
    const { code, stdout, stderr } = await runCli([...args, text], { cwd, env });
    expect({ code, stdout, files: readdirSync(cwd) }).toEqual({ code: 2, stdout: '', files: [] });
    expect(stderr).toMatch(/^ERR_USAGE: /);
    expect(stderr).toContain(`${option} must be a path`);
    for (const part of [secret, 'BEGIN', base64.slice(0, 20)]) expect(stderr).not.toContain(part);
  });
});

test('doctor reports the text of a key in place of its path as a failure, and does not show it', async () => {
  const { code, stdout, stderr } = await runCli(['doctor', '--private-key', pem]);
  expect(code).toBe(1);
  expect(stdout).toContain('--private-key must be a path');
  expect(stdout + stderr).not.toMatch(/BEGIN|MII/);
});

test('base64 of random bytes is no path', () => {
  const lengths = fc.integer({ min: 96, max: 2000 });
  fc.assert(
    fc.property(lengths, (length) => {
      expect(isNoPath(randomBytes(length).toString('base64'))).toBe(true);
    }),
  );
});

test.each([
  'private.key',
  './private.key',
  '~/keys/Production2.pem',
  '/run/secrets/vonage_private_key',
  '/var/run/secrets/kubernetes.io/serviceaccount/..2026_01_01_00_00_00.123456789/token',
  '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/private',
  '/home/Alice/Projects/App2/config/keys/production/private_key_for_the_app',
  'Projects/App2/config/keys/production/privateKeyForTheApp',
  '/tmp/nexmo-auth-cli-AbC123/AuthKey_1234567890abcdefABCDEF1234567890abcdefABCDEF.p8',
  'Documents/CompanyProject2026/secretsOfTheApp/privateKey',
  '/proc/self/fd/63',
  'C:\\Users\\Alice\\Documents\\Keys2026\\private',
  'Schlüssel für Grüße/{prod}.json',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709da39a3ee5e6b4b0d3255bfef95601890',
])('%s is a path', (path) => {
  expect(isNoPath(path)).toBe(false);
});

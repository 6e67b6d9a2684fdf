import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Credentials, decodeJwt, fromFile, verifyJwt } from '../../src';
import { pemBlocks, normalizeKeyText } from '../../src/credentials/pem';
import { parsePrivateKey } from '../../src/credentials/private-key';
import { checkJwtOptions } from '../../src/jwt/claims';
import { requireJson } from '../../src/jwt/json';
import { fields, fill, numbered, row, type Row } from './adversarial-row';

const begin = (label: string) => `-----BEGIN ${label}-----\n`;
const end = (label: string) => `-----END ${label}-----\n`;
const header =
  '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n';

const token = (claims: string) =>
  `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${Buffer.from(claims).toString('base64url')}.${'A'.repeat(342)}`;
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A row whose input is a file, which is removed when the process ends. */
const file = (make: (size: number) => string) =>
  row(
    (size) => {
      const folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-adversarial-'));
      process.once('exit', () => {
        rmSync(folder, { recursive: true });
      });
      const path = join(folder, 'credentials');
      writeFileSync(path, make(size), { mode: 0o600 });
      return path;
    },
    (path) => fromFile(path)(),
  );

/** Rows for keys, credentials and tokens. */
export const keyRows: Record<string, Row<unknown>> = {
  'PEM: BEGIN alone': row((size) => fill(begin('PRIVATE KEY'), size), pemBlocks),
  'PEM: BEGIN alone, with literal \\n': row(
    (size) => fill('-----BEGIN PRIVATE KEY-----\\n', size),
    pemBlocks,
  ),
  'PEM: BEGIN of many labels': row(
    (size) => numbered(size, (index) => begin(`A${index}`)),
    pemBlocks,
  ),
  'PEM: BEGIN of one label, END of another': row(
    (size) => fill(begin('A'), size / 2) + fill(end('B'), size / 2),
    pemBlocks,
  ),
  'PEM: BEGIN and END of many labels': row(
    (size) =>
      numbered(size / 2, (index) => begin(`A${index}`)) +
      numbered(size / 2, (index) => end(`A${index}`)),
    pemBlocks,
  ),
  'PEM: alternating BEGIN and END, never with the same label': row(
    (size) => fill(begin('A') + end('B'), size),
    pemBlocks,
  ),
  'PEM: blocks': row((size) => fill(`${begin('A')}AAAA\n${end('A')}`, size), pemBlocks),
  'PEM: a label without an end': row((size) => `-----BEGIN ${fill('A', size)}`, pemBlocks),
  'PEM: dashes': row((size) => fill('-', size), pemBlocks),
  'PEM: headers of encryption': row((size) => fill(header, size), pemBlocks),
  'PEM: white space where a header ends': row(
    (size) => `${begin('A')}Proc-Type: 4${fill(' ', size)}${end('A')}`,
    pemBlocks,
  ),
  'PEM: one long line': row((size) => begin('A') + fill('A', size) + end('A'), pemBlocks),
  'PEM: base64 of BEGIN alone': row(
    (size) => Buffer.from(fill(begin('A'), size)).toString('base64'),
    pemBlocks,
  ),
  'PEM: base64 that ends in something else': row((size) => `${fill('A ', size)}!`, pemBlocks),
  'PEM: quotes': row((size) => `${fill('"', size)}x`, normalizeKeyText),
  'PEM: white space': row((size) => `${fill(' ', size)}x${fill(' ', size)}`, normalizeKeyText),
  'PEM: backslashes': row((size) => fill('\\', size), pemBlocks),
  'PEM: escapes': row((size) => fill('\\\\n', size), pemBlocks),
  'PEM: escaped percent signs': row((size) => `%${fill('25', size)}`, pemBlocks),
  'PEM: base64 of base64 of base64': row(
    (size) =>
      [1, 2, 3].reduce((text) => Buffer.from(text).toString('base64'), fill('A', size / 2.4)),
    pemBlocks,
  ),
  'DER: many elements': row(
    (size) =>
      Buffer.from(`3083${(size / 2).toString(16).padStart(6, '0')}${fill('0500', size)}`, 'hex'),
    (bytes) => pemBlocks(normalizeKeyText(bytes)),
  ),
  'private key: JSON': row((size) => `{${fill('"kt":1,', size)}`, parsePrivateKey),
  'private key: a path of many folders': row((size) => fill('/abc', size), parsePrivateKey),
  'API secret: white space': row(
    (size) => ({ apiSecret: `a${fill(' ', size)}b` }),
    (options) => new Credentials(options),
  ),
  'private key: text that is not a path': row((size) => `${fill('A', size)}!`, parsePrivateKey),

  'JWT: one part': row((size) => fill('a', size), decodeJwt),
  'JWT: dots': row((size) => fill('a.', size), decodeJwt),
  'JWT: nested claims': row((size) => token(fill('{"a":', size)), decodeJwt),
  'JWT: many claims': row((size) => token(JSON.stringify(fields(size))), decodeJwt),
  'JWT: a long claim, verified': row(
    (size) => token(`{"jti":"${fill('j', size)}"}`),
    (text) => verifyJwt(text, publicKey),
  ),
  'claims: a long name around many': row(
    (size) => ({ [fill('n', size / 2)]: fields(size / 2) }),
    (claims) => requireJson(claims, 'claims'),
  ),
  'claims: acl': row(
    (size) => ({
      paths: Object.fromEntries(Object.keys(fields(size)).map((name) => [`/${name}`, {}])),
    }),
    (acl) => checkJwtOptions({ acl }),
  ),

  'credentials file: JSON': file((size) => JSON.stringify({ ...fields(size), apiKey: 'a' })),
  'credentials file: a key of dashes': file((size) =>
    JSON.stringify({ [fill('-_', size)]: 'v', apiKey: 'a' }),
  ),
  'credentials file: INI': file(
    (size) => `[credentials]\napi_key=a\n${numbered(size, (index) => `name${index}=v\n`)}`,
  ),
};

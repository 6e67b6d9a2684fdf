import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import fc from 'fast-check';
import { importPKCS8, SignJWT } from 'jose';
import { decodeJwt, generateJwt, verifyJwt, type VerifyJwtOptions } from '../../src';
import { failure } from '../support/errors';
import { keyPath, keyText } from '../support/keys';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');
const publicKey = keyText('rsa-public');
const time = 1_500_000_000;
const now = () => time * 1000;
const claims = { application_id: applicationId, iat: time, jti: 'one', exp: time + 900 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token made with node:crypto alone, so that any claims and header can be signed. */
function tokenOf(payload: unknown, header: object = { alg: 'RS256', typ: 'JWT' }): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

const verified = (token: unknown, options: VerifyJwtOptions = {}) =>
  verifyJwt(token as string, publicKey, { now, ...options });
const codeOf = (token: unknown, options?: object) =>
  failure(
    () => verified(token, options),
    typeof token === 'string' && token.length > 20 ? [token] : [],
  ).code;

describe('verifyJwt accepts', () => {
  test('a token of generateJwt, and returns its claims', () => {
    const token = generateJwt(applicationId, privateKey, { now, sub: 'alice' });
    expect(verified(token, { applicationId })).toEqual(decodeJwt(token).claims);
  });

  test('a token that jose signed', async () => {
    const key = await importPKCS8(privateKey, 'RS256');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);
    expect(verified(token)).toEqual(claims);
  });

  test.each<[string, Parameters<typeof verifyJwt>[1]]>([
    ['SPKI PEM', publicKey],
    ['PKCS#1 PEM', keyText('rsa-public-pkcs1')],
    ['a certificate', keyText('rsa-certificate')],
    ['bytes', Buffer.from(publicKey)],
    ['a string with literal \\n', publicKey.replaceAll('\n', '\\n')],
    ['a KeyObject', createPublicKey(publicKey)],
    ['the private key', privateKey],
    ['a private KeyObject', createPrivateKey(privateKey)],
  ])('a key given as %s', (_name, key) => {
    expect(verifyJwt(tokenOf(claims), key, { now })).toEqual(claims);
  });

  test('a token until its last second, and within the tolerance after it', () => {
    const token = tokenOf(claims);
    const at = (seconds: number, options = {}) => ({
      ...options,
      now: () => (time + seconds) * 1000 + 999,
    });
    expect(verified(token, at(899))).toEqual(claims);
    expect(codeOf(token, at(900))).toBe('ERR_JWT_EXPIRED');
    expect(verified(token, at(909, { clockTolerance: 10 }))).toEqual(claims);
    expect(codeOf(token, at(910, { clockTolerance: 10 }))).toBe('ERR_JWT_EXPIRED');
  });

  test('a token from a clock that is ahead, but only within the tolerance', () => {
    expect(codeOf(tokenOf({ ...claims, iat: time + 1 }))).toBe('ERR_JWT_NOT_YET_VALID');
    expect(codeOf(tokenOf({ ...claims, nbf: time + 1 }))).toBe('ERR_JWT_NOT_YET_VALID');
    const early = { ...claims, iat: time + 10, nbf: time + 10 };
    expect(verified(tokenOf(early), { clockTolerance: 10 })).toEqual(early);
    expect(codeOf(tokenOf(early), { clockTolerance: 9 })).toBe('ERR_JWT_NOT_YET_VALID');
  });

  test('a token up to maxAge seconds old', () => {
    const at = (seconds: number) => ({ maxAge: 60, now: () => (time + seconds) * 1000 });
    expect(verified(tokenOf(claims), at(60))).toEqual(claims);
    expect(codeOf(tokenOf(claims), at(61))).toBe('ERR_JWT_TOO_OLD');
    expect(verified(tokenOf(claims), { ...at(70), clockTolerance: 10 })).toEqual(claims);
  });
});

test('verifyJwt uses the real clock by default', () => {
  const token = generateJwt(applicationId, privateKey);
  expect(verifyJwt(token, publicKey)).toEqual(decodeJwt(token).claims);
  expect(failure(() => verifyJwt(tokenOf(claims), publicKey)).code).toBe('ERR_JWT_EXPIRED');
});

describe('verifyJwt refuses', () => {
  test.each(['none', 'HS256', 'RS384', 'RS512', 'PS256', 'ES256', 'rs256', '', null, 1, ['RS256']])(
    'the algorithm %j, although the signature is valid for RS256',
    (alg) => {
      expect(codeOf(tokenOf(claims, { alg, typ: 'JWT' }))).toBe('ERR_JWT_ALGORITHM');
    },
  );

  test('HS256 with the public key as secret (algorithm confusion, CVE-2022-23540)', () => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    const mac = createHmac('sha256', publicKey).update(input).digest('base64url');
    expect(codeOf(`${input}.${mac}`)).toBe('ERR_JWT_ALGORITHM');
  });

  test('a token without signature', () => {
    const [header, payload] = tokenOf(claims).split('.');
    expect(codeOf(`${String(header)}.${String(payload)}.`)).toBe('ERR_JWT_SIGNATURE');
    expect(codeOf(`${encode({ alg: 'none' })}.${String(payload)}.`)).toBe('ERR_JWT_ALGORITHM');
  });

  test('a token signed by another key', () => {
    const other = createPublicKey(keyText('rsa-other'));
    const error = failure(() => verifyJwt(tokenOf(claims), other, { now }));
    expect(error.code).toBe('ERR_JWT_SIGNATURE');
  });

  test('any change of one character', () => {
    const token = tokenOf(claims);
    // The last character has pad bits, which are tested below.
    fc.assert(
      fc.property(
        fc.nat(token.length - 2),
        fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'),
        (index, character) => {
          fc.pre(token[index] !== character);
          expect(codeOf(token.slice(0, index) + character + token.slice(index + 1))).toMatch(
            /^ERR_JWT_/,
          );
        },
      ),
    );
  });

  test('crit, even if it is empty (CVE-2026-35042)', () => {
    expect(codeOf(tokenOf(claims, { alg: 'RS256', crit: ['b64'] }))).toBe(
      'ERR_JWT_CRITICAL_HEADER',
    );
    expect(codeOf(tokenOf(claims, { alg: 'RS256', crit: [] }))).toBe('ERR_JWT_CRITICAL_HEADER');
  });

  test.each(['exp', 'iat', 'jti', 'application_id'])('a token without %s', (name) => {
    const error = failure(() => verified(tokenOf({ ...claims, [name]: undefined })));
    expect(error.code).toBe('ERR_JWT_CLAIM');
    expect(error.message).toContain(`${name} of the token is missing`);
  });

  test.each([
    ['exp', String(time + 900)],
    ['exp', time + 0.5],
    ['exp', 1e300],
    ['exp', -1],
    ['iat', null],
    ['nbf', 'now'],
    ['jti', ''],
    ['jti', 1],
    ['application_id', [applicationId]],
  ])('a token with %s of %j', (name, value) => {
    expect(codeOf(tokenOf({ ...claims, [name]: value }))).toBe('ERR_JWT_CLAIM');
  });

  test('a token of another application', () => {
    const other = 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab';
    expect(codeOf(tokenOf(claims), { applicationId: other })).toBe('ERR_JWT_WRONG_APPLICATION');
  });

  test.each<[string, object]>([
    ['clockTolerance of Infinity', { clockTolerance: Infinity }],
    ['clockTolerance of NaN', { clockTolerance: NaN }],
    ['clockTolerance below zero', { clockTolerance: -1 }],
    ['clockTolerance as a string', { clockTolerance: '10' }],
    ['maxAge of NaN', { maxAge: NaN }],
    ['maxAge of a fraction', { maxAge: 1.5 }],
    ['a clock that is not a function', { now: 1 }],
    ['an unknown option', { issuer: 'me' }],
    ['an application ID of undefined', { applicationId: undefined }],
    ['an empty application ID', { applicationId: '' }],
    ['a clock that returns a BigInt', { now: () => 5n }],
  ])('%s (jsonwebtoken accepts it)', (_name, options) => {
    expect(codeOf(tokenOf(claims), options)).toBe('ERR_INVALID_OPTION');
  });

  test('options of null', () => {
    expect(failure(() => verifyJwt(tokenOf(claims), publicKey, null as never)).code).toBe(
      'ERR_INVALID_OPTION',
    );
  });

  test.each<[string, unknown, string]>([
    ['an EC key', keyText('ec-public'), 'ERR_KEY_NOT_RSA'],
    ['an RSA key of 1024 bits', keyText('rsa-1024'), 'ERR_KEY_TOO_SHORT'],
    ['a damaged key', publicKey.replace(/^.{64}$/m, ''), 'ERR_KEY_INVALID'],
    ['a secret KeyObject', createSecretKey(Buffer.from('secret')), 'ERR_KEY_INVALID'],
    ['a path', keyPath('rsa-public'), 'ERR_KEY_INVALID'],
    ['a key of undefined', undefined, 'ERR_KEY_INVALID'],
  ])('%s', (_name, key, code) => {
    expect(failure(() => verifyJwt(tokenOf(claims), key as string, { now })).code).toBe(code);
  });
});

describe('decodeJwt', () => {
  test('decodes a token without verifying it', () => {
    const token = `${encode({ alg: 'none' })}.${encode({ exp: 'never' })}.`;
    expect(decodeJwt(token)).toEqual({ header: { alg: 'none' }, claims: { exp: 'never' } });
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['an object', {}],
    ['an empty string', ''],
    ['two parts', 'e30.e30'],
    ['four parts', 'e30.e30.e30.e30'],
    ['white space before', ' e30.e30.'],
    ['a line break after', 'e30.e30.\n'],
    ['characters of base64 that are not in base64url', 'e30.e30+.'],
    ['text that is not JSON', 'aaa.e30.'],
    ['a header that is not an object', `${encode([])}.e30.`],
    ['claims that are not an object', `e30.${encode('claims')}.`],
    ['claims of null', `e30.${encode(null)}.`],
  ])('refuses %s', (_name, token) => {
    expect(failure(() => decodeJwt(token as string)).code).toBe('ERR_JWT_MALFORMED');
    expect(codeOf(token)).toBe('ERR_JWT_MALFORMED');
  });

  test('throws ERR_JWT_MALFORMED for random base64 text', () => {
    fc.assert(
      fc.property(fc.array(fc.base64String()), (parts) => {
        expect(failure(() => decodeJwt(parts.join('.'))).code).toBe('ERR_JWT_MALFORMED');
      }),
    );
  });

  test('treats __proto__ as a name like any other', () => {
    const { claims: decoded } = decodeJwt('e30.eyJfX3Byb3RvX18iOnsiYSI6MX19.');
    expect(Object.keys(decoded)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });
});

describe('strict decoding', () => {
  const [header = '', payload = '', signature = ''] = tokenOf(claims).split('.');
  const signedParts = (first: string, second: string, key: KeyObject | string = privateKey) =>
    `${first}.${second}.${sign('sha256', Buffer.from(`${first}.${second}`), key).toString('base64url')}`;
  const encodeBytes = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const withOtherLastCharacter = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return text.slice(0, -1) + String(alphabet[alphabet.indexOf(text.slice(-1)) ^ 1]);
  };

  test.each(['RSA of 2048 bits', 'RSA of 3072 bits'])(
    'refuses a signature of an impossible length, with %s',
    (name) => {
      const modulusLength = Number(/\d+/.exec(name)?.[0]);
      const pair = generateKeyPairSync('rsa', { modulusLength });
      const token = signedParts(header, payload, pair.privateKey);
      expect(verifyJwt(token, pair.publicKey, { now })).toEqual(claims);
      for (const more of ['A', 'AA', 'AAA', 'AAAA', '=', '==']) {
        const { code } = failure(() => verifyJwt(token + more, pair.publicKey, { now }));
        expect(['ERR_JWT_MALFORMED', 'ERR_JWT_SIGNATURE']).toContain(code);
      }
    },
  );

  test.each<[string, string]>([
    [
      'a signature with non-zero pad bits',
      `${header}.${payload}.${withOtherLastCharacter(signature)}`,
    ],
    ['a signature with a + in it', `${header}.${payload}.+${signature.slice(1)}`],
    ['a header with one character more', signedParts(`${header}A`, payload)],
    [
      'claims with one character more',
      signedParts(header, `${payload}${'A'.repeat(4 - (payload.length % 4) || 1)}`),
    ],
    [
      'claims that are not UTF-8 (RFC 7519, section 7.2)',
      signedParts(
        header,
        encodeBytes(
          Buffer.concat([
            Buffer.from(JSON.stringify(claims).slice(0, -1)),
            Buffer.from(',"sub":"'),
            Buffer.from([0xff]),
            Buffer.from('"}'),
          ]),
        ),
      ),
    ],
    [
      'a header that is not UTF-8',
      signedParts(
        encodeBytes(
          Buffer.concat([
            Buffer.from('{"alg":"RS256","x":"'),
            Buffer.from([0xff]),
            Buffer.from('"}'),
          ]),
        ),
        payload,
      ),
    ],
    [
      'claims with a byte-order mark',
      signedParts(header, encodeBytes(Buffer.from(`\uFEFF${JSON.stringify(claims)}`))),
    ],
    [
      'claims with a name twice (RFC 7519, section 4)',
      signedParts(
        header,
        encodeBytes(Buffer.from(JSON.stringify(claims).replace('{', '{"exp":1,'))),
      ),
    ],
    [
      'a header with a name twice (RFC 7515, section 4)',
      signedParts(encodeBytes(Buffer.from('{"alg":"none","alg":"RS256"}')), payload),
    ],
    ['a fourth part', `${header}.${payload}.${signature}.`],
    ['two parts', `${header}.${payload}`],
  ])('refuses %s', (_name, token) => {
    expect(codeOf(token)).toBe('ERR_JWT_MALFORMED');
    expect(failure(() => decodeJwt(token)).code).toBe('ERR_JWT_MALFORMED');
  });

  test('refuses a token after any change of one character', () => {
    const token = tokenOf(claims);
    const replacement = fc.constantFrom(...'AQgw019-_+/=. \n'.split(''));
    fc.assert(
      fc.property(fc.nat(token.length), replacement, fc.boolean(), (at, text, inserted) => {
        const changed = token.slice(0, at) + text + token.slice(inserted ? at : at + 1);
        if (changed === token) return;
        expect(codeOf(changed)).toMatch(/^ERR_JWT_/);
      }),
    );
  });
});

describe('a token after "Bearer "', () => {
  const token = tokenOf(claims);

  test.each(['Bearer ', 'bearer ', 'BEARER   '])('is decoded: "%s"', (prefix) => {
    expect(decodeJwt(prefix + token)).toEqual(decodeJwt(token));
  });

  test('is refused by verifyJwt, and the message says why', () => {
    const { code, message } = failure(() => verifyJwt(`Bearer ${token}`, publicKey, { now }));
    expect(code).toBe('ERR_JWT_MALFORMED');
    expect(message).toContain('it begins with "Bearer "');
  });
});

test('decodeJwt refuses another scheme before a token, and a value that is not a string', () => {
  expect(failure(() => decodeJwt(`Basic ${tokenOf(claims)}`)).code).toBe('ERR_JWT_MALFORMED');
  expect(failure(() => decodeJwt(undefined as never)).message).toContain('it is undefined');
});

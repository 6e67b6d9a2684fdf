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
import {
  Credentials,
  decodeJwt,
  generateJwt,
  JwtGenerator,
  verifyJwt,
  type VerifyJwtOptions,
} from '../../src';
import { failure } from '../support/errors';
import { keyPath, keyText } from '../support/keys';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const privateKey = keyText('rsa-pkcs8');
const publicKey = keyText('rsa-public');
const time = 1_500_000_000;
const now = () => time * 1000;
const claims = { application_id: applicationId, iat: time, jti: 'one', exp: time + 900 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token by node:crypto alone, so that anything can be signed. */
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
  test('a token of ours, and gives its claims', () => {
    const token = generateJwt(applicationId, privateKey, { now, sub: 'alice' });
    expect(verified(token, { applicationId })).toEqual(decodeJwt(token).claims);
  });

  test('a token that jose made', async () => {
    const key = await importPKCS8(privateKey, 'RS256');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);
    expect(verified(token)).toEqual(claims);
  });

  test.each<[string, Parameters<typeof verifyJwt>[1]]>([
    ['SPKI PEM', publicKey],
    ['PKCS#1 PEM', keyText('rsa-public-pkcs1')],
    ['a certificate', keyText('rsa-certificate')],
    ['bytes', Buffer.from(publicKey)],
    ['text with literal \\n', publicKey.replaceAll('\n', '\\n')],
    ['a KeyObject', createPublicKey(publicKey)],
    ['the private key', privateKey],
    ['a private KeyObject', createPrivateKey(privateKey)],
  ])('a key given as %s', (_name, key) => {
    expect(verifyJwt(tokenOf(claims), key, { now })).toEqual(claims);
  });

  test('a token until its last second, and later within the tolerance', () => {
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

  test('a token from a clock that is ahead only within the tolerance', () => {
    expect(codeOf(tokenOf({ ...claims, iat: time + 1 }))).toBe('ERR_JWT_NOT_YET_VALID');
    expect(codeOf(tokenOf({ ...claims, nbf: time + 1 }))).toBe('ERR_JWT_NOT_YET_VALID');
    const early = { ...claims, iat: time + 10, nbf: time + 10 };
    expect(verified(tokenOf(early), { clockTolerance: 10 })).toEqual(early);
    expect(codeOf(tokenOf(early), { clockTolerance: 9 })).toBe('ERR_JWT_NOT_YET_VALID');
  });

  test('a token as old as maxAge, and none older', () => {
    const at = (seconds: number) => ({ maxAge: 60, now: () => (time + seconds) * 1000 });
    expect(verified(tokenOf(claims), at(60))).toEqual(claims);
    expect(codeOf(tokenOf(claims), at(61))).toBe('ERR_JWT_TOO_OLD');
    expect(verified(tokenOf(claims), { ...at(70), clockTolerance: 10 })).toEqual(claims);
  });
});

test('verifyJwt goes by the real clock when none is given', () => {
  const token = generateJwt(applicationId, privateKey);
  expect(verifyJwt(token, publicKey)).toEqual(decodeJwt(token).claims);
  expect(failure(() => verifyJwt(tokenOf(claims), publicKey)).code).toBe('ERR_JWT_EXPIRED');
});

describe('verifyJwt refuses', () => {
  test.each(['none', 'HS256', 'RS384', 'RS512', 'PS256', 'ES256', 'rs256', '', null, 1, ['RS256']])(
    'the algorithm %j, though the signature is right for RS256',
    (alg) => {
      expect(codeOf(tokenOf(claims, { alg, typ: 'JWT' }))).toBe('ERR_JWT_ALGORITHM');
    },
  );

  test('HS256 keyed by the public key (algorithm confusion, CVE-2022-23540)', () => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    const mac = createHmac('sha256', publicKey).update(input).digest('base64url');
    expect(codeOf(`${input}.${mac}`)).toBe('ERR_JWT_ALGORITHM');
  });

  test('a token without signature', () => {
    const [header, payload] = tokenOf(claims).split('.');
    expect(codeOf(`${String(header)}.${String(payload)}.`)).toBe('ERR_JWT_SIGNATURE');
    expect(codeOf(`${encode({ alg: 'none' })}.${String(payload)}.`)).toBe('ERR_JWT_ALGORITHM');
  });

  test('a token of another key', () => {
    const other = createPublicKey(keyText('rsa-other'));
    const error = failure(() => verifyJwt(tokenOf(claims), other, { now }));
    expect(error.code).toBe('ERR_JWT_SIGNATURE');
  });

  test('any change of one character', () => {
    const token = tokenOf(claims);
    // The last character carries bits that base64url does not use.
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

  test('crit, even when it is empty (CVE-2026-35042)', () => {
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
    ['clockTolerance in a text', { clockTolerance: '10' }],
    ['maxAge of NaN', { maxAge: NaN }],
    ['maxAge of a fraction', { maxAge: 1.5 }],
    ['a clock that is none', { now: 1 }],
    ['an option that does not exist', { issuer: 'me' }],
    ['an application ID that came out undefined', { applicationId: undefined }],
    ['an empty application ID', { applicationId: '' }],
    ['a clock of another kind of number', { now: () => 5n }],
  ])('%s (jsonwebtoken takes it)', (_name, options) => {
    expect(codeOf(tokenOf(claims), options)).toBe('ERR_INVALID_OPTION');
  });

  test('options that are none', () => {
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
    ['nothing', undefined, 'ERR_KEY_INVALID'],
  ])('%s', (_name, key, code) => {
    expect(failure(() => verifyJwt(tokenOf(claims), key as string, { now })).code).toBe(code);
  });
});

describe('decodeJwt', () => {
  test('reads without verifying anything', () => {
    const token = `${encode({ alg: 'none' })}.${encode({ exp: 'never' })}.`;
    expect(decodeJwt(token)).toEqual({ header: { alg: 'none' }, claims: { exp: 'never' } });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object', {}],
    ['empty text', ''],
    ['two parts', 'e30.e30'],
    ['four parts', 'e30.e30.e30.e30'],
    ['white space before', ' e30.e30.'],
    ['a line break behind', 'e30.e30.\n'],
    ['characters of base64 that base64url lacks', 'e30.e30+.'],
    ['text that is no JSON', 'aaa.e30.'],
    ['a header that is no object', `${encode([])}.e30.`],
    ['claims that are no object', `e30.${encode('claims')}.`],
    ['claims of null', `e30.${encode(null)}.`],
  ])('refuses %s', (_name, token) => {
    expect(failure(() => decodeJwt(token as string)).code).toBe('ERR_JWT_MALFORMED');
    expect(codeOf(token)).toBe('ERR_JWT_MALFORMED');
  });

  test('gives an object or an error of ours for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.base64String()), (parts) => {
        expect(failure(() => decodeJwt(parts.join('.'))).code).toBe('ERR_JWT_MALFORMED');
      }),
    );
  });

  test('keeps __proto__ as a name like any other', () => {
    const { claims: read } = decodeJwt('e30.eyJfX3Byb3RvX18iOnsiYSI6MX19.');
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

describe('one strict reader of encodings', () => {
  const [header = '', payload = '', signature = ''] = tokenOf(claims).split('.');
  const signedParts = (first: string, second: string, key: KeyObject | string = privateKey) =>
    `${first}.${second}.${sign('sha256', Buffer.from(`${first}.${second}`), key).toString('base64url')}`;
  const encodeBytes = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const lastIsOther = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return text.slice(0, -1) + String(alphabet[alphabet.indexOf(text.slice(-1)) ^ 1]);
  };

  test.each(['RSA of 2048 bits', 'RSA of 3072 bits'])(
    'a signature of an impossible length is refused with %s',
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
    ['a signature with bits left over', `${header}.${payload}.${lastIsOther(signature)}`],
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
  ])('refused: %s', (_name, token) => {
    expect(codeOf(token)).toBe('ERR_JWT_MALFORMED');
    expect(failure(() => decodeJwt(token)).code).toBe('ERR_JWT_MALFORMED');
  });

  test('a token that any change of a character leaves valid does not exist', () => {
    const token = tokenOf(claims);
    const replacement = fc.constantFrom(...'AQgw019-_+/=. \n'.split(''));
    fc.assert(
      fc.property(fc.nat(token.length), replacement, fc.boolean(), (at, text, inserted) => {
        const changed = token.slice(0, at) + text + token.slice(inserted ? at : at + 1);
        if (changed === token) return;
        expect(() => verified(changed)).toThrow(
          expect.objectContaining({ name: 'NexmoAuthError' }) as Error,
        );
      }),
    );
  });
});

describe('an RSA key whose public exponent lets anyone forge is refused (RFC 8017, section 3.1)', () => {
  const { n } = createPublicKey(publicKey).export({ format: 'jwk' });
  const keyOf = (exponent: number[]) =>
    createPublicKey({
      key: { kty: 'RSA', n: String(n), e: Buffer.from(exponent).toString('base64url') },
      format: 'jwk',
    });

  test.each([
    ['1', [1]],
    ['2', [2]],
    ['65536', [1, 0, 0]],
    ['2 ** 256 + 1', [1, ...Array.from({ length: 31 }, () => 0), 1]],
  ])('e = %s', (_name, exponent) => {
    const key = keyOf(exponent);
    for (const given of [key, key.export({ format: 'pem', type: 'spki' })]) {
      expect(failure(() => verifyJwt(tokenOf(claims), given, { now })).code).toBe(
        'ERR_KEY_INVALID',
      );
      const signer = { sign: () => new Uint8Array(256), publicKey: given };
      const { code, message } = failure(
        () => new JwtGenerator(new Credentials({ applicationId }), { signer }),
      );
      expect(code).toBe('ERR_KEY_INVALID');
      expect(message).toContain('exponent');
    }
  });

  test('e = 1 in a private key', () => {
    const jwk = createPrivateKey(privateKey).export({ format: 'jwk' });
    const weak = createPrivateKey({ key: { ...jwk, e: 'AQ' }, format: 'jwk' });
    for (const given of [weak, weak.export({ format: 'pem', type: 'pkcs8' })]) {
      expect(failure(() => new Credentials({ privateKey: given })).code).toBe('ERR_KEY_INVALID');
    }
  });

  test.each([3, 17, 65_537])('and not e = %i, which is in use', (publicExponent) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent });
    const token = generateJwt(applicationId, pair.privateKey, { now });
    expect(verifyJwt(token, pair.publicKey, { now })).toMatchObject({ iat: time });
  });
});

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { Credentials, generateJwt, JwtGenerator, verifyJwt } from '../../src';
import { applicationId } from '../support/account';
import { failure } from '../support/errors';
import { keyText } from '../support/keys';

// The forms in which a public key may be passed are tested in verify.test.ts.
const privateKey = keyText('rsa-pkcs8');
const publicKey = keyText('rsa-public');
const time = 1_500_000_000;
const now = () => time * 1000;
const token = generateJwt(applicationId, privateKey, { now });

/** PEM of any bytes under any label. */
const pemOf = (label: string, bytes: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64')}\n-----END ${label}-----\n`;

describe('a public key from an untrusted party', () => {
  test.each(['DSA PARAMETERS', 'DSA PUBLIC KEY', 'EC PARAMETERS', 'TRUSTED CERTIFICATE', 'PKCS7'])(
    'under the label %s is refused before OpenSSL reads it, whatever its bytes are',
    (label) => {
      const bytes = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
      const { code, message } = failure(() => verifyJwt(token, pemOf(label, bytes), { now }));
      expect(code).toBe('ERR_KEY_INVALID');
      expect(message).toContain('PEM of another kind');
    },
  );

  test.each([
    ['PUBLIC KEY', 6144],
    ['RSA PUBLIC KEY', 6144],
    ['CERTIFICATE', 16_384],
    ['X509 CERTIFICATE', 16_384],
  ])('under the label %s may have at most %i bytes', (label, maximum) => {
    const refusal = (length: number) =>
      failure(() => verifyJwt(token, pemOf(label, Buffer.alloc(length)), { now })).message;
    expect(refusal(maximum)).toContain('cannot be parsed');
    expect(refusal(maximum + 1)).toContain(`at most ${maximum} are accepted`);
  });

  test('is refused for a public exponent of 50,000 bytes, which OpenSSL takes long to convert', () => {
    const { n } = createPublicKey(publicKey).export({ format: 'jwk' });
    const e = Buffer.alloc(50_000, 0xff).toString('base64url');
    const long = createPublicKey({ key: { kty: 'RSA', n: String(n), e }, format: 'jwk' });
    const pem = long.export({ type: 'spki', format: 'pem' });
    expect(failure(() => verifyJwt(token, pem, { now })).message).toContain('are accepted');
  });
});

describe('an RSA key with an insecure public exponent is refused (RFC 8017, section 3.1):', () => {
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
    for (const publicKeyInput of [key, key.export({ format: 'pem', type: 'spki' })]) {
      expect(failure(() => verifyJwt(token, publicKeyInput, { now })).code).toBe('ERR_KEY_INVALID');
      const signer = { sign: () => new Uint8Array(256), publicKey: publicKeyInput };
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
    for (const input of [weak, weak.export({ format: 'pem', type: 'pkcs8' })]) {
      expect(failure(() => new Credentials({ privateKey: input })).code).toBe('ERR_KEY_INVALID');
    }
  });

  test.each([3, 17, 65_537])('but not e = %i, which is in use', (publicExponent) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent });
    const signed = generateJwt(applicationId, pair.privateKey, { now });
    expect(verifyJwt(signed, pair.publicKey, { now })).toMatchObject({ iat: time });
  });
});

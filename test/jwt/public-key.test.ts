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

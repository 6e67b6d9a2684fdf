import { createPrivateKey, createPublicKey, generatePrimeSync } from 'node:crypto';
import fc from 'fast-check';
import { Credentials, verifyJwt } from '../../src';
import { isWeakModulus } from '../../src/credentials/modulus';
import { failure } from '../support/errors';
import { keyText } from '../support/keys';

const [p, q] = [1024, 1024].map((bits) => generatePrimeSync(bits, { bigint: true })) as [
  bigint,
  bigint,
];
const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const encoded = (n: bigint) => {
  const hex = n.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

const weak: [string, bigint][] = [
  ['is even', 2n * p * q],
  ['is a square', (p * q) ** 2n],
  ['is the square of a prime', p ** 2n],
  ['is divisible by 3', 3n * p * q],
  ['is divisible by 997', 997n * p * q],
];

test.each(weak)('a modulus that %s is weak', (_what, n) => {
  expect(isWeakModulus(n)).toBe(true);
});

test('a product of two primes above 1,000 is not weak; a square of more than 16,384 bits is not looked for', () => {
  expect(isWeakModulus(p * q)).toBe(false);
  // The first prime past 1,000 is not looked for.
  expect(isWeakModulus(1009n * p)).toBe(false);
  // OpenSSL verifies with no modulus of that size.
  expect(isWeakModulus((p * q) ** 16n)).toBe(false);
});

test('every square is weak', () => {
  const factor = fc.bigInt({ min: 2n ** 1023n, max: 2n ** 1024n });
  fc.assert(
    fc.property(factor, (root) => {
      expect(isWeakModulus(root * root)).toBe(true);
    }),
  );
});

test.each(weak)('a key whose modulus %s is refused, public or private', (_what, n) => {
  if (n.toString(2).length < 2048) return;
  const jwk = { kty: 'RSA', n: encoded(n), e: 'AQAB' };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  for (const form of [key, String(key.export({ type: 'spki', format: 'pem' }))]) {
    const { code, message } = failure(() => verifyJwt('a.b.c', form));
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('modulus');
  }
  const own = createPrivateKey(keyText('rsa-pkcs8')).export({ format: 'jwk' });
  const privateKey = createPrivateKey({ key: { ...own, n: encoded(n) }, format: 'jwk' });
  expect(failure(() => new Credentials({ applicationId, privateKey })).code).toBe(
    'ERR_KEY_INVALID',
  );
});

import { checkPrimeSync, createPrivateKey, createPublicKey, generatePrimeSync } from 'node:crypto';
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

/** The first prime after a number. */
function primeAfter(n: bigint): bigint {
  let next = n + 1n;
  while (!checkPrimeSync(next)) next += 1n;
  return next;
}

const weak: [string, bigint][] = [
  ['is the product of a prime and the next prime', p * primeAfter(p)],
  ['is the product of primes that are 2^500 apart', p * primeAfter(p + 2n ** 500n)],
  ['is even', 2n * p * q],
  ['is a square', (p * q) ** 2n],
  ['is the square of a prime', p ** 2n],
  ['is divisible by 3', 3n * p * q],
  ['is divisible by 997', 997n * p * q],
];

test.each(weak)('a modulus that %s is weak', (_what, n) => {
  expect(isWeakModulus(n)).toBe(true);
});

test('a product of two random primes is not weak', () => {
  expect(isWeakModulus(p * q)).toBe(false);
});

test('a modulus that is divisible by 1,009, the first prime above 1,000, is not found to be weak', () => {
  expect(isWeakModulus(1009n * p)).toBe(false);
});

test('every square is weak', () => {
  const factor = fc.bigInt({ min: 2n ** 1023n, max: 2n ** 1024n });
  fc.assert(
    fc.property(factor, (root) => {
      expect(isWeakModulus(root * root)).toBe(true);
    }),
  );
});

test.each(weak)('a public or private key whose modulus %s is refused', (_what, n) => {
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

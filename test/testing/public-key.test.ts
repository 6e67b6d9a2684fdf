import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readPublicKey } from '../../src/testing/public-key';
import { failure } from '../support/errors';
import { keyText } from '../support/keys';

const jwk = createPublicKey(keyText('rsa-public')).export({ format: 'jwk' });
const keyWith = (change: object) => createPublicKey({ key: { ...jwk, ...change }, format: 'jwk' });
const exponent = (...bytes: number[]) => ({ e: Buffer.from(bytes).toString('base64url') });
const modulusWith = (last: number) => {
  const bytes = Buffer.from(String(jwk.n), 'base64url');
  bytes[bytes.length - 1] = last;
  return { n: bytes.toString('base64url') };
};

test.each([
  ['the exponent 1, with which anyone can forge', keyWith(exponent(1)), 'ERR_KEY_INVALID'],
  ['the exponent 2', keyWith(exponent(2)), 'ERR_KEY_INVALID'],
  ['the even exponent 65536', keyWith(exponent(1, 0, 0)), 'ERR_KEY_INVALID'],
  [
    'an exponent of 257 bits',
    keyWith(exponent(1, ...Array.from({ length: 31 }, () => 0), 1)),
    'ERR_KEY_INVALID',
  ],
  ['an even modulus', keyWith(modulusWith(0)), 'ERR_KEY_INVALID'],
  ['1024 bits', createPublicKey(keyText('rsa-1024')), 'ERR_KEY_TOO_SHORT'],
  ['a type other than RSA', createPublicKey(keyText('ec')), 'ERR_KEY_NOT_RSA'],
  ['RSA-PSS', createPublicKey(keyText('rsa-pss')), 'ERR_KEY_NOT_RSA'],
  ['damaged text', keyText('rsa-public').replace('M', '!'), 'ERR_KEY_INVALID'],
])('the sandbox refuses a public key with %s', (_what, key, code) => {
  expect(failure(() => readPublicKey(key)).code).toBe(code);
});

test.each([3, 17, 65_537])('the sandbox accepts the exponent %i', (publicExponent) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent });
  expect(readPublicKey(publicKey)).toBe(publicKey);
});

test('the sandbox takes the public half of a private key', () => {
  const key = readPublicKey(createPrivateKey(keyText('rsa-pkcs8')));
  expect(key.export({ format: 'jwk' })).toEqual(jwk);
  expect(readPublicKey(keyText('rsa-pkcs8')).export({ format: 'jwk' })).toEqual(jwk);
  expect(readPublicKey(Buffer.from(keyText('rsa-public'))).type).toBe('public');
});

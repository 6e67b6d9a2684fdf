import { createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { NexmoAuthError } from '../errors';

/** A public exponent must be smaller than this (FIPS 186-5, section A.1.1). */
const maximumExponent = 2n ** 256n;

/** The details that Node reports for every RSA key. */
type RsaDetails = { modulusLength: number; publicExponent: bigint };

/**
 * Reads the public key of an application. Refuses a key with which anyone could forge tokens. Shares no code with the
 * library under test.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
 */
export function readPublicKey(input: string | Uint8Array | KeyObject): KeyObject {
  const key = parse(input);
  if (key.asymmetricKeyType !== 'rsa') {
    throw new NexmoAuthError(
      'ERR_KEY_NOT_RSA',
      `publicKey must be an RSA key, not ${String(key.asymmetricKeyType)}.`,
    );
  }
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails as RsaDetails;
  if (modulusLength < 2048) {
    throw new NexmoAuthError('ERR_KEY_TOO_SHORT', 'publicKey must have at least 2048 bits.');
  }
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent >= maximumExponent) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'The public exponent of publicKey must be odd, at least 3 and at most 256 bits long.',
    );
  }
  if (hasSmallFactor(key)) {
    throw new NexmoAuthError('ERR_KEY_INVALID', 'The modulus of publicKey has a small factor.');
  }
  return key;
}

function parse(input: string | Uint8Array | KeyObject): KeyObject {
  try {
    if (types.isKeyObject(input)) return input.type === 'public' ? input : createPublicKey(input);
    return createPublicKey(typeof input === 'string' ? input : Buffer.from(input));
  } catch {
    throw new NexmoAuthError('ERR_KEY_INVALID', 'publicKey must be PEM text or a KeyObject.');
  }
}

function hasSmallFactor(key: KeyObject): boolean {
  const { n } = key.export({ format: 'jwk' });
  const modulus = BigInt(`0x${Buffer.from(String(n), 'base64url').toString('hex')}`);
  for (let factor = 2n; factor < 1000n; factor += 1n) {
    if (modulus % factor === 0n) return true;
  }
  return false;
}

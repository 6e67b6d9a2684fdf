import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { pemBlocks, normalizeKeyText } from '../credentials/pem';
import { publicKeyOf, requireRsa } from '../credentials/private-key';
import { kindOf, NexmoAuthError } from '../errors';

/** PEM text of a public key or certificate, the same as bytes, or a `KeyObject`. */
export type PublicKeyInput = string | Uint8Array | KeyObject;

/**
 * Takes SPKI and PKCS#1 PEM, a certificate (whose dates and issuer are not checked), or a
 * private key, of which the public half is used.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
 */
export function parsePublicKey(input: PublicKeyInput): KeyObject {
  try {
    return requireRsa(
      types.isKeyObject(input) ? publicKeyOf(input) : createPublicKey(pemOf(input)),
      'The public key',
    );
  } catch (error) {
    if (error instanceof NexmoAuthError) throw error;
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'The public key cannot be read: it is damaged, or an encrypted private key.',
    );
  }
}

/** SHA-256 of a public key, or of the public half of a private one, as DER of its SPKI (RFC 5280, section 4.1). */
export function fingerprintOf(key: KeyObject): string {
  const spki = publicKeyOf(key).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('hex');
}

function pemOf(input: string | Uint8Array): string {
  const readable = typeof input === 'string' || types.isUint8Array(input);
  const [block] = readable ? pemBlocks(normalizeKeyText(input)) : [];
  if (block !== undefined) return block.text;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    `The public key must be PEM text, a Buffer or a KeyObject; it is ${readable ? 'other text, and a path is not opened' : kindOf(input)}.`,
  );
}

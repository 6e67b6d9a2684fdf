import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { bytesOf, pemBlocks, normalizeKeyText } from '../credentials/pem';
import { publicKeyOf, requireRsa, requireRsaOrEncrypted } from '../credentials/private-key';
import { isPrivateLabel } from '../credentials/unsupported-key';
import { kindOf, NexmoAuthError } from '../errors';

/** A public key: PEM text of a key or certificate, the bytes of that text, or a `KeyObject`. */
export type PublicKeyInput = string | Uint8Array | KeyObject;

/**
 * Parses an RSA public key: SPKI or PKCS#1 PEM, a certificate, or the public half of a private key. Does not check the
 * dates or the issuer of a certificate.
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
      'The public key cannot be parsed: it is damaged, or an encrypted private key.',
    );
  }
}

/** The SHA-256 of the SPKI DER (RFC 5280, section 4.1) of a public key, or of the public half of a private key. */
export function fingerprintOf(key: KeyObject): string {
  const spki = publicKeyOf(key).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('hex');
}

function pemOf(input: string | Uint8Array): string {
  const isText = typeof input === 'string' || types.isUint8Array(input);
  const [block] = isText ? pemBlocks(normalizeKeyText(input)) : [];
  if (block !== undefined) {
    if (isPrivateLabel(block.label)) requireRsaOrEncrypted(bytesOf(block), 'The public key');
    return block.text;
  }
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    isText
      ? 'The public key contains no PEM block. If it is the path of a file, pass the content of that file: paths are not opened.'
      : `The public key must be PEM text, a Buffer or a KeyObject, not ${kindOf(input)}.`,
  );
}

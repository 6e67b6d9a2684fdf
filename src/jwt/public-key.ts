import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { bytesOf, pemBlocks, normalizeKeyText } from '../credentials/pem';
import {
  maximumBytes,
  publicKeyOf,
  readPrivateDer,
  requireRsa,
  requireRsaOrEncrypted,
} from '../credentials/private-key';
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
  return sha256(publicKeyOf(key).export({ format: 'der', type: 'spki' }));
}

/** The SHA-256 of a private key, in PKCS#1 DER. */
export function privateFingerprintOf(key: KeyObject): string {
  return readPrivateDer(key, sha256);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The labels of public keys, and the maximum number of bytes of each. Under other labels, OpenSSL would read any kind of
 * key, and computing with the numbers of a long key can take minutes.
 */
const publicLabels: ReadonlyMap<string, number> = new Map([
  ['PUBLIC KEY', maximumBytes],
  ['RSA PUBLIC KEY', maximumBytes],
  ['CERTIFICATE', 16_384],
  ['X509 CERTIFICATE', 16_384],
]);

function pemOf(input: string | Uint8Array): string {
  const isText = typeof input === 'string' || types.isUint8Array(input);
  const [block] = isText ? pemBlocks(normalizeKeyText(input)) : [];
  if (block !== undefined) {
    const bytes = bytesOf(block);
    if (isPrivateLabel(block.label)) requireRsaOrEncrypted(bytes, 'The public key');
    else requirePublic(block.label, bytes);
    return block.text;
  }
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    isText
      ? 'The public key contains no PEM block. If it is the path of a file, pass the content of that file: paths are not opened.'
      : `The public key must be PEM text, a Buffer or a KeyObject, not ${kindOf(input)}.`,
  );
}

function requirePublic(label: string, { length }: Uint8Array): void {
  const maximum = publicLabels.get(label);
  if (maximum !== undefined && length <= maximum) return;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    maximum === undefined
      ? 'The public key is PEM of another kind. Pass a PUBLIC KEY, an RSA PUBLIC KEY or a CERTIFICATE.'
      : `The public key has ${length} bytes, but at most ${maximum} are accepted. An RSA key of 8192 bits has some 1100 bytes.`,
  );
}

import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Credentials, generateJwt, NexmoAuthError, verifyJwt } from '../index';

/** What a key file contains. */
export type KeyDetails = {
  readonly kind: 'private' | 'public' | 'certificate';
  /** The format of the PEM text, such as `PKCS#8`. */
  readonly format: string;
  readonly isEncrypted: boolean;
  /** The type of the key, such as `rsa`. */
  readonly type: string | undefined;
  readonly bits: number | undefined;
  /** The SHA-256 of the public key in SPKI DER, in hexadecimal digits. */
  readonly fingerprint: string;
  /** Why the key cannot sign or verify application tokens. */
  readonly problem: { code: string; message: string } | undefined;
};

const labels: Readonly<Record<string, readonly [KeyDetails['kind'], format: string]>> = {
  'PRIVATE KEY': ['private', 'PKCS#8'],
  'ENCRYPTED PRIVATE KEY': ['private', 'PKCS#8'],
  'RSA PRIVATE KEY': ['private', 'PKCS#1'],
  'EC PRIVATE KEY': ['private', 'SEC 1'],
  'PUBLIC KEY': ['public', 'SPKI'],
  'RSA PUBLIC KEY': ['public', 'PKCS#1'],
  CERTIFICATE: ['certificate', 'X.509'],
};

/**
 * Reads the details of a key.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_PASSPHRASE_MISSING`, `ERR_KEY_PASSPHRASE_WRONG`
 */
export function keyDetails(bytes: Buffer, passphrase: string | undefined): KeyDetails {
  const text = bytes.toString();
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1] ?? 'PRIVATE KEY';
  const [kind, format] = labels[label] ?? ['private', label];
  const problem = kind === 'private' ? privateKeyProblem(bytes, passphrase) : undefined;
  const key = kind === 'private' ? privateKeyIn(bytes, passphrase, problem) : publicKeyIn(bytes);
  const bits = key.asymmetricKeyDetails?.modulusLength;
  return {
    kind,
    format,
    isEncrypted: label.startsWith('ENCRYPTED') || text.includes(',ENCRYPTED'),
    type: key.asymmetricKeyType,
    bits,
    fingerprint: fingerprintOf(key),
    problem: problem ?? publicKeyProblem(key),
  };
}

export function fingerprintOf(key: KeyObject): string {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('hex');
}

function privateKeyProblem(pem: Buffer, passphrase: string | undefined): KeyDetails['problem'] {
  try {
    const credentials = new Credentials({ privateKey: { pem }, passphrase });
    // Shows whether the key can sign.
    generateJwt('00000000-0000-0000-0000-000000000000', credentials.reveal('privateKey'));
    return undefined;
  } catch (error) {
    const { code, message } = error as NexmoAuthError;
    return { code, message };
  }
}

/**
 * The maximum length, in bytes, of a text that Node reads for its details only. OpenSSL can take minutes for a longer
 * key of another type. The PEM text of an RSA key of 4096 bits has 3,300 bytes.
 */
const maximumBytes = 4096;

/** One PEM block, without anything else that this package or OpenSSL could read as a key. */
const onePem =
  /^\s*-----BEGIN [A-Z ]+-----(?:(?!-----BEGIN)[\w\s:,+/=-])*-----END [A-Z ]+-----\s*$/;

/** Reads a private key. If this package does not accept the key (such as an EC key), reads the key with Node. */
function privateKeyIn(
  pem: Buffer,
  passphrase: string | undefined,
  problem: KeyDetails['problem'],
): KeyObject {
  if (problem === undefined) {
    return new Credentials({ privateKey: { pem }, passphrase }).reveal('privateKey');
  }
  const error = new NexmoAuthError(problem.code as NexmoAuthError['code'], problem.message);
  // This package may have refused the key because its decryption would take too long. Node would decrypt it anyway. In
  // a text with more than one key, Node may decrypt another one than this package has read.
  const isSlow =
    passphrase !== undefined &&
    (problem.code === 'ERR_KEY_INVALID' || !onePem.test(pem.toString('latin1')));
  if (isSlow || pem.length > maximumBytes) throw error;
  try {
    return createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) });
  } catch {
    throw error;
  }
}

/** @throws NexmoAuthError `ERR_KEY_INVALID` */
export function publicKeyIn(pem: Buffer): KeyObject {
  if (pem.length > maximumBytes) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `The public key has ${pem.length} bytes, but at most ${maximumBytes} are accepted. Pass a file with the key or certificate alone.`,
    );
  }
  try {
    return createPublicKey(pem);
  } catch {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'The public key cannot be decoded: some of its characters are missing or changed. Copy the whole file again.',
    );
  }
}

/** Why `verifyJwt` refuses a key. Undefined if `verifyJwt` refuses only the token, which is an empty string. */
function publicKeyProblem(publicKey: KeyObject): KeyDetails['problem'] {
  try {
    verifyJwt('', publicKey);
  } catch (error) {
    const { code, message } = error as NexmoAuthError;
    if (code.startsWith('ERR_KEY_')) return { code, message };
  }
  return undefined;
}

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { copyOptions } from '../options';
import { isUrl } from '../readers/brands';
import { warnIfShared } from './file-mode';
import { derivationCost, elementLengths, privateKeyTypeOf } from './der';
import { isPrivateLabel, errorForLabel, errorForText } from './unsupported-key';
import { readKeyFile, unsupportedUrl } from './key-file';
import { isWeakModulus } from './modulus';
import { bytesOf, type PemBlock, pemBlocks, normalizeKeyText } from './pem';
import { isPadded } from './text';

/**
 * A private key as text or bytes, a `KeyObject`, or the path or `file:` URL of a key file. A string that contains no
 * key is treated as a path. For a key from an untrusted party, such as a tenant, use `{ pem }`, which never opens a
 * file. `{ path }` never accepts key text.
 */
export type PrivateKeyInput =
  | string
  | Uint8Array
  | KeyObject
  | URL
  | {
      /** PEM text, DER or base64 of either. Never read as a path. */
      readonly pem: string | Uint8Array;
      /** Not allowed beside `pem`. */
      readonly path?: never;
    }
  | {
      /** The path or the `file:` URL of a key file. */
      readonly path: string | URL;
      /** Not allowed beside `path`. */
      readonly pem?: never;
    };

const minimumBits = 2048;

/** One signature with a larger key takes seconds. Go's TLS has the same limit. */
const maximumBits = 8192;

/**
 * A public exponent must be smaller than this. A larger exponent, such as φ(n) + 1, can have the effect of the
 * exponent 1.
 */
const maximumExponent = 2n ** 256n;

/** The details that Node reports for every RSA key. */
type RsaDetails = { modulusLength: number; publicExponent: bigint };

/**
 * Parses an RSA private key in any supported format.
 *
 * Accepts PKCS#8 and PKCS#1 keys, plain or encrypted, in these forms:
 *
 * - PEM text, with any line breaks. The text may be indented, in quotes or after a byte-order mark. Its line breaks may
 *   be escaped as `\n` or `%0A`, once or repeatedly
 * - base64 of DER, or base64 of a whole PEM
 * - any of these as bytes
 * - a `KeyObject`
 * - the path or `file:` URL of a file with such a key, of up to 1 MiB
 * - `{ pem }`, which accepts only text or bytes
 * - `{ path }`, which accepts only a file
 *
 * An encrypted key may have at most 4096 bits, other keys at most 8192 bits.
 *
 * Does not check that the key belongs to an application. No message quotes key text. A message shows the path only if
 * the string is certainly a path, or if there is a file or directory at that path.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`, `ERR_KEY_IS_PUBLIC`,
 * `ERR_KEY_PASSPHRASE_MISSING`, `ERR_KEY_PASSPHRASE_WRONG`, `ERR_KEY_FILE_NOT_FOUND`, `ERR_KEY_FILE_IS_DIRECTORY`,
 * `ERR_KEY_FILE_UNREADABLE`
 */
export function parsePrivateKey(
  input: PrivateKeyInput,
  passphrase?: string | Uint8Array,
): KeyObject {
  if (types.isKeyObject(input)) return requireRsa(requirePrivate(input), 'privateKey');
  if (typeof input === 'string') {
    const text = requireNonEmpty(input);
    return keyFromPem(text, passphrase) ?? keyFromFile(text, passphrase);
  }
  if (types.isUint8Array(input)) return requirePem(input, passphrase);
  if (isUrl(input)) return keyFromFile(requireFileUrl(input), passphrase);
  const fields = copyOptions(requireInputObject(input), 'privateKey', 'ERR_KEY_INVALID');
  const [[name, value] = [], ...others] = Object.entries(fields);
  if (others.length === 0) {
    if (name === 'pem' && isTextOrBytes(value)) return requirePem(value, passphrase);
    if (name === 'path' && isUrl(value)) return keyFromFile(requireFileUrl(value), passphrase);
    if (name === 'path' && typeof value === 'string' && value !== '') {
      return keyFromFile(requireNoPem(value), passphrase);
    }
  }
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'kty' in fields
      ? "privateKey is a JWK. Convert it to a KeyObject: createPrivateKey({ key: jwk, format: 'jwk' })."
      : 'An object in privateKey must be { pem } with PEM text or bytes, or { path } with the path of a file. It must have no other fields.',
  );
}

function requirePem(input: string | Uint8Array, passphrase?: string | Uint8Array): KeyObject {
  const text = requireNonEmpty(input);
  const key = keyFromPem(text, passphrase);
  if (key !== undefined) return key;
  throw (
    errorForText(text) ??
    new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey contains no private key (PEM, or base64 of PEM or DER). Bytes and { pem } are never read as a path.',
    )
  );
}

function requireNoPem(path: string): string {
  if (pemBlocks(normalizeKeyText(path)).length === 0) return path;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey.path is the text of a key, not the path of a file. Pass it as { pem }.',
  );
}

function isTextOrBytes(input: unknown): input is string | Uint8Array {
  return typeof input === 'string' || types.isUint8Array(input);
}

function requireNonEmpty(input: string | Uint8Array): string {
  const text = normalizeKeyText(input);
  if (text !== '') return text;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey is empty. Is the variable or file that it comes from set?',
  );
}

function requireFileUrl({ protocol, href }: URL): string {
  if (protocol === 'file:') return href;
  throw unsupportedUrl();
}

function requireInputObject(input: object): object {
  if (kindOf(input) === 'an object') return input;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    `privateKey must be PEM text, a Buffer, a KeyObject, a path, a file: URL, { pem } or { path }, not ${kindOf(input)}.`,
  );
}

/** The keys that were accepted, so that a copy of credentials does not check its key again. */
const accepted = new WeakSet<KeyObject>();

/**
 * @throws NexmoAuthError `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`; `ERR_KEY_INVALID` for more than 8192 bits, and for a
 * public exponent or a modulus that lets anyone forge signatures
 */
export function requireRsa(key: KeyObject, name: string): KeyObject {
  if (!accepted.has(key)) checkRsa(key, name);
  accepted.add(key);
  return key;
}

function checkRsa(key: KeyObject, name: string): void {
  if (key.asymmetricKeyType !== 'rsa') throw notRsa(name, String(key.asymmetricKeyType));
  const { modulusLength: bits, publicExponent } = key.asymmetricKeyDetails as RsaDetails;
  if (bits < minimumBits) {
    throw new NexmoAuthError(
      'ERR_KEY_TOO_SHORT',
      `${name} has ${bits} bits, but RS256 needs at least ${minimumBits} (RFC 7518, section 3.3). Generate a new key pair.`,
    );
  }
  if (bits > maximumBits) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `${name} has ${bits} bits. At most ${maximumBits} are accepted, because one signature with a larger key takes seconds. Generate a new key pair.`,
    );
  }
  if (key.type === 'private' && isOversized(key, bits, name)) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `${name} has numbers that are longer than its modulus, so one signature could take seconds. Generate a new key pair.`,
    );
  }
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent >= maximumExponent) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `The public exponent of ${name} is even, less than 3 or longer than 256 bits, so signatures could be forged (RFC 8017, section 3.1; FIPS 186-5, section A.1.1). Generate a new key pair.`,
    );
  }
  if (isWeakModulus(modulusOf(key))) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `The modulus of ${name} is even, has a small prime factor or is the product of two neighbouring numbers, so anyone could compute the private key (RFC 8017, section 3.1). Generate a new key pair.`,
    );
  }
}

function notRsa(name: string, type: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_KEY_NOT_RSA',
    `${name} is of type ${type}, but RS256 needs an RSA key. Use the key that Nexmo generates for an application.`,
  );
}

/** How many bytes longer than half of the modulus a prime may be. */
const imbalance = 8;

/**
 * Whether a number of a private key is longer than in other keys of its size: the private exponent is as long as the
 * modulus, and the primes and the CRT numbers (RFC 8017, section A.1.2) are half as long.
 */
function isOversized(key: KeyObject, bits: number, name: string): boolean {
  // Before the private exponent come the version, the modulus and the public exponent.
  const lengths = numberLengths(key, name).slice(3);
  const maximumOf = (index: number) => (index === 0 ? bits / 8 + 1 : bits / 16 + imbalance);
  return lengths.some((length, index) => length > maximumOf(index));
}

function numberLengths(key: KeyObject, name: string): number[] {
  try {
    return readPrivateDer(key, elementLengths);
  } catch {
    // OpenSSL cannot export a key whose numbers do not belong together.
    throw damaged(name);
  }
}

/** Reads the DER of a private key (PKCS#1), and overwrites that copy of the key afterwards. */
export function readPrivateDer<Result>(key: KeyObject, read: (der: Buffer) => Result): Result {
  const der = key.export({ type: 'pkcs1', format: 'der' });
  try {
    return read(der);
  } finally {
    der.fill(0);
  }
}

/** Returns a public key unchanged, since createPublicKey() does not accept a public KeyObject. */
export function publicKeyOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

function modulusOf(key: KeyObject): bigint {
  // Exports the public key, since the JWK of a private key would contain the secret parts.
  const { n } = publicKeyOf(key).export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(String(n), 'base64url').toString('hex')}`);
}

function requirePrivate(key: KeyObject): KeyObject {
  if (key.type === 'private') return key;
  if (key.type === 'public') throw errorForLabel('PUBLIC KEY');
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey is a symmetric KeyObject. Use an RSA private key.',
  );
}

/** Parses key text. Returns undefined for text that is neither PEM nor base64 DER. */
function keyFromPem(text: string, passphrase?: string | Uint8Array): KeyObject | undefined {
  const blocks = pemBlocks(text);
  const block = blocks.find(({ label }) => isPrivateLabel(label)) ?? blocks[0];
  if (block === undefined) return undefined;
  if (!isPrivateLabel(block.label)) throw errorForLabel(block.label);
  return requireRsa(decodeKey(block.text, passphraseFor(block, passphrase)), 'privateKey');
}

/** The passphrase, if the key is encrypted. Refuses every key that could take OpenSSL long to read. */
function passphraseFor(
  block: PemBlock,
  passphrase: string | Uint8Array | undefined,
): string | Uint8Array | undefined {
  const bytes = bytesOf(block);
  const isLegacy = isLegacyEncrypted(block);
  if (!isLegacy && requireRsaOrEncrypted(bytes, 'privateKey') === 'rsa') return undefined;
  const required = requirePassphrase(passphrase);
  requireSmall(block);
  if (!isLegacy) requireAffordable(bytes);
  return required;
}

/** Whether a PEM block is an RSA key in OpenSSL's own encrypted format, whose bytes are not DER. */
function isLegacyEncrypted({ label, text }: PemBlock): boolean {
  return label === 'RSA PRIVATE KEY' && /^.+\nProc-Type: 4,ENCRYPTED\n/.test(text);
}

/** The maximum number of bytes in a key. An RSA key of 8192 bits has some 4700 bytes. */
export const maximumBytes = 6144;

/**
 * The maximum number of characters in an encrypted key. An RSA key of 4096 bits has some 3500 characters. Only OpenSSL
 * can tell what is encrypted, and at this length it takes less than a second to read even a DSA key.
 */
const maximumEncryptedLength = 3600;

/** Refuses an encrypted key that could take OpenSSL long to read. */
function requireSmall({ text }: PemBlock): void {
  if (text.length <= maximumEncryptedLength) return;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey is encrypted and longer than an RSA key of 4096 bits. Decrypt it first, for example with openssl pkcs8, or generate a key of 2048 to 4096 bits.',
  );
}

/**
 * Refuses every key except RSA keys and encrypted keys. OpenSSL must not read other keys, since reading them can take
 * minutes.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`
 */
export function requireRsaOrEncrypted(bytes: Uint8Array, name: string): 'rsa' | 'encrypted' {
  const type = bytes.length > maximumBytes ? undefined : privateKeyTypeOf(bytes);
  if (type === undefined) throw damaged(name);
  if (type === 'rsa' || type === 'encrypted') return type;
  throw notRsa(name, type);
}

function requirePassphrase(passphrase: string | Uint8Array | undefined): string | Uint8Array {
  if (passphrase !== undefined && passphrase.length > 0) return passphrase;
  throw new NexmoAuthError(
    'ERR_KEY_PASSPHRASE_MISSING',
    'privateKey is encrypted. Set passphrase too.',
  );
}

/**
 * The maximum cost of deriving a key from a passphrase, as `derivationCost` measures it. Such a derivation takes one
 * to three seconds, depending on the hash function. OWASP recommends 1,300,000 iterations of PBKDF2 with SHA-1.
 */
const maximumCost = 2_000_000;

/** Refuses an encrypted key if its decryption would block the process for too long. */
function requireAffordable(bytes: Uint8Array): void {
  if (derivationCost(bytes) <= maximumCost) return;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey is encrypted with more than 2,000,000 iterations of PBKDF2, or as much work of scrypt, or with a hash function other than SHA-1 to SHA-512, or cannot be decoded. Encrypt it again with openssl pkcs8 -topk8.',
  );
}

function decodeKey(pem: string, passphrase: string | Uint8Array | undefined): KeyObject {
  try {
    return passphrase === undefined
      ? createPrivateKey(pem)
      : createPrivateKey({ key: pem, passphrase: Buffer.from(passphrase) });
  } catch {
    throw passphrase === undefined ? damaged('privateKey') : wrongPassphrase(passphrase);
  }
}

function damaged(name: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_KEY_INVALID',
    `${name} cannot be decoded, because some of its characters are missing or changed, or it is no key of this kind. Copy the whole file again.`,
  );
}

function wrongPassphrase(passphrase: string | Uint8Array): NexmoAuthError {
  const hint = isPadded(Buffer.from(passphrase).toString())
    ? ' The passphrase has white space or a line break around it, as text from a file often has. Remove it with trim().'
    : '';
  return new NexmoAuthError(
    'ERR_KEY_PASSPHRASE_WRONG',
    `The passphrase does not decrypt privateKey, or the encrypted key is damaged.${hint}`,
  );
}

/** Reads the key in a file. Warns about the file's permissions only if the file contains a private key. */
function keyFromFile(pathOrUrl: string, passphrase?: string | Uint8Array): KeyObject {
  const formatError = errorForText(pathOrUrl);
  if (formatError !== undefined) throw formatError;
  const isBase64 = pathOrUrl.length >= 256 && !/[^\w+/=]/.test(pathOrUrl);
  if (isBase64 || /[\r\n]/.test(pathOrUrl)) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey is neither a private key that can be decoded (PEM, or base64 of PEM or DER) nor a path.',
    );
  }
  const { path, bytes } = readKeyFile(pathOrUrl);
  const text = normalizeKeyText(bytes);
  const key = keyFromPem(text, passphrase);
  if (key === undefined) {
    throw (
      errorForText(text) ??
      new NexmoAuthError(
        'ERR_KEY_INVALID',
        `The file at the path in privateKey contains no private key: ${path}.`,
      )
    );
  }
  warnIfShared(path);
  return key;
}

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { copyOptions } from '../options';
import { isUrl } from '../readers/brands';
import { warnIfShared } from './file-mode';
import { isPrivateLabel, errorForLabel, errorForText } from './unsupported-key';
import { readKeyFile, remoteKey } from './key-file';
import { isWeakModulus } from './modulus';
import { pemBlocks, normalizeKeyText } from './pem';
import { isPadded } from './text';

/**
 * A private key as text, the same as bytes, a `KeyObject`, or the path or `file:` URL of a file that holds one. A string
 * that holds no key is taken for a path. So for a key that somebody else hands in, such as a tenant, use `{ pem }`, which
 * never opens a file; `{ path }` never takes text.
 */
export type PrivateKeyInput =
  | string
  | Uint8Array
  | KeyObject
  | URL
  | { readonly pem: string | Uint8Array; readonly path?: never }
  | { readonly path: string | URL; readonly pem?: never };

const minimumBits = 2048;

/** A longer one can be 1 in disguise: φ(n) + 1. */
const maximumExponent = 2n ** 256n;

/** The details that Node gives of every RSA key. */
type RsaDetails = { modulusLength: number; publicExponent: bigint };

/**
 * Any spelling of an RSA private key to one `KeyObject`.
 *
 * Takes PKCS#8 and PKCS#1, plain or encrypted: PEM as text (with any line breaks, with line breaks escaped as `\n` or
 * `%0A` once or more often, after a byte-order mark, in quotes, indented), DER in base64, base64 of a whole PEM, both as
 * bytes, a `KeyObject`, the path or `file:` URL of a file that holds one of those, `{ pem }` for text or bytes alone, or
 * `{ path }` for a file alone. Does not check that the key belongs to an application.
 *
 * The text is never quoted in a message. A path is shown, as an absolute one, where the text can be nothing else.
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
    const text = requirePresent(input);
    return fromPem(text, passphrase) ?? fromFile(text, passphrase);
  }
  if (types.isUint8Array(input)) return requirePem(input, passphrase);
  if (isUrl(input)) return fromFile(fileUrlOf(input), passphrase);
  const given = copyOptions(requireForm(input), 'privateKey', 'ERR_KEY_INVALID');
  const [[form, value] = [], ...others] = Object.entries(given);
  if (others.length === 0) {
    if (form === 'pem' && isText(value)) return requirePem(value, passphrase);
    if (form === 'path' && isUrl(value)) return fromFile(fileUrlOf(value), passphrase);
    if (form === 'path' && typeof value === 'string' && value !== '') {
      return fromFile(requireNoPem(value), passphrase);
    }
  }
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'kty' in given
      ? "privateKey is a JWK. Make a KeyObject of it: createPrivateKey({ key: jwk, format: 'jwk' })."
      : 'privateKey as an object must be { pem }, with PEM text or bytes, or { path }, with the path of a file, and nothing else.',
  );
}

function requirePem(input: string | Uint8Array, passphrase?: string | Uint8Array): KeyObject {
  const text = requirePresent(input);
  const key = fromPem(text, passphrase);
  if (key !== undefined) return key;
  throw (
    errorForText(text) ??
    new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey holds no private key (PEM, or base64 of PEM or DER). Bytes and { pem } are never taken for a path.',
    )
  );
}

function requireNoPem(path: string): string {
  if (pemBlocks(path).length === 0) return path;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey.path is the text of a key, not the path of a file. Give it as { pem }.',
  );
}

function isText(input: unknown): input is string | Uint8Array {
  return typeof input === 'string' || types.isUint8Array(input);
}

function requirePresent(input: string | Uint8Array): string {
  const text = normalizeKeyText(input);
  if (text !== '') return text;
  throw new NexmoAuthError('ERR_KEY_INVALID', 'privateKey is empty.');
}

function fileUrlOf({ protocol, href }: URL): string {
  if (protocol === 'file:') return href;
  throw remoteKey();
}

function requireForm(input: object): object {
  if (kindOf(input) === 'an object') return input;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    `privateKey must be PEM text, a Buffer, a KeyObject, a path, a file: URL, { pem } or { path }, not ${kindOf(input)}.`,
  );
}

/**
 * @throws NexmoAuthError `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`; `ERR_KEY_INVALID` for a public exponent or a
 * modulus with which signatures can be forged
 */
export function requireRsa(key: KeyObject, name: string): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') {
    throw new NexmoAuthError(
      'ERR_KEY_NOT_RSA',
      `${name} is of type ${String(key.asymmetricKeyType)}; RS256 needs an RSA key, such as Nexmo makes for each application.`,
    );
  }
  const { modulusLength: bits, publicExponent } = key.asymmetricKeyDetails as RsaDetails;
  if (bits < minimumBits) {
    throw new NexmoAuthError(
      'ERR_KEY_TOO_SHORT',
      `${name} has ${bits} bits; RS256 needs at least ${minimumBits} (RFC 7518, section 3.3). Make a new key pair.`,
    );
  }
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent >= maximumExponent) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `The public exponent of ${name} is even, less than 3 or has more than 256 bits, so that signatures could be forged (RFC 8017, section 3.1; FIPS 186-5, section A.1.1). Make a new key pair.`,
    );
  }
  if (isWeakModulus(modulusOf(key))) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      `The modulus of ${name} is even, a square or divisible by a small prime, so that anyone could find the private key (RFC 8017, section 3.1). Make a new key pair.`,
    );
  }
  return key;
}

/** The key itself where it is public, of which Node makes no public key. */
export function publicKeyOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

function modulusOf(key: KeyObject): bigint {
  // Of a private key, all of it would be exported.
  const { n } = publicKeyOf(key).export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(String(n), 'base64url').toString('hex')}`);
}

function requirePrivate(key: KeyObject): KeyObject {
  if (key.type === 'private') return key;
  if (key.type === 'public') throw errorForLabel('PUBLIC KEY');
  throw new NexmoAuthError('ERR_KEY_INVALID', 'privateKey is a symmetric KeyObject.');
}

/** Undefined for text that is neither PEM nor DER in base64. */
function fromPem(text: string, passphrase?: string | Uint8Array): KeyObject | undefined {
  const blocks = pemBlocks(text);
  const block = blocks.find(({ label }) => isPrivateLabel(label)) ?? blocks[0];
  if (block === undefined) return undefined;
  if (!isPrivateLabel(block.label)) throw errorForLabel(block.label);
  const encrypted = block.label.startsWith('ENCRYPTED') || block.text.includes(',ENCRYPTED');
  if (encrypted && (passphrase === undefined || passphrase.length === 0)) {
    throw new NexmoAuthError(
      'ERR_KEY_PASSPHRASE_MISSING',
      'privateKey is encrypted: give its passphrase too.',
    );
  }
  return requireRsa(open(block.text, encrypted ? passphrase : undefined), 'privateKey');
}

function open(pem: string, passphrase: string | Uint8Array | undefined): KeyObject {
  try {
    return passphrase === undefined
      ? createPrivateKey(pem)
      : createPrivateKey({ key: pem, passphrase: Buffer.from(passphrase) });
  } catch {
    throw passphrase === undefined
      ? new NexmoAuthError(
          'ERR_KEY_INVALID',
          'privateKey cannot be read: characters of it are missing or changed. Copy the whole file again.',
        )
      : wrongPassphrase(passphrase);
  }
}

function wrongPassphrase(passphrase: string | Uint8Array): NexmoAuthError {
  const hint = isPadded(Buffer.from(passphrase).toString())
    ? ' It has white space or a line break around it, as text from a file does: trim() strips that.'
    : '';
  return new NexmoAuthError(
    'ERR_KEY_PASSPHRASE_WRONG',
    `The passphrase does not open privateKey (or the encrypted key is damaged).${hint}`,
  );
}

/** Only a file that holds a private key is warned of when others can read it. */
function fromFile(pathOrUrl: string, passphrase?: string | Uint8Array): KeyObject {
  const notPath = errorForText(pathOrUrl);
  if (notPath !== undefined) throw notPath;
  if (/[\r\n]|^[\w+/=]{256,}$/.test(pathOrUrl)) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey is neither a private key that can be read (PEM, or base64 of PEM or DER) nor a path.',
    );
  }
  const { path, bytes } = readKeyFile(pathOrUrl);
  const text = normalizeKeyText(bytes);
  const key = fromPem(text, passphrase);
  if (key === undefined) {
    throw (
      errorForText(text) ??
      new NexmoAuthError(
        'ERR_KEY_INVALID',
        `The file given as privateKey holds no private key: ${path}.`,
      )
    );
  }
  warnIfShared(path);
  return key;
}

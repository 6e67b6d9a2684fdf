import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { kindOf, NexmoAuthError, type NexmoAuthErrorCode } from '../errors';
import { copyOf } from '../options';
import { warnIfShared } from './file-mode';
import { isWeakModulus } from './modulus';
import { pemBlocks, unwrap } from './pem';

/**
 * PEM text in any spelling, the same as bytes, a `KeyObject`, or the path of a PEM file. A string that is not PEM
 * is taken for a path. So for a key that somebody else hands in, such as a tenant, use `{ pem }`, which never
 * opens a file; `{ path }` never takes text.
 */
export type PrivateKeyInput =
  | string
  | Uint8Array
  | KeyObject
  | { readonly pem: string | Uint8Array; readonly path?: never }
  | { readonly path: string; readonly pem?: never };

const minimumBits = 2048;

/** A longer one can be 1 in disguise: φ(n) + 1. */
const maximumExponent = 2n ** 256n;

/** The details that Node gives of every RSA key. */
type RsaDetails = { modulusLength: number; publicExponent: bigint };

/**
 * Any spelling of an RSA private key to one `KeyObject`.
 *
 * Takes PKCS#8 and PKCS#1 PEM, plain or encrypted, as text (real or literal `\n`, CRLF, a
 * byte-order mark, quotes or spaces around it), base64 of a whole PEM, bytes, a `KeyObject`, the path of a file
 * that holds one of those, `{ pem }` for text or bytes alone, or `{ path }` for a path alone. Does not check that the key belongs to an
 * application.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`,
 * `ERR_KEY_IS_PUBLIC`, `ERR_KEY_PASSPHRASE_MISSING`, `ERR_KEY_PASSPHRASE_WRONG`,
 * `ERR_KEY_FILE_NOT_FOUND`, `ERR_KEY_FILE_IS_DIRECTORY`, `ERR_KEY_FILE_UNREADABLE`. The text is
 * never quoted.
 */
export function parsePrivateKey(
  input: PrivateKeyInput,
  passphrase?: string | Uint8Array,
): KeyObject {
  if (types.isKeyObject(input)) return requireRsa(requirePrivate(input));
  if (typeof input === 'string') {
    const text = requirePresent(input);
    return fromPem(text, passphrase) ?? fromFile(text, passphrase);
  }
  if (types.isUint8Array(input)) return requirePem(input, passphrase);
  const [[form, value] = [], ...others] = Object.entries(
    copyOf(requireForm(input), 'privateKey', 'ERR_KEY_INVALID'),
  );
  if (others.length === 0) {
    if (form === 'pem' && isText(value)) return requirePem(value, passphrase);
    if (form === 'path' && typeof value === 'string' && value !== '') {
      return fromFile(value, passphrase);
    }
  }
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey as an object must be { pem }, with PEM text or bytes, or { path }, with the path of a file, and nothing else.',
  );
}

function requirePem(input: string | Uint8Array, passphrase?: string | Uint8Array): KeyObject {
  const key = fromPem(requirePresent(input), passphrase);
  if (key !== undefined) return key;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'privateKey holds no PEM private key: its BEGIN and END lines are missing. Bytes and { pem } are never taken for a path.',
  );
}

function isText(input: unknown): input is string | Uint8Array {
  return typeof input === 'string' || types.isUint8Array(input);
}

function requirePresent(input: string | Uint8Array): string {
  const text = unwrap(input);
  if (text !== '') return text;
  throw new NexmoAuthError('ERR_KEY_INVALID', 'privateKey is empty.');
}

function requireForm(input: object): object {
  if (kindOf(input) === 'an object') return input;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    `privateKey must be PEM text, a Buffer, a KeyObject, a path, { pem } or { path }, not ${kindOf(input)}.`,
  );
}

/**
 * @throws NexmoAuthError `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`; `ERR_KEY_INVALID` for a public exponent or a
 * modulus with which signatures can be forged
 */
export function requireRsa(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') {
    throw new NexmoAuthError(
      'ERR_KEY_NOT_RSA',
      `The key is of type ${String(key.asymmetricKeyType)}; RS256 needs an RSA key, such as Nexmo makes for each application.`,
    );
  }
  const { modulusLength: bits, publicExponent } = key.asymmetricKeyDetails as RsaDetails;
  if (bits < minimumBits) {
    throw new NexmoAuthError(
      'ERR_KEY_TOO_SHORT',
      `The RSA key has ${bits} bits; RS256 needs at least ${minimumBits} (RFC 7518, section 3.3). Make a new key pair.`,
    );
  }
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent >= maximumExponent) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'The public exponent of the RSA key is even, less than 3 or has more than 256 bits, so that signatures could be forged (RFC 8017, section 3.1; FIPS 186-5, section A.1.1). Make a new key pair.',
    );
  }
  if (isWeakModulus(modulusOf(key))) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'The modulus of the RSA key is even, a square or divisible by a small prime, so that anyone could find the private key (RFC 8017, section 3.1). Make a new key pair.',
    );
  }
  return key;
}

function modulusOf(key: KeyObject): bigint {
  // Of a private key, all of it would be exported.
  const { n } = (key.type === 'public' ? key : createPublicKey(key)).export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(String(n), 'base64url').toString('hex')}`);
}

function requirePrivate(key: KeyObject): KeyObject {
  if (key.type === 'public') throw publicKey();
  if (key.type === 'secret') {
    throw new NexmoAuthError('ERR_KEY_INVALID', 'privateKey is a symmetric KeyObject.');
  }
  return key;
}

function publicKey(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_KEY_IS_PUBLIC',
    'privateKey holds a public key or certificate. Give the private key that was saved when the application was made.',
  );
}

function fromPem(text: string, passphrase?: string | Uint8Array): KeyObject | undefined {
  const blocks = pemBlocks(text);
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    if (blocks.length > 0) throw publicKey();
    if (!text.includes('-----BEGIN')) return undefined;
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey begins as PEM but has no matching END line: it seems to be cut off.',
    );
  }
  const encrypted = block.label.startsWith('ENCRYPTED') || block.text.includes(',ENCRYPTED');
  if (encrypted && (passphrase === undefined || passphrase.length === 0)) {
    throw new NexmoAuthError(
      'ERR_KEY_PASSPHRASE_MISSING',
      'privateKey is encrypted: give its passphrase too.',
    );
  }
  return requireRsa(open(block.text, encrypted ? passphrase : undefined));
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
          'privateKey is PEM, but not a key that can be read: it is damaged, or in the format of OpenSSH (convert that with ssh-keygen -p -m PEM).',
        )
      : new NexmoAuthError(
          'ERR_KEY_PASSPHRASE_WRONG',
          'The passphrase does not open privateKey (or the encrypted key is damaged).',
        );
  }
}

function fromFile(path: string, passphrase?: string | Uint8Array): KeyObject {
  const key = fromPem(unwrap(read(path)), passphrase);
  if (key !== undefined) return key;
  throw new NexmoAuthError(
    'ERR_KEY_INVALID',
    'The file given as privateKey holds no PEM private key.',
  );
}

const fileErrors: Record<string, [NexmoAuthErrorCode, string]> = {
  ENOENT: [
    'ERR_KEY_FILE_NOT_FOUND',
    'privateKey is no PEM text, and no file has that path. Check the path; a relative one starts at the working folder.',
  ],
  ENOTDIR: [
    'ERR_KEY_FILE_NOT_FOUND',
    'privateKey is no PEM text, and as a path it leads through something that is not a folder.',
  ],
  EISDIR: ['ERR_KEY_FILE_IS_DIRECTORY', 'privateKey is the path of a folder, not of a key file.'],
  ENAMETOOLONG: ['ERR_KEY_INVALID', 'privateKey is no PEM text, and too long for a path.'],
  ERR_INVALID_ARG_VALUE: ['ERR_KEY_INVALID', 'privateKey is neither PEM text nor a path.'],
};

/** Node's own error is left out: it quotes the path, which may be a key that was cut off. */
function read(path: string): Uint8Array {
  if (/[\r\n]|^[\w+/=]{256,}$/.test(path)) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'privateKey is neither PEM text (its BEGIN and END lines are missing) nor a path.',
    );
  }
  try {
    const bytes = readFileSync(path);
    warnIfShared(path);
    return bytes;
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    const [ours, message] = fileErrors[code] ?? [
      'ERR_KEY_FILE_UNREADABLE',
      `The file given as privateKey cannot be read (${code}).`,
    ];
    throw new NexmoAuthError(ours, message);
  }
}

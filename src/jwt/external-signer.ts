import { type KeyObject, verify } from 'node:crypto';
import { TextEncoder, types } from 'node:util';
import { type CallbackErrors, Deadline, type DeadlineOptions } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';
import { mapOptional, readOptions, refuseUnknown } from '../options';
import type { Claims } from './claims';
import { parsePublicKey, type PublicKeyInput } from './public-key';
import { compactJws, signingInputOf } from './signing-input';

/**
 * Signs outside this package, for example in a KMS or an HSM. Receives the JWS signing input (RFC 7515, section 5.1) as
 * ASCII bytes. Returns the bytes of an RSASSA-PKCS1-v1_5 signature with SHA-256. `signal` aborts at the deadline.
 */
export type Signer = (
  signingInput: Uint8Array,
  context: { signal: AbortSignal },
) => Uint8Array | Promise<Uint8Array>;

/** A signer, and how its signatures are checked and awaited. */
export type SignerOptions = DeadlineOptions & {
  /** Makes the signature. */
  sign: Signer;
  /** If set, every signature is verified with this key before its token is used. */
  publicKey?: PublicKeyInput | undefined;
};

const callbackErrors: CallbackErrors = {
  name: 'The signer',
  failed: 'ERR_SIGNER_FAILED',
  timeout: 'ERR_SIGNER_TIMEOUT',
  aborted: 'ERR_SIGNER_ABORTED',
};

/** Lengths in bytes, for RSA keys of 2048 to 8192 bits, the limits of this package. */
const signatureLength = { minimum: 256, maximum: 1024 };

/** A checked copy of the user's signer. Later changes to the user's object have no effect on the copy. */
export class ExternalSigner implements SignerOptions {
  readonly sign: Signer;
  readonly publicKey: KeyObject | undefined;
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly #deadline: Deadline;

  /**
   * @throws NexmoAuthError `ERR_INVALID_OPTION`; for the public key `ERR_KEY_INVALID`,
   * `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
   */
  constructor(signer: Signer | SignerOptions) {
    const options: SignerOptions = typeof signer === 'function' ? { sign: signer } : signer;
    const { sign, publicKey, deadline, signal } = readOptions(
      options,
      'signer',
      checkSignerOptions,
    );
    // If `sign` is a method of the user's object, it keeps that object as `this`.
    this.sign = sign.bind(options === signer ? signer : undefined);
    this.publicKey = publicKey;
    this.deadline = deadline;
    this.signal = signal;
    this.#deadline = new Deadline({ deadline, signal }, callbackErrors);
  }

  /**
   * Signs a token. With `inBackground`, waiting for the signature does not keep Node running.
   *
   * @throws NexmoAuthError `ERR_SIGNER_FAILED`, `ERR_SIGNER_TIMEOUT`, `ERR_SIGNER_ABORTED`, `ERR_SIGNER_SIGNATURE`
   */
  async signToken(claims: Claims, inBackground: boolean): Promise<string> {
    const input = signingInputOf(claims);
    const signature = await this.#deadline.waitFor(
      // The signer gets no Buffer, because small Buffers share memory that holds other data of the process.
      ({ signal }) => this.sign(new TextEncoder().encode(input), { signal }),
      inBackground,
    );
    return compactJws(input, this.#requireSignature(signature, input));
  }

  #requireSignature(result: unknown, input: string): Uint8Array {
    const { minimum, maximum } = signatureLength;
    if (!types.isUint8Array(result)) throw badSignature(`the result is ${kindOf(result)}`);
    if (result.length < minimum || result.length > maximum) {
      throw badSignature(`it has ${result.length} bytes, but RS256 has ${minimum} to ${maximum}`);
    }
    if (this.publicKey === undefined) return result;
    if (verify('sha256', Buffer.from(input), this.publicKey, result)) return result;
    throw badSignature('it does not verify with publicKey');
  }
}

function checkSignerOptions({ sign, publicKey, deadline, signal, ...unknown }: SignerOptions) {
  refuseUnknown(unknown, 'signer');
  return {
    sign: requireSigner(sign),
    publicKey: mapOptional(publicKey, parsePublicKey),
    deadline,
    signal,
  };
}

function requireSigner(sign: unknown): Signer {
  if (typeof sign === 'function') return sign as Signer;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `signer must be a function that returns a signature, or { sign, publicKey, deadline, signal }, but sign is ${kindOf(sign)}.`,
  );
}

function badSignature(why: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_SIGNER_SIGNATURE',
    `The signer did not return an RS256 signature: ${why}. It must return the bytes of an RSASSA-PKCS1-v1_5 signature with SHA-256.`,
  );
}

import { type KeyObject, sign, verify } from 'node:crypto';
import { promisify, TextEncoder, types } from 'node:util';
import { type CallbackErrors, Deadline, type DeadlineOptions } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';
import { mapOptional, readOptions, refuseUnknown } from '../options';
import type { Claims } from './claims';
import { parsePublicKey, type PublicKeyInput } from './public-key';
import { withSlot } from './slots';

const header = { alg: 'RS256', typ: 'JWT' } as const;
const signAside = promisify(sign);
const encodedHeader = base64url(JSON.stringify(header));

/** Signs claims with RS256 under the header `{ alg: 'RS256', typ: 'JWT' }` (RFC 7515), at once. */
export function signNow(claims: Claims, privateKey: KeyObject): string {
  // Loaded at the first token, so that importing the package stays cheap; Node caches it.
  const jsonwebtoken = require('jsonwebtoken') as typeof import('jsonwebtoken');
  // As text: jsonwebtoken's look at an object fails on claims such as "constructor".
  return jsonwebtoken.sign(JSON.stringify(claims), privateKey, { algorithm: 'RS256', header });
}

/** The same bytes, made in the thread pool: the event loop stays free. */
export async function signInThreadPool(claims: Claims, privateKey: KeyObject): Promise<string> {
  const input = signingInputOf(claims);
  const signature = await withSlot(() => signAside('sha256', Buffer.from(input), privateKey));
  return `${input}.${base64url(signature)}`;
}

/**
 * Signs where the key is: in a KMS, an HSM, a vault. Is given the signing input (RFC 7515, section
 * 5.1), which is ASCII, and gives the bytes of its RSASSA-PKCS1-v1_5 signature with SHA-256. `signal`
 * aborts at the deadline.
 */
export type Signer = (
  signingInput: Uint8Array,
  context: { signal: AbortSignal },
) => Uint8Array | Promise<Uint8Array>;

export type SignerOptions = DeadlineOptions & {
  sign: Signer;
  /** With it, every signature is checked before its token is used. */
  publicKey?: PublicKeyInput | undefined;
};

const callbackErrors: CallbackErrors = {
  name: 'The signer',
  failed: 'ERR_SIGNER_FAILED',
  timeout: 'ERR_SIGNER_TIMEOUT',
  aborted: 'ERR_SIGNER_ABORTED',
};

/** In bytes: those of RSA keys of 2048 bits, the smallest that is taken, and of 16384, OpenSSL's largest. */
const signatureLength = { minimum: 256, maximum: 2048 };

/** A checked copy of a signer of the user's: nothing that is done to the original reaches a token. */
export class ExternalSigner implements SignerOptions {
  readonly sign: Signer;
  readonly publicKey: KeyObject | undefined;
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly #waiting: Deadline;

  /**
   * @throws NexmoAuthError `ERR_INVALID_OPTION`; for the public key `ERR_KEY_INVALID`,
   * `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
   */
  constructor(signer: Signer | SignerOptions) {
    const options: SignerOptions = typeof signer === 'function' ? { sign: signer } : signer;
    const { sign, publicKey, deadline, signal } = readOptions(options, 'signer', partsOf);
    // A method is called on the object that it is of.
    this.sign = sign.bind(options === signer ? signer : undefined);
    this.publicKey = publicKey;
    this.deadline = deadline;
    this.signal = signal;
    this.#waiting = new Deadline({ deadline, signal }, callbackErrors);
  }

  /**
   * The token of claims. One that is made `inBackground` does not keep Node running.
   *
   * @throws NexmoAuthError `ERR_SIGNER_FAILED`, `ERR_SIGNER_TIMEOUT`, `ERR_SIGNER_ABORTED`,
   * `ERR_SIGNER_SIGNATURE`
   */
  async tokenOf(claims: Claims, inBackground: boolean): Promise<string> {
    const input = signingInputOf(claims);
    const signature = await this.#waiting.waitFor(
      // Not a Buffer: its memory is shared with whatever else the process has in small ones.
      (signal) => this.sign(new TextEncoder().encode(input), { signal }),
      inBackground,
    );
    return `${input}.${base64url(this.#requireSignature(signature, input))}`;
  }

  #requireSignature(answer: unknown, input: string): Uint8Array {
    const { minimum, maximum } = signatureLength;
    if (!types.isUint8Array(answer)) throw badSignature(`it is ${kindOf(answer)}`);
    if (answer.length < minimum || answer.length > maximum) {
      throw badSignature(`it has ${answer.length} bytes, where RS256 has ${minimum} to ${maximum}`);
    }
    if (this.publicKey === undefined) return answer;
    if (verify('sha256', Buffer.from(input), this.publicKey, answer)) return answer;
    throw badSignature('it is not that of these bytes by the private half of publicKey');
  }
}

function partsOf({ sign, publicKey, deadline, signal, ...unknown }: SignerOptions) {
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
    `signer must be a function that gives a signature, or { sign, publicKey, deadline, signal }; sign is ${kindOf(sign)}.`,
  );
}

function badSignature(why: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_SIGNER_SIGNATURE',
    `The signer's answer is no RS256 signature: ${why}. It must give the bytes of RSASSA-PKCS1-v1_5 with SHA-256.`,
  );
}

/** What is signed of a token (RFC 7515, section 5.1). */
function signingInputOf(claims: Claims): string {
  return `${encodedHeader}.${base64url(JSON.stringify(claims))}`;
}

function base64url(data: string | Uint8Array): string {
  return Buffer.from(data as string).toString('base64url');
}

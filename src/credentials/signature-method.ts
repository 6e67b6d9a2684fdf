import { NexmoAuthError } from '../errors';

export const signatureMethods = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;

/** The algorithm of an SMS signature: `md5hash` is a plain MD5 hash, the others are HMACs. */
export type SignatureMethod = (typeof signatureMethods)[number];

/** @throws NexmoAuthError `ERR_INVALID_OPTION` with the name of the option */
export function requireMethod(value: SignatureMethod, name = 'signatureMethod'): SignatureMethod {
  if (signatureMethods.includes(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${name} must be one of ${signatureMethods.join(', ')}.`,
  );
}

import { type SignatureMethod, signatureMethods } from '../credentials/signature-method';
import { NexmoAuthError } from '../errors';
import type { Parameter } from '../schemes/parameters';
import { baseStringOf, isSignature } from '../schemes/sms-signature';
import { warnOnce } from '../warnings';
import { malformedSms, otherProductsHint } from './sms-parameters';

/** An inbound message or a delivery receipt, not verified yet. */
export type SmsCallback = {
  params: Record<string, string>;
  apiKey: string | undefined;
  /** Seconds since the epoch. */
  timestamp: number;
  /** The signature, in lower case. */
  sig: string;
  /** Verifies the signature (guide "Signing messages"). */
  isSignedWith: (secret: string, method: SignatureMethod) => boolean;
};

/**
 * Reads a callback and checks its form. Does not verify the signature or the time.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`
 */
export function readSmsCallback(parameters: readonly Parameter[]): SmsCallback {
  const params = Object.fromEntries(parameters);
  const { sig, timestamp } = params;
  if (sig === undefined) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_UNSIGNED',
      `The callback has no parameter sig. Check that signatures are switched on for the account. Respond with status 503, so that the platform sends the callback again. ${otherProductsHint}`,
    );
  }
  if (!/^\d{1,12}$/.test(timestamp ?? ''))
    throw malformedSms('Its timestamp is missing or not in seconds.');
  const baseString = baseStringOf(parameters.filter(([name]) => name !== 'sig'));
  return {
    params,
    apiKey: params['api-key'] ?? params['api_key'],
    timestamp: Number(timestamp),
    sig: sig.toLowerCase(),
    isSignedWith: (secret, method) => isSignature(sig, baseString, secret, method),
  };
}

/**
 * Requires a signature with one of the secrets and with `method`. Also refuses a signature that is valid with another
 * method. Such a signature proves that the sender has the secret, so the error and a warning name the other method. The
 * HTTP response does not name that method.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_SIGNATURE`
 */
export function requireSignature(
  { isSignedWith }: SmsCallback,
  secrets: readonly string[],
  method: SignatureMethod,
): void {
  const isSignedBy = (candidate: SignatureMethod) =>
    secrets.some((secret) => isSignedWith(secret, candidate));
  if (isSignedBy(method)) return;
  const other = signatureMethods.find(isSignedBy);
  if (other === undefined)
    throw wrongSignature(` Is signatureMethod (${method}) the method of the account settings?`);
  const hint = `It is signed with a signature secret of its account, but its method is not signatureMethod (${method}). Set signatureMethod to '${other}'.`;
  warnOnce('NEXMO_AUTH_SIGNATURE_METHOD', hint, `An SMS callback was refused. ${hint}`);
  throw new NexmoAuthError(
    'ERR_WEBHOOK_SIGNATURE',
    `The signature of the callback is invalid. ${hint}`,
  );
}

export function wrongSignature(hint = ''): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_SIGNATURE',
    `The callback was not signed with a secret of its account. Is the configured secret the signature secret of the account settings, not the API secret?${hint}`,
  );
}

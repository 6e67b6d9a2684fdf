import { type SignatureMethod, signatureMethods } from '../credentials/fields';
import { NexmoAuthError } from '../errors';
import type { Parameter } from '../schemes/parameters';
import { baseStringOf, isSignature } from '../schemes/signature';
import { warnOnce } from '../warnings';
import { malformed, otherProductsHint } from './sms-parameters';

/** An inbound message or a delivery receipt, its parameters not to be trusted yet. */
export type SmsCallback = {
  params: Record<string, string>;
  apiKey: string | undefined;
  /** Seconds since the epoch. */
  timestamp: number;
  /** In small letters. */
  sig: string;
  /** Whether the platform signed it with this secret (guide "Signing messages"). */
  isSignedWith: (secret: string, method: SignatureMethod) => boolean;
};

/**
 * A callback by its parameters.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`
 */
export function readSmsCallback(parameters: readonly Parameter[]): SmsCallback {
  const params = Object.fromEntries(parameters);
  const { sig, timestamp } = params;
  if (sig === undefined) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_UNSIGNED',
      `The callback has no sig. Are signatures switched on for the account? Answer 503, and the platform sends it again. ${otherProductsHint}`,
    );
  }
  if (!/^\d{1,12}$/.test(timestamp ?? '')) throw malformed('Its timestamp is missing, or no time.');
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
 * Requires a signature by one of the secrets and the method. One that is right by another method is not accepted,
 * but named, since it was made with the secret: to the program and the operator, not in the answer to the sender.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_SIGNATURE`
 */
export function requireSignature(
  { isSignedWith }: SmsCallback,
  secrets: readonly string[],
  method: SignatureMethod,
): void {
  const isSignedBy = (each: SignatureMethod) =>
    secrets.some((secret) => isSignedWith(secret, each));
  if (isSignedBy(method)) return;
  const other = signatureMethods.find(isSignedBy);
  if (other === undefined)
    throw wrongSignature(` Is signatureMethod (${method}) that of the settings, too?`);
  const hint = `It is signed with a signature secret of its account, but signatureMethod (${method}) is not that of its settings: set signatureMethod to '${other}'.`;
  warnOnce('NEXMO_AUTH_SIGNATURE_METHOD', hint, `An SMS callback was refused. ${hint}`);
  throw new NexmoAuthError(
    'ERR_WEBHOOK_SIGNATURE',
    `The signature of the callback is not valid. ${hint}`,
  );
}

export function wrongSignature(more = ''): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_SIGNATURE',
    `The callback was not signed with a secret of its account. Is it the signature secret of the settings, and not the API secret?${more}`,
  );
}

import type { SignatureMethod } from '../credentials/fields';
import { NexmoAuthError } from '../errors';
import type { Parameter } from '../schemes/parameters';
import { baseStringOf, isSignature } from '../schemes/signature';
import { malformed, otherDoor } from './sms-parameters';

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
      `The callback has no sig. Are signatures switched on for the account? Answer 503, and the platform sends it again. ${otherDoor}`,
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

import { NexmoAuthError, type NexmoAuthErrorCode } from '../errors';

/** The codes of the OAuth Problem Reporting extension, and the code `verifier_invalid`. They are grouped by remedy. */
const problems: ReadonlyMap<string, readonly [NexmoAuthErrorCode, string]> = new Map([
  ...withError(
    ['consumer_key_unknown', 'consumer_key_rejected', 'consumer_key_refused'],
    'ERR_OAUTH1_CONSUMER_REJECTED',
    'The platform rejects the consumer key. Compare it with the key in the dashboard.',
  ),
  ...withError(
    ['signature_invalid', 'signature_method_rejected'],
    'ERR_OAUTH1_SIGNATURE_REJECTED',
    'The platform rejects the signature. Check the consumer secret, and that no proxy changes the URL.',
  ),
  ...withError(
    ['timestamp_refused', 'nonce_used'],
    'ERR_OAUTH1_TIMESTAMP_REFUSED',
    'The platform rejects the timestamp or the nonce. Check the clock of this machine.',
  ),
  ...withError(
    ['token_rejected', 'token_expired', 'token_used', 'token_revoked'],
    'ERR_OAUTH1_TOKEN_REJECTED',
    'The platform rejects the token, because it is unknown, used or expired. Start again with a new request token.',
  ),
  ...withError(
    ['verifier_invalid'],
    'ERR_OAUTH1_VERIFIER_REJECTED',
    'The platform rejects the verifier, because it was not issued for this token. Start again with a new request token.',
  ),
  ...withError(
    ['permission_denied', 'permission_unknown', 'user_refused'],
    'ERR_OAUTH1_DECLINED',
    'The user declined, or has not approved yet.',
  ),
]);

/** Whether a problem has a known code, which is safe to show. */
export function isKnownProblem(name: string | null): name is string {
  return name !== null && problems.has(name);
}

/**
 * The error for a problem that the platform reports. Leaves out the text of the report, which may quote the request.
 */
export function problemError(name: string | null, status?: number): NexmoAuthError {
  const [code, message] = problems.get(String(name)) ?? [
    'ERR_OAUTH1_REFUSED',
    `The platform refuses the request${status === undefined ? '' : ` (HTTP ${status})`}.`,
  ];
  return new NexmoAuthError(code, message);
}

function withError(
  names: readonly string[],
  code: NexmoAuthErrorCode,
  message: string,
): [string, readonly [NexmoAuthErrorCode, string]][] {
  return names.map((name) => [name, [code, message]]);
}

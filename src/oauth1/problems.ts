import { NexmoAuthError, type NexmoAuthErrorCode } from '../errors';

/** The names of the OAuth Problem Reporting extension, by what one can do about them. */
const problems: ReadonlyMap<string, readonly [NexmoAuthErrorCode, string]> = new Map([
  ...named(
    ['consumer_key_unknown', 'consumer_key_rejected', 'consumer_key_refused'],
    'ERR_OAUTH1_CONSUMER_REJECTED',
    'The platform does not accept the consumer key. Check it against the dashboard.',
  ),
  ...named(
    ['signature_invalid', 'signature_method_rejected'],
    'ERR_OAUTH1_SIGNATURE_REJECTED',
    'The platform does not accept the signature. Check the consumer secret, and that a proxy does not change the URL.',
  ),
  ...named(
    ['timestamp_refused', 'nonce_used'],
    'ERR_OAUTH1_TIMESTAMP_REFUSED',
    'The platform refuses the timestamp or the nonce. Check the clock of this machine.',
  ),
  ...named(
    ['token_rejected', 'token_expired', 'token_used', 'token_revoked'],
    'ERR_OAUTH1_TOKEN_REJECTED',
    'The platform does not accept the token: it is unknown, used or expired. Begin again with a new request token.',
  ),
  ...named(
    ['verifier_invalid'],
    'ERR_OAUTH1_VERIFIER_REJECTED',
    'The verifier is not the one that the platform gave for this token. Begin again with a new request token.',
  ),
  ...named(
    ['permission_denied', 'permission_unknown', 'user_refused'],
    'ERR_OAUTH1_DECLINED',
    'The user has declined, or not approved yet.',
  ),
]);

/** Whether a problem is one of the extension, and so can be shown. */
export function isKnownProblem(name: string | null): name is string {
  return name !== null && problems.has(name);
}

/** What the platform said, as an error. Nothing of its text is passed on but a name that is known. */
export function problemOf(name: string | null, status?: number): NexmoAuthError {
  const [code, message] = problems.get(String(name)) ?? [
    'ERR_OAUTH1_REFUSED',
    `The platform refuses the request${status === undefined ? '' : ` (HTTP ${status})`}.`,
  ];
  return new NexmoAuthError(code, message);
}

function named(
  names: readonly string[],
  code: NexmoAuthErrorCode,
  message: string,
): [string, readonly [NexmoAuthErrorCode, string]][] {
  return names.map((name) => [name, [code, message]]);
}

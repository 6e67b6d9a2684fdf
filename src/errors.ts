/** Every code that a {@link NexmoAuthError} can carry, and what it means. */
export const errorMeanings = {
  // What I hold
  ERR_INVALID_CREDENTIAL:
    'A key, secret or passphrase is empty, not a string, or not of the documented form.',
  ERR_CONTROL_CHARACTER:
    'A key or secret contains a line break, a NUL character or half a character.',
  ERR_INVALID_APPLICATION_ID: 'The application ID does not have the shape of a UUID.',
  ERR_MISSING_CREDENTIAL: 'A credential is needed that the Credentials do not hold.',
  ERR_INVALID_OPTION: 'An option is unknown, or its value is not of the documented form.',
  ERR_KEY_INVALID: 'The key is neither PEM text nor anything else that the option takes.',
  ERR_KEY_NOT_RSA: 'The key is of another kind than RSA.',
  ERR_KEY_TOO_SHORT: 'The RSA key has fewer than 2048 bits.',
  ERR_KEY_IS_PUBLIC: 'A public key or certificate stands where the private key belongs.',
  ERR_KEY_PASSPHRASE_MISSING: 'The private key is encrypted and no passphrase was given.',
  ERR_KEY_PASSPHRASE_WRONG: 'The passphrase does not open the private key.',
  ERR_KEY_FILE_NOT_FOUND: 'No file is at the path given as private key.',
  ERR_KEY_FILE_IS_DIRECTORY: 'The path given as private key is a folder.',
  ERR_KEY_FILE_UNREADABLE: 'The file given as private key cannot be read.',
  // Where credentials come from
  ERR_CREDENTIALS_NOT_FOUND: 'A provider found no credentials where it looks for them.',
  ERR_CREDENTIALS_CONFLICT: 'The same credential is set twice, to different values.',
  ERR_CREDENTIALS_FILE_INVALID: 'A credentials file is not of its documented format.',
  ERR_CREDENTIALS_FILE_UNREADABLE: 'A credentials file is there and cannot be read.',
  ERR_PROVIDER_FAILED: 'A credentials provider failed, or gave something else than Credentials.',
  ERR_PROVIDER_TIMEOUT: 'A credentials provider did not answer in time.',
  ERR_PROVIDER_ABORTED: 'Credentials were no longer to be asked for, by the abort signal.',
  // Making tokens
  ERR_CLAIM_INVALID: 'A claim is not of the documented form.',
  ERR_CLAIM_RESERVED: 'A custom claim names one that has an option of its own.',
  ERR_TTL_WITH_EXP: 'Both ttl and exp were given.',
  ERR_LIFETIME_OUT_OF_BOUNDS:
    'A token would live less than 30 seconds or more than a day (for video 30 days).',
  ERR_EXP_IN_PAST: 'A token would have expired before it is signed.',
  ERR_SIGNER_NEEDS_ASYNC: 'An external signer cannot sign at once: await the token.',
  ERR_SIGNER_FAILED: 'The external signer failed.',
  ERR_SIGNER_TIMEOUT: 'The external signer did not answer in time.',
  ERR_SIGNER_ABORTED: 'A signature was no longer to be waited for, by the abort signal.',
  ERR_SIGNER_SIGNATURE: 'The external signer gave something else than the signature.',
  // Verifying tokens
  ERR_JWT_MALFORMED: 'The text is not a JWT.',
  ERR_JWT_ALGORITHM: 'The token is not signed with RS256.',
  ERR_JWT_CRITICAL_HEADER: 'The token has a crit header, of which no extension is understood.',
  ERR_JWT_SIGNATURE: 'The signature of the token is not by this key.',
  ERR_JWT_CLAIM: 'A claim of the token is missing or not of the documented form.',
  ERR_JWT_EXPIRED: 'The token has expired.',
  ERR_JWT_NOT_YET_VALID: 'The token is from the future (iat), or not to be used yet (nbf).',
  ERR_JWT_TOO_OLD: 'The token was issued longer ago than maxAge.',
  ERR_JWT_WRONG_APPLICATION: 'The token is of another application.',
  // Verifying signed parameters
  ERR_SIGNATURE_MISSING: 'The parameters lack sig or timestamp.',
  ERR_SIGNATURE_INVALID: 'The signature is not that of these parameters.',
  ERR_TIMESTAMP_OUT_OF_TOLERANCE: 'The timestamp is too far from the clock.',
  // Verifying webhooks
  ERR_WEBHOOK_UNSIGNED: 'A callback bears no signature at all.',
  ERR_WEBHOOK_MALFORMED:
    'The token or the parameters of a callback are not of the documented form.',
  ERR_WEBHOOK_ALGORITHM: 'The token of a webhook is not signed with HS256, or has a crit header.',
  ERR_WEBHOOK_UNKNOWN_ACCOUNT:
    'There is no signature secret for the account that a callback names.',
  ERR_WEBHOOK_SIGNATURE: 'The signature of a callback was not made with a secret of its account.',
  ERR_WEBHOOK_TOO_OLD: 'A callback was signed longer ago than maxAge.',
  ERR_WEBHOOK_FROM_FUTURE: 'A callback was signed later than it is by the clock.',
  ERR_WEBHOOK_TAMPERED: 'The body or query of a webhook is not the one that was signed.',
  ERR_WEBHOOK_PENDING: 'The same callback is being handled at this time.',
  ERR_WEBHOOK_HANDLED: 'The same callback was handled before.',
  ERR_WEBHOOK_BODY_PARSED: 'A parsed body was given where the raw bytes are needed.',
  ERR_WEBHOOK_BODY_TOO_LARGE: 'The body of a callback is larger than the limit.',
  ERR_WEBHOOK_SECRETS_FAILED: 'The function that looks up signature secrets failed.',
  ERR_WEBHOOK_SECRETS_TIMEOUT:
    'The function that looks up signature secrets did not answer in time.',
  ERR_REPLAY_GUARD_UNAVAILABLE: 'The replay guard cannot tell: it is full, or cannot be reached.',
  // Attaching credentials
  ERR_INVALID_REQUEST: 'The request to authenticate is not of the documented form.',
  ERR_INVALID_URL: 'The URL of the request is not absolute.',
  ERR_UNKNOWN_PRODUCT: 'No product has this name, or no product is at this URL.',
  ERR_HOST_NOT_ALLOWED: 'The URL is not one of the product, or not https.',
  ERR_INVALID_PARAMETER: 'A parameter cannot be signed: it is no single, whole text.',
  ERR_CREDENTIAL_PRESENT: 'The request already brings a credential.',
  ERR_INVALID_PRODUCT: 'A product of your own is not of the documented form.',
  ERR_SCHEME_NOT_ACCEPTED: 'The product does not take the scheme chosen for it.',
  // OAuth 1.0a, step by step
  ERR_OAUTH1_CONSUMER_REJECTED: 'The platform does not accept the consumer key.',
  ERR_OAUTH1_SIGNATURE_REJECTED: 'The platform does not accept the OAuth signature.',
  ERR_OAUTH1_TIMESTAMP_REFUSED: 'The platform refuses the OAuth timestamp or nonce.',
  ERR_OAUTH1_TOKEN_REJECTED: 'The platform does not accept the OAuth token.',
  ERR_OAUTH1_VERIFIER_REJECTED: 'The platform does not accept the OAuth verifier.',
  ERR_OAUTH1_DECLINED: 'The user has declined, or not approved yet.',
  ERR_OAUTH1_REFUSED: 'The platform refuses an OAuth step for another reason.',
  ERR_OAUTH1_TOKEN_MISMATCH: 'An OAuth callback belongs to another request token.',
  ERR_OAUTH1_ANSWER_INVALID: 'The answer to an OAuth step is not that of an OAuth 1.0a provider.',
  ERR_OAUTH1_UNREACHABLE: 'The endpoint of an OAuth step could not be reached.',
} as const;

export type NexmoAuthErrorCode = keyof typeof errorMeanings;

/**
 * The one error of this package. `code` is stable and meant for programs, `message` says what to
 * do and is meant for people. Neither they nor any other field ever holds a secret, a token or
 * the text of a key; for that reason there is never a `cause`.
 */
export class NexmoAuthError extends Error {
  override readonly name = 'NexmoAuthError';
  readonly code: NexmoAuthErrorCode;

  constructor(code: NexmoAuthErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Names the kind of a value for a message, since the value itself may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (Number.isNaN(value)) return 'NaN';
  if (value === undefined) return 'undefined';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A hint for a message about a value that should be of a class of this package: two copies of it have two classes. */
export function copyHint(value: unknown, className: string): string {
  return constructorName(value) === className
    ? ` It is a ${className} of another copy of nexmo-auth: npm ls nexmo-auth shows both, keep one.`
    : '';
}

/**
 * Names a value that should be one of several names, and what it was probably meant to be. What does not look like a
 * name is not shown: it may be a secret.
 */
export function unknownName(what: string, name: unknown, known: readonly string[]): string {
  const shown =
    typeof name === 'string' && /^[\w -]{1,30}$/.test(name) ? `${what} "${name}"` : `such ${what}`;
  const meant = typeof name === 'string' ? closest(name, known) : undefined;
  const guess = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `There is no ${shown}.${guess} Known are ${known.join(', ')}.`;
}

/** The name with the fewest changes, if these are at most a third of its characters. */
function closest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 30) return undefined;
  const plain = name.toLowerCase().replace(/[\s_]+/g, '-');
  return known
    .map((other) => ({ other, changes: distance(plain, other) }))
    .filter(({ other, changes }) => changes <= other.length / 3)
    .sort((a, b) => a.changes - b.changes)[0]?.other;
}

/** How many characters to insert, delete or replace (Levenshtein distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, character] of Array.from(a).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const replaced = Number(row[column]) + Number(character !== other);
      next.push(Math.min(replaced, Number(row[column + 1]) + 1, Number(next[column]) + 1));
    }
    row = next;
  }
  return Number(row.at(-1));
}

/** Reading it may throw. */
function constructorName(value: unknown): unknown {
  try {
    return (value as { constructor?: { name: unknown } } | null | undefined)?.constructor?.name;
  } catch {
    return undefined;
  }
}

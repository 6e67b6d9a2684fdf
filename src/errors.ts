/** Every code of a {@link NexmoAuthError}, and its cause. The docstring of each is the remedy in docs/errors.md. */
export const errorMeanings = {
  // Credentials
  /** Check the field that the message names, and the variable that it comes from. Remove spaces around it. */
  ERR_INVALID_CREDENTIAL:
    'A key, secret or passphrase is empty, not a string, or not of the documented form.',
  /** Remove the line break, for example with `trim()`, or copy the value again. */
  ERR_CONTROL_CHARACTER:
    'A key or secret contains a line break, a NUL character or half a character.',
  /** Copy the ID of the application from the dashboard: 8-4-4-4-12 hexadecimal digits. */
  ERR_INVALID_APPLICATION_ID: 'The application ID does not have the shape of a UUID.',
  /** Give `Credentials` the fields that the message names. */
  ERR_MISSING_CREDENTIAL: 'A credential is needed that the Credentials do not hold.',
  /** Correct or remove the option that the message names. */
  ERR_INVALID_OPTION: 'An option is unknown, or its value is not of the documented form.',
  /** Copy the whole key again, or convert it as the message says. Check the path if you gave one. */
  ERR_KEY_INVALID: 'The key is neither PEM text nor anything else that the option takes.',
  /** Use the RSA key of the application. */
  ERR_KEY_NOT_RSA: 'The key is of another kind than RSA.',
  /** Make a new RSA key pair of at least 2048 bits, and give its public key to the application. */
  ERR_KEY_TOO_SHORT: 'The RSA key has fewer than 2048 bits.',
  /** Give the private key. The public key belongs in the dashboard. */
  ERR_KEY_IS_PUBLIC: 'A public key or certificate stands where the private key belongs.',
  /** Give the `passphrase` too. */
  ERR_KEY_PASSPHRASE_MISSING: 'The private key is encrypted and no passphrase was given.',
  /** Check the `passphrase`. If it is right, the key is damaged: copy it again. */
  ERR_KEY_PASSPHRASE_WRONG: 'The passphrase does not open the private key.',
  /** Check the path. A relative path starts at the working folder. */
  ERR_KEY_FILE_NOT_FOUND: 'No file is at the path given as private key.',
  /** Give the path of the file in that folder. */
  ERR_KEY_FILE_IS_DIRECTORY: 'The path given as private key is a folder.',
  /** Give the user of this process the right to read the file. */
  ERR_KEY_FILE_UNREADABLE: 'The file given as private key cannot be read.',
  // Providers
  /** Set a variable or write a file in one of the places that the message names. */
  ERR_CREDENTIALS_NOT_FOUND: 'A provider found no credentials where it looks for them.',
  /** Remove one of the two values that the message names. */
  ERR_CREDENTIALS_CONFLICT: 'The same credential is set twice, to different values.',
  /** Correct the file as the message says. */
  ERR_CREDENTIALS_FILE_INVALID: 'A credentials file is not of its documented format.',
  /** Give the user of this process the right to read the file. */
  ERR_CREDENTIALS_FILE_UNREADABLE: 'A credentials file is there and cannot be read.',
  /** Log the error in your provider, which must return `Credentials`. */
  ERR_PROVIDER_FAILED: 'A credentials provider failed, or gave something else than Credentials.',
  /** Make the provider faster, or raise `deadline`. */
  ERR_PROVIDER_TIMEOUT: 'A credentials provider did not answer in time.',
  /** Nothing, if you aborted it. Otherwise look for who aborts the `signal`. */
  ERR_PROVIDER_ABORTED: 'Credentials were no longer to be asked for, by the abort signal.',
  // Signing tokens
  /** Correct the claim as the message says. */
  ERR_CLAIM_INVALID: 'A claim is not of the documented form.',
  /** Use the option of that name, or remove the claim. */
  ERR_CLAIM_RESERVED: 'A custom claim names one that has an option of its own.',
  /** Give one of them. */
  ERR_TTL_WITH_EXP: 'Both ttl and exp were given.',
  /** Choose a `ttl` or `exp` within these bounds, in seconds. */
  ERR_LIFETIME_OUT_OF_BOUNDS:
    'A token would live less than 30 seconds or more than a day (for video 30 days).',
  /** Choose a later `exp`, check the clock, or give the signer a shorter `deadline`. */
  ERR_EXP_IN_PAST: 'A token would have expired before it is signed.',
  /** Use `generateAsync`, `generateVideoTokenAsync` or `token`. */
  ERR_SIGNER_NEEDS_ASYNC: 'An external signer cannot sign at once: await the token.',
  /** Log the error in your signer. Its own error may hold a secret, so it is not passed on. */
  ERR_SIGNER_FAILED: 'The external signer failed.',
  /** Check the key service, or raise `deadline`. */
  ERR_SIGNER_TIMEOUT: 'The external signer did not answer in time.',
  /** Nothing, if you aborted it. Otherwise look for who aborts the `signal`. */
  ERR_SIGNER_ABORTED: 'A signature was no longer to be waited for, by the abort signal.',
  /** Return the bytes of an RSASSA-PKCS1-v1_5 signature with SHA-256, made with the key of `publicKey`. */
  ERR_SIGNER_SIGNATURE: 'The external signer gave something else than the signature.',
  // Verifying tokens
  /** Pass the token alone, without `Bearer ` or anything else around it. */
  ERR_JWT_MALFORMED: 'The text is not a JWT.',
  /** Refuse the token: the platform signs application tokens with RS256. */
  ERR_JWT_ALGORITHM: 'The token is not signed with RS256.',
  /** Refuse the token. */
  ERR_JWT_CRITICAL_HEADER: 'The token has a crit header, of which no extension is understood.',
  /** Check that the public key is that of the application. If it is, refuse the token. */
  ERR_JWT_SIGNATURE: 'The signature of the token is not by this key.',
  /** Refuse the token, or have its issuer add the claim that the message names. */
  ERR_JWT_CLAIM: 'A claim of the token is missing or not of the documented form.',
  /** Ask for a new token. If that is refused too, check the clocks. */
  ERR_JWT_EXPIRED: 'The token has expired.',
  /** Check the clocks, or raise `clockTolerance`. */
  ERR_JWT_NOT_YET_VALID: 'The token is from the future (iat), or not to be used yet (nbf).',
  /** Ask for a new token, or raise `maxAge`. */
  ERR_JWT_TOO_OLD: 'The token was issued longer ago than maxAge.',
  /** Check `applicationId`. If it is right, refuse the token. */
  ERR_JWT_WRONG_APPLICATION: 'The token is of another application.',
  // Verifying SMS signatures
  /** Switch on signatures in the settings of the account, and pass all parameters. */
  ERR_SIGNATURE_MISSING: 'The parameters lack sig or timestamp.',
  /** Check the signature secret and the method. If they are right, refuse the parameters. */
  ERR_SIGNATURE_INVALID: 'The signature is not that of these parameters.',
  /** Check the clock, or raise `tolerance`. */
  ERR_TIMESTAMP_OUT_OF_TOLERANCE: 'The timestamp is too far from the clock.',
  // Webhooks
  /** Switch on signed webhooks in the dashboard, and check `tokenHeader`. Answer 503: Nexmo sends it again. */
  ERR_WEBHOOK_UNSIGNED: 'A callback bears no signature at all.',
  /** Refuse the callback with 401. */
  ERR_WEBHOOK_MALFORMED:
    'The token or the parameters of a callback are not of the documented form.',
  /** Refuse the callback with 401. */
  ERR_WEBHOOK_ALGORITHM: 'The token of a webhook is not signed with HS256, or has a crit header.',
  /** Have `secrets` return the secret of the account, or refuse the callback with 401. */
  ERR_WEBHOOK_UNKNOWN_ACCOUNT:
    'There is no signature secret for the account that a callback names.',
  /** Check that the secret is the signature secret and not the API secret. If it is, refuse with 401. */
  ERR_WEBHOOK_SIGNATURE: 'The signature of a callback was not made with a secret of its account.',
  /** Check the clock. If Nexmo repeats callbacks after an outage, raise `maxAge`. */
  ERR_WEBHOOK_TOO_OLD: 'A callback was signed longer ago than maxAge.',
  /** Check the clock, or raise `clockTolerance`. */
  ERR_WEBHOOK_FROM_FUTURE: 'A callback was signed later than it is by the clock.',
  /** Refuse the callback with 401. If it is genuine, something in between changes bodies or queries. */
  ERR_WEBHOOK_TAMPERED: 'The body or query of a webhook is not the one that was signed.',
  /** Answer 503: Nexmo sends it again, in case the first attempt fails. */
  ERR_WEBHOOK_PENDING: 'The same callback is being handled at this time.',
  /** Answer 200 and do not handle it again. */
  ERR_WEBHOOK_HANDLED: 'The same callback was handled before.',
  /** Mount the adapter before the body parser, or have the parser keep the bytes as `rawBody`. */
  ERR_WEBHOOK_BODY_PARSED: 'A parsed body was given where the raw bytes are needed.',
  /** Raise `limit` if such a callback is genuine. */
  ERR_WEBHOOK_BODY_TOO_LARGE: 'The body of a callback is larger than the limit.',
  /** Log the error in your function. Answer 503: Nexmo sends the callback again. */
  ERR_WEBHOOK_SECRETS_FAILED: 'The function that looks up signature secrets failed.',
  /** Make the function faster, or raise `deadline`. */
  ERR_WEBHOOK_SECRETS_TIMEOUT:
    'The function that looks up signature secrets did not answer in time.',
  /** Check Redis and its client. If the guard is full, raise `maxEntries` or lower `maxAge`. */
  ERR_REPLAY_GUARD_UNAVAILABLE: 'The replay guard cannot tell: it is full, or cannot be reached.',
  // Requests
  /** Correct the part of the request that the message names. */
  ERR_INVALID_REQUEST: 'The request to authenticate is not of the documented form.',
  /** Give an absolute URL, with the protocol and the host. */
  ERR_INVALID_URL: 'The URL of the request is not absolute.',
  /** Check the URL or the name. Add a gateway or a new API to `products`. */
  ERR_UNKNOWN_PRODUCT: 'No product has this name, or no product is at this URL.',
  /** Use a URL of the product, with `https:`, and no option that sends the request elsewhere. */
  ERR_HOST_NOT_ALLOWED: 'The URL is not one of the product, or not https.',
  /** Send the parameter that the message names once, as a string. */
  ERR_INVALID_PARAMETER: 'A parameter cannot be signed: it is no single, whole text.',
  /** Remove what the message names: the package attaches the credential. */
  ERR_CREDENTIAL_PRESENT: 'The request already brings a credential.',
  /** Correct the product as the message says. */
  ERR_INVALID_PRODUCT: 'A product of your own is not of the documented form.',
  /** Choose one of the schemes that the message lists. */
  ERR_SCHEME_NOT_ACCEPTED: 'The product does not take the scheme chosen for it.',
  // OAuth 1.0a
  /** Check `consumerKey`. */
  ERR_OAUTH1_CONSUMER_REJECTED: 'The platform does not accept the consumer key.',
  /** Check `consumerSecret`, and that no proxy changes the URL. */
  ERR_OAUTH1_SIGNATURE_REJECTED: 'The platform does not accept the OAuth signature.',
  /** Check the clock, and that `nonce` returns a new value each time. */
  ERR_OAUTH1_TIMESTAMP_REFUSED: 'The platform refuses the OAuth timestamp or nonce.',
  /** Begin again with `requestToken`: the token was used, has expired or was revoked. */
  ERR_OAUTH1_TOKEN_REJECTED: 'The platform does not accept the OAuth token.',
  /** Begin again with `requestToken`, and pass the verifier of this user's callback. */
  ERR_OAUTH1_VERIFIER_REJECTED: 'The platform does not accept the OAuth verifier.',
  /** Tell the user, who may begin again. */
  ERR_OAUTH1_DECLINED: 'The user has declined, or not approved yet.',
  /** Check the HTTP status in the message, then begin again with `requestToken`. */
  ERR_OAUTH1_REFUSED: 'The platform refuses an OAuth step for another reason.',
  /** Keep the temporary credentials in the session of the user who was sent to approve. */
  ERR_OAUTH1_TOKEN_MISMATCH: 'An OAuth callback belongs to another request token.',
  /** Check `endpoints`, and what the axios instance does with responses. */
  ERR_OAUTH1_ANSWER_INVALID: 'The answer to an OAuth step is not that of an OAuth 1.0a provider.',
  /** Check the network and `endpoints`, then try the step again. */
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

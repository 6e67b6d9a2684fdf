/** The codes of {@link NexmoAuthError} and their causes. Each docstring is the remedy in docs/errors.md. */
export const errorMeanings = {
  // Credentials
  /** Check the field that the message names and the variable that it comes from. Remove surrounding spaces. */
  ERR_INVALID_CREDENTIAL:
    'A key, secret or passphrase is empty, not a string, or in the wrong format.',
  /** Remove the line break, for example with `trim()`, or copy the value again. */
  ERR_CONTROL_CHARACTER:
    'A key or secret contains a line break, a NUL character or a lone surrogate.',
  /** Copy the application ID from the dashboard. It has 8-4-4-4-12 hexadecimal digits. */
  ERR_INVALID_APPLICATION_ID: 'The application ID does not have the shape of a UUID.',
  /** Pass the fields that the message names to `Credentials`. */
  ERR_MISSING_CREDENTIAL: 'The Credentials lack a field that is needed.',
  /** Correct or remove the option that the message names. */
  ERR_INVALID_OPTION: 'An option is unknown, or its value is not valid.',
  /** Copy the whole key again, or convert it as the message says. Check the path, if you passed one. */
  ERR_KEY_INVALID: 'The key is neither PEM text nor any other format that the option accepts.',
  /** Use the RSA key of the application. */
  ERR_KEY_NOT_RSA: 'The key is not an RSA key.',
  /** Generate a new RSA key pair of at least 2048 bits, and set its public key in the dashboard. */
  ERR_KEY_TOO_SHORT: 'The RSA key has fewer than 2048 bits.',
  /** Pass the private key. The public key belongs in the dashboard. */
  ERR_KEY_IS_PUBLIC: 'A public key or certificate was passed as the private key.',
  /** Set `passphrase` too. */
  ERR_KEY_PASSPHRASE_MISSING: 'The private key is encrypted, but no passphrase was given.',
  /** Check the `passphrase`. If it is right, the key is damaged. Copy the key again. */
  ERR_KEY_PASSPHRASE_WRONG: 'The passphrase does not decrypt the private key.',
  /** Check the path. A relative path is resolved against the working directory. */
  ERR_KEY_FILE_NOT_FOUND: 'There is no file at the private key path.',
  /** Pass the path of the file in that directory. */
  ERR_KEY_FILE_IS_DIRECTORY: 'The private key path is a directory.',
  /** Give the user of this process read permission. */
  ERR_KEY_FILE_UNREADABLE: 'The private key file cannot be read.',
  // Providers
  /** Set a variable or write a file in one of the places that the message names. */
  ERR_CREDENTIALS_NOT_FOUND: 'A provider found no credentials.',
  /** Remove one of the two values that the message names. */
  ERR_CREDENTIALS_CONFLICT: 'The same credential is set twice, to different values.',
  /** Correct the file as the message says. */
  ERR_CREDENTIALS_FILE_INVALID: 'A credentials file is not in a documented format.',
  /** Give the user of this process read permission. */
  ERR_CREDENTIALS_FILE_UNREADABLE: 'A credentials file exists but cannot be read.',
  /** Correct what the message names, or log the error in your provider. */
  ERR_PROVIDER_FAILED:
    'A credentials provider failed, or its result is not Credentials or has a wrong expiresAt.',
  /** Make the provider faster, or raise `deadline`. */
  ERR_PROVIDER_TIMEOUT: 'A credentials provider did not answer in time.',
  /** Nothing, if you aborted the call. Otherwise find the code that aborts `signal`. */
  ERR_PROVIDER_ABORTED: 'The call to the provider was aborted by the signal.',
  // Signing tokens
  /** Correct the claim as the message says. */
  ERR_CLAIM_INVALID: 'A claim is not valid.',
  /** Use the option with that name, or remove the claim. */
  ERR_CLAIM_RESERVED: 'A custom claim has the name of a claim that is set by an option.',
  /** Set only one of the two. */
  ERR_TTL_WITH_EXP: 'Both ttl and exp are set.',
  /** Set `ttl` or `exp` (both in seconds) within these bounds. */
  ERR_LIFETIME_OUT_OF_BOUNDS:
    'The lifetime of a token is less than 30 seconds or more than one day (30 days for video).',
  /** Choose a later `exp`, check the clock, or give the signer a shorter `deadline`. */
  ERR_EXP_IN_PAST: 'The token would expire before it is signed.',
  /** Await `generateAsync`, `generateVideoTokenAsync` or `token`. */
  ERR_SIGNER_NEEDS_ASYNC: 'An external signer cannot sign synchronously.',
  /** Log the error in your signer. Its own error may hold a secret, so it is not passed on. */
  ERR_SIGNER_FAILED: 'The external signer failed.',
  /** Check the key service, or raise `deadline`. */
  ERR_SIGNER_TIMEOUT: 'The external signer did not answer in time.',
  /** Nothing, if you aborted the call. Otherwise find the code that aborts `signal`. */
  ERR_SIGNER_ABORTED: 'Signing was aborted by the signal.',
  /** Return the bytes of an RSASSA-PKCS1-v1_5 signature with SHA-256 that `publicKey` verifies. */
  ERR_SIGNER_SIGNATURE: 'The external signer did not return a valid signature.',
  // Verifying tokens
  /** Pass only the token, without `Bearer `. */
  ERR_JWT_MALFORMED: 'The string is not a JWT.',
  /** Refuse the token, since the platform signs application tokens with RS256. */
  ERR_JWT_ALGORITHM: 'The token is not signed with RS256.',
  /** Refuse the token. */
  ERR_JWT_CRITICAL_HEADER: 'The token has a crit header, but no extension is supported.',
  /** Check that the public key belongs to the application. If it does, refuse the token. */
  ERR_JWT_SIGNATURE: 'The signature of the token does not match the public key.',
  /** Refuse the token, or have its issuer add the claim that the message names. */
  ERR_JWT_CLAIM: 'A claim of the token is missing or not valid.',
  /** Request a new token. If it is also refused, check the clocks. */
  ERR_JWT_EXPIRED: 'The token has expired.',
  /** Check the clocks, or raise `clockTolerance`. */
  ERR_JWT_NOT_YET_VALID: 'The iat or nbf of the token is in the future.',
  /** Request a new token, or raise `maxAge`. */
  ERR_JWT_TOO_OLD: 'The token is older than maxAge.',
  /** Check `applicationId`. If it is right, refuse the token. */
  ERR_JWT_WRONG_APPLICATION: 'The token was issued for another application.',
  // Verifying SMS signatures
  /** Enable signatures in the account settings, and pass all parameters. */
  ERR_SIGNATURE_MISSING: 'The parameters lack sig or timestamp.',
  /** Check the signature secret and the method. If they are right, refuse the parameters. */
  ERR_SIGNATURE_INVALID: 'The signature does not match the parameters.',
  /** Check the clock, or raise `tolerance`. */
  ERR_TIMESTAMP_OUT_OF_TOLERANCE:
    'The timestamp differs from the clock by more than the tolerance.',
  // Webhooks
  /** Enable signed webhooks in the dashboard, and check `tokenHeader`. Respond with 503, so that Nexmo sends the callback again. */
  ERR_WEBHOOK_UNSIGNED: 'A callback has no signature.',
  /** Refuse the callback with 401. */
  ERR_WEBHOOK_MALFORMED: 'The token or the parameters of a callback are malformed.',
  /** Refuse the callback with 401. */
  ERR_WEBHOOK_ALGORITHM: 'The token of a webhook is not signed with HS256, or has a crit header.',
  /** Return the secret of the account from `secrets`, or refuse the callback with 401. */
  ERR_WEBHOOK_UNKNOWN_ACCOUNT: 'There is no signature secret for the account named in a callback.',
  /** Check that the secret is the signature secret, not the API secret. If so, refuse the callback with 401. */
  ERR_WEBHOOK_SIGNATURE: 'The signature of a callback was not made with a secret of its account.',
  /** Check the clock. If Nexmo repeats callbacks after an outage, raise `maxAge`. */
  ERR_WEBHOOK_TOO_OLD: 'A callback is older than maxAge.',
  /** Check the clock, or raise `clockTolerance`. */
  ERR_WEBHOOK_FROM_FUTURE: 'A callback is dated later than the clock.',
  /** Refuse the callback with 401. If it is genuine, a proxy changes its body or query. */
  ERR_WEBHOOK_TAMPERED: 'The body or query of a webhook differs from what was signed.',
  /** Respond with 503, so that Nexmo sends the callback again in case the first attempt fails. */
  ERR_WEBHOOK_PENDING: 'The same callback is still being handled.',
  /** Respond with 200 and do not handle it again. */
  ERR_WEBHOOK_HANDLED: 'The same callback was already handled.',
  /** Mount the adapter before the body parser, or let the parser keep the bytes as `rawBody`. */
  ERR_WEBHOOK_BODY_PARSED: 'The body was parsed, but verification needs the raw bytes.',
  /** Raise `limit` if such a callback is genuine. */
  ERR_WEBHOOK_BODY_TOO_LARGE: 'The body of a callback is larger than the limit.',
  /** Log the error in your function. Respond with 503, so that Nexmo sends the callback again. */
  ERR_WEBHOOK_SECRETS_FAILED: 'The function that looks up signature secrets failed.',
  /** Make the function faster, or raise `deadline`. */
  ERR_WEBHOOK_SECRETS_TIMEOUT:
    'The function that looks up signature secrets did not answer in time.',
  /** Check Redis and its client. If the guard is full, raise `maxEntries` or lower `maxAge`. */
  ERR_REPLAY_GUARD_UNAVAILABLE: 'The replay guard is full or cannot be reached.',
  // Requests
  /** Correct the part of the request that the message names. */
  ERR_INVALID_REQUEST: 'The request to authenticate is not valid.',
  /** Pass an absolute URL, with protocol and host. */
  ERR_INVALID_URL: 'The URL of the request is not absolute.',
  /** Check the URL or the name. Add a gateway or a new API to `products`. */
  ERR_UNKNOWN_PRODUCT: 'No product has this name or this URL.',
  /** Use an `https:` URL of the product, and no option that redirects the request. */
  ERR_HOST_NOT_ALLOWED: 'The URL does not belong to the product, or is not https.',
  /** Send the parameter that the message names once, as a string. */
  ERR_INVALID_PARAMETER: 'A parameter to sign must be a single, well-formed string.',
  /** Remove the credential that the message names, since the package attaches it. */
  ERR_CREDENTIAL_PRESENT: 'The request already contains a credential.',
  /** Correct the product as the message says. */
  ERR_INVALID_PRODUCT: 'A custom product is not valid.',
  /** Choose one of the schemes that the message lists. */
  ERR_SCHEME_NOT_ACCEPTED: 'The product does not accept the chosen scheme.',
  // OAuth 1.0a
  /** Check `consumerKey`. */
  ERR_OAUTH1_CONSUMER_REJECTED: 'The platform does not accept the consumer key.',
  /** Check `consumerSecret`, and that no proxy changes the URL. */
  ERR_OAUTH1_SIGNATURE_REJECTED: 'The platform does not accept the OAuth signature.',
  /** Check the clock, and that `nonce` returns a new value each time. */
  ERR_OAUTH1_TIMESTAMP_REFUSED: 'The platform refuses the OAuth timestamp or nonce.',
  /** Start again with `requestToken`, since the token was used, has expired or was revoked. */
  ERR_OAUTH1_TOKEN_REJECTED: 'The platform does not accept the OAuth token.',
  /** Start again with `requestToken`, and pass the verifier of this user's callback. */
  ERR_OAUTH1_VERIFIER_REJECTED: 'The platform does not accept the OAuth verifier.',
  /** Tell the user that the approval is missing. The user may start again. */
  ERR_OAUTH1_DECLINED: 'The user declined, or has not approved yet.',
  /** Check the HTTP status in the message, then start again with `requestToken`. */
  ERR_OAUTH1_REFUSED: 'The platform refuses an OAuth step for a reason that has no other code.',
  /** Keep the temporary credentials in the session of the user whom you redirect for approval. */
  ERR_OAUTH1_TOKEN_MISMATCH: 'An OAuth callback belongs to another request token.',
  /** Check `endpoints` and the response interceptors of the axios instance. */
  ERR_OAUTH1_ANSWER_INVALID: 'The response to an OAuth step does not conform to OAuth 1.0a.',
  /** Check the network and `endpoints`, then try the step again. */
  ERR_OAUTH1_UNREACHABLE: 'The endpoint of an OAuth step could not be reached.',
} as const;

export type NexmoAuthErrorCode = keyof typeof errorMeanings;

/**
 * The only error class of this package. `code` is stable and meant for programs. `message` says what to do and is meant
 * for people. No field ever holds a secret, a token or the text of a key. Therefore there is no `cause`.
 */
export class NexmoAuthError extends Error {
  override readonly name = 'NexmoAuthError';
  readonly code: NexmoAuthErrorCode;

  constructor(code: NexmoAuthErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The type of a value, for a message, which must not show the value, since it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (Number.isNaN(value)) return 'NaN';
  if (value === undefined) return 'undefined';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A hint for a value that is an instance of the same class from another copy of this package. */
export function copyHint(value: unknown, className: string): string {
  return constructorName(value) === className
    ? ` It is a ${className} of another copy of nexmo-auth. Run npm ls nexmo-auth, and remove one of the copies.`
    : '';
}

/**
 * A message for an unknown name, with the closest known name and all known names. Does not show text that does not look
 * like a name, since it may be a secret.
 */
export function unknownName(what: string, name: unknown, known: readonly string[]): string {
  const shown =
    typeof name === 'string' && /^[\w -]{1,30}$/.test(name) ? `${what} "${name}"` : `such ${what}`;
  const similar = typeof name === 'string' ? closestName(name, known) : undefined;
  const hint = similar === undefined ? '' : ` Did you mean "${similar}"?`;
  return `There is no ${shown}.${hint} Known names: ${known.join(', ')}.`;
}

/** The known name with the smallest distance, if the distance is at most a third of the name's length. */
function closestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > 30) return undefined;
  const normalized = name.toLowerCase().replace(/[\s_]+/g, '-');
  return known
    .map((candidate) => ({ candidate, distance: levenshtein(normalized, candidate) }))
    .filter(({ candidate, distance }) => distance <= candidate.length / 3)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** The number of characters to insert, delete or replace in order to turn one text into the other. */
function levenshtein(a: string, b: string): number {
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

/** The name of a value's class. Undefined if a getter throws. */
function constructorName(value: unknown): unknown {
  try {
    return (value as { constructor?: { name: unknown } } | null | undefined)?.constructor?.name;
  } catch {
    return undefined;
  }
}

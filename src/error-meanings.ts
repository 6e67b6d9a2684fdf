export type ErrorMeaning = { cause: string; remedy: string };

/** The codes of `NexmoAuthError`, in groups. Source of docs/errors.md and of `nexmo-auth explain`. */
export const errorGroups = {
  Credentials: {
    ERR_INVALID_CREDENTIAL: {
      cause: 'A key, secret or passphrase is empty, not a string, or in the wrong format.',
      remedy:
        'Check the field that the message names and the variable that it comes from. Remove surrounding spaces.',
    },
    ERR_CONTROL_CHARACTER: {
      cause: 'A key or secret contains a line break, a NUL character or a lone surrogate.',
      remedy: 'Remove the line break, for example with `trim()`, or copy the value again.',
    },
    ERR_INVALID_APPLICATION_ID: {
      cause: 'The application ID does not have the shape of a UUID.',
      remedy: 'Copy the application ID from the dashboard. It has 8-4-4-4-12 hexadecimal digits.',
    },
    ERR_MISSING_CREDENTIAL: {
      cause: 'The Credentials lack a field that is needed.',
      remedy: 'Pass the fields that the message names to `Credentials`.',
    },
    ERR_INVALID_OPTION: {
      cause: 'An option is unknown, or its value is not valid.',
      remedy: 'Correct or remove the option that the message names.',
    },
    ERR_KEY_INVALID: {
      cause: 'The key is neither PEM text nor any other format that the option accepts.',
      remedy:
        'Copy the whole key again, or convert it as the message says. Check the path, if you passed one.',
    },
    ERR_KEY_NOT_RSA: {
      cause: 'The key is not an RSA key.',
      remedy: 'Use the RSA key of the application.',
    },
    ERR_KEY_TOO_SHORT: {
      cause: 'The RSA key has fewer than 2048 bits.',
      remedy:
        'Generate a new RSA key pair of at least 2048 bits, and set its public key in the dashboard.',
    },
    ERR_KEY_IS_PUBLIC: {
      cause: 'A public key or certificate was passed as the private key.',
      remedy: 'Pass the private key. The public key belongs in the dashboard.',
    },
    ERR_KEY_PASSPHRASE_MISSING: {
      cause: 'The private key is encrypted, but no passphrase was given.',
      remedy: 'Set `passphrase` too.',
    },
    ERR_KEY_PASSPHRASE_WRONG: {
      cause: 'The passphrase does not decrypt the private key.',
      remedy: 'Check the `passphrase`. If it is right, the key is damaged. Copy the key again.',
    },
    ERR_KEY_FILE_NOT_FOUND: {
      cause: 'There is no file at the private key path.',
      remedy: 'Check the path. A relative path is resolved against the working directory.',
    },
    ERR_KEY_FILE_IS_DIRECTORY: {
      cause: 'The private key path is a directory.',
      remedy: 'Pass the path of the file in that directory.',
    },
    ERR_KEY_FILE_UNREADABLE: {
      cause:
        'The private key file cannot be read, has more than 1 MiB, or is a device or a named pipe.',
      remedy: 'Give the user of this process read permission, or pass the path of a regular file.',
    },
  },
  Providers: {
    ERR_CREDENTIALS_NOT_FOUND: {
      cause: 'A provider found no credentials.',
      remedy: 'Set a variable or write a file in one of the places that the message names.',
    },
    ERR_CREDENTIALS_CONFLICT: {
      cause: 'The same credential is set twice, to different values.',
      remedy: 'Remove one of the two values that the message names.',
    },
    ERR_CREDENTIALS_FILE_INVALID: {
      cause: 'A credentials file is not in a documented format.',
      remedy: 'Correct the file as the message says.',
    },
    ERR_CREDENTIALS_FILE_UNREADABLE: {
      cause:
        'A credentials file exists but cannot be read, has more than 1 MiB, or is a device or a named pipe.',
      remedy: 'Give the user of this process read permission, or pass the path of a regular file.',
    },
    ERR_CREDENTIALS_PENDING: {
      cause:
        'An official client read a field of `vonageAuth` before the provider had returned credentials, or after these had expired.',
      remedy:
        'Await a method of `vonageAuth`, such as `createBearerHeader()`, before the first request, or pass `Credentials`.',
    },
    ERR_PROVIDER_FAILED: {
      cause:
        'A credentials provider failed, or its result is not Credentials or has a wrong expiresAt.',
      remedy: 'Correct what the message names, or log the error in your provider.',
    },
    ERR_PROVIDER_TIMEOUT: {
      cause: 'A credentials provider did not answer in time.',
      remedy: 'Make the provider faster, or raise `deadline`.',
    },
    ERR_PROVIDER_ABORTED: {
      cause: 'The call to the provider was aborted by the signal.',
      remedy: 'Nothing, if you aborted the call. Otherwise find the code that aborts `signal`.',
    },
  },
  'Signing tokens': {
    ERR_CLAIM_INVALID: {
      cause: 'A claim is not valid.',
      remedy: 'Correct the claim as the message says.',
    },
    ERR_CLAIM_RESERVED: {
      cause: 'A custom claim has the name of a claim that is set by an option.',
      remedy: 'Use the option with that name, or remove the claim.',
    },
    ERR_TTL_WITH_EXP: {
      cause: 'Both ttl and exp are set.',
      remedy: 'Set only one of the two.',
    },
    ERR_LIFETIME_OUT_OF_BOUNDS: {
      cause:
        'The lifetime of a token is less than 30 seconds or more than one day (30 days for video).',
      remedy: 'Set `ttl` or `exp` (both in seconds) within these bounds.',
    },
    ERR_EXP_IN_PAST: {
      cause: 'The token would expire before it is signed.',
      remedy: 'Choose a later `exp`, check the clock, or give the signer a shorter `deadline`.',
    },
    ERR_SIGNER_NEEDS_ASYNC: {
      cause: 'An external signer cannot sign synchronously.',
      remedy: 'Await `generateAsync`, `generateVideoTokenAsync` or `token`.',
    },
    ERR_SIGNER_FAILED: {
      cause: 'The external signer failed.',
      remedy:
        'Log the error in your signer. The error may hold a secret, so the package does not pass it on.',
    },
    ERR_SIGNER_TIMEOUT: {
      cause: 'The external signer did not answer in time.',
      remedy: 'Check the key service, or raise `deadline`.',
    },
    ERR_SIGNER_ABORTED: {
      cause: 'Signing was aborted by the signal.',
      remedy: 'Nothing, if you aborted the call. Otherwise find the code that aborts `signal`.',
    },
    ERR_SIGNER_SIGNATURE: {
      cause: 'The external signer did not return a valid signature.',
      remedy:
        'Return the bytes of an RSASSA-PKCS1-v1_5 signature with SHA-256 that `publicKey` verifies.',
    },
  },
  'Verifying tokens': {
    ERR_JWT_MALFORMED: {
      cause: 'The string is not a JWT.',
      remedy: 'Pass only the token, without `Bearer `.',
    },
    ERR_JWT_ALGORITHM: {
      cause: 'The token is not signed with RS256.',
      remedy: 'Refuse the token, since the platform signs application tokens with RS256.',
    },
    ERR_JWT_CRITICAL_HEADER: {
      cause: 'The token has a crit header, but no extension is supported.',
      remedy: 'Refuse the token.',
    },
    ERR_JWT_SIGNATURE: {
      cause: 'The signature of the token does not match the public key.',
      remedy: 'Check that the public key belongs to the application. If it does, refuse the token.',
    },
    ERR_JWT_CLAIM: {
      cause: 'A claim of the token is missing or not valid.',
      remedy: 'Refuse the token, or have its issuer add the claim that the message names.',
    },
    ERR_JWT_EXPIRED: {
      cause: 'The token has expired.',
      remedy: 'Request a new token. If it is also refused, check the clocks.',
    },
    ERR_JWT_NOT_YET_VALID: {
      cause: 'The iat or nbf of the token is in the future.',
      remedy: 'Check the clocks, or raise `clockTolerance`.',
    },
    ERR_JWT_TOO_OLD: {
      cause: 'The token is older than maxAge.',
      remedy: 'Request a new token, or raise `maxAge`.',
    },
    ERR_JWT_WRONG_APPLICATION: {
      cause: 'The token was issued for another application.',
      remedy: 'Check `applicationId`. If it is right, refuse the token.',
    },
  },
  'Verifying SMS signatures': {
    ERR_SIGNATURE_MISSING: {
      cause: 'The parameters lack sig or timestamp.',
      remedy: 'Enable signatures in the account settings, and pass all parameters.',
    },
    ERR_SIGNATURE_INVALID: {
      cause: 'The signature does not match the parameters.',
      remedy:
        'Check the signature secret and the method. If they are right, refuse the parameters.',
    },
    ERR_TIMESTAMP_OUT_OF_TOLERANCE: {
      cause: 'The timestamp differs from the clock by more than the tolerance.',
      remedy: 'Check the clock, or raise `tolerance`.',
    },
  },
  Webhooks: {
    ERR_WEBHOOK_UNSIGNED: {
      cause: 'A callback has no signature.',
      remedy:
        'Enable signed webhooks in the dashboard, and check `tokenHeader`. Respond with 503, so that Nexmo sends the callback again.',
    },
    ERR_WEBHOOK_MALFORMED: {
      cause: 'The token or the parameters of a callback are malformed.',
      remedy: 'Refuse the callback with 401.',
    },
    ERR_WEBHOOK_ALGORITHM: {
      cause: 'The token of a webhook is not signed with HS256, or has a crit header.',
      remedy: 'Refuse the callback with 401.',
    },
    ERR_WEBHOOK_UNKNOWN_ACCOUNT: {
      cause: 'There is no signature secret for the account named in a callback.',
      remedy: 'Return the secret of the account from `secrets`, or refuse the callback with 401.',
    },
    ERR_WEBHOOK_SIGNATURE: {
      cause: 'The signature of a callback was not made with a secret of its account.',
      remedy:
        'Check that the secret is the signature secret, not the API secret. If the secret is right, refuse the callback with 401.',
    },
    ERR_WEBHOOK_TOO_OLD: {
      cause: 'A callback is older than maxAge.',
      remedy: 'Check the clock. If Nexmo repeats callbacks after an outage, raise `maxAge`.',
    },
    ERR_WEBHOOK_FROM_FUTURE: {
      cause: 'A callback is dated later than the clock.',
      remedy: 'Check the clock, or raise `clockTolerance`.',
    },
    ERR_WEBHOOK_TAMPERED: {
      cause: 'The body or query of a webhook differs from what was signed.',
      remedy: 'Refuse the callback with 401. If it is genuine, a proxy changes its body or query.',
    },
    ERR_WEBHOOK_PENDING: {
      cause: 'The same callback is still being handled.',
      remedy:
        'Respond with 503, so that Nexmo sends the callback again in case the first attempt fails.',
    },
    ERR_WEBHOOK_HANDLED: {
      cause: 'The same callback was already handled.',
      remedy: 'Respond with 200 and do not handle it again.',
    },
    ERR_WEBHOOK_BODY_PARSED: {
      cause: 'The body was parsed, but verification needs the raw bytes.',
      remedy:
        'Mount the adapter before the body parser, or let the parser keep the bytes as `rawBody`.',
    },
    ERR_WEBHOOK_BODY_TOO_LARGE: {
      cause: 'The body of a callback is larger than the limit.',
      remedy: 'Raise `limit` if such a callback is genuine.',
    },
    ERR_WEBHOOK_SECRETS_FAILED: {
      cause: 'The function that looks up signature secrets failed.',
      remedy:
        'Log the error in your function. Respond with 503, so that Nexmo sends the callback again.',
    },
    ERR_WEBHOOK_SECRETS_TIMEOUT: {
      cause: 'The function that looks up signature secrets did not answer in time.',
      remedy: 'Make the function faster, or raise `deadline`.',
    },
    ERR_REPLAY_GUARD_UNAVAILABLE: {
      cause: 'The replay guard is full or cannot be reached.',
      remedy:
        'Check Redis and its client. If the guard is full, raise `maxEntries` or lower `maxAge`.',
    },
  },
  Requests: {
    ERR_INVALID_REQUEST: {
      cause: 'The request to authenticate is not valid.',
      remedy: 'Correct the part of the request that the message names.',
    },
    ERR_INVALID_URL: {
      cause: 'The URL of the request is not absolute.',
      remedy: 'Pass an absolute URL, with protocol and host.',
    },
    ERR_UNKNOWN_PRODUCT: {
      cause: 'No product has this name or this URL.',
      remedy: 'Check the URL or the name. Add a gateway or a new API to `products`.',
    },
    ERR_HOST_NOT_ALLOWED: {
      cause: 'The URL does not belong to the product, or is not https.',
      remedy: 'Use an `https:` URL of the product, and no option that redirects the request.',
    },
    ERR_INVALID_PARAMETER: {
      cause: 'A parameter to sign is not a single, well-formed string.',
      remedy: 'Send the parameter that the message names once, as a string.',
    },
    ERR_CREDENTIAL_PRESENT: {
      cause: 'The request already contains a credential.',
      remedy:
        'Remove the credential that the message names, since the package attaches the right credential.',
    },
    ERR_INVALID_PRODUCT: {
      cause: 'A custom product is not valid.',
      remedy: 'Correct the product as the message says.',
    },
    ERR_SCHEME_NOT_ACCEPTED: {
      cause: 'The product does not accept the chosen scheme.',
      remedy: 'Choose one of the schemes that the message lists.',
    },
    ERR_RESPONSE_TOO_LARGE: {
      cause:
        'A response that refuses the credential, or is searched for a refusal, has more than 16 MiB.',
      remedy:
        'If such a response is genuine, remove `refusal` from the product, or the subscriber of `nexmo-auth:request:refused`.',
    },
  },
  'OAuth 1.0a': {
    ERR_OAUTH1_CONSUMER_REJECTED: {
      cause: 'The platform does not accept the consumer key.',
      remedy: 'Check `consumerKey`.',
    },
    ERR_OAUTH1_SIGNATURE_REJECTED: {
      cause: 'The platform does not accept the OAuth signature.',
      remedy: 'Check `consumerSecret`, and that no proxy changes the URL.',
    },
    ERR_OAUTH1_TIMESTAMP_REFUSED: {
      cause: 'The platform refuses the OAuth timestamp or nonce.',
      remedy: 'Check the clock, and that `nonce` returns a new value each time.',
    },
    ERR_OAUTH1_TOKEN_REJECTED: {
      cause: 'The platform does not accept the OAuth token.',
      remedy:
        'Start again with `requestToken`, since the token was used, has expired or was revoked.',
    },
    ERR_OAUTH1_VERIFIER_REJECTED: {
      cause: 'The platform does not accept the OAuth verifier.',
      remedy: "Start again with `requestToken`, and pass the verifier of this user's callback.",
    },
    ERR_OAUTH1_DECLINED: {
      cause: 'The user declined, or has not approved yet.',
      remedy: 'Tell the user that the approval is missing. The user may start again.',
    },
    ERR_OAUTH1_REFUSED: {
      cause: 'The platform refuses an OAuth step for a reason that has no other code.',
      remedy: 'Check the HTTP status in the message, then start again with `requestToken`.',
    },
    ERR_OAUTH1_TOKEN_MISMATCH: {
      cause: 'An OAuth callback belongs to another request token.',
      remedy:
        'Keep the temporary credentials in the session of the user whom you redirect for approval.',
    },
    ERR_OAUTH1_ANSWER_INVALID: {
      cause: 'The response to an OAuth step does not conform to OAuth 1.0a.',
      remedy: 'Check `endpoints` and the response interceptors of the axios instance.',
    },
    ERR_OAUTH1_UNREACHABLE: {
      cause: 'The endpoint of an OAuth step could not be reached.',
      remedy: 'Check the network and `endpoints`, then try the step again.',
    },
  },
} satisfies Record<string, Record<string, ErrorMeaning>>;

/** The codes of `NexmoAuthError`. */
export type NexmoAuthErrorCode = {
  [Group in keyof typeof errorGroups]: keyof (typeof errorGroups)[Group];
}[keyof typeof errorGroups];

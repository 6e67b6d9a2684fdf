/** Questions as readers type them into the search, and the page that answers each, without .html. */
export const questions = [
  ['why do I get a 401', 'troubleshooting'],
  ['which schemes does a product accept', 'products'],
  ['load the key from a secret manager', 'how-to/load-the-key-from-aws-secrets-manager'],
  ['rotate an API secret', 'tutorials/rotate-a-secret'],
  ['how long is a token cached', 'tokens'],
  ['sign tokens with AWS KMS', 'tokens'],
  ['private key format not accepted', 'private-keys'],
  ['convert a private key to PKCS#8', 'private-keys'],
  ['use with got or ky', 'http-clients'],
  ['does fetch follow redirects', 'http-clients'],
  ['verify a webhook in express', 'how-to/verify-webhooks-with-a-global-parser'],
  ['webhook body was parsed before verification', 'webhooks'],
  ['prevent replay of webhooks with Redis', 'webhooks'],
  ['test without an account', 'testing'],
  ['migrate from @vonage/auth', 'migrate-from-vonage-auth'],
  ['use credentials in @vonage/server-sdk', 'official-sdks'],
  ['log every refused request', 'diagnostics'],
  ['decode a JWT on the command line', 'command-line'],
  // VitePress does not index pages of dynamic routes. docs/errors.md links to the page of each code.
  ['ERR_JWT_EXPIRED', 'errors'],
  ['report a vulnerability', 'reference/security'],
];

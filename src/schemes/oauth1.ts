import { createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from '../credentials/credentials';
import type { OAuth1Credentials } from '../credentials/fields';
import { NexmoAuthError } from '../errors';
import { formParameters, withFormType } from './body';
import { type Parameter, queryParameters, refuseFields } from './parameters';
import {
  type AuthenticatedRequest,
  type PlainRequest,
  type SchemeContext,
  withAuthorization,
} from './scheme';

/**
 * Adds a signed `Authorization: OAuth` header (RFC 5849, sections 3.4.2 and 3.5.1; guide "OAuth"). Signs the parameters
 * of the query and of a form. Does not sign other bodies.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` for a parameter that cannot be signed; `ERR_INVALID_REQUEST` for a
 * form that cannot be read, and for parameters or a form in another field than `params` and `data`;
 * `ERR_INVALID_OPTION` for a nonce that is not a string
 */
export function oauth1(
  request: PlainRequest,
  credentials: Credentials,
  context: SchemeContext,
): AuthenticatedRequest {
  const { Authorization, secrets } = sign(request, credentials.reveal('oauth1'), context);
  return { request: withAuthorization(withFormType(request), Authorization), secrets };
}

/**
 * Signs a request. Returns the value of the Authorization header and the secrets in that value. `further` holds the
 * parameters that a step of the OAuth flow adds to the header.
 */
export function sign(
  request: PlainRequest,
  keys: OAuth1Credentials,
  { now, nonce }: Pick<SchemeContext, 'now' | 'nonce'>,
  further: Record<`oauth_${string}`, string> = {},
): { Authorization: string; secrets: string[] } {
  const protocol = {
    oauth_consumer_key: keys.consumerKey,
    oauth_nonce: nonce(),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(now()),
    ...(keys.token !== undefined && { oauth_token: keys.token }),
    oauth_version: '1.0',
    ...further,
  };
  // JSON is not signed (RFC 5849, section 3.4.1.3.1).
  refuseFields(request, ['searchParams', 'query', 'form', 'body']);
  const parameters = [...queryParameters(request), ...formParameters(request)];
  const all = [...parameters, ...Object.entries(protocol)];
  const base = baseString(request.method ?? 'GET', request.url, all);
  const oauth_signature = oauth1Signature(base, keys);
  const header = encodeAndSort(Object.entries({ ...protocol, oauth_signature }))
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
  const token = keys.token === undefined ? [] : [keys.token];
  return { Authorization: `OAuth ${header}`, secrets: [...token, oauth_signature] };
}

export function randomNonce(): string {
  return randomBytes(16).toString('hex');
}

/**
 * @throws NexmoAuthError `ERR_INVALID_OPTION` if `nonce` is not a function. The returned function throws the same error
 * if `nonce` does not return a usable string
 */
export function requireNonce(nonce: () => unknown): () => string {
  if (typeof nonce !== 'function') throw invalidNonce();
  return () => {
    const text = nonce();
    if (typeof text !== 'string' || text === '' || /\p{Surrogate}/u.test(text))
      throw invalidNonce();
    return text;
  };
}

function invalidNonce(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'nonce must be a function that returns a string.',
  );
}

/** The signature base string (RFC 5849, section 3.4.1). */
export function baseString(method: string, url: string, parameters: readonly Parameter[]): string {
  // The class URL converts the host to lower case and removes a default port, as section 3.4.1.2 requires.
  const { origin, pathname } = new URL(url);
  const normalized = encodeAndSort(parameters).map(([name, value]) => `${name}=${value}`);
  return [method.toUpperCase(), origin + pathname, normalized.join('&')]
    .map(percentEncode)
    .join('&');
}

/** HMAC-SHA1 of a base string, in base64 (RFC 5849, section 3.4.2). */
export function oauth1Signature(
  text: string,
  { consumerSecret, tokenSecret = '' }: Pick<OAuth1Credentials, 'consumerSecret' | 'tokenSecret'>,
): string {
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac('sha1', key).update(text).digest('base64');
}

/** Percent-encodes parameters and sorts them by encoded name, then by encoded value (section 3.4.1.3.2). */
function encodeAndSort(parameters: readonly Parameter[]): Parameter[] {
  return parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
}

/** Percent-encodes all characters except the unreserved characters of RFC 3986 (RFC 5849, section 3.6). */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

import { createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from '../credentials/credentials';
import type { OAuth1Credentials } from '../credentials/fields';
import { NexmoAuthError } from '../errors';
import { formParameters, withFormType } from './body';
import { type Parameter, queryParameters } from './parameters';
import {
  type AuthenticatedRequest,
  type PlainRequest,
  type SchemeContext,
  withAuthorization,
} from './scheme';

/**
 * A signed `Authorization: OAuth` header (RFC 5849, sections 3.4.2 and 3.5.1; guide "OAuth"): the
 * parameters of the query and of a form body are signed, a body of another kind is not.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` for what cannot be signed; `ERR_INVALID_REQUEST` for
 * a form that cannot be read; `ERR_CREDENTIAL_PRESENT` for parameters of OAuth among those of the
 * request; `ERR_INVALID_OPTION` for a nonce that is no text
 */
export function oauth1(
  request: PlainRequest,
  credentials: Credentials,
  context: SchemeContext,
): AuthenticatedRequest {
  const { Authorization, secrets } = sign(request, credentials.reveal('oauth1'), context);
  return { request: withAuthorization(withFormType(request), Authorization), secrets };
}

/** The Authorization header and the secrets in it; `further` are protocol parameters that only some requests have. */
export function sign(
  request: PlainRequest,
  held: OAuth1Credentials,
  { now, nonce }: Pick<SchemeContext, 'now' | 'nonce'>,
  further: Record<`oauth_${string}`, string> = {},
): { Authorization: string; secrets: string[] } {
  const protocol = {
    oauth_consumer_key: held.consumerKey,
    oauth_nonce: nonce(),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(now()),
    ...(held.token !== undefined && { oauth_token: held.token }),
    oauth_version: '1.0',
    ...further,
  };
  const parameters = [...queryParameters(request), ...formParameters(request)];
  if (parameters.some(([name]) => name.startsWith('oauth_'))) {
    throw new NexmoAuthError(
      'ERR_CREDENTIAL_PRESENT',
      'The request already brings parameters of OAuth, which may be there only once (RFC 5849, section 3.1).',
    );
  }
  const all = [...parameters, ...Object.entries(protocol)];
  const text = baseString(request.method ?? 'GET', request.url, all);
  const oauth_signature = oauth1Signature(text, held);
  const header = encoded(Object.entries({ ...protocol, oauth_signature }))
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
  const token = held.token === undefined ? [] : [held.token];
  return { Authorization: `OAuth ${header}`, secrets: [...token, oauth_signature] };
}

export function randomNonce(): string {
  return randomBytes(16).toString('hex');
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION`, also for a nonce that is no text once it is asked for */
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
  return new NexmoAuthError('ERR_INVALID_OPTION', 'nonce must be a function that gives a text.');
}

/** The signature base string (RFC 5849, section 3.4.1). */
export function baseString(method: string, url: string, parameters: readonly Parameter[]): string {
  // A URL object has what section 3.4.1.2 asks for: lower case, and no default port.
  const { origin, pathname } = new URL(url);
  const normalized = encoded(parameters).map(([name, value]) => `${name}=${value}`);
  return [method.toUpperCase(), origin + pathname, normalized.join('&')].map(encode).join('&');
}

/** HMAC-SHA1 of a base string, in base64 (RFC 5849, section 3.4.2). */
export function oauth1Signature(
  text: string,
  { consumerSecret, tokenSecret = '' }: Pick<OAuth1Credentials, 'consumerSecret' | 'tokenSecret'>,
): string {
  const key = `${encode(consumerSecret)}&${encode(tokenSecret)}`;
  return createHmac('sha1', key).update(text).digest('base64');
}

/** Percent-encoded, and sorted by the bytes of that, name before value (section 3.4.1.3.2). */
function encoded(parameters: readonly Parameter[]): Parameter[] {
  return parameters
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
}

/** Percent-encoding of all but the unreserved characters of RFC 3986 (RFC 5849, section 3.6). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

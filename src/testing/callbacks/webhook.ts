import { createHash, randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { NexmoAuthError } from '../../errors';
import { callbackUrl, queryOf } from './callback-url';
import { hs256Token, jsonOf } from './hs256-token';
import {
  invalid,
  isRecord,
  refuseUnknown,
  requireChoice,
  requireCredential,
  requireRecord,
  requireSeconds,
  requireText,
  secondsOf,
} from './options';
import { type ParameterValue, parametersOf, requireUnique } from './parameters';
import { callbackOf, type Content, type SignedCallback } from './signed-callback';

export type SignWebhookOptions = {
  /** The signature secret of the account. */
  secret: string;
  apiKey: string;
  applicationId?: string | undefined;
  /** `POST` by default. */
  method?: 'POST' | 'GET' | undefined;
  /** A path or an absolute URL, `/webhooks` by default. A query of its own is sent first. */
  url?: string | undefined;
  /** Objects and arrays are sent as JSON, text and bytes as they are. A GET has none. */
  body?: object | string | Uint8Array | undefined;
  /** Added to the URL's. Of a GET it is what is signed, of a POST it is not. */
  query?: Readonly<Record<string, ParameterValue>> | URLSearchParams | undefined;
  /** What the body is, `application/json` by default. */
  contentType?: string | undefined;
  /** Seconds since the epoch, the clock's by default. */
  iat?: number | undefined;
  /** A UUID v4 by default. */
  jti?: string | undefined;
  /** Claims to add or to replace, whatever they hold; `undefined` leaves a claim out. */
  claims?: Readonly<Record<string, unknown>> | undefined;
  /** Milliseconds, `Date.now` by default. */
  now?: (() => number) | undefined;
};

/**
 * A signed webhook as the platform sends it (Messages, Dispatch, Voice), for tests of what receives
 * it: `Authorization: Bearer`, then a JWT signed with HS256 whose `payload_hash` is the hexadecimal
 * SHA-256 of the body's bytes, or for a GET of its query parameters as JSON, in the order in which
 * they are sent, without white space. Guide "Signed webhooks"; for GET, support article
 * 19033783342876.
 *
 * Gives `{ method, url, headers, rawBody }`, which a `WebhookVerifier` and `sandbox.deliver` take. `headers` are
 * `authorization` and, where there is a body, `content-type` and `content-length`.
 *
 * Does not check that the body is one of the platform's, nor that `claims` are good ones. Headers
 * that are not documented are left out.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; `ERR_INVALID_CREDENTIAL` and `ERR_CONTROL_CHARACTER`
 * for `secret` and `apiKey`; `ERR_INVALID_APPLICATION_ID`; `ERR_INVALID_PARAMETER` for a query value
 * that is no single text, or for a GET a name that is there twice
 */
export function signWebhook(options: SignWebhookOptions): SignedCallback {
  requireRecord(options, 'What signWebhook takes');
  const {
    secret,
    apiKey,
    applicationId,
    method = 'POST',
    url = '/webhooks',
    body,
    query = {},
    contentType,
    iat,
    jti,
    claims = {},
    now = Date.now,
    ...unknown
  } = options;
  refuseUnknown(unknown, 'signWebhook');
  requireChoice(method, ['POST', 'GET'], 'method');
  requireRecord(claims, 'claims');
  const target = callbackUrl(url, parametersOf(query, 'query'));
  const content = contentOf(body, contentType);
  if (method === 'GET' && content !== undefined) {
    throw invalid('A GET has no body: give what it sends as query.');
  }
  const payload = method === 'GET' ? queryJson(target) : (content?.bytes ?? '');
  const standard = {
    iat: iat === undefined ? secondsOf(now) : requireSeconds(iat, 'iat'),
    jti: jti === undefined ? randomUUID() : requireText(jti, 'jti'),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(payload).digest('hex'),
    api_key: requireCredential(apiKey, 'apiKey'),
    application_id: applicationId === undefined ? undefined : requireUuid(applicationId),
  };
  const token = hs256Token({ ...standard, ...claims }, requireCredential(secret, 'secret'));
  return callbackOf(method, target, content, { authorization: `Bearer ${token}` });
}

function contentOf(body: unknown, contentType: unknown): Content | undefined {
  if (body === undefined && contentType === undefined) return undefined;
  const type = requireText(contentType ?? 'application/json', 'contentType');
  if (!/^[\x20-\x7e]+$/.test(type)) throw invalid('contentType must be of printable ASCII.');
  return { type, bytes: bytesOf(body) };
}

function bytesOf(body: unknown): Buffer {
  if (types.isUint8Array(body)) return Buffer.from(body);
  if (typeof body === 'string' && !/\p{Surrogate}/u.test(body)) return Buffer.from(body);
  if (Array.isArray(body) || isRecord(body)) return Buffer.from(jsonOf(body, 'body'));
  throw invalid('body must be an object, a text of whole characters, or bytes.');
}

/** Written pair by pair: an object would move names that look like integers to its front. */
function queryJson(url: string): string {
  const parameters = parametersOf(new URLSearchParams(queryOf(url)), 'query');
  requireUnique(parameters);
  const pairs = parameters.map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  return `{${pairs.join(',')}}`;
}

/** The guide's own sample is no RFC 9562 UUID, so only the shape is asked for. */
function requireUuid(value: unknown): string {
  const shape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (typeof value === 'string' && shape.test(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_APPLICATION_ID',
    'applicationId must have the shape of a UUID, 8-4-4-4-12 hexadecimal digits.',
  );
}

import { createHash, randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { NexmoAuthError } from '../../errors';
import { nowInSeconds } from '../clock';
import { callbackUrl, queryOf } from './callback-url';
import { hs256Token, stringifyJson } from './hs256-token';
import {
  invalid,
  isRecord,
  refuseUnknownOptions,
  requireCredential,
  requireOneOf,
  requireRecord,
  requireSeconds,
  requireString,
} from '../options';
import { type ParameterValue, readParameters, requireUnique } from './parameters';
import { type CallbackBody, createCallback, type SignedCallback } from './signed-callback';

/** The options of `signWebhook`. */
export type SignWebhookOptions = {
  /** The signature secret of the account. */
  secret: string;
  /** The account that the webhook is for. */
  apiKey: string;
  /** The application that the webhook is for. */
  applicationId?: string | undefined;
  /** The HTTP method (default: `POST`). */
  method?: 'POST' | 'GET' | undefined;
  /** A path or an absolute URL (default: `/webhooks`). Its query comes before `query`. */
  url?: string | undefined;
  /** The body of a POST. Objects and arrays are sent as JSON. Strings and bytes are sent unmodified. */
  body?: object | string | Uint8Array | undefined;
  /** Appended to the query of `url`. The query is signed in a GET, but not in a POST. */
  query?: Readonly<Record<string, ParameterValue>> | URLSearchParams | undefined;
  /** The media type of `body` (default: `application/json`). */
  contentType?: string | undefined;
  /** Seconds since the epoch (default: the current time of `now`). */
  iat?: number | undefined;
  /** The ID of the webhook (default: a UUID v4). */
  jti?: string | undefined;
  /** Claims to add or replace. They are not checked. `undefined` omits a claim. */
  claims?: Readonly<Record<string, unknown>> | undefined;
  /** Returns milliseconds (default: `Date.now`). */
  now?: (() => number) | undefined;
};

/**
 * Signs a webhook (Messages, Dispatch, Voice) as the platform does, for tests of your receiver. The header is
 * `Authorization: Bearer` with a JWT signed with HS256. Its claim `payload_hash` is the hexadecimal SHA-256 of the
 * bytes of the body. For a GET, `payload_hash` is the SHA-256 of a JSON object without white space. The object contains
 * the query parameters in the order in which they are sent. Sources: guide "Signed webhooks"; for GET, support article
 * 19033783342876.
 *
 * Returns `{ method, url, headers, rawBody }` for a `WebhookVerifier` or `sandbox.deliver`. `headers` are
 * `authorization` and, if there is a body, `content-type` and `content-length`.
 *
 * Does not check that the platform could send this body, nor that `claims` are valid. Omits undocumented headers of the
 * platform.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`; `ERR_INVALID_CREDENTIAL` and `ERR_CONTROL_CHARACTER` for `secret` and
 * `apiKey`; `ERR_INVALID_APPLICATION_ID`; `ERR_INVALID_PARAMETER` for a query value that is not a well-formed string, a
 * number or a boolean, or for a repeated name in a GET
 */
export function signWebhook(options: SignWebhookOptions): SignedCallback {
  requireRecord(options, 'The options of signWebhook');
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
  refuseUnknownOptions(unknown, 'signWebhook');
  requireOneOf(method, ['POST', 'GET'], 'method');
  requireRecord(claims, 'claims');
  const target = callbackUrl(url, readParameters(query, 'query'));
  const encodedBody = encodeBody(body, contentType);
  if (method === 'GET' && encodedBody !== undefined) {
    throw invalid('A GET has no body. Use query instead of body and contentType.');
  }
  const payload = method === 'GET' ? queryJson(target) : (encodedBody?.bytes ?? '');
  const standardClaims = {
    iat: iat === undefined ? nowInSeconds(now) : requireSeconds(iat, 'iat'),
    jti: jti === undefined ? randomUUID() : requireString(jti, 'jti'),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(payload).digest('hex'),
    api_key: requireCredential(apiKey, 'apiKey'),
    application_id: applicationId === undefined ? undefined : requireUuid(applicationId),
  };
  const token = hs256Token({ ...standardClaims, ...claims }, requireCredential(secret, 'secret'));
  return createCallback(method, target, encodedBody, { authorization: `Bearer ${token}` });
}

function encodeBody(body: unknown, contentType: unknown): CallbackBody | undefined {
  if (body === undefined && contentType === undefined) return undefined;
  const type = requireString(contentType ?? 'application/json', 'contentType');
  if (!/^[\x20-\x7e]+$/.test(type)) throw invalid('contentType must be printable ASCII.');
  return { type, bytes: encodeBytes(body) };
}

function encodeBytes(body: unknown): Buffer {
  if (types.isUint8Array(body)) return Buffer.from(body);
  if (typeof body === 'string' && !/\p{Surrogate}/u.test(body)) return Buffer.from(body);
  if (Array.isArray(body) || isRecord(body)) return Buffer.from(stringifyJson(body, 'body'));
  throw invalid('body must be an object, an array, a well-formed string or a Uint8Array.');
}

/** The query as JSON. Does not build an object, because an object puts names that look like integers first. */
function queryJson(url: string): string {
  const parameters = readParameters(new URLSearchParams(queryOf(url)), 'query');
  requireUnique(parameters);
  const pairs = parameters.map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  return `{${pairs.join(',')}}`;
}

/** Checks only the shape, because the sample ID in the platform's guide is not a UUID of RFC 9562. */
function requireUuid(value: unknown): string {
  const shape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (typeof value === 'string' && shape.test(value)) return value;
  throw new NexmoAuthError(
    'ERR_INVALID_APPLICATION_ID',
    'applicationId must have the shape of a UUID, 8-4-4-4-12 hexadecimal digits.',
  );
}

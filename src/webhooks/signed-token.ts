import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { NexmoAuthError } from '../errors';
import { decodeJsonPart } from '../jwt/json';
import { isSeconds } from '../options';
import { readBase64url } from '../readers/base64url';
import { headerOf, type WebhookHeaders } from './request';

/** What the platform says of a webhook (guide "Signed webhooks"). Further claims are carried along. */
export type WebhookClaims = {
  /** Seconds since the epoch at which it was signed. */
  iat: number;
  /** The ID of the webhook. */
  jti: string;
  api_key: string;
  application_id?: string;
  iss?: string;
  /** SHA-256 of the body, or of the query of a GET, in hexadecimal digits. */
  payload_hash?: string;
  [name: string]: unknown;
};

export type UnverifiedToken = {
  claims: WebhookClaims;
  /** Whether the platform signed it with this secret: HMAC with SHA-256 (RFC 7518, section 3.2). */
  isSignedWith: (secret: KeyObject) => boolean;
};

/** `{"alg":"HS256","typ":"JWT"}`, which need not be read at every webhook. */
const usualHeader = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9';

/** Tokens of the platform have some 500 characters. */
const maximumLength = 8192;

/**
 * The token of a webhook, its claims not to be trusted yet: its form is checked, nothing else.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`, `ERR_WEBHOOK_ALGORITHM`
 */
export function readToken(headers: WebhookHeaders, headerName: string): UnverifiedToken {
  const [header, payload, signature] = partsOf(headerOf(headers, headerName), headerName);
  if (header !== usualHeader) checkHeader(parse(header, 'header'));
  const claims = parse(payload, 'claims');
  checkForm(claims);
  const given = readBase64url(signature);
  if (given === undefined) throw malformed('its signature is not base64url');
  return {
    claims,
    isSignedWith: (secret) => {
      const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

function partsOf(
  values: string | string[] | undefined,
  headerName: string,
): [string, string, string] {
  const [value, ...others] = Array.isArray(values) ? values : [values];
  if (typeof value !== 'string') throw unsigned(headerName);
  if (others.length > 0) throw malformed('there are several');
  if (value.length > maximumLength) throw malformed('it is too long');
  const isBearer = /^bearer\b/i.test(value);
  if (!isBearer && headerName === 'authorization') throw unsigned(headerName);
  const [, header, payload, signature] =
    /^(?:bearer +)?([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(value) ?? [];
  if (header !== undefined && payload !== undefined && signature !== undefined) {
    return [header, payload, signature];
  }
  throw malformed('it is not three base64url parts with dots between');
}

function parse(part: string, name: string): Record<string, unknown> {
  const value = decodeJsonPart(part);
  if (value !== undefined) return value;
  throw malformed(
    `its ${name} part is not a JSON object with unique names, in UTF-8 and base64url`,
  );
}

function checkHeader(header: Record<string, unknown>): void {
  if (header['alg'] === 'HS256' && !Object.hasOwn(header, 'crit')) return;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_ALGORITHM',
    'The token must be signed with HS256 and have no crit header, as the platform sends it.',
  );
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

const optional = (isSound: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isSound(value);

const forms: [name: string, isSound: (value: unknown) => boolean][] = [
  ['iat', isSeconds],
  ['jti', isText],
  ['api_key', isText],
  ['application_id', optional(isText)],
  ['payload_hash', optional((value) => typeof value === 'string' && /^[\da-f]{64}$/i.test(value))],
  ['exp', optional(isSeconds)],
  ['nbf', optional(isSeconds)],
];

function checkForm(claims: Record<string, unknown>): asserts claims is WebhookClaims {
  for (const [name, isSound] of forms) {
    if (isSound(Object.hasOwn(claims, name) ? claims[name] : undefined)) continue;
    throw malformed(`its claim ${name} is missing, or not of the documented form`);
  }
}

function unsigned(headerName: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_UNSIGNED',
    `The webhook has no ${headerName} header with a token. Are signed webhooks switched on, and is tokenHeader the right one? Answer 503, and the platform sends it again.`,
  );
}

function malformed(why: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    `The token of the webhook is no JWT as the platform sends it: ${why}.`,
  );
}

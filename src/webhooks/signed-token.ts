import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { isApplicationId } from '../credentials/fields';
import { NexmoAuthError } from '../errors';
import { decodeJsonPart } from '../jwt/json';
import { isSeconds } from '../options';
import { readBase64url } from '../readers/base64url';
import { headerValue, type WebhookHeaders } from './request';

/** The claims of a webhook's token (guide "Signed webhooks"), including undocumented claims. */
export type WebhookClaims = {
  /** The time of the signature, in seconds since the epoch. */
  iat: number;
  /** The ID of the webhook. */
  jti: string;
  /** The account that the webhook is for. */
  api_key: string;
  /** The application that the webhook is for. */
  application_id?: string;
  /** The issuer. It is not checked. */
  iss?: string;
  /** The SHA-256 of the body (for GET, of the query) in hexadecimal digits. */
  payload_hash?: string;
  [name: string]: unknown;
};

export type UnverifiedToken = {
  claims: WebhookClaims;
  /** Verifies the signature: HMAC with SHA-256 (RFC 7518, section 3.2). */
  isSignedWith: (secret: KeyObject) => boolean;
};

/**
 * The encoded header of the platform's tokens: `{"alg":"HS256","typ":"JWT"}`. If a token has exactly this
 * header, the header is not decoded.
 */
const platformHeader = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9';

/** The maximum length of a token, in characters. The platform's tokens have about 500 characters. */
const maximumLength = 8192;

/**
 * Reads the token of a webhook and checks its form. Does not verify the signature or the times.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`, `ERR_WEBHOOK_ALGORITHM`
 */
export function readToken(headers: WebhookHeaders, headerName: string): UnverifiedToken {
  const [header, payload, signature] = splitToken(headerValue(headers, headerName), headerName);
  if (header !== platformHeader) requireAlgorithm(decodePart(header, 'header'));
  const claims = decodePart(payload, 'claims');
  requireClaims(claims);
  const actual = readBase64url(signature);
  if (actual === undefined) throw malformedToken('its signature is not base64url');
  return {
    claims,
    isSignedWith: (secret) => {
      const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
      return actual.length === expected.length && timingSafeEqual(actual, expected);
    },
  };
}

function splitToken(
  values: string | string[] | undefined,
  headerName: string,
): [header: string, payload: string, signature: string] {
  const [value, ...repeated] = Array.isArray(values) ? values : [values];
  if (typeof value !== 'string') throw missingToken(headerName);
  if (repeated.length > 0) throw malformedToken('the header occurs more than once');
  if (value.length > maximumLength) throw malformedToken('it is too long');
  const isBearer = /^bearer\b/i.test(value);
  if (!isBearer && headerName === 'authorization') throw missingToken(headerName);
  const parts = /^(?:bearer +)?([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(value)?.slice(1);
  if (parts === undefined)
    throw malformedToken('it is not three base64url parts separated by dots');
  return parts as [header: string, payload: string, signature: string];
}

function decodePart(part: string, name: string): Record<string, unknown> {
  const value = decodeJsonPart(part);
  if (value !== undefined) return value;
  throw malformedToken(
    `its ${name} part is not a JSON object with unique names, in UTF-8 and base64url`,
  );
}

function requireAlgorithm(header: Record<string, unknown>): void {
  if (header['alg'] === 'HS256' && !Object.hasOwn(header, 'crit')) return;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_ALGORITHM',
    'The token of the webhook must be signed with HS256 and have no crit header, like all tokens of the platform.',
  );
}

const isNonEmptyString = (value: unknown) => typeof value === 'string' && value !== '';

const optional = (isValid: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || isValid(value);

const claimRules: [name: string, isValid: (value: unknown) => boolean][] = [
  ['iat', isSeconds],
  ['jti', isNonEmptyString],
  ['api_key', isNonEmptyString],
  ['application_id', optional(isApplicationId)],
  ['payload_hash', optional((value) => typeof value === 'string' && /^[\da-f]{64}$/i.test(value))],
  ['exp', optional(isSeconds)],
  ['nbf', optional(isSeconds)],
];

function requireClaims(claims: Record<string, unknown>): asserts claims is WebhookClaims {
  for (const [name, isValid] of claimRules) {
    if (isValid(Object.hasOwn(claims, name) ? claims[name] : undefined)) continue;
    throw malformedToken(`its claim ${name} is missing or has an invalid value`);
  }
}

function missingToken(headerName: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_UNSIGNED',
    `The webhook has no token in the header ${headerName}. Are signed webhooks switched on, and is tokenHeader right? Respond with 503, so that the platform sends it again.`,
  );
}

function malformedToken(reason: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    `The token of the webhook is not a JWT of the form that the platform sends: ${reason}.`,
  );
}

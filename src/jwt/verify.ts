import { kindOf, NexmoAuthError } from '../errors';
import {
  type Clock,
  given,
  isSeconds,
  refuseUnknown,
  requireClock,
  requireObject,
  requireSeconds,
  secondsOf,
} from '../options';
import type { Claims } from './claims';
import { readBase64url } from '../readers/base64url';
import { decodeJsonPart } from './json';
import { parsePublicKey, type PublicKeyInput } from './public-key';
import { timeHint } from './units';

export type DecodedJwt = { header: Record<string, unknown>; claims: Record<string, unknown> };

export type VerifyJwtOptions = {
  /** Refuse tokens of other applications. */
  applicationId?: string | undefined;
  /** Seconds by which the other side's clock may differ; 0 by default. */
  clockTolerance?: number | undefined;
  /** Seconds since `iat` after which a token is too old, whatever its `exp`. */
  maxAge?: number | undefined;
  now?: Clock | undefined;
};

/**
 * Reads a token WITHOUT verifying anything: neither signature nor times nor claims. Anyone can
 * write what it returns. To trust a token, use {@link verifyJwt}. Takes the value of an Authorization header as well:
 * `Bearer` and a space in front are left out.
 *
 * @throws NexmoAuthError `ERR_JWT_MALFORMED`
 */
export function decodeJwt(token: string): DecodedJwt {
  return decode(typeof token === 'string' ? token.replace(scheme, '') : token);
}

/** In any case (RFC 9110, section 11.1). */
const scheme = /^Bearer +/i;

function decode(token: string): DecodedJwt {
  const [header, claims, signature, ...others] =
    typeof token === 'string' ? token.split('.', 4) : [];
  if (
    header === undefined ||
    claims === undefined ||
    signature === undefined ||
    others.length > 0
  ) {
    throw malformed(
      typeof token === 'string'
        ? 'it is not three parts with dots between'
        : `it is ${kindOf(token)}`,
    );
  }
  if (readBase64url(signature) === undefined) throw malformed('its signature is not base64url');
  return { header: parse(header, 'header'), claims: parse(claims, 'claims') };
}

/**
 * The claims of an application's token, once it is sure that the holder of the key signed it.
 *
 * Checks the signature (RS256 and nothing else), that `exp`, `iat`, `jti` and `application_id`
 * are there and of the right form, that `exp` and `nbf` allow its use now and that `iat` is not in
 * the future. Refuses `crit` (RFC 7515, section 4.1.11). Does not check whether it was used
 * before, how long it lives in all, `acl`, `sub` or custom claims.
 *
 * @throws NexmoAuthError `ERR_JWT_MALFORMED`, `ERR_JWT_ALGORITHM`, `ERR_JWT_CRITICAL_HEADER`,
 * `ERR_JWT_SIGNATURE`, `ERR_JWT_CLAIM`, `ERR_JWT_EXPIRED`, `ERR_JWT_NOT_YET_VALID`,
 * `ERR_JWT_TOO_OLD`, `ERR_JWT_WRONG_APPLICATION`; for the arguments `ERR_INVALID_OPTION`,
 * `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
 */
export function verifyJwt(
  token: string,
  publicKey: PublicKeyInput,
  options: VerifyJwtOptions = {},
): Claims {
  requireObject(options, 'The options of verifyJwt');
  requireApplication(options);
  const { applicationId, clockTolerance, maxAge, now = Date.now, ...unknown } = options;
  refuseUnknown(unknown, 'the options of verifyJwt');
  const tolerance = given(clockTolerance, (value) => requireSeconds(value, 'clockTolerance')) ?? 0;
  const age = given(maxAge, (value) => requireSeconds(value, 'maxAge'));
  const time = secondsOf(requireClock(now));
  const key = parsePublicKey(publicKey);

  if (typeof token === 'string' && scheme.test(token))
    throw malformed('it begins with "Bearer ". Give what comes after that');
  const { header, claims } = decode(token);
  checkHeader(header);
  checkSignature(token, key);
  checkForm(claims);
  checkTimes(claims, time, tolerance, age);
  if (!isOf(claims, applicationId)) {
    throw new NexmoAuthError(
      'ERR_JWT_WRONG_APPLICATION',
      'The token is of another application than the one expected.',
    );
  }
  return claims;
}

function parse(part: string, name: string): Record<string, unknown> {
  const value = decodeJsonPart(part);
  if (value !== undefined) return value;
  throw malformed(
    `its ${name} part is not a JSON object with unique names, in UTF-8 and base64url`,
  );
}

function malformed(why: string): NexmoAuthError {
  return new NexmoAuthError('ERR_JWT_MALFORMED', `The text is not a JWT: ${why}.`);
}

/** The digits of an ID are hexadecimal, in capitals or not. */
function isOf({ application_id }: Claims, applicationId = application_id): boolean {
  return application_id.toLowerCase() === applicationId.toLowerCase();
}

/** An application ID that was meant to be given, and came out undefined, must not switch off the check. */
function requireApplication(options: VerifyJwtOptions): void {
  if (!Object.hasOwn(options, 'applicationId') || isText(options.applicationId)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'applicationId must be a string when it is given. Is the variable that it comes from set?',
  );
}

function checkHeader(header: Record<string, unknown>): void {
  if (header['alg'] !== 'RS256') {
    throw new NexmoAuthError('ERR_JWT_ALGORITHM', 'The token must be signed with RS256.');
  }
  if (Object.hasOwn(header, 'crit')) {
    throw new NexmoAuthError(
      'ERR_JWT_CRITICAL_HEADER',
      'The token asks (crit) for extensions to be understood, and none is.',
    );
  }
}

function checkSignature(token: string, key: ReturnType<typeof parsePublicKey>): void {
  const jsonwebtoken = require('jsonwebtoken') as typeof import('jsonwebtoken');
  try {
    // Times are checked afterwards: jsonwebtoken takes fractions, NaN and any tolerance.
    jsonwebtoken.verify(token, key, {
      algorithms: ['RS256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
  } catch {
    throw new NexmoAuthError(
      'ERR_JWT_SIGNATURE',
      'The signature of the token was not made with the private half of this key, or the token was changed.',
    );
  }
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

const forms: Record<string, (value: unknown) => boolean> = {
  exp: isSeconds,
  iat: isSeconds,
  jti: isText,
  application_id: isText,
  nbf: (value) => value === undefined || isSeconds(value),
};

function checkForm(claims: Record<string, unknown>): asserts claims is Claims {
  for (const [name, isSound] of Object.entries(forms)) {
    if (isSound(claims[name])) continue;
    throw new NexmoAuthError(
      'ERR_JWT_CLAIM',
      `The claim ${name} of the token is ${claims[name] === undefined ? 'missing' : 'not of the documented form'}.`,
    );
  }
}

function checkTimes(claims: Claims, now: number, tolerance: number, maxAge?: number): void {
  if (claims.exp <= now - tolerance) {
    throw new NexmoAuthError(
      'ERR_JWT_EXPIRED',
      `The token expired ${now - claims.exp} seconds ago.`,
    );
  }
  for (const [name, time] of Object.entries({ iat: claims.iat, nbf: claims.nbf ?? 0 })) {
    if (time <= now + tolerance) continue;
    throw new NexmoAuthError(
      'ERR_JWT_NOT_YET_VALID',
      `The token's ${name} is ${time - now} seconds ahead of the clock; clockTolerance allows for clocks that differ.${timeHint(name, time)}`,
    );
  }
  if (maxAge !== undefined && claims.iat < now - tolerance - maxAge) {
    throw new NexmoAuthError(
      'ERR_JWT_TOO_OLD',
      `The token is ${now - claims.iat} seconds old; maxAge is ${maxAge}.`,
    );
  }
}

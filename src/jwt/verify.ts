import { NexmoAuthError } from '../errors';
import {
  type Clock,
  mapOptional,
  isSeconds,
  refuseUnknown,
  requireClock,
  requireObject,
  requireSeconds,
  secondsOf,
} from '../options';
import type { Claims } from './claims';
import { bearerPrefix, decodeToken, malformed } from './decode';
import { parsePublicKey, type PublicKeyInput } from './public-key';
import { timeHint } from './units';

/** The options of `verifyJwt`. */
export type VerifyJwtOptions = {
  /** If set, refuses tokens of other applications. */
  applicationId?: string | undefined;
  /** The allowed clock difference in seconds (default: 0). */
  clockTolerance?: number | undefined;
  /** The maximum age of a token in seconds since `iat`, regardless of `exp`. */
  maxAge?: number | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
};

/**
 * Verifies an application's token and returns its claims.
 *
 * Checks the signature (RS256 only). Checks that `exp`, `iat`, `jti` and `application_id` exist and have the right
 * form. Checks that `exp` and `nbf` allow the use of the token now, and that `iat` is not in the future. Refuses the
 * header parameter `crit` (RFC 7515, section 4.1.11). Does not check the total lifetime, `acl`, `sub`, `iss`, `aud`,
 * custom claims, or whether the token was used before.
 *
 * @throws NexmoAuthError `ERR_JWT_MALFORMED`, `ERR_JWT_ALGORITHM`, `ERR_JWT_CRITICAL_HEADER`, `ERR_JWT_SIGNATURE`,
 * `ERR_JWT_CLAIM`, `ERR_JWT_EXPIRED`, `ERR_JWT_NOT_YET_VALID`, `ERR_JWT_TOO_OLD`, `ERR_JWT_WRONG_APPLICATION`; for the
 * arguments `ERR_INVALID_OPTION`, `ERR_KEY_INVALID`, `ERR_KEY_NOT_RSA`, `ERR_KEY_TOO_SHORT`
 */
export function verifyJwt(
  token: string,
  publicKey: PublicKeyInput,
  options: VerifyJwtOptions = {},
): Claims {
  requireObject(options, 'The options of verifyJwt');
  requireApplicationId(options);
  const { applicationId, clockTolerance, maxAge, now = Date.now, ...unknown } = options;
  refuseUnknown(unknown, 'the options of verifyJwt');
  const tolerance =
    mapOptional(clockTolerance, (value) => requireSeconds(value, 'clockTolerance')) ?? 0;
  const maximumAge = mapOptional(maxAge, (value) => requireSeconds(value, 'maxAge'));
  const time = secondsOf(requireClock(now));
  const key = parsePublicKey(publicKey);

  if (typeof token === 'string' && bearerPrefix.test(token))
    throw malformed('it begins with "Bearer ". Pass only the token after it');
  const { header, claims } = decodeToken(token);
  checkHeader(header);
  checkSignature(token, key);
  checkClaims(claims);
  checkTimes(claims, time, tolerance, maximumAge);
  if (!belongsTo(claims, applicationId)) {
    throw new NexmoAuthError(
      'ERR_JWT_WRONG_APPLICATION',
      'The token belongs to another application than the one in applicationId.',
    );
  }
  return claims;
}

/** Ignores case, because the digits of an ID are hexadecimal. */
function belongsTo({ application_id }: Claims, applicationId = application_id): boolean {
  return application_id.toLowerCase() === applicationId.toLowerCase();
}

/**
 * Refuses an `applicationId` that is present but undefined, for example because a variable is not set. Without this
 * refusal, the application would not be checked.
 */
function requireApplicationId(options: VerifyJwtOptions): void {
  if (!('applicationId' in options) || isText(options.applicationId)) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'applicationId, if present, must be a non-empty string. Is the variable it comes from set?',
  );
}

function checkHeader(header: Record<string, unknown>): void {
  if (header['alg'] !== 'RS256') {
    throw new NexmoAuthError('ERR_JWT_ALGORITHM', 'The token must be signed with RS256.');
  }
  if (Object.hasOwn(header, 'crit')) {
    throw new NexmoAuthError(
      'ERR_JWT_CRITICAL_HEADER',
      'The token has a crit header, but no extension is supported.',
    );
  }
}

function checkSignature(token: string, key: ReturnType<typeof parsePublicKey>): void {
  const jsonwebtoken = require('jsonwebtoken') as typeof import('jsonwebtoken');
  try {
    // `checkTimes` checks the times, since jsonwebtoken accepts fractions, NaN and any tolerance.
    jsonwebtoken.verify(token, key, {
      algorithms: ['RS256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
  } catch {
    throw new NexmoAuthError(
      'ERR_JWT_SIGNATURE',
      'The signature does not match the public key: another key signed the token, or it was modified.',
    );
  }
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

const claimChecks: Record<string, (value: unknown) => boolean> = {
  exp: isSeconds,
  iat: isSeconds,
  jti: isText,
  application_id: isText,
  nbf: (value) => value === undefined || isSeconds(value),
};

function checkClaims(claims: Record<string, unknown>): asserts claims is Claims {
  for (const [name, isValid] of Object.entries(claimChecks)) {
    if (isValid(claims[name])) continue;
    throw new NexmoAuthError(
      'ERR_JWT_CLAIM',
      `The claim ${name} of the token is ${claims[name] === undefined ? 'missing' : 'not in the documented form'}.`,
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
      `The token's ${name} is ${time - now} seconds ahead of the clock. If the clocks differ, set clockTolerance.${timeHint(name, time)}`,
    );
  }
  if (maxAge !== undefined && claims.iat < now - tolerance - maxAge) {
    throw new NexmoAuthError(
      'ERR_JWT_TOO_OLD',
      `The token is ${now - claims.iat} seconds old, but maxAge is ${maxAge}.`,
    );
  }
}

import { kindOf, NexmoAuthError } from '../errors';
import { mapOptional, isSeconds, readOptions, refuseUnknown, requireObject } from '../options';
import { requireJson } from './json';
import { durationHint, isInMilliseconds, type Lifetime, timeHint } from './units';

/** The access that a token gives to a path. Without `methods`, the rule covers all methods. */
export type AclRule = {
  /** HTTP methods in capitals (default: all methods). */
  methods?: readonly string[] | undefined;
  /** Restrictions on the content of requests (guide "ACLs"). */
  filters?: object | undefined;
};

/**
 * The paths that a token gives access to (guide "ACLs"). In a path, `*` matches one segment, and `**` matches any
 * number of segments.
 */
export type Acl = {
  /** The rule of each path. */
  paths: Readonly<Record<string, AclRule>>;
};

/** Options of a token. Times are in seconds since the epoch, durations in seconds. */
export type JwtOptions = {
  /** The lifetime, from 30 to 86400 (default: 900). Cannot be combined with `exp`. */
  ttl?: number | undefined;
  /** When the token expires (default: `ttl` seconds after `iat`). */
  exp?: number | undefined;
  /** When the token was issued (default: now). */
  iat?: number | undefined;
  /** The token is not valid before this time. */
  nbf?: number | undefined;
  /** The ID of the token (default: a new UUID v4). */
  jti?: string | undefined;
  /** The name of the user whose client SDK gets the token. */
  sub?: string | undefined;
  /** The paths that the token gives access to. */
  acl?: Acl | undefined;
  /**
   * Custom claims. A claim must not have the name of another option, and must not be named `application_id` or
   * `__proto__`.
   */
  claims?: object | undefined;
};

/** The claims of a signed application token. */
export type Claims = {
  /** The application that signed the token. */
  application_id: string;
  /** When the token was issued, in seconds since the epoch. */
  iat: number;
  /** The ID of the token. */
  jti: string;
  /** When the token expires, in seconds since the epoch. */
  exp: number;
  /** The token is not valid before this time, in seconds since the epoch. */
  nbf?: number;
  /** The name of the user whose client SDK gets the token. */
  sub?: string;
  /** The paths that the token gives access to. */
  acl?: Acl;
  [name: string]: unknown;
};

const defaultTtl = 900;
const applicationLifetime: Lifetime = { minimum: 30, maximum: 86_400 };

const reservedNames = new Set([
  'application_id',
  'iat',
  'jti',
  'exp',
  'nbf',
  'sub',
  'acl',
  'ttl',
  // With a claim of this name, a program that copies claims one by one would set the prototype of its copy.
  '__proto__',
]);

/**
 * Checks and copies options, so that later changes by the caller have no effect.
 *
 * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`, `ERR_INVALID_OPTION`;
 * `ERR_LIFETIME_OUT_OF_BOUNDS` for `ttl`
 */
export function checkJwtOptions(options: JwtOptions, lifetime = applicationLifetime): JwtOptions {
  const copy = (unchecked: JwtOptions) => copyJwtOptions(unchecked, lifetime);
  return readOptions(options, 'The JWT options', copy, 'ERR_CLAIM_INVALID');
}

/**
 * Checks and copies options that apply to many tokens.
 *
 * @throws NexmoAuthError the errors of {@link checkJwtOptions}; `ERR_INVALID_OPTION` for `exp`, `iat`, `jti`
 */
export function checkDefaults(defaults: JwtOptions): JwtOptions {
  const options = checkJwtOptions(defaults);
  const name = (['exp', 'iat', 'jti'] as const).find((each) => options[each] !== undefined);
  if (name === undefined) return options;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${name} cannot be a default, because it belongs to a single token. Pass it to generate().`,
  );
}

function copyJwtOptions(options: JwtOptions, lifetime: Lifetime): JwtOptions {
  const { ttl, exp, iat, nbf, jti, sub, acl, claims, ...unknown } = options;
  refuseUnknown(unknown, 'the JWT options', ' Custom claims go into claims.');
  if (ttl !== undefined && exp !== undefined) {
    throw new NexmoAuthError('ERR_TTL_WITH_EXP', 'Pass ttl or exp, not both.');
  }
  return {
    ttl: mapOptional(ttl, (value) =>
      requireLifetime(requireWholeSeconds(value, 'ttl'), 'ttl', lifetime),
    ),
    exp: mapOptional(exp, (value) => requireWholeSeconds(value, 'exp')),
    iat: mapOptional(iat, (value) => requireTimeInSeconds(value, 'iat')),
    nbf: mapOptional(nbf, (value) => requireTimeInSeconds(value, 'nbf')),
    jti: mapOptional(jti, (value) => requireText(value, 'jti')),
    sub: mapOptional(sub, (value) => requireText(value, 'sub')),
    acl: mapOptional(acl, requireAcl),
    claims: mapOptional(claims, requireCustomClaims),
  };
}

/**
 * Makes the claims of a token from options that {@link checkJwtOptions} returned (authentication guide, "JSON Web
 * Tokens"). `now` is in seconds.
 *
 * @throws NexmoAuthError `ERR_LIFETIME_OUT_OF_BOUNDS`, `ERR_EXP_IN_PAST`, `ERR_CLAIM_INVALID`
 */
export function toClaims(
  options: JwtOptions,
  application: { id: string; newJti: () => string },
  now: number,
  lifetime = applicationLifetime,
): Claims {
  const { iat = now, ttl = defaultTtl, nbf, sub, acl, claims } = options;
  const exp = options.exp ?? requireWholeSeconds(iat + ttl, 'exp');
  // For an exp in the past, the error ERR_EXP_IN_PAST below says more.
  if (exp >= now) requireLifetime(exp - iat, 'exp', lifetime, exp);
  if (exp <= now) {
    const name = options.exp === undefined ? 'exp (iat plus ttl)' : 'exp';
    throw new NexmoAuthError(
      'ERR_EXP_IN_PAST',
      `${name} is ${now - exp} seconds in the past, so the platform would refuse the token.${timeHint('exp', exp)}`,
    );
  }
  if (nbf !== undefined && nbf >= exp) {
    throw new NexmoAuthError('ERR_CLAIM_INVALID', 'nbf must be before exp.');
  }
  return {
    ...claims,
    application_id: application.id,
    iat,
    jti: options.jti ?? application.newJti(),
    exp,
    ...(nbf !== undefined && { nbf }),
    ...(sub !== undefined && { sub }),
    ...(acl !== undefined && { acl }),
  };
}

function requireLifetime(
  seconds: number,
  name: 'ttl' | 'exp',
  lifetime: Lifetime,
  exp?: number,
): number {
  const { minimum, maximum } = lifetime;
  if (seconds >= minimum && seconds <= maximum) return seconds;
  const hint = exp === undefined ? durationHint(seconds, lifetime) : timeHint('exp', exp);
  throw new NexmoAuthError(
    'ERR_LIFETIME_OUT_OF_BOUNDS',
    `${name} gives the token a lifetime of ${seconds} seconds from iat. The lifetime must be ${minimum} to ${maximum}.${hint}`,
  );
}

/** Refuses a time in milliseconds. Read as seconds, it would be thousands of years in the future. */
function requireTimeInSeconds(value: unknown, name: string): number {
  const time = requireWholeSeconds(value, name);
  if (!isInMilliseconds(time)) return time;
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `${name} is ${time}, which is not a time in seconds since the epoch.${timeHint(name, time)}`,
  );
}

function requireWholeSeconds(value: unknown, name: string): number {
  if (isSeconds(value)) return value;
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `${name} must be a non-negative whole number of seconds, not ${typeof value === 'number' ? value : kindOf(value)}.`,
  );
}

/** @throws NexmoAuthError `ERR_CLAIM_INVALID` */
export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new NexmoAuthError('ERR_CLAIM_INVALID', `${name} must be a non-empty string.`);
}

function requireCustomClaims(value: unknown): Record<string, unknown> {
  const claims = requireJsonObject(value, 'claims');
  const name = Object.keys(claims).find((each) => reservedNames.has(each));
  if (name === undefined) return claims;
  throw new NexmoAuthError(
    'ERR_CLAIM_RESERVED',
    `${name} cannot be a custom claim. Use the option of that name if there is one, or remove the claim.`,
  );
}

const aclHint = " Pass acl: { paths: { '/*/users/**': {} } }, with your own paths.";

/** Checks paths by the rules of the authentication guide. */
function requireAcl(value: Acl): Acl {
  requireObject(value, 'acl', 'ERR_CLAIM_INVALID');
  const { paths, ...unknown } = value;
  refuseUnknown(unknown, 'acl', aclHint);
  if ((paths as unknown) === undefined) {
    throw new NexmoAuthError('ERR_CLAIM_INVALID', `acl has no paths.${aclHint}`);
  }
  requireObject(paths, 'acl.paths', 'ERR_CLAIM_INVALID');
  const rules = Object.entries(paths).map(([path, rule]) => {
    if (!/^\/\S*$/.test(path)) {
      throw new NexmoAuthError(
        'ERR_CLAIM_INVALID',
        'A path in acl.paths must begin with "/" and contain no white space.',
      );
    }
    return [path, requireAclRule(rule, path)] as const;
  });
  return { paths: Object.fromEntries(rules) };
}

function requireAclRule(rule: AclRule, path: string): AclRule {
  const name = `acl.paths["${path}"]`;
  requireObject(rule, name, 'ERR_CLAIM_INVALID');
  const { methods, filters, ...unknown } = rule;
  refuseUnknown(unknown, name);
  return {
    ...(methods !== undefined && { methods: requireMethods(methods, `${name}.methods`) }),
    ...(filters !== undefined && { filters: requireJsonObject(filters, `${name}.filters`) }),
  };
}

function requireMethods(value: unknown, name: string): string[] {
  if (Array.isArray(value) && Array.from(value).every(isMethod)) return [...(value as string[])];
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `${name} must be a list of HTTP methods in capitals, such as ["GET"].`,
  );
}

function isMethod(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Z]+$/.test(value);
}

function requireJsonObject(value: unknown, name: string): Record<string, unknown> {
  requireObject(value, name, 'ERR_CLAIM_INVALID');
  return requireJson(value, name) as Record<string, unknown>;
}

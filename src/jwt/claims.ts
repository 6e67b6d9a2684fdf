import { kindOf, NexmoAuthError } from '../errors';
import { given, isSeconds, reading, refuseUnknown, requireObject } from '../options';
import { requireJson } from './json';
import { durationHint, isInMilliseconds, type Lifetime, timeHint } from './units';

/** What a path may be used for; without `methods`, all of them. */
export type AclRule = {
  methods?: readonly string[] | undefined;
  filters?: object | undefined;
};

/** Which paths of the platform a token opens (guide "ACLs"); `*` in a path stands for one segment, `**` for all. */
export type Acl = { paths: Readonly<Record<string, AclRule>> };

/** Times are seconds since the epoch, durations are seconds. */
export type JwtOptions = {
  /** How long the token lives: 30 to 86400, 900 by default. Excludes `exp`. */
  ttl?: number | undefined;
  exp?: number | undefined;
  iat?: number | undefined;
  /** Not valid before this time. */
  nbf?: number | undefined;
  /** The token's own ID: a UUID v4 by default. */
  jti?: string | undefined;
  /** The name of the user that the token is for (client SDKs). */
  sub?: string | undefined;
  acl?: Acl | undefined;
  /** Further claims, of any name but these, `application_id` and `__proto__`. */
  claims?: object | undefined;
};

/** The claims of an application's token, as signed. */
export type Claims = {
  application_id: string;
  iat: number;
  jti: string;
  exp: number;
  nbf?: number;
  sub?: string;
  acl?: Acl;
  [name: string]: unknown;
};

const defaultTtl = 900;
const applicationLifetime: Lifetime = { minimum: 30, maximum: 86_400 };

const reserved = new Set([
  'application_id',
  'iat',
  'jti',
  'exp',
  'nbf',
  'sub',
  'acl',
  'ttl',
  // Whoever copies the claims one by one would set a prototype with it.
  '__proto__',
]);

/**
 * Checks options and takes a copy of them, so that nothing the caller does later reaches a token.
 *
 * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`,
 * `ERR_LIFETIME_OUT_OF_BOUNDS` for `ttl`, `ERR_INVALID_OPTION`
 */
export function checkJwtOptions(options: JwtOptions, lifetime = applicationLifetime): JwtOptions {
  const copy = (given: JwtOptions) => copyOptions(given, lifetime);
  return reading(options, 'The JWT options', copy, 'ERR_CLAIM_INVALID');
}

/**
 * The same for options that are for many tokens.
 *
 * @throws NexmoAuthError what {@link checkJwtOptions} throws; `ERR_INVALID_OPTION` for `exp`, `iat`, `jti`
 */
export function checkDefaults(defaults: JwtOptions): JwtOptions {
  const options = checkJwtOptions(defaults);
  const single = (['exp', 'iat', 'jti'] as const).find((name) => options[name] !== undefined);
  if (single === undefined) return options;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${single} makes no sense as a default: it belongs to one token. Give it to generate().`,
  );
}

function copyOptions(options: JwtOptions, lifetime: Lifetime): JwtOptions {
  const { ttl, exp, iat, nbf, jti, sub, acl, claims, ...unknown } = options;
  refuseUnknown(unknown, 'the JWT options', ' Further claims go into claims.');
  if (ttl !== undefined && exp !== undefined) {
    throw new NexmoAuthError('ERR_TTL_WITH_EXP', 'Give ttl or exp, not both.');
  }
  return {
    ttl: given(ttl, (value) => requireLifetime(requireTime(value, 'ttl'), 'ttl', lifetime)),
    exp: given(exp, (value) => requireTime(value, 'exp')),
    iat: given(iat, (value) => requireInSeconds(value, 'iat')),
    nbf: given(nbf, (value) => requireInSeconds(value, 'nbf')),
    jti: given(jti, (value) => requireText(value, 'jti')),
    sub: given(sub, (value) => requireText(value, 'sub')),
    acl: given(acl, requireAcl),
    claims: given(claims, requireCustomClaims),
  };
}

/**
 * Options that passed {@link checkJwtOptions} to the claims of a token (authentication guide, "JSON
 * Web Tokens"). `now` is in seconds.
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
  const exp = options.exp ?? requireTime(iat + ttl, 'exp');
  // A life that has ended would be too short as well, but that is not what is wrong with it.
  if (exp >= now) requireLifetime(exp - iat, 'exp', lifetime, exp);
  if (exp <= now) {
    const name = options.exp === undefined ? 'iat with ttl gives an exp that' : 'exp';
    throw new NexmoAuthError(
      'ERR_EXP_IN_PAST',
      `${name} is ${now - exp} seconds in the past by the clock, so the platform would refuse the token.${timeHint('exp', exp)}`,
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
    `${name} gives the token a life of ${seconds} seconds from iat; it must be ${minimum} to ${maximum}.${hint}`,
  );
}

/** With a time in milliseconds, the token would be valid thousands of years from now. */
function requireInSeconds(value: unknown, name: string): number {
  const time = requireTime(value, name);
  if (!isInMilliseconds(time)) return time;
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `${name} is ${time}, which is no time in seconds since the epoch.${timeHint(name, time)}`,
  );
}

function requireTime(value: unknown, name: string): number {
  if (isSeconds(value)) return value;
  throw new NexmoAuthError(
    'ERR_CLAIM_INVALID',
    `${name} must be a whole number of seconds that is not negative; it is ${typeof value === 'number' ? value : kindOf(value)}.`,
  );
}

/** @throws NexmoAuthError `ERR_CLAIM_INVALID` */
export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new NexmoAuthError('ERR_CLAIM_INVALID', `${name} must be a string that is not empty.`);
}

function requireCustomClaims(value: unknown): Record<string, unknown> {
  const claims = requireJsonObject(value, 'claims');
  const taken = Object.keys(claims).find((name) => reserved.has(name));
  if (taken === undefined) return claims;
  throw new NexmoAuthError(
    'ERR_CLAIM_RESERVED',
    `The custom claim ${taken} is refused. Use the option of that name if there is one, or leave it out.`,
  );
}

const aclForm = " Give acl: { paths: { '/*/users/**': {} } }, with your paths.";

/** The rule for paths is that of the authentication guide. */
function requireAcl(value: Acl): Acl {
  requireObject(value, 'acl', 'ERR_CLAIM_INVALID');
  const { paths, ...unknown } = value;
  refuseUnknown(unknown, 'acl', aclForm);
  if ((paths as unknown) === undefined) {
    throw new NexmoAuthError('ERR_CLAIM_INVALID', `acl has no paths.${aclForm}`);
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

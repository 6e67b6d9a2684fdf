import { durationInWords, relativeTime } from './time-words';

export type TokenProblem = { readonly name: string; readonly message: string };

type Claims = Readonly<Record<string, unknown>>;
type Check = (values: Claims, now: number) => string | undefined;

const day = 86_400;
const defaultTtl = 900;
const applicationIdShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const isTime = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const headerChecks: Readonly<Record<string, Check>> = {
  alg: ({ alg }) => (alg === 'RS256' ? undefined : 'must be RS256.'),
  typ: ({ typ }) => (typ === undefined || typ === 'JWT' ? undefined : 'must be JWT.'),
};

/** What the authentication guide requires of the claims. */
const claimChecks: Readonly<Record<string, Check>> = {
  application_id: ({ application_id: id }) => {
    if (id === undefined) return 'is missing.';
    const hasShape = typeof id === 'string' && applicationIdShape.test(id);
    return hasShape ? undefined : 'must have the shape of a UUID.';
  },
  jti: ({ jti }) =>
    typeof jti === 'string' && jti !== '' ? undefined : 'is missing, or is not text.',
  iat: ({ iat }, now) => {
    if (!isTime(iat)) return 'is missing, or is not a whole number of seconds.';
    if (iat > 1e11) return 'is in milliseconds. It must be in seconds.';
    return iat > now ? `is in the future, ${relativeTime(iat, now)}.` : undefined;
  },
  exp: ({ exp, iat, scope }, now) => {
    if (exp !== undefined && !isTime(exp)) return 'is not a whole number of seconds.';
    if (!isTime(iat)) return undefined;
    const end = exp ?? iat + defaultTtl;
    if (end > 1e11) return 'is in milliseconds. It must be in seconds.';
    if (end <= now) return `expired ${relativeTime(end, now)}.`;
    const maximum = scope === 'session.connect' ? 30 * day : day;
    return end - iat > maximum
      ? `is ${durationInWords(end - iat)} after iat. The maximum is ${durationInWords(maximum)}.`
      : undefined;
  },
  nbf: ({ nbf }, now) => {
    if (nbf === undefined) return undefined;
    if (!isTime(nbf)) return 'is not a whole number of seconds.';
    return nbf > now ? `is in the future, ${relativeTime(nbf, now)}.` : undefined;
  },
  acl: ({ acl }) => {
    if (acl === undefined) return undefined;
    const { paths } = (acl ?? {}) as { paths?: object | null };
    if (typeof paths !== 'object' || paths === null) return 'must have the form {"paths":{}}.';
    const isWrong = Object.keys(paths).some((path) => !/^\/\S*$/.test(path));
    return isWrong
      ? 'has a path that does not begin with a slash or that contains white space.'
      : undefined;
  },
};

/**
 * The problems for which the platform would refuse a token. Finds only problems in the header and in the claims. `now`
 * is in seconds.
 */
export function problemsOf(header: Claims, claims: Claims, now: number): TokenProblem[] {
  return [
    ...Object.entries(headerChecks).map(([name, check]) => ({ name, message: check(header, now) })),
    ...Object.entries(claimChecks).map(([name, check]) => ({ name, message: check(claims, now) })),
  ].flatMap(({ name, message }) =>
    message === undefined ? [] : [{ name, message: `${name} ${message}` }],
  );
}

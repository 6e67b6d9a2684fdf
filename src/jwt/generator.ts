import type { KeyObject } from 'node:crypto';
import { Credentials } from '../credentials/credentials';
import type { PrivateKeyInput } from '../credentials/private-key';
import { NexmoAuthError } from '../errors';
import { type Clock, requireClock, requireObject, secondsOf } from '../options';
import { checkOptions, type JwtOptions, toClaims } from './claims';
import { sign } from './signer';

/** Options for every token of a generator. What one token has for itself is not among them. */
export type JwtGeneratorDefaults = Omit<JwtOptions, 'exp' | 'iat' | 'jti'> & {
  now?: Clock | undefined;
};

/**
 * Makes the RS256 tokens with which an application authenticates (authentication guide, "JSON
 * Web Tokens").
 *
 * @throws NexmoAuthError `ERR_MISSING_CREDENTIAL` without application ID and private key;
 * `ERR_INVALID_OPTION`, `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_LIFETIME_OUT_OF_BOUNDS` for
 * the defaults
 */
export class JwtGenerator {
  readonly #application: { id: string; newJti: () => string };
  readonly #privateKey: KeyObject;
  readonly #defaults: JwtOptions;
  readonly #now: Clock;

  constructor(credentials: Credentials, defaults: JwtGeneratorDefaults = {}) {
    if (!(credentials instanceof Credentials)) {
      throw new NexmoAuthError('ERR_INVALID_OPTION', 'JwtGenerator takes a Credentials object.');
    }
    const missing = credentials.missing('application');
    if (missing.length > 0) {
      throw new NexmoAuthError(
        'ERR_MISSING_CREDENTIAL',
        `A JWT needs ${missing.join(' and ')} in the credentials.`,
      );
    }
    requireObject(defaults, 'The defaults');
    const { now = Date.now, ...options } = defaults;
    this.#defaults = checkDefaults(options);
    this.#now = requireClock(now);
    this.#application = { id: String(credentials.applicationId), newJti };
    this.#privateKey = credentials.reveal('privateKey');
  }

  /**
   * A new token at every call. An option given here stands before the same one in the defaults
   * (`exp` before a default `ttl`, `claims` as a whole); the options are not changed. Does not ask
   * the platform whether it knows the application or the key.
   *
   * @throws NexmoAuthError `ERR_CLAIM_INVALID`, `ERR_CLAIM_RESERVED`, `ERR_TTL_WITH_EXP`,
   * `ERR_LIFETIME_OUT_OF_BOUNDS`, `ERR_EXP_IN_PAST`, `ERR_INVALID_OPTION`
   */
  generate(options: JwtOptions = {}): string {
    const claims = toClaims(
      merge(this.#defaults, checkOptions(options)),
      this.#application,
      secondsOf(this.#now),
    );
    return sign(claims, this.#privateKey);
  }
}

/**
 * One token, without a generator. The key is parsed at each call: for more than a few tokens, a
 * {@link JwtGenerator} parses it once. An encrypted key needs `Credentials`, which take a passphrase.
 *
 * @throws NexmoAuthError what the constructors of `Credentials` and {@link JwtGenerator}, and
 * {@link JwtGenerator.generate} throw
 */
export function generateJwt(
  applicationId: string,
  privateKey: PrivateKeyInput,
  options: JwtOptions & { now?: Clock | undefined } = {},
): string {
  requireObject(options, 'The JWT options');
  const { now, ...rest } = options;
  return new JwtGenerator(new Credentials({ applicationId, privateKey }), { now }).generate(rest);
}

/** @throws NexmoAuthError what {@link checkOptions} throws; `ERR_INVALID_OPTION` for `exp`, `iat`, `jti` */
export function checkDefaults(defaults: JwtOptions): JwtOptions {
  const options = checkOptions(defaults);
  const single = (['exp', 'iat', 'jti'] as const).find((name) => options[name] !== undefined);
  if (single === undefined) return options;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${single} makes no sense as a default: it belongs to one token. Give it to generate().`,
  );
}

function merge(defaults: JwtOptions, options: JwtOptions): JwtOptions {
  const chosen = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(chosen) };
}

function newJti(): string {
  const { v4 } = require('uuid') as typeof import('uuid');
  return v4();
}

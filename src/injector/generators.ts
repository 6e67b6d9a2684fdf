import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Credentials } from '../credentials/credentials';
import { JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import type { Clock } from '../options';

type Known = {
  byCredentials: WeakMap<Credentials, JwtGenerator>;
  byKey: Map<string, JwtGenerator>;
};

/**
 * How many are kept for a clock; the first one is dropped first. Each takes about 2 KiB and its one
 * token, for the tokens of an injector all have the same options.
 */
const maximum = 1000;

/**
 * One generator for each key, application and clock that come up. A key that was parsed anew is the
 * same, so credentials that change otherwise have the same tokens as before.
 */
export class Generators {
  readonly #defaults: JwtGeneratorDefaults;
  readonly #known = new WeakMap<Clock, Known>();

  constructor(defaults: JwtGeneratorDefaults) {
    this.#defaults = defaults;
  }

  of(credentials: Credentials, now: Clock): JwtGenerator {
    const known = this.#known.get(now)?.byCredentials.get(credentials);
    return known ?? this.#find(credentials, now);
  }

  #find(credentials: Credentials, now: Clock): JwtGenerator {
    const { byCredentials, byKey } = this.#knownBy(now);
    const signsItself = this.#defaults.signer === undefined;
    const key = signsItself ? fingerprintOf(credentials.reveal('privateKey')) : 'signer';
    const id = `${key} ${String(credentials.applicationId)}`;
    const generator = byKey.get(id) ?? new JwtGenerator(credentials, { ...this.#defaults, now });
    byCredentials.set(credentials, generator);
    byKey.set(id, generator);
    if (byKey.size > maximum) byKey.delete(String(byKey.keys().next().value));
    return generator;
  }

  #knownBy(now: Clock): Known {
    const known = this.#known.get(now) ?? { byCredentials: new WeakMap(), byKey: new Map() };
    this.#known.set(now, known);
    return known;
  }
}

/** Of the public half, in which the private one has no part. */
function fingerprintOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('base64');
}

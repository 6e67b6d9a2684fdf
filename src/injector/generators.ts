import type { Credentials } from '../credentials/credentials';
import { JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import { fingerprintOf } from '../jwt/public-key';
import type { ExternalSigner } from '../jwt/external-signer';
import { type Clock, given } from '../options';

type GeneratorDefaults = JwtGeneratorDefaults & { signer?: ExternalSigner | undefined };

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
  readonly #defaults: GeneratorDefaults;
  readonly #known = new WeakMap<Clock, Known>();

  constructor(defaults: GeneratorDefaults) {
    this.#defaults = defaults;
  }

  of(credentials: Credentials, now: Clock): JwtGenerator {
    const known = this.#known.get(now)?.byCredentials.get(credentials);
    return known ?? this.#find(credentials, now);
  }

  /** Of the key that signs with these credentials; undefined for a signer that does not show its public key. */
  keyFingerprintOf(credentials: Credentials): string | undefined {
    const { signer } = this.#defaults;
    const key = signer === undefined ? credentials.reveal('privateKey') : signer.publicKey;
    return given(key, fingerprintOf);
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

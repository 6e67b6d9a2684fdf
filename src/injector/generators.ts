import type { Credentials } from '../credentials/credentials';
import { JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import { fingerprintOf } from '../jwt/public-key';
import type { ExternalSigner } from '../jwt/external-signer';
import { type Clock, mapOptional } from '../options';

type GeneratorDefaults = JwtGeneratorDefaults & { signer?: ExternalSigner | undefined };

type CachedGenerators = {
  byCredentials: WeakMap<Credentials, JwtGenerator>;
  byId: Map<string, JwtGenerator>;
};

/**
 * Number of generators that are kept for each clock. The oldest is dropped first. A generator takes about 2 KiB, and
 * holds one token.
 */
const maximumGenerators = 1000;

/**
 * Caches a token generator for each private key, application and clock. Keys are compared by fingerprint, so that new
 * `Credentials` with the same key use the tokens that are already cached.
 */
export class Generators {
  readonly #defaults: GeneratorDefaults;
  readonly #byClock = new WeakMap<Clock, CachedGenerators>();

  constructor(defaults: GeneratorDefaults) {
    this.#defaults = defaults;
  }

  of(credentials: Credentials, now: Clock): JwtGenerator {
    const cached = this.#byClock.get(now)?.byCredentials.get(credentials);
    return cached ?? this.#findOrCreate(credentials, now);
  }

  /** The fingerprint of the signing key; undefined for a signer that does not show its public key. */
  keyFingerprintOf(credentials: Credentials): string | undefined {
    const { signer } = this.#defaults;
    const key = signer === undefined ? credentials.reveal('privateKey') : signer.publicKey;
    return mapOptional(key, fingerprintOf);
  }

  #findOrCreate(credentials: Credentials, now: Clock): JwtGenerator {
    const { byCredentials, byId } = this.#cachedFor(now);
    const { signer } = this.#defaults;
    const key = signer === undefined ? fingerprintOf(credentials.reveal('privateKey')) : 'signer';
    const id = `${key} ${String(credentials.applicationId)}`;
    const generator = byId.get(id) ?? new JwtGenerator(credentials, { ...this.#defaults, now });
    byCredentials.set(credentials, generator);
    byId.set(id, generator);
    if (byId.size > maximumGenerators) byId.delete(String(byId.keys().next().value));
    return generator;
  }

  #cachedFor(now: Clock): CachedGenerators {
    const cached = this.#byClock.get(now) ?? { byCredentials: new WeakMap(), byId: new Map() };
    this.#byClock.set(now, cached);
    return cached;
  }
}

import type { Credentials } from '../credentials/credentials';
import { JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import { fingerprintOf, privateFingerprintOf } from '../jwt/public-key';
import type { ExternalSigner } from '../jwt/external-signer';
import { type Clock, mapOptional } from '../options';

type GeneratorDefaults = JwtGeneratorDefaults & { signer?: ExternalSigner | undefined };

/** A generator, and the fingerprint of its key. */
type KeyedGenerator = { key: string; generator: JwtGenerator };

type CachedGenerators = {
  byCredentials: WeakMap<Credentials, JwtGenerator>;
  /** The generators of each application. The generator of the most recently used key comes first. */
  byApplication: Map<string, readonly KeyedGenerator[]>;
};

/**
 * Number of applications whose generators are kept for each clock. The application that was added first is dropped
 * first. A generator takes about 2 KiB, and holds one token.
 */
const maximumApplications = 1000;

/**
 * Number of keys whose generators are kept for each application. A rotation has two keys. Keys that were replaced
 * earlier must not stay in memory.
 */
const maximumKeys = 2;

/**
 * Caches a token generator for each private key, application and clock. Keys are compared by fingerprint, so that new
 * `Credentials` with the same key use the tokens that are already cached. The fingerprint is that of the private key:
 * whoever has only the public key must get no token.
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
    const { byCredentials, byApplication } = this.#cachedFor(now);
    const { signer } = this.#defaults;
    const key =
      signer === undefined ? privateFingerprintOf(credentials.reveal('privateKey')) : 'signer';
    const application = String(credentials.applicationId);
    const recent = byApplication.get(application) ?? [];
    const found = recent.find((each) => each.key === key)?.generator;
    const generator = found ?? new JwtGenerator(credentials, { ...this.#defaults, now });
    byCredentials.set(credentials, generator);
    const others = recent.filter((each) => each.key !== key);
    byApplication.set(application, [{ key, generator }, ...others].slice(0, maximumKeys));
    if (byApplication.size > maximumApplications) {
      byApplication.delete(String(byApplication.keys().next().value));
    }
    return generator;
  }

  #cachedFor(now: Clock): CachedGenerators {
    const cached = this.#byClock.get(now) ?? {
      byCredentials: new WeakMap(),
      byApplication: new Map(),
    };
    this.#byClock.set(now, cached);
    return cached;
  }
}

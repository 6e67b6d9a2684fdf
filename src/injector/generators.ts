import type { Credentials } from '../credentials/credentials';
import { JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';
import { fingerprintOf, privateFingerprintOf } from '../jwt/public-key';
import type { ExternalSigner } from '../jwt/external-signer';
import { type Clock, mapOptional } from '../options';

type GeneratorDefaults = JwtGeneratorDefaults & { signer?: ExternalSigner | undefined };

/** The generators of one key, by clock, and the fingerprint of that key. */
type KeyedGenerators = { key: string; byClock: WeakMap<Clock, JwtGenerator> };

/**
 * Number of applications whose generators are kept. The application that was added first is dropped first. A generator
 * takes about 2 KiB, and holds one token.
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
  readonly #byCredentials = new WeakMap<Credentials, KeyedGenerators>();
  /** The keys of each application. The most recently used key comes first. */
  readonly #byApplication = new Map<string, readonly KeyedGenerators[]>();

  constructor(defaults: GeneratorDefaults) {
    this.#defaults = defaults;
  }

  of(credentials: Credentials, now: Clock): JwtGenerator {
    const { byClock } = this.#byCredentials.get(credentials) ?? this.#findOrAdd(credentials);
    const found = byClock.get(now);
    if (found !== undefined) return found;
    const generator = new JwtGenerator(credentials, { ...this.#defaults, now });
    byClock.set(now, generator);
    return generator;
  }

  /** The fingerprint of the signing key; undefined for a signer that does not show its public key. */
  keyFingerprintOf(credentials: Credentials): string | undefined {
    const { signer } = this.#defaults;
    const key = signer === undefined ? credentials.reveal('privateKey') : signer.publicKey;
    return mapOptional(key, fingerprintOf);
  }

  #findOrAdd(credentials: Credentials): KeyedGenerators {
    const { signer } = this.#defaults;
    const key =
      signer === undefined ? privateFingerprintOf(credentials.reveal('privateKey')) : 'signer';
    const application = String(credentials.applicationId);
    const recent = this.#byApplication.get(application) ?? [];
    const found = recent.find((each) => each.key === key) ?? { key, byClock: new WeakMap() };
    this.#byCredentials.set(credentials, found);
    const others = recent.filter((each) => each !== found);
    this.#byApplication.set(application, [found, ...others].slice(0, maximumKeys));
    if (this.#byApplication.size > maximumApplications) {
      this.#byApplication.delete(String(this.#byApplication.keys().next().value));
    }
    return found;
  }
}

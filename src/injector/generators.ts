import type { Credentials } from '../credentials/credentials';
import { JwtGenerator, type JwtGeneratorDefaults } from '../jwt/generator';

/**
 * One generator for each key and application that come up, as long as the key is in use: credentials
 * that change otherwise have the same tokens as before.
 */
export function generatorsOf(
  defaults: JwtGeneratorDefaults,
): (credentials: Credentials) => JwtGenerator {
  const generators = new WeakMap<object, Map<string | undefined, JwtGenerator>>();
  return (credentials) => {
    const key = defaults.signer ?? credentials.reveal('privateKey');
    const byApplication = generators.get(key) ?? new Map<string | undefined, JwtGenerator>();
    const { applicationId } = credentials;
    const generator = byApplication.get(applicationId) ?? new JwtGenerator(credentials, defaults);
    generators.set(key, byApplication.set(applicationId, generator));
    return generator;
  };
}

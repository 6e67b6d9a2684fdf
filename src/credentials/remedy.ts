/** Returns sentences that say how to supply the missing fields of credentials. */
export type Remedy = (missing: readonly string[]) => string;

/**
 * The remedies, by Credentials. A remedy is not a field of Credentials, so that printing Credentials does not show the
 * remedy.
 */
const remedies = new WeakMap<object, Remedy>();

export function setRemedy(credentials: object, remedy: Remedy | undefined): void {
  if (remedy !== undefined) remedies.set(credentials, remedy);
}

/** The remedy that the provider of the credentials has set. Undefined if the provider has set none. */
export function remedyOf(credentials: object): Remedy | undefined {
  return remedies.get(credentials);
}

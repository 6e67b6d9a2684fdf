/** Says how to supply the missing fields of credentials, in sentences. */
export type Remedy = (missing: readonly string[]) => string;

/** The remedies, by Credentials. A remedy is not a field of Credentials, since printing them would show it. */
const remedies = new WeakMap<object, Remedy>();

export function setRemedy(credentials: object, remedy: Remedy | undefined): void {
  if (remedy !== undefined) remedies.set(credentials, remedy);
}

/** The remedy of the provider that the credentials are from. Undefined if it has set none. */
export function remedyOf(credentials: object): Remedy | undefined {
  return remedies.get(credentials);
}

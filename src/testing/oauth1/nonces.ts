/**
 * The maximum difference between a timestamp and the sandbox's clock, in seconds. The platform's limit is not known.
 */
export const tolerance = 300;

/**
 * The used nonces, each with its timestamp, consumer and token (RFC 5849 section 3.3). Forgets a nonce when its
 * timestamp is out of tolerance, so that memory use does not grow without limit.
 */
export class UsedNonces {
  readonly #used = new Map<number, Set<string>>();

  /** Marks a nonce as used. Returns false if it was used before. `now` is in seconds. */
  claim(timestamp: number, parts: readonly string[], now: number): boolean {
    for (const old of this.#used.keys()) {
      if (Math.abs(old - now) > tolerance) this.#used.delete(old);
    }
    const key = JSON.stringify(parts);
    const used = this.#used.get(timestamp) ?? new Set();
    if (used.has(key)) return false;
    this.#used.set(timestamp, used.add(key));
    return true;
  }
}

/** Seconds by which a timestamp may differ from the clock. The platform's own value is unknown. */
export const tolerance = 300;

/**
 * Which nonces were used, each with its timestamp, consumer and token (RFC 5849 section 3.3). Those
 * are forgotten whose timestamp would by now be refused, so the memory holds the last minutes alone.
 */
export class UsedNonces {
  readonly #used = new Map<number, Set<string>>();

  /** @param now seconds. Gives false for what was claimed before. */
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

import { publish } from '../diagnostics';
import type { NexmoAuthError } from '../errors';
import { copyOptions, refuseUnknown, requireCount } from '../options';

/** A signed token with its `iat` and `exp`. */
export type SignedToken = { text: string; iat: number; exp: number };

/** A token to send. `isReused` means that it was signed for an earlier call. */
export type IssuedToken = SignedToken & { isReused: boolean };

export type CacheOptions = {
  /**
   * The maximum number of tokens, 1000 by default. The cache takes at most `size` times 16 KiB
   * (16 MiB by default) for the tokens and their options. It evicts the least recently used token
   * first, and never keeps one that is larger than the whole cache.
   */
  size?: number | undefined;
};

type Sign = (inBackground: boolean) => Promise<SignedToken>;

type CacheEntry = SignedToken & {
  key: string;
  /** Seconds since the epoch from which the token is replaced in the background, or no longer used. */
  refreshAt: number;
  expiry: number;
  /** Milliseconds of the monotonic clock: the same expiry, and the earliest retry of a failed replacement. */
  monotonicExpiry: number;
  retryAt: number;
  replacement: Promise<CacheEntry> | undefined;
};

/** Cache contents since the clock last went backwards. */
type CacheContents = {
  /** From the least to the most recently used. */
  entries: Map<string, CacheEntry>;
  /** The size of all entries. */
  bytes: number;
  newest: CacheEntry | undefined;
  /** Signatures that callers wait for. */
  pending: Map<string, Promise<CacheEntry>>;
};

const bytesPerToken = 16_384;

/** Seconds until a failed replacement is tried again. */
const retryDelay = 5;

/**
 * Live tokens, keyed by their options. Concurrent misses share one signature.
 *
 * A token is used until shortly before its `exp`, by the given clock and by a monotonic one, whichever is earlier. If
 * the given clock goes backwards, all tokens are evicted. So no token is returned after its lifetime, however the
 * clock is set.
 */
export class TokenCache {
  readonly #size: number;
  readonly #applicationId: string;
  #contents = emptyContents();
  /** The time of the last call, in seconds since the epoch. */
  #lastTime = 0;

  constructor(size: number, applicationId: string) {
    this.#size = size;
    this.#applicationId = applicationId;
  }

  /** Returns the cached token of a key, or signs one. `now` is in seconds. */
  issue(key: string, now: number, sign: Sign): IssuedToken | Promise<IssuedToken> {
    // Pending signatures still resolve for their callers, but their tokens are not kept.
    if (now < this.#lastTime) this.#contents = emptyContents();
    this.#lastTime = now;
    const entry = this.#lookUp(key);
    if (entry === undefined || isExpired(entry, now)) {
      return this.#signShared(key, entry?.replacement, sign).then((next) => toIssued(next, false));
    }
    if (now >= entry.refreshAt && entry.replacement === undefined) this.#refresh(entry, sign);
    this.#publish('token:reused', entry);
    return toIssued(entry, true);
  }

  drop(text: string): void {
    const contents = this.#contents;
    for (const [key, entry] of contents.entries) {
      if (entry.text === text) remove(key, contents);
    }
  }

  #lookUp(key: string): CacheEntry | undefined {
    const { entries, newest } = this.#contents;
    if (newest?.key === key) return newest;
    const entry = entries.get(key);
    return entry && this.#store(entry, this.#contents);
  }

  /** Makes an entry the most recently used one. */
  #store(entry: CacheEntry, contents: CacheContents): CacheEntry {
    const { entries } = contents;
    const maximumBytes = this.#size * bytesPerToken;
    remove(entry.key, contents);
    if (bytesOf(entry) > maximumBytes) return entry;
    entries.set(entry.key, entry);
    contents.bytes += bytesOf(entry);
    contents.newest = entry;
    while (entries.size > this.#size || contents.bytes > maximumBytes) {
      remove(String(entries.keys().next().value), contents);
    }
    return entry;
  }

  /** One signature for all concurrent callers. A failure reaches all of them and is not kept. */
  #signShared(key: string, begun: CacheEntry['replacement'], sign: Sign): Promise<CacheEntry> {
    const { pending } = this.#contents;
    const underWay = pending.get(key);
    if (underWay !== undefined) return underWay;
    const signNew = () => this.#sign(key, false, sign);
    // A replacement may fail, also because the clock was set. Callers then get a new signature.
    const signature = begun === undefined ? signNew() : awaitKeepingAlive(begun).catch(signNew);
    const shared = signature.finally(() => pending.delete(key));
    pending.set(key, shared);
    return shared;
  }

  async #sign(key: string, inBackground: boolean, sign: Sign): Promise<CacheEntry> {
    const contents = this.#contents;
    const started = performance.now();
    const token = await sign(inBackground);
    return this.#store(toEntry(key, token, started), contents);
  }

  #refresh(entry: CacheEntry, sign: Sign): void {
    if (performance.now() < entry.retryAt) return;
    entry.replacement = this.#sign(entry.key, true, sign);
    entry.replacement.then(
      (replacement) => {
        this.#publish('token:refreshed', replacement);
      },
      (error: unknown) => {
        entry.replacement = undefined;
        entry.retryAt = performance.now() + retryDelay * 1000;
        const { code } = error as NexmoAuthError;
        publish('token:refresh-failed', { applicationId: this.#applicationId, code });
      },
    );
  }

  #publish(name: 'token:reused' | 'token:refreshed', { iat, exp }: SignedToken): void {
    publish(name, { applicationId: this.#applicationId, iat, exp });
  }
}

function emptyContents(): CacheContents {
  return { entries: new Map(), bytes: 0, newest: undefined, pending: new Map() };
}

function remove(key: string, contents: CacheContents): void {
  const entry = contents.entries.get(key);
  if (entry === undefined) return;
  contents.entries.delete(key);
  contents.bytes -= bytesOf(entry);
  if (contents.newest === entry) contents.newest = undefined;
}

/** One byte for each character of the token, and up to two for each of the options. */
function bytesOf({ key, text }: CacheEntry): number {
  return 2 * key.length + text.length;
}

/**
 * Leaves the last tenth of the lifetime (at most 30 seconds) for the request to arrive, and as much before that for
 * the replacement.
 */
function toEntry(key: string, token: SignedToken, started: number): CacheEntry {
  const { iat, exp } = token;
  const lifetime = exp - iat;
  const margin = Math.min(30, Math.ceil(lifetime / 10));
  return {
    ...token,
    key,
    refreshAt: exp - 2 * margin,
    expiry: exp - margin,
    monotonicExpiry: started + (lifetime - margin) * 1000,
    retryAt: 0,
    replacement: undefined,
  };
}

function toIssued({ text, iat, exp }: SignedToken, isReused: boolean): IssuedToken {
  return { text, iat, exp, isReused };
}

function isExpired(entry: CacheEntry, now: number): boolean {
  return now >= entry.expiry || performance.now() >= entry.monotonicExpiry;
}

/** A background signature does not keep Node running; once a caller waits for it, a timer does. */
async function awaitKeepingAlive<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = setInterval(Date.now, 2_147_483_647);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireCacheSize(cache: boolean | CacheOptions): number {
  if (typeof cache === 'boolean') return cache ? 1000 : 0;
  const { size = 1000, ...unknown } = copyOptions(cache, 'cache');
  refuseUnknown(unknown, 'cache');
  return requireCount(size, 'cache.size');
}

import { publish } from '../diagnostics';
import type { NexmoAuthError } from '../errors';
import { copyOptions, refuseUnknown, requireCount } from '../options';

/** A signed token. */
export type SignedToken = {
  /** The JWT. */
  text: string;
  /** When the token was issued, in seconds since the epoch. */
  iat: number;
  /** When the token expires, in seconds since the epoch. */
  exp: number;
};

/** A token to send. */
export type IssuedToken = SignedToken & {
  /** Whether the token was signed for an earlier call. */
  isReused: boolean;
};

/** The options of the token cache. */
export type CacheOptions = {
  /**
   * The maximum number of tokens (default: 1000). The cache takes at most `size` times 16 KiB (by default 16 MiB) for
   * the tokens and their options. It evicts the least recently used token first, and does not keep a token that is
   * larger than the whole cache.
   */
  size?: number | undefined;
};

type Sign = (inBackground: boolean) => Promise<SignedToken>;

type CacheEntry = SignedToken & {
  key: string;
  /** Seconds since the epoch. From then on, the token is replaced in the background. */
  refreshAt: number;
  /** Seconds since the epoch. From then on, the token is not used. */
  expiry: number;
  /** The expiry in milliseconds of the monotonic clock. */
  monotonicExpiry: number;
  /** Milliseconds of the monotonic clock. From then on, a failed replacement is tried again. */
  retryAt: number;
  replacement: Promise<CacheEntry> | undefined;
};

/** The contents of the cache. If the clock goes backwards, the cache starts again with empty contents. */
type CacheContents = {
  /** Entries by key, from the least to the most recently used. */
  entries: Map<string, CacheEntry>;
  /** The total size of the entries. */
  bytes: number;
  lastUsed: CacheEntry | undefined;
  /** Signatures that callers wait for. */
  pending: Map<string, Promise<CacheEntry>>;
};

const bytesPerToken = 16_384;

/** Seconds until a failed replacement is tried again. */
const retryDelay = 5;

/**
 * Live tokens, keyed by their options. Concurrent misses share one signature.
 *
 * A token is used until shortly before its `exp`, as measured with the given clock and with a monotonic clock. If the
 * given clock goes backwards, all tokens are evicted. Therefore no token is returned after its lifetime, even if the
 * given clock is set to another time.
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

  /** Returns the cached token of a key, or signs a new token. `now` is in seconds. */
  issue(key: string, now: number, sign: Sign): IssuedToken | Promise<IssuedToken> {
    // If the clock went backwards, waiting callers still get their tokens, but the cache does not keep these tokens.
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
    const { entries, lastUsed } = this.#contents;
    if (lastUsed?.key === key) return lastUsed;
    const entry = entries.get(key);
    return entry && this.#store(entry, this.#contents);
  }

  /** Makes an entry the most recently used entry. */
  #store(entry: CacheEntry, contents: CacheContents): CacheEntry {
    const { entries } = contents;
    const maximumBytes = this.#size * bytesPerToken;
    remove(entry.key, contents);
    if (bytesOf(entry) > maximumBytes) return entry;
    entries.set(entry.key, entry);
    contents.bytes += bytesOf(entry);
    contents.lastUsed = entry;
    while (entries.size > this.#size || contents.bytes > maximumBytes) {
      remove(String(entries.keys().next().value), contents);
    }
    return entry;
  }

  /**
   * Signs once for all concurrent callers. If signing fails, all of them get the error, and the next call signs again.
   */
  #signShared(key: string, started: CacheEntry['replacement'], sign: Sign): Promise<CacheEntry> {
    const { pending } = this.#contents;
    const shareable = pending.get(key);
    if (shareable !== undefined) return shareable;
    const signNew = () => this.#sign(key, false, sign);
    // A started replacement may fail, for example because the clock was set. Callers then get a new signature.
    const signature = started === undefined ? signNew() : awaitKeepingAlive(started).catch(signNew);
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
  return { entries: new Map(), bytes: 0, lastUsed: undefined, pending: new Map() };
}

function remove(key: string, contents: CacheContents): void {
  const entry = contents.entries.get(key);
  if (entry === undefined) return;
  contents.entries.delete(key);
  contents.bytes -= bytesOf(entry);
  if (contents.lastUsed === entry) contents.lastUsed = undefined;
}

/** The size of an entry: one byte for each character of the token, and up to two for each character of the options. */
function bytesOf({ key, text }: CacheEntry): number {
  return 2 * key.length + text.length;
}

/**
 * A token is not used in the last tenth of its lifetime (at most the last 30 seconds), so that the request arrives in
 * time. For an equally long time before that, the token is still used, but may be replaced in the background.
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

/** Also applies to a token from the future: the clock was ahead only while that token was being signed. */
function isExpired(entry: CacheEntry, now: number): boolean {
  return now < entry.iat || now >= entry.expiry || performance.now() >= entry.monotonicExpiry;
}

/** Waits for a background signature. Such a signature does not keep Node running, so a timer keeps Node running. */
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

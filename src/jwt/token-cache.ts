import { publish } from '../diagnostics';
import { NexmoAuthError } from '../errors';
import { refuseUnknown, requireObject } from '../options';

/** A signed token and the two of its claims that say when it lives. */
export type SignedToken = { text: string; iat: number; exp: number };

/** A token to send. `isReused` says that it was signed for an earlier one. */
export type IssuedToken = SignedToken & { isReused: boolean };

export type CacheOptions = {
  /** How many tokens are kept, the least recently used one is dropped first; 1000 by default. */
  size?: number | undefined;
};

type Live = SignedToken & {
  /** Seconds since the epoch: from when on it is replaced in the background, or no longer used. */
  refreshAt: number;
  dueAt: number;
  /** Milliseconds of the clock that nobody can set. */
  dueAtSteady: number;
};

type Entry = {
  key: string;
  live: Live | undefined;
  signing: Promise<Live> | undefined;
  isRefreshing: boolean;
};

/** Seconds for which a background signature that failed is not tried again. */
const pause = 5;

/**
 * Tokens that live, by what makes them differ. Of many that ask for one that is not there, one signs.
 *
 * A token is used until shortly before its `exp`, by the clock and by one that nobody can set,
 * whichever is first; a clock that was seen to go back drops all. So a clock that is set, either
 * way, never gives a token past its life.
 */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #size: number;
  readonly #applicationId: string;
  #newest: Entry | undefined;
  /** The latest time that was seen, in seconds. */
  #latest = 0;

  constructor(size: number, applicationId: string) {
    this.#size = size;
    this.#applicationId = applicationId;
  }

  /** The token of a key that is in use, or else what `sign` gives. `now` is in seconds. */
  issue(
    key: string,
    now: number,
    sign: () => Promise<SignedToken>,
  ): IssuedToken | Promise<IssuedToken> {
    if (now < this.#latest) this.#clear();
    this.#latest = now;
    const entry = this.#touch(key);
    const { live } = entry;
    if (live === undefined || isDue(live, now)) {
      entry.live = undefined;
      const token = this.#sign(entry, sign);
      // What was begun in the background may fail, or end at a clock that was set: then begin anew.
      const own = entry.isRefreshing ? token.catch(() => this.#sign(entry, sign)) : token;
      return own.then((signed) => issued(signed, false));
    }
    if (now >= live.refreshAt && entry.signing === undefined) {
      void this.#refresh(entry, live, now, sign);
    }
    this.#publish('token:reused', live);
    return issued(live, true);
  }

  /** Uses a token no longer: it was refused. */
  drop(text: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.live?.text === text) this.#forget(entry);
    }
  }

  #clear(): void {
    this.#entries.clear();
    this.#newest = undefined;
  }

  #forget(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    if (this.#newest === entry) this.#newest = undefined;
  }

  /** Puts a key behind all others in the order in which they are dropped. */
  #touch(key: string): Entry {
    if (this.#newest?.key === key) return this.#newest;
    const entry = this.#entries.get(key) ?? {
      key,
      live: undefined,
      signing: undefined,
      isRefreshing: false,
    };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#newest = entry;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#size) this.#entries.delete(String(oldest));
    return entry;
  }

  /** One signature for all that wait for it; a failure is theirs and is not kept. */
  #sign(entry: Entry, sign: () => Promise<SignedToken>): Promise<Live> {
    const started = performance.now();
    entry.signing ??= sign().then(
      (token) => {
        entry.signing = undefined;
        entry.live = toLive(token, started);
        return entry.live;
      },
      (error: unknown) => {
        entry.signing = undefined;
        if (entry.live === undefined) this.#forget(entry);
        throw error;
      },
    );
    return entry.signing;
  }

  async #refresh(
    entry: Entry,
    live: Live,
    now: number,
    sign: () => Promise<SignedToken>,
  ): Promise<void> {
    entry.isRefreshing = true;
    try {
      this.#publish('token:refreshed', await this.#sign(entry, sign));
    } catch (error) {
      live.refreshAt = now + pause;
      const { code } = error as NexmoAuthError;
      publish('token:refresh-failed', { applicationId: this.#applicationId, code });
    } finally {
      entry.isRefreshing = false;
    }
  }

  #publish(name: 'token:reused' | 'token:refreshed', { iat, exp }: SignedToken): void {
    publish(name, { applicationId: this.#applicationId, iat, exp });
  }
}

/** The last tenth of its life, at most 30 seconds, is for the way to the server; as much before that for a new one. */
function toLive({ text, iat, exp }: SignedToken, started: number): Live {
  const life = exp - iat;
  const margin = Math.min(30, Math.ceil(life / 10));
  const dueAtSteady = started + (life - margin) * 1000;
  return { text, iat, exp, refreshAt: exp - 2 * margin, dueAt: exp - margin, dueAtSteady };
}

function issued({ text, iat, exp }: SignedToken, isReused: boolean): IssuedToken {
  return { text, iat, exp, isReused };
}

function isDue(live: Live, now: number): boolean {
  return now >= live.dueAt || performance.now() >= live.dueAtSteady;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireCacheSize(cache: boolean | CacheOptions): number {
  if (typeof cache === 'boolean') return cache ? 1000 : 0;
  requireObject(cache, 'cache');
  const { size = 1000, ...unknown } = cache;
  refuseUnknown(unknown, 'cache');
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'cache.size must be a whole number, at least 1.');
}

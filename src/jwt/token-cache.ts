import { publish } from '../diagnostics';
import type { NexmoAuthError } from '../errors';
import { readOptions, refuseUnknown, requireCount } from '../options';

/** A signed token and the two of its claims that say when it lives. */
export type SignedToken = { text: string; iat: number; exp: number };

/** A token to send. `isReused` says that it was signed for an earlier one. */
export type IssuedToken = SignedToken & { isReused: boolean };

export type CacheOptions = {
  /**
   * How many tokens are kept; 1000 by default. Together with their options they take at most `size`
   * times 16 KiB, so 16 MiB by default. The least recently used one is dropped first; one that is
   * larger than all that is never kept.
   */
  size?: number | undefined;
};

/** Is told whether somebody waits for it, or it is made in the background. */
type Sign = (inBackground: boolean) => Promise<SignedToken>;

type Live = SignedToken & {
  key: string;
  /** Seconds since the epoch: from when on it is replaced in the background, or no longer used. */
  refreshAt: number;
  dueAt: number;
  /** Milliseconds of the clock that nobody can set: the same, and until when no replacement is tried. */
  dueAtSteady: number;
  pausedUntil: number;
  replacement: Promise<Live> | undefined;
};

/** Those of a time in which the clock did not go back. */
type Tokens = {
  /** In the order in which they were used. */
  live: Map<string, Live>;
  /** The bytes that these take. */
  bytes: number;
  newest: Live | undefined;
  /** Those that callers wait for. */
  signing: Map<string, Promise<Live>>;
};

/** Bytes for each token that the cache has room for. */
const bytesEach = 16_384;

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
  readonly #size: number;
  readonly #applicationId: string;
  #tokens = noTokens();
  /** The latest time that was seen, in seconds. */
  #latest = 0;

  constructor(size: number, applicationId: string) {
    this.#size = size;
    this.#applicationId = applicationId;
  }

  /** The token of a key that is in use, or else what `sign` gives. `now` is in seconds. */
  issue(key: string, now: number, sign: Sign): IssuedToken | Promise<IssuedToken> {
    // What is being signed at this time is then given to those who wait, and not kept.
    if (now < this.#latest) this.#tokens = noTokens();
    this.#latest = now;
    const live = this.#use(key);
    if (live === undefined || isDue(live, now)) {
      return this.#next(key, live?.replacement, sign).then((token) => issued(token, false));
    }
    if (now >= live.refreshAt && live.replacement === undefined) this.#refresh(live, sign);
    this.#publish('token:reused', live);
    return issued(live, true);
  }

  /** Uses a token no longer: it was refused. */
  drop(text: string): void {
    const tokens = this.#tokens;
    for (const [key, live] of tokens.live) {
      if (live.text === text) remove(key, tokens);
    }
  }

  #use(key: string): Live | undefined {
    const { live, newest } = this.#tokens;
    if (newest?.key === key) return newest;
    const found = live.get(key);
    return found && this.#keep(found, this.#tokens);
  }

  /** Puts a token behind all others in the order in which they are dropped. */
  #keep(token: Live, tokens: Tokens): Live {
    const { live } = tokens;
    const maximumBytes = this.#size * bytesEach;
    remove(token.key, tokens);
    if (bytesOf(token) > maximumBytes) return token;
    live.set(token.key, token);
    tokens.bytes += bytesOf(token);
    tokens.newest = token;
    while (live.size > this.#size || tokens.bytes > maximumBytes) {
      remove(String(live.keys().next().value), tokens);
    }
    return token;
  }

  /** One signature for all that wait for it; a failure is theirs and is not kept. */
  #next(key: string, begun: Promise<Live> | undefined, sign: Sign): Promise<Live> {
    const { signing } = this.#tokens;
    const underWay = signing.get(key);
    if (underWay !== undefined) return underWay;
    const anew = () => this.#sign(key, false, sign);
    // What was begun in the background may fail, or end at a clock that was set: then begin anew.
    const next = begun === undefined ? anew() : awaited(begun).catch(anew);
    const token = next.finally(() => signing.delete(key));
    signing.set(key, token);
    return token;
  }

  async #sign(key: string, inBackground: boolean, sign: Sign): Promise<Live> {
    const tokens = this.#tokens;
    const started = performance.now();
    const token = await sign(inBackground);
    return this.#keep(toLive(key, token, started), tokens);
  }

  #refresh(live: Live, sign: Sign): void {
    if (performance.now() < live.pausedUntil) return;
    live.replacement = this.#sign(live.key, true, sign);
    live.replacement.then(
      (token) => {
        this.#publish('token:refreshed', token);
      },
      (error: unknown) => {
        live.replacement = undefined;
        live.pausedUntil = performance.now() + pause * 1000;
        const { code } = error as NexmoAuthError;
        publish('token:refresh-failed', { applicationId: this.#applicationId, code });
      },
    );
  }

  #publish(name: 'token:reused' | 'token:refreshed', { iat, exp }: SignedToken): void {
    publish(name, { applicationId: this.#applicationId, iat, exp });
  }
}

function noTokens(): Tokens {
  return { live: new Map(), bytes: 0, newest: undefined, signing: new Map() };
}

function remove(key: string, tokens: Tokens): void {
  const token = tokens.live.get(key);
  if (token === undefined) return;
  tokens.live.delete(key);
  tokens.bytes -= bytesOf(token);
  if (tokens.newest === token) tokens.newest = undefined;
}

/** A character of a token takes a byte, one of the options up to two. */
function bytesOf({ key, text }: Live): number {
  return 2 * key.length + text.length;
}

/** The last tenth of its life, at most 30 seconds, is for the way to the server; as much before that for a new one. */
function toLive(key: string, { text, iat, exp }: SignedToken, started: number): Live {
  const life = exp - iat;
  const margin = Math.min(30, Math.ceil(life / 10));
  return {
    key,
    text,
    iat,
    exp,
    refreshAt: exp - 2 * margin,
    dueAt: exp - margin,
    dueAtSteady: started + (life - margin) * 1000,
    pausedUntil: 0,
    replacement: undefined,
  };
}

function issued({ text, iat, exp }: SignedToken, isReused: boolean): IssuedToken {
  return { text, iat, exp, isReused };
}

function isDue(live: Live, now: number): boolean {
  return now >= live.dueAt || performance.now() >= live.dueAtSteady;
}

/** What was begun for nobody, now that somebody waits: Node runs until it is there. */
async function awaited<Value>(promise: Promise<Value>): Promise<Value> {
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
  const { size = 1000, ...unknown } = readOptions(cache, 'cache', (given) => ({ ...given }));
  refuseUnknown(unknown, 'cache');
  return requireCount(size, 'cache.size');
}

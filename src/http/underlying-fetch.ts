import { AsyncLocalStorage } from 'node:async_hooks';
import { kindOf, NexmoAuthError } from '../errors';
import { isHeaders, isPlainObject, isRequest } from '../readers/brands';
import { type FetchInput, type FetchInit, urlOf, withoutHash } from './fetch-call';
import { copyFetchHeaders, headersByName } from './fetch-headers';

type Fetch = typeof fetch;

/** Those that `createAuthFetch` made: the global `fetch` may be one of them. */
const authFetches = new WeakSet<Fetch>();

type IsSending = (from: UnderlyingFetch, input: FetchInput, init: FetchInit) => boolean;

/**
 * Recognises the call that is being sent: what came around an authenticated `fetch` later, such as MSW, may pass it on to
 * that once more. A function, since Node keeps the value where others can see it, and it knows the credential.
 */
const sending = new AsyncLocalStorage<IsSending>();

/** The `fetch` that an authenticated one sends with: its own, or the global one at each call. */
export class UnderlyingFetch {
  readonly #own: Fetch | undefined;
  readonly #before = globalThis.fetch as Fetch | undefined;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(own: unknown) {
    this.#own = own === undefined ? undefined : requireFetch(own);
  }

  /**
   * What sends next.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` where there is no `fetch`
   */
  get fetch(): Fetch {
    const { fetch: now } = globalThis as { fetch?: Fetch };
    const global = now !== undefined && authFetches.has(now) ? this.#before : now;
    return requireFetch(this.#own ?? global);
  }

  /**
   * @param secretBody a body with a credential in it
   * @throws NexmoAuthError `ERR_INVALID_OPTION` where there is no `fetch`
   */
  async send(input: FetchInput, init: FetchInit, secretBody?: unknown): Promise<Response> {
    const underlying = this.fetch;
    const isWrapper = this.#own === undefined && underlying !== this.#before;
    if (!isWrapper) return underlying(input, init);
    const url = urlWithoutHash(input);
    const authorization = authorizationOf(input, init);
    const isSame: IsSending = (from, other, otherInit) =>
      from === this &&
      urlWithoutHash(other) === url &&
      authorizationOf(other, otherInit) === authorization &&
      (secretBody === undefined || secretBody === otherInit?.body);
    return sending.run(isSame, () => underlying(input, init));
  }

  /**
   * Sends past the global `fetch`, which has passed on what came from here.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` where there was none
   */
  async sendPast(input: FetchInput, init: FetchInit): Promise<Response> {
    return requireFetch(this.#before)(input, init);
  }

  /** Whether a call is the one that is being sent, with its credential if it has one. */
  isSending(input: FetchInput, init: FetchInit): boolean {
    return sending.getStore()?.(this, input, init) === true;
  }
}

export function markAuthFetch(authFetch: Fetch): Fetch {
  authFetches.add(authFetch);
  return authFetch;
}

/** As a Request or a Response shows it. */
function urlWithoutHash(input: FetchInput): string {
  const url = urlOf(input);
  return URL.canParse(url) ? withoutHash(url) : url;
}

/** Not of headers that can be iterated over only once. */
function authorizationOf(input: FetchInput, init: FetchInit): string | undefined {
  const headers: unknown = init?.headers ?? (isRequest(input) ? input.headers : undefined);
  const isLasting = isHeaders(headers) || Array.isArray(headers) || isPlainObject(headers);
  return isLasting ? headersByName(copyFetchHeaders(headers))['authorization'] : undefined;
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
function requireFetch(value: unknown): Fetch {
  if (typeof value === 'function') return value as Fetch;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `The fetch option must be a function, or be left out where there is a global fetch; it is ${kindOf(value)}.`,
  );
}

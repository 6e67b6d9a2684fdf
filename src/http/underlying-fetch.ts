import { AsyncLocalStorage } from 'node:async_hooks';
import { kindOf, NexmoAuthError } from '../errors';
import { isHeaders, isPlainObject, isRequest } from '../readers/brands';
import { credentialHeaders } from '../schemes/scheme';
import { type FetchInput, type FetchInit, inputUrl, withoutHash } from './fetch-call';
import { copyFetchHeaders, headersByName } from './fetch-headers';

type Fetch = typeof fetch;

/** The functions that `createAuthFetch` returned. The global `fetch` may be one of them. */
const authFetches = new WeakSet<Fetch>();

type IsSending = (sender: UnderlyingFetch, input: FetchInput, init: FetchInit) => boolean;

/**
 * While a call is being sent, the store holds a function that recognises that call. A wrapper of the global `fetch`,
 * such as MSW, may pass the call to the authenticated `fetch` again. The store does not hold the call itself, with its
 * credential, since Node exposes stored values. After the call, the function is removed from the store, since timers
 * and sockets that were made during the call keep the store alive.
 */
const sending = new AsyncLocalStorage<{ isSame: IsSending | undefined }>();

/** The `fetch` that an authenticated `fetch` sends with (default: the global `fetch` at the time of each request). */
export class UnderlyingFetch {
  readonly #option: Fetch | undefined;
  readonly #original = globalThis.fetch as Fetch | undefined;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(option: unknown) {
    this.#option = option === undefined ? undefined : requireFetch(option);
  }

  /**
   * The `fetch` that sends the next call.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` if there is no `fetch`
   */
  get fetch(): Fetch {
    const { fetch: current } = globalThis as { fetch?: Fetch };
    const global = current !== undefined && authFetches.has(current) ? this.#original : current;
    return requireFetch(this.#option ?? global);
  }

  /**
   * @param secretBody the body, if a credential was added to the body
   * @throws NexmoAuthError `ERR_INVALID_OPTION` if there is no `fetch`
   */
  async send(input: FetchInput, init: FetchInit, secretBody?: unknown): Promise<Response> {
    const underlying = this.fetch;
    const isWrapper = this.#option === undefined && underlying !== this.#original;
    if (!isWrapper) return underlying(input, init);
    const url = urlWithoutHash(input);
    const credential = credentialOf(input, init);
    const isSame: IsSending = (sender, other, otherInit) =>
      sender === this &&
      urlWithoutHash(other) === url &&
      credentialOf(other, otherInit) === credential &&
      (secretBody === undefined || secretBody === otherInit?.body);
    const call: { isSame: IsSending | undefined } = { isSame };
    try {
      return await sending.run(call, () => underlying(input, init));
    } finally {
      call.isSame = undefined;
    }
  }

  /**
   * Sends a call for which `isReentrant` is true. Uses the original global `fetch`, not its wrapper.
   *
   * @throws NexmoAuthError `ERR_INVALID_OPTION` if there was no global `fetch`
   */
  async sendWithOriginal(input: FetchInput, init: FetchInit): Promise<Response> {
    return requireFetch(this.#original)(input, init);
  }

  /** Whether a wrapper has passed back the call that is being sent, with its credential unchanged. */
  isReentrant(input: FetchInput, init: FetchInit): boolean {
    return sending.getStore()?.isSame?.(this, input, init) === true;
  }
}

export function markAuthFetch(authFetch: Fetch): Fetch {
  authFetches.add(authFetch);
  return authFetch;
}

function urlWithoutHash(input: FetchInput): string {
  const url = inputUrl(input);
  return URL.canParse(url) ? withoutHash(url) : url;
}

/** The value of the header with the credential. Undefined for headers that can be iterated over only once. */
function credentialOf(input: FetchInput, init: FetchInit): string | undefined {
  const headers: unknown = init?.headers ?? (isRequest(input) ? input.headers : undefined);
  const isReusable = isHeaders(headers) || Array.isArray(headers) || isPlainObject(headers);
  if (!isReusable) return undefined;
  const byName = headersByName(copyFetchHeaders(headers));
  return credentialHeaders.map((name) => byName[name]).find((value) => value !== undefined);
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
function requireFetch(value: unknown): Fetch {
  if (typeof value === 'function') return value as Fetch;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `The fetch option must be a function, unless there is a global fetch to use. It is ${kindOf(value)}.`,
  );
}

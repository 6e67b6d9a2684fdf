import { type CallbackErrors, Deadline, type DeadlineOptions } from '../deadline';
import { copyHint, kindOf, NexmoAuthError } from '../errors';
import {
  type Clock,
  mapOptional,
  refuseUnknown,
  requireObject,
  requireSeconds,
  secondsOf,
  monotonicClock,
} from '../options';
import { BackOff } from './back-off';
import { type CredentialKind, Credentials } from './credentials';
import { Expiry } from './expiry';
import { providerFailed, type ProviderFunction, readProvided } from './providers';

/** When a provider is called, and how long its answer may take. */
export type ProviderOptions = DeadlineOptions & {
  /**
   * Seconds after which the provider is called again. With 0, the provider is called for every request. Without
   * `maxAge`, the provider is called again only after a refusal, and shortly before the `expiresAt` of its credentials.
   * After a failed call, the next call also waits for the back-off interval.
   */
  maxAge?: number | undefined;
};

const callbackErrors: CallbackErrors = {
  name: 'The credentials provider',
  failed: 'ERR_PROVIDER_FAILED',
  timeout: 'ERR_PROVIDER_TIMEOUT',
  aborted: 'ERR_PROVIDER_ABORTED',
};

const rotatingKinds = ['key-secret', 'application', 'signature'] as const;
const comparedKinds = [...rotatingKinds, 'oauth1', 'opentok'] as const;

/**
 * The credentials in use, which are fixed or come from a provider.
 *
 * Concurrent requests share one call to the provider. A back-off interval starts if a call fails, or returns the same
 * credentials after a refusal. The interval is 1 second at first, and doubles with each such call, up to 5 minutes. New
 * credentials reset the interval. There is no back-off while there are no credentials (before the provider's first
 * answer, and after its credentials have expired): each request then needs an answer of the provider.
 */
export class CredentialSource {
  /** Whether the credentials never change, apart from the order of a rotation pair. */
  readonly isFixed: boolean;
  readonly #provider: ProviderFunction;
  readonly #deadline: Deadline;
  readonly #maxAge: number;
  readonly #now: Clock;
  readonly #monotonic: Clock;
  readonly #backOff: BackOff;
  #credentials: Credentials | undefined;
  /** Undefined if the credentials in use do not expire. */
  #expiry: Expiry | undefined;
  #pendingCall: Promise<Credentials> | undefined;
  /** The end of `maxAge` for the credentials in use. */
  #renewal: Expiry | undefined;
  #rejections = 0;
  /** The number of rejections at the start of the last successful call. */
  #handledRejections = 0;
  /** Whether the pending call follows a refusal. */
  #followsRefusal = false;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(
    credentials: Credentials | ProviderFunction,
    options: ProviderOptions,
    now: Clock,
    monotonic: Clock = monotonicClock,
  ) {
    if (!(credentials instanceof Credentials) && typeof credentials !== 'function') {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `AuthInjector takes Credentials or a function that returns them, not ${kindOf(credentials)}.${copyHint(credentials, 'Credentials', 'AuthInjector')}`,
      );
    }
    requireObject(options, 'provider');
    const { deadline, maxAge, signal, ...unknown } = options;
    refuseUnknown(unknown, 'provider');
    this.#deadline = new Deadline({ deadline, signal }, callbackErrors);
    this.#maxAge = mapOptional(maxAge, (value) => requireSeconds(value, 'maxAge')) ?? Infinity;
    this.#now = now;
    this.#monotonic = monotonic;
    this.#backOff = new BackOff(monotonic);
    this.isFixed = credentials instanceof Credentials;
    // If the credentials are fixed, the provider is never called.
    this.#provider = credentials as ProviderFunction;
    this.#credentials = credentials instanceof Credentials ? credentials : undefined;
  }

  /**
   * Returns the credentials for a request. Calls the provider for the first request, after expiry, after `maxAge` and
   * after a rejection. Also calls the provider in the background shortly before expiry. If a call fails while the
   * previous credentials are still valid, those credentials stay in use until they expire, and the failed call causes
   * one warning.
   *
   * @param refused - credentials that the platform has refused. Passed when another source calls this source as its
   * provider
   * @throws NexmoAuthError `ERR_PROVIDER_FAILED`, `ERR_PROVIDER_TIMEOUT`, `ERR_PROVIDER_ABORTED`, every NexmoAuthError
   * of the provider
   */
  current(refused?: Credentials): Credentials | Promise<Credentials> {
    const used = this.inUse;
    if (used === undefined) return this.#fetch();
    if (!this.#mayFetch()) return used;
    const isRefused = this.#isRejected() || (refused !== undefined && hasSecretsOf(refused, used));
    const isTooOld = this.#renewal?.isOver() === true;
    if (isRefused || isTooOld) return this.#fetch(isRefused).catch(this.#stillUsable);
    if (this.#expiry?.isNear() === true) this.#fetch().catch(() => undefined);
    return used;
  }

  /** The credentials in use. Undefined before the provider's first answer, and after the credentials have expired. */
  get inUse(): Credentials | undefined {
    return this.#expiry?.isOver() === true ? undefined : this.#credentials;
  }

  /** Calls the provider after a refusal. Returns undefined if the call fails, or during a back-off interval. */
  async fetchAfterRefusal(): Promise<Credentials | undefined> {
    return this.#mayFetch() ? this.#fetch(true).catch(() => undefined) : undefined;
  }

  /** Uses the working credentials from now on, unless the refused credentials have already been replaced. */
  prefer(working: Credentials, refused: Credentials, kind: CredentialKind): void {
    const used = this.#credentials;
    // If the accepted request differed from the refused request only in its token, the credentials stay in use.
    if (used?.equals(refused, kind) !== true || working.equals(refused, kind)) return;
    // Rotates the credentials in use if possible, which keeps the rotation of the other kinds.
    const rotated = used.rotated(kind);
    this.#credentials = rotated?.equals(working, kind) === true ? rotated : working;
  }

  /** Reports that the platform accepted none of the credentials. The next request calls the provider. */
  markRejected(): void {
    this.#rejections += 1;
  }

  #isRejected(): boolean {
    return this.#rejections > this.#handledRejections;
  }

  #mayFetch(): boolean {
    return !this.isFixed && (this.#pendingCall !== undefined || this.#backOff.isOver());
  }

  /** Returns the credentials in use after a failed call. If they have expired, throws the error of that call. */
  readonly #stillUsable = (error: unknown): Credentials => {
    const used = this.inUse;
    if (used === undefined) throw error;
    return used;
  };

  #fetch(followsRefusal = false): Promise<Credentials> {
    this.#followsRefusal ||= followsRefusal;
    this.#pendingCall ??= this.#callProvider()
      .catch((error: unknown) => {
        this.#reportFailure(error as NexmoAuthError);
        throw error;
      })
      .finally(() => {
        this.#pendingCall = undefined;
        this.#followsRefusal = false;
      });
    return this.#pendingCall;
  }

  async #callProvider(): Promise<Credentials> {
    const rejections = this.#rejections;
    const refused = this.#followsRefusal ? this.#credentials : undefined;
    const result = await this.#deadline.waitFor(({ signal }) =>
      this.#provider({ signal, refused }),
    );
    const { credentials: provided, expiresAt } = readProvided(result);
    const expiry = mapOptional(expiresAt, (at) => this.#requireFuture(at));
    const previous = this.#credentials;
    const credentials = this.#keepRotation(provided);
    this.#renewal = this.#expiryAt(secondsOf(this.#now) + this.#maxAge);
    // A rejection that came during this call still needs a call of its own.
    this.#handledRejections = rejections;
    this.#credentials = credentials;
    this.#expiry = expiry;
    if (previous === undefined || !equalsInAllKinds(previous, credentials)) this.#backOff.reset();
    else if (this.#followsRefusal || expiry?.isNear() === true) this.#backOff.grow();
    return credentials;
  }

  #expiryAt(seconds: number): Expiry {
    return new Expiry(seconds, this.#now, this.#monotonic);
  }

  #requireFuture(expiresAt: number): Expiry {
    const expiry = this.#expiryAt(expiresAt);
    if (!expiry.isOver()) return expiry;
    throw providerFailed(
      `A credentials provider returned credentials that have expired: their expiresAt is ${new Date(expiresAt * 1000).toISOString()}. The provider must return credentials that are still valid. If it did, check the clock.`,
    );
  }

  /**
   * Warns once per failed call of the provider. Does not warn if there are no credentials to use, since then every
   * caller gets the error.
   */
  #reportFailure({ code, message }: NexmoAuthError): void {
    if (this.inUse === undefined) return;
    this.#backOff.grow();
    if (code === 'ERR_PROVIDER_ABORTED') return;
    process.emitWarning(
      `The credentials could not be refreshed, so the previous credentials stay in use. ${message}`,
      { type: 'NexmoAuthWarning', code },
    );
  }

  /** Swaps each rotation pair whose previous secret is in use, so that this secret becomes the current one. */
  #keepRotation(credentials: Credentials): Credentials {
    const used = this.#credentials;
    if (used === undefined) return credentials;
    return rotatingKinds.reduce((result, kind) => {
      const rotated = result.rotated(kind);
      return rotated?.equals(used, kind) === true ? rotated : result;
    }, credentials);
  }
}

/** Compares all fields, including both secrets of a rotation pair. */
function equalsInAllKinds(a: Credentials, b: Credentials): boolean {
  return comparedKinds.every((kind) => {
    const [rotatedA, rotatedB] = [a.rotated(kind), b.rotated(kind)];
    const isSameRotated =
      rotatedA === undefined || rotatedB === undefined
        ? rotatedA === rotatedB
        : rotatedA.equals(rotatedB, kind);
    return isSameRotated && a.equals(b, kind);
  });
}

/**
 * Whether `refused` has all secrets of the credentials in use. `refused` may also have further secrets, or the secrets
 * of a pair in the other order.
 */
function hasSecretsOf(refused: Credentials, used: Credentials): boolean {
  return comparedKinds.every(
    (kind) =>
      !used.has(kind) ||
      used.equals(refused, kind) ||
      used.rotated(kind)?.equals(refused, kind) === true,
  );
}

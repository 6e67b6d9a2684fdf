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
import { type ProviderFunction, requireCredentials } from './providers';

export type ProviderOptions = DeadlineOptions & {
  /**
   * Seconds after which the provider is asked again; without it, only after a refusal. 0 asks with
   * every request. After a failure, the interval until the next call counts as well.
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
const kinds = [...rotatingKinds, 'oauth1'] as const;

/**
 * The credentials in use, whether they were given as such or come from a provider.
 *
 * Concurrent requests share one call to the provider. After a call that failed, or that followed a
 * refusal and brought nothing new, the provider is not called again until an interval is over: 1 second,
 * doubled each time, at most 5 minutes. An answer that brings something new resets the interval. At the
 * start, when there are no credentials yet, no interval applies: nothing can be sent without them.
 */
export class CredentialSource {
  readonly #provider: ProviderFunction;
  readonly #isFixed: boolean;
  readonly #deadline: Deadline;
  readonly #maxAge: number;
  readonly #now: Clock;
  readonly #backOff: BackOff;
  #credentials: Credentials | undefined;
  #asking: Promise<Credentials> | undefined;
  /** When those in use were asked for. */
  #askedAt = 0;
  #doubts = 0;
  /** How many of the doubts had been raised when the provider was last asked. */
  #settledDoubts = 0;
  /** Whether the call in flight follows a refusal. */
  #isForRefusal = false;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(
    from: Credentials | ProviderFunction,
    options: ProviderOptions,
    now: Clock,
    steady: Clock = monotonicClock,
  ) {
    if (!(from instanceof Credentials) && typeof from !== 'function') {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `AuthInjector takes Credentials or a function that gives them, not ${kindOf(from)}.${copyHint(from, 'Credentials')}`,
      );
    }
    requireObject(options, 'provider');
    const { deadline, maxAge, signal, ...unknown } = options;
    refuseUnknown(unknown, 'provider');
    this.#deadline = new Deadline({ deadline, signal }, callbackErrors);
    this.#maxAge = mapOptional(maxAge, (value) => requireSeconds(value, 'maxAge')) ?? Infinity;
    this.#now = now;
    this.#backOff = new BackOff(steady);
    this.#isFixed = from instanceof Credentials;
    // Who holds Credentials is never asked.
    this.#provider = from as ProviderFunction;
    this.#credentials = from instanceof Credentials ? from : undefined;
  }

  /**
   * Those in use. A provider is asked at the first call, and again at the age of what it gave; one
   * that fails then leaves that in use, with one warning for all who wait.
   *
   * @throws NexmoAuthError what the provider throws, `ERR_PROVIDER_FAILED`, `ERR_PROVIDER_TIMEOUT`,
   * `ERR_PROVIDER_ABORTED`
   */
  current(): Credentials | Promise<Credentials> {
    const held = this.#credentials;
    if (held === undefined) return this.#ask();
    if (!this.#isDue() || !this.#mayAsk()) return held;
    return this.#askAgain(this.#isDoubted()).then((others) => others ?? held);
  }

  /** The credentials in use; undefined until a provider has returned some. */
  get inUse(): Credentials | undefined {
    return this.#credentials;
  }

  /** Asks the provider after a refusal. Undefined where it fails, or may not be asked yet. */
  async fetchAfterRefusal(): Promise<Credentials | undefined> {
    return this.#mayAsk() ? this.#askAgain(true) : undefined;
  }

  /** From now on, uses what was tried in place of those refused, and worked. */
  prefer(working: Credentials, refused: Credentials, kind: CredentialKind): void {
    const used = this.#credentials;
    // What differs in a token alone is no finding about credentials.
    if (used?.equals(refused, kind) !== true || working.equals(refused, kind)) return;
    // By turning those in use where that does it, so that what another kind has found out is kept.
    const turned = used.rotated(kind);
    this.#credentials = turned?.equals(working, kind) === true ? turned : working;
  }

  /** Nothing that is at hand was accepted: a provider may know better at the next need. */
  markRejected(): void {
    this.#doubts += 1;
  }

  #isDue(): boolean {
    if (this.#isDoubted()) return true;
    const age = secondsOf(this.#now) - this.#askedAt;
    // A clock that was set back says nothing of the age.
    return age >= this.#maxAge || (age < 0 && this.#maxAge < Infinity);
  }

  #isDoubted(): boolean {
    return this.#doubts > this.#settledDoubts;
  }

  #mayAsk(): boolean {
    return !this.#isFixed && (this.#asking !== undefined || this.#backOff.isOver());
  }

  /** Undefined where the provider fails. */
  #askAgain(isForRefusal: boolean): Promise<Credentials | undefined> {
    this.#isForRefusal ||= isForRefusal;
    return this.#ask().catch(() => undefined);
  }

  #ask(): Promise<Credentials> {
    this.#asking ??= this.#answer()
      .catch((error: unknown) => {
        this.#fail(error as NexmoAuthError);
        throw error;
      })
      .finally(() => {
        this.#asking = undefined;
        this.#isForRefusal = false;
      });
    return this.#asking;
  }

  async #answer(): Promise<Credentials> {
    const doubts = this.#doubts;
    const answer = await this.#deadline.waitFor((signal) => this.#provider({ signal }));
    const before = this.#credentials;
    const credentials = this.#inOrder(requireCredentials(answer));
    this.#askedAt = secondsOf(this.#now);
    // An answer to a question from before a doubt is itself in doubt.
    this.#settledDoubts = doubts;
    this.#credentials = credentials;
    if (before === undefined || !isSame(before, credentials)) this.#backOff.reset();
    else if (this.#isForRefusal) this.#backOff.grow();
    return credentials;
  }

  /** Warns once per call. At the start there is no warning: every caller gets the error. */
  #fail({ code, message }: NexmoAuthError): void {
    if (this.#credentials === undefined) return;
    this.#backOff.grow();
    if (code === 'ERR_PROVIDER_ABORTED') return;
    process.emitWarning(
      `Credentials could not be asked for again, so those from before stay in use. ${message}`,
      { type: 'NexmoAuthWarning', code },
    );
  }

  /** Keeps that of a rotation pair in use which is in use now. */
  #inOrder(credentials: Credentials): Credentials {
    const used = this.#credentials;
    if (used === undefined) return credentials;
    return rotatingKinds.reduce((kept, kind) => {
      const others = kept.rotated(kind);
      return others?.equals(used, kind) === true ? others : kept;
    }, credentials);
  }
}

/** Compares all fields, both secrets of a rotation pair included. */
function isSame(these: Credentials, those: Credentials): boolean {
  return kinds.every((kind) => {
    const [other, another] = [these.rotated(kind), those.rotated(kind)];
    const isSameOther =
      other === undefined || another === undefined
        ? other === another
        : other.equals(another, kind);
    return isSameOther && these.equals(those, kind);
  });
}

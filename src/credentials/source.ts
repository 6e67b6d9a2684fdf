import { type Asked, Deadline, type DeadlineOptions } from '../deadline';
import { kindOf, NexmoAuthError } from '../errors';
import {
  type Clock,
  given,
  refuseUnknown,
  requireObject,
  requireSeconds,
  secondsOf,
} from '../options';
import { type CredentialKind, Credentials } from './credentials';
import { type AskedProvider, requireCredentials } from './providers';

export type ProviderOptions = DeadlineOptions & {
  /** Seconds after which the provider is asked again; without it, only after a refusal. */
  maxAge?: number | undefined;
};

const asked: Asked = {
  name: 'The credentials provider',
  failed: 'ERR_PROVIDER_FAILED',
  timeout: 'ERR_PROVIDER_TIMEOUT',
  aborted: 'ERR_PROVIDER_ABORTED',
};

const rotatingKinds = ['key-secret', 'application', 'signature'] as const;

/** The credentials in use, whether they were given as such or come from a provider. */
export class CredentialSource {
  readonly #provider: AskedProvider;
  readonly #isFixed: boolean;
  readonly #deadline: Deadline;
  readonly #maxAge: number;
  readonly #now: Clock;
  #credentials: Credentials | undefined;
  #asking: Promise<Credentials> | undefined;
  /** When those in use were asked for; whoever finds them wrong sets it back. */
  #askedAt = 0;
  #doubts = 0;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(from: Credentials | AskedProvider, options: ProviderOptions, now: Clock) {
    if (!(from instanceof Credentials) && typeof from !== 'function') {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `AuthInjector takes Credentials or a function that gives them, not ${kindOf(from)}.`,
      );
    }
    requireObject(options, 'provider');
    const { deadline, maxAge, signal, ...unknown } = options;
    refuseUnknown(unknown, 'provider');
    this.#deadline = new Deadline({ deadline, signal }, asked);
    this.#maxAge = given(maxAge, (value) => requireSeconds(value, 'maxAge')) ?? Infinity;
    this.#now = now;
    this.#isFixed = from instanceof Credentials;
    // Who holds Credentials is never asked.
    this.#provider = from as AskedProvider;
    this.#credentials = from instanceof Credentials ? from : undefined;
  }

  /**
   * Those in use. A provider is asked at the first call, and again at the age of what it gave; one
   * that fails then leaves that in use, with a warning.
   *
   * @throws NexmoAuthError what the provider throws, `ERR_PROVIDER_FAILED`, `ERR_PROVIDER_TIMEOUT`,
   * `ERR_PROVIDER_ABORTED`
   */
  current(): Credentials | Promise<Credentials> {
    const held = this.#credentials;
    if (held === undefined) return this.#ask();
    return this.#isDue() ? this.#askAgain().then((others) => others ?? held) : held;
  }

  /**
   * What to try in place of credentials that were refused: those in use by now, the other of a
   * rotation pair, or what the provider gives when it is asked again. Undefined where all of them are
   * the same.
   */
  async instead(refused: Credentials, kind: CredentialKind): Promise<Credentials | undefined> {
    const isOther = (others: Credentials) => !others.equals(refused, kind);
    const atHand = [this.#credentials, refused.rotated(kind)].filter(isPresent).find(isOther);
    if (atHand !== undefined) return atHand;
    const asked = await this.#askAgain();
    return [asked, asked?.rotated(kind)].filter(isPresent).find(isOther);
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
  distrust(): void {
    this.#askedAt = -Infinity;
    this.#doubts += 1;
  }

  #isDue(): boolean {
    if (this.#isFixed) return false;
    const age = secondsOf(this.#now) - this.#askedAt;
    // A clock that was set back says nothing of the age.
    return age >= this.#maxAge || (age < 0 && this.#maxAge < Infinity);
  }

  async #askAgain(): Promise<Credentials | undefined> {
    if (this.#isFixed) return undefined;
    try {
      return await this.#ask();
    } catch (error) {
      this.#askedAt = secondsOf(this.#now);
      const { code, message } = error as NexmoAuthError;
      if (code === 'ERR_PROVIDER_ABORTED') return undefined;
      process.emitWarning(
        `Credentials could not be asked for again, so those from before stay in use. ${message}`,
        { type: 'NexmoAuthWarning', code },
      );
      return undefined;
    }
  }

  #ask(): Promise<Credentials> {
    this.#asking ??= this.#answer().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #answer(): Promise<Credentials> {
    const doubts = this.#doubts;
    const answer = await this.#deadline.waitFor((signal) => this.#provider({ signal }));
    const credentials = requireCredentials(answer);
    // An answer to a question from before a doubt is itself in doubt.
    if (this.#doubts === doubts) this.#askedAt = secondsOf(this.#now);
    this.#credentials = this.#inOrder(credentials);
    return this.#credentials;
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

function isPresent(credentials: Credentials | undefined): credentials is Credentials {
  return credentials !== undefined;
}

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
import { type CredentialsProvider, requireCredentials } from './providers';

export type ProviderOptions = {
  /** Seconds (at least 1) after which a provider that has not answered is given up; 10 by default. */
  deadline?: number | undefined;
  /** Seconds after which the provider is asked again; without it, only after a refusal. */
  maxAge?: number | undefined;
  /** Ends all asking, that which is under way too. */
  signal?: AbortSignal | undefined;
};

/** The credentials in use, whether they were given as such or come from a provider. */
export class CredentialSource {
  readonly #from: Credentials | CredentialsProvider;
  readonly #deadline: number;
  readonly #maxAge: number;
  readonly #signal: AbortSignal | undefined;
  readonly #now: Clock;
  #credentials: Credentials | undefined;
  #askedAt = 0;
  #asking: Promise<Credentials> | undefined;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION` */
  constructor(from: Credentials | CredentialsProvider, options: ProviderOptions, now: Clock) {
    if (!(from instanceof Credentials) && typeof from !== 'function') {
      throw new NexmoAuthError(
        'ERR_INVALID_OPTION',
        `AuthInjector takes Credentials or a function that gives them, not ${kindOf(from)}.`,
      );
    }
    requireObject(options, 'provider');
    const { deadline, maxAge, signal, ...unknown } = options;
    refuseUnknown(unknown, 'provider');
    this.#from = from;
    this.#deadline = given(deadline, requireDeadline) ?? 10;
    this.#maxAge = given(maxAge, (value) => requireSeconds(value, 'maxAge')) ?? Infinity;
    this.#signal = given(signal, requireSignal);
    this.#now = now;
  }

  /**
   * Those in use. A provider is asked at the first call, and again at the age of what it gave; one
   * that fails then leaves that in use, with a warning.
   *
   * @throws NexmoAuthError what the provider throws, `ERR_PROVIDER_FAILED`, `ERR_PROVIDER_TIMEOUT`,
   * `ERR_PROVIDER_ABORTED`
   */
  async current(): Promise<Credentials> {
    if (this.#credentials === undefined) return this.#ask();
    return (this.#isDue() ? await this.#askAgain() : undefined) ?? this.#credentials;
  }

  /**
   * What to try in place of credentials that were refused: those in use by now, the other of a
   * rotation pair, or what the provider gives when it is asked again. Undefined where all of them are
   * the same.
   */
  async instead(refused: Credentials, kind: CredentialKind): Promise<Credentials | undefined> {
    const isOther = (others: Credentials | undefined) => others?.equals(refused, kind) === false;
    if (isOther(this.#credentials)) return this.#credentials;
    const pair = refused.rotated(kind);
    if (isOther(pair)) return pair;
    const asked = await this.#askAgain();
    return isOther(asked) ? asked : undefined;
  }

  /** From now on, uses what was tried in place of those refused, and worked. */
  prefer(working: Credentials, refused: Credentials): void {
    if (this.#credentials === refused) this.#credentials = working;
  }

  /** Both of a rotation pair were refused: a provider may know better by now. */
  distrust(): void {
    this.#askedAt = -Infinity;
  }

  #isDue(): boolean {
    const age = secondsOf(this.#now) - this.#askedAt;
    // A clock that was set back says nothing of the age.
    return age < 0 || age >= this.#maxAge;
  }

  async #askAgain(): Promise<Credentials | undefined> {
    if (this.#from instanceof Credentials) return undefined;
    try {
      return await this.#ask();
    } catch (error) {
      this.#askedAt = secondsOf(this.#now);
      process.emitWarning(
        `Credentials could not be asked for again, so those from before stay in use. ${(error as NexmoAuthError).message}`,
        { type: 'NexmoAuthWarning', code: (error as NexmoAuthError).code },
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
    const from = this.#from;
    const credentials =
      from instanceof Credentials
        ? from
        : requireCredentials(await ask(from, this.#deadline, this.#signal));
    this.#askedAt = secondsOf(this.#now);
    this.#credentials = credentials;
    return credentials;
  }
}

async function ask(
  provider: CredentialsProvider,
  deadline: number,
  outer: AbortSignal | undefined,
): Promise<unknown> {
  const controller = new AbortController();
  const { signal } = controller;
  const stop = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as NexmoAuthError);
    });
  });
  const abort = () => {
    controller.abort(
      new NexmoAuthError(
        'ERR_PROVIDER_ABORTED',
        'The abort signal ended the asking for credentials.',
      ),
    );
  };
  const timer = setTimeout(() => {
    controller.abort(
      new NexmoAuthError(
        'ERR_PROVIDER_TIMEOUT',
        `The credentials provider has not answered within ${deadline} seconds.`,
      ),
    );
  }, deadline * 1000);
  outer?.addEventListener('abort', abort);
  if (outer?.aborted === true) abort();
  try {
    return await Promise.race([stop, answerOf(provider, signal)]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}

async function answerOf(provider: CredentialsProvider, signal: AbortSignal): Promise<unknown> {
  try {
    signal.throwIfAborted();
    return await provider({ signal });
  } catch (error) {
    throw error instanceof NexmoAuthError ? error : providerFailed(error);
  }
}

/** What a provider throws may quote a secret, so only the name of its kind is told. */
function providerFailed(error: unknown): NexmoAuthError {
  const name = String((error as { name?: unknown } | null)?.name);
  const kind = /^\w+(Error|Exception)$/.test(name) ? ` (${name})` : '';
  return new NexmoAuthError(
    'ERR_PROVIDER_FAILED',
    `The credentials provider failed${kind}. Its own error may hold a secret and is not passed on: log it in the provider.`,
  );
}

/** At most what Node's timers can wait for. */
function requireDeadline(deadline: number): number {
  if (requireSeconds(deadline, 'deadline') > 0) return Math.min(deadline, 2_147_483);
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'deadline must be at least 1 second.');
}

function requireSignal(signal: AbortSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'signal must be an AbortSignal.');
}

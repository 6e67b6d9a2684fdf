import { types } from 'node:util';
import { copyHint, kindOf, NexmoAuthError } from '../errors';
import { copyOptions, isSeconds, mapOptional, refuseUnknown } from '../options';
import { Credentials } from './credentials';

/** The context of a provider call. */
export type ProviderContext = {
  /** Aborts when the option `deadline` has passed, or when the option `signal` aborts. */
  signal: AbortSignal;
  /** The previous credentials, if the platform has refused them: a cache must not return them again. */
  refused?: Credentials | undefined;
};

/** Credentials that expire. */
export type ExpiringCredentials = {
  /** The credentials, which are used until they expire. */
  credentials: Credentials;
  /** A `Date`, or whole seconds since the epoch. Without it, the credentials do not expire. */
  expiresAt?: Date | number | undefined;
};

/** A credentials provider of this package. Can also be called without a context. */
export type CredentialsProvider = (context?: ProviderContext) => Credentials | Promise<Credentials>;

/** The result of a credentials provider. */
export type ProvidedCredentials = Credentials | ExpiringCredentials;

/** A custom credentials provider, for example one that reads a secret manager. */
export type ProviderFunction = (
  context: ProviderContext,
) => ProvidedCredentials | Promise<ProvidedCredentials>;

/**
 * Returns a provider that calls the given providers in order and returns the result of the first one that finds
 * credentials. The next provider is called only after `ERR_CREDENTIALS_NOT_FOUND`. Any other error is rethrown
 * unchanged, so that a damaged file is not skipped. Never combines the credentials of two providers. Does not check
 * whether the credentials suffice for a product.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` without providers, or if a provider is not a function. The returned
 * provider throws `ERR_CREDENTIALS_NOT_FOUND` if no provider finds credentials, `ERR_PROVIDER_ABORTED` if the `signal`
 * of its context aborts, and `ERR_PROVIDER_FAILED` if the result of a provider is not valid
 */
export function fromChain<Providers extends readonly ProviderFunction[]>(
  ...providers: Providers
): (context?: ProviderContext) => Promise<Awaited<ReturnType<Providers[number]>>> {
  if (providers.length === 0) {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'fromChain takes at least one provider.');
  }
  for (const provider of providers) requireProvider(provider);
  return async (
    context = { signal: new AbortController().signal },
  ): Promise<Awaited<ReturnType<Providers[number]>>> => {
    const reasons: string[] = [];
    for (const provider of providers) {
      if (context.signal.aborted) throw aborted();
      try {
        const provided: unknown = await provider(context);
        readProvided(provided);
        return provided as Awaited<ReturnType<Providers[number]>>;
      } catch (error) {
        if (!isNotFound(error)) throw error;
        reasons.push(error.message);
      }
    }
    throw new NexmoAuthError(
      'ERR_CREDENTIALS_NOT_FOUND',
      `No credentials were found. ${reasons.join(' ')}`,
    );
  };
}

function aborted(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_PROVIDER_ABORTED',
    'The chain of providers was aborted by the signal.',
  );
}

/** @throws NexmoAuthError `ERR_INVALID_OPTION` */
export function requireProvider(provider: unknown): void {
  if (typeof provider === 'function') return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `A credentials provider must be a function, not ${kindOf(provider)}.`,
  );
}

/** The parts of a provider's result. `expiresAt` is in seconds since the epoch. */
type ProviderResult = { credentials: Credentials; expiresAt: number | undefined };

/** @throws NexmoAuthError `ERR_PROVIDER_FAILED`; `ERR_INVALID_OPTION` for an unknown field */
export function readProvided(value: unknown): ProviderResult {
  if (value instanceof Credentials) return { credentials: value, expiresAt: undefined };
  if (kindOf(value) !== 'an object') throw notCredentials(value);
  const result = copyOptions(
    value as ExpiringCredentials,
    'The result of a credentials provider',
    'ERR_PROVIDER_FAILED',
  );
  if (!('credentials' in result)) throw notCredentials(value);
  const { credentials, expiresAt, ...unknown } = result;
  refuseUnknown(unknown, 'the result of a credentials provider');
  if (!(credentials instanceof Credentials)) throw notCredentials(credentials);
  return { credentials, expiresAt: mapOptional(expiresAt, requireExpiry) };
}

function notCredentials(value: unknown): NexmoAuthError {
  return providerFailed(
    `A credentials provider returned ${kindOf(value)}. It must return a Credentials object: return new Credentials({ ... }).${copyHint(value, 'Credentials')}`,
  );
}

/**
 * A time of at least this number is taken for milliseconds. Read as milliseconds, this number is a time in the year
 * 2001. Read as seconds, it is a time in the year 33658.
 */
const millisecondsFrom = 1e12;

function requireExpiry(value: Date | number): number {
  const seconds = types.isDate(value) ? Math.floor(value.getTime() / 1000) : value;
  if (isSeconds(seconds) && (types.isDate(value) || seconds < millisecondsFrom)) {
    return seconds;
  }
  throw providerFailed(
    `A credentials provider returned an expiresAt that is not valid. It must be a valid Date, or whole seconds since the epoch${typeof value === 'number' && value >= millisecondsFrom ? '; this one seems to be in milliseconds' : ''}.`,
  );
}

export function providerFailed(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_PROVIDER_FAILED', message);
}

function isNotFound(error: unknown): error is NexmoAuthError {
  return error instanceof NexmoAuthError && error.code === 'ERR_CREDENTIALS_NOT_FOUND';
}

import { copyHint, kindOf, NexmoAuthError } from '../errors';
import { Credentials } from './credentials';

/**
 * The context of a provider call. `signal` aborts at the deadline, or with the signal in the options.
 */
export type ProviderContext = { signal: AbortSignal };

/** A credentials provider of this package. Can also be called without a context. */
export type CredentialsProvider = (context?: ProviderContext) => Credentials | Promise<Credentials>;

/** A custom credentials provider, for example one that reads a secret manager. */
export type ProviderFunction = (context: ProviderContext) => Credentials | Promise<Credentials>;

/**
 * Calls providers in order and returns the first credentials found. Only `ERR_CREDENTIALS_NOT_FOUND` moves
 * on to the next provider. Any other error is rethrown unchanged, so that a damaged file is not skipped.
 * Never combines the credentials of two providers. Does not check whether the credentials suffice for a
 * product.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` without providers, or if one is not a function; when called,
 * `ERR_CREDENTIALS_NOT_FOUND` if no provider finds credentials, `ERR_PROVIDER_ABORTED`, and
 * `ERR_PROVIDER_FAILED` if a provider does not return `Credentials`
 */
export function fromChain(...providers: ProviderFunction[]): CredentialsProvider {
  if (providers.length === 0) {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'fromChain takes at least one provider.');
  }
  for (const provider of providers) requireProvider(provider);
  return async (context = { signal: new AbortController().signal }) => {
    const reasons: string[] = [];
    for (const provider of providers) {
      if (context.signal.aborted) throw aborted();
      try {
        return requireCredentials(await provider(context));
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

function requireProvider(provider: unknown): void {
  if (typeof provider === 'function') return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `A credentials provider must be a function, not ${kindOf(provider)}.`,
  );
}

/** @throws NexmoAuthError `ERR_PROVIDER_FAILED` */
export function requireCredentials(value: unknown): Credentials {
  if (value instanceof Credentials) return value;
  throw new NexmoAuthError(
    'ERR_PROVIDER_FAILED',
    `A credentials provider returned ${kindOf(value)}. It must return a Credentials object: return new Credentials({ ... }).${copyHint(value, 'Credentials')}`,
  );
}

function isNotFound(error: unknown): error is NexmoAuthError {
  return error instanceof NexmoAuthError && error.code === 'ERR_CREDENTIALS_NOT_FOUND';
}

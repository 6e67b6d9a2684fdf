import { copyHint, kindOf, NexmoAuthError } from '../errors';
import { Credentials } from './credentials';

/**
 * What a provider is told about the call: `signal` aborts at the deadline, or with the one in the
 * options.
 */
export type ProviderContext = { signal: AbortSignal };

/** Where credentials come from; may be called by anyone. */
export type CredentialsProvider = (context?: ProviderContext) => Credentials | Promise<Credentials>;

/** A provider as one writes it, such as one that asks a secret manager. */
export type ProviderFunction = (context: ProviderContext) => Credentials | Promise<Credentials>;

/**
 * The first of several providers that finds credentials. Only `ERR_CREDENTIALS_NOT_FOUND` lets the
 * next one be asked: any other error of a provider is thrown as it is, so that a damaged file is not
 * passed over. Credentials of two providers are never mixed, and whether those found are enough for
 * a product is not checked.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION` without providers, or for one that is no function;
 * when called, `ERR_CREDENTIALS_NOT_FOUND` when none finds any, `ERR_PROVIDER_ABORTED`, and
 * `ERR_PROVIDER_FAILED` for a provider that gives something else
 */
export function fromChain(...providers: ProviderFunction[]): CredentialsProvider {
  if (providers.length === 0) {
    throw new NexmoAuthError('ERR_INVALID_OPTION', 'fromChain takes at least one provider.');
  }
  for (const provider of providers) requireProvider(provider);
  return async (context = { signal: new AbortController().signal }) => {
    const looked: string[] = [];
    for (const provider of providers) {
      if (context.signal.aborted) throw aborted();
      try {
        return requireCredentials(await provider(context));
      } catch (error) {
        if (!isNotFound(error)) throw error;
        looked.push(error.message);
      }
    }
    throw new NexmoAuthError(
      'ERR_CREDENTIALS_NOT_FOUND',
      `No credentials were found. ${looked.join(' ')}`,
    );
  };
}

function aborted(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_PROVIDER_ABORTED',
    'No further provider was asked: the abort signal ended that.',
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
export function requireCredentials(given: unknown): Credentials {
  if (given instanceof Credentials) return given;
  throw new NexmoAuthError(
    'ERR_PROVIDER_FAILED',
    `A credentials provider gave ${kindOf(given)}. It must give a Credentials object: return new Credentials({ ... }).${copyHint(given, 'Credentials')}`,
  );
}

function isNotFound(error: unknown): error is NexmoAuthError {
  return error instanceof NexmoAuthError && error.code === 'ERR_CREDENTIALS_NOT_FOUND';
}

import { type Clock, copyOptions, refuseUnknown, requireClock } from '../options';
import { NexmoAuthError } from '../errors';
import type { Credentials } from './credentials';
import { type CredentialsProvider, type ProviderFunction, requireProvider } from './providers';
import { CredentialSource, type ProviderOptions } from './source';

/** The options of `sharedProvider`. */
export type SharedProviderOptions = ProviderOptions & {
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
};

const sources = new WeakMap<object, CredentialSource>();

/**
 * Returns a provider that caches the result of `provider` for several injectors and webhook verifiers. Concurrent calls
 * share one call to `provider`. `provider` is called again after `maxAge`, shortly before the `expiresAt` of its
 * credentials, and after the platform has refused the credentials of one of the injectors. All injectors and verifiers
 * use the new credentials from then on.
 *
 * Make the shared provider the outermost one: `sharedProvider(fromChain(...))`. If another provider wraps the shared
 * provider, an injector learns of new credentials only after a refusal, or after the injector's own `maxAge`.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`. The returned provider throws `ERR_PROVIDER_FAILED`,
 * `ERR_PROVIDER_TIMEOUT`, `ERR_PROVIDER_ABORTED`, and every NexmoAuthError of `provider`
 */
export function sharedProvider(
  provider: ProviderFunction,
  options: SharedProviderOptions = {},
): CredentialsProvider {
  requireProvider(provider);
  const what = 'The options of sharedProvider';
  const { now = Date.now, deadline, maxAge, signal, ...unknown } = copyOptions(options, what);
  refuseUnknown(unknown, 'the options of sharedProvider');
  const source = new CredentialSource(provider, { deadline, maxAge, signal }, requireClock(now));
  const shared: CredentialsProvider = async (context) => source.current(context?.refused);
  sources.set(shared, source);
  return shared;
}

/**
 * Returns the source of a shared provider. For any other provider and for `Credentials`, returns a new source.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`
 */
export function sourceOf(
  credentials: Credentials | ProviderFunction,
  options: ProviderOptions | undefined,
  now: Clock,
): CredentialSource {
  const shared = sources.get(credentials);
  if (shared === undefined) return new CredentialSource(credentials, options ?? {}, now);
  if (Object.values(options ?? {}).every((value) => value === undefined)) return shared;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'The provider is shared. Pass its options to sharedProvider, not to AuthInjector.',
  );
}

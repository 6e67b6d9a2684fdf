import { NexmoAuthError } from '../errors';

type CacheOptions = { cache?: unknown; next?: { revalidate?: unknown } | null };

/**
 * The options of a `fetch` whose URL contains a credential. The `fetch` that Next.js puts in place of the global one
 * writes cached responses to disk, with their URL. Some versions cache by default. Returns options with which Next.js
 * does not cache the response, and the options of any other `fetch` unchanged.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` if the caller wants the response to be cached
 */
export function uncachedByNext<Options extends object>(options: Options, send: unknown): Options {
  if ((send as { __nextPatched?: unknown } | undefined)?.__nextPatched !== true) return options;
  const { cache, next } = options as CacheOptions;
  const revalidate = next?.revalidate;
  if (revalidate === 0) return options;
  const isCacheable = ![undefined, 'default', 'no-store', 'no-cache'].includes(cache as string);
  if (!isCacheable && revalidate === undefined) return { ...options, cache: 'no-store' };
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    "Next.js would write the URL of this response to its cache on disk, with the credential. Set cache to 'no-store' and remove next.revalidate, or use a scheme that sends the credential in a header, such as prefer: ['basic'].",
  );
}

import { NexmoAuthError } from '../errors';
import { directAdapters } from './direct-transport';

/** By these options of axios a request goes elsewhere than its URL says, or on from there. */
const ofAxios = ['socketPath', 'transport'];

/** The same of got, ky, undici and Node's `http.request`, for any of which a request may be. */
const ofAnyClient = [...ofAxios, 'prefixUrl', 'origin', 'host', 'hostname', 'port', 'path'];

type Options = Readonly<Record<string, unknown>>;

/** @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` for options of axios that lead a credential to another place */
export function refuseAxiosDetours(config: Options, adapter: unknown): void {
  refuseOptions(config, ofAxios);
  if (directAdapters(adapter).length > 0) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The adapter xhr of axios follows redirects, which would take the credential along. Use the adapter http or fetch.',
  );
}

/**
 * The same for a request that any client may send.
 *
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED`
 */
export function refuseDetours(request: object, url: URL): void {
  const options = request as Options;
  refuseOptions(options, ofAnyClient);
  refuseAxiosDetours(options, options['adapter']);
  if (options['allowAbsoluteUrls'] === false) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'With allowAbsoluteUrls: false, axios puts a baseURL in front of the url, which is absolute: the credential would go elsewhere. Leave it out.',
    );
  }
  if (url.protocol === 'http:' && ![undefined, null, false].includes(options['proxy'] as null)) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'By http:, a proxy would see the credential of a request to a loopback host. Set proxy to false.',
    );
  }
}

function refuseOptions(options: Options, names: readonly string[]): void {
  const detour = names.find((name) => options[name] != null);
  if (detour === undefined) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    `The option ${detour} of an HTTP client can lead a credential to another place than the URL names. Leave it out.`,
  );
}

import { NexmoAuthError } from '../errors';
import { directAdapters } from './direct-transport';

/** Options of axios that send a request to another host than its URL. */
const ofAxios = ['socketPath', 'transport'];

/**
 * Such options of axios, got, ky, undici and Node's `http.request`. `inject` does not know the client, so it checks
 * all.
 */
const ofAnyClient = [...ofAxios, 'prefixUrl', 'origin', 'host', 'hostname', 'port', 'path'];

type Options = Readonly<Record<string, unknown>>;

/** @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` for options of axios that could send a credential to another host */
export function refuseAxiosDetours(config: Options, adapter: unknown): void {
  refuseOptions(config, ofAxios);
  refuseXhr(adapter);
}

/** @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` for options of any client that could send a credential to another host */
export function refuseDetours(request: object, url: URL): void {
  const options = request as Options;
  refuseOptions(options, ofAnyClient);
  refuseXhr(options['adapter']);
  if (options['allowAbsoluteUrls'] === false) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'With allowAbsoluteUrls: false, axios puts baseURL in front of the absolute url, and the credential would go to another host. Leave it out.',
    );
  }
  if (url.protocol === 'http:' && ![undefined, null, false].includes(options['proxy'] as null)) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'A proxy would see the credential of an http: request to a loopback host. Set proxy to false.',
    );
  }
}

function refuseXhr(adapter: unknown): void {
  if (adapter == null || directAdapters(adapter).length > 0) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The adapter xhr of axios follows redirects, which would take the credential along. Use the adapter http or fetch.',
  );
}

function refuseOptions(options: Options, names: readonly string[]): void {
  const detour = names.find((name) => options[name] != null);
  if (detour === undefined) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    `The option ${detour} could send the credential to a host that is not the host of the URL. Leave it out.`,
  );
}

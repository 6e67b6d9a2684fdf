import { NexmoAuthError, shownName } from '../errors';
import { directAdapters } from './direct-transport';

/** Options of axios that send a request to another host than that of its URL. */
const axiosDetours = ['socketPath', 'transport'];

/** Options of `http2.connect` with the same effect. Axios takes them in `http2Options`. */
const http2Detours = [
  ...['host', 'hostname', 'port', 'path', 'socketPath', 'protocol'],
  ...['servername', 'createConnection', 'lookup'],
];

/**
 * Options with the same effect in axios, got, ky, undici and Node's `http.request`. `inject` does not know the client,
 * so it checks the options of all clients.
 */
const clientDetours = [
  ...axiosDetours,
  ...['prefixUrl', 'prefix', 'origin', 'protocol', 'host', 'hostname', 'port', 'defaultPort'],
  ...['path', 'servername'],
];

/** Fields of `fetchOptions` that replace those of the request in some versions of axios, such as 1.15. */
const fetchOverrides = ['headers', 'method', 'body'];

/** Options of TLS with the same effect. Got takes them in `https`. */
const tlsDetours = ['serverName'];

type Options = Readonly<Record<string, unknown>>;

/**
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` for options of axios that could send a credential to another host;
 * `ERR_INVALID_REQUEST` for a form whose `getHeaders` returns headers other than Content-Type and Content-Length
 */
export function refuseAxiosDetours(config: Options, adapter: unknown): void {
  refuseOptions(config, axiosDetours);
  refuseOptions(Object(config['http2Options']) as Options, http2Detours);
  refuseXhr(adapter);
  refuseFormHeaders(config['data']);
}

/**
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` for options of any client that could send a credential to another host;
 * `ERR_INVALID_REQUEST` for `fetchOptions` that could replace the checked headers, method or body
 */
export function refuseDetours(request: object, url: URL): void {
  const options = request as Options;
  refuseOptions(options, clientDetours);
  refuseOptions(Object(options['http2Options']) as Options, http2Detours);
  refuseOptions(Object(options['https']) as Options, tlsDetours);
  refuseXhr(options['adapter']);
  refuseOverrides(Object(options['fetchOptions']) as Options);
  // axios takes some other values for false.
  if (![undefined, null, true].includes(options['allowAbsoluteUrls'] as null)) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'Unless allowAbsoluteUrls is true, axios puts baseURL in front of the absolute url, and the credential would go to another host. Remove this option.',
    );
  }
  if (url.protocol === 'http:' && ![undefined, null, false].includes(options['proxy'] as null)) {
    throw new NexmoAuthError(
      'ERR_HOST_NOT_ALLOWED',
      'A proxy would see the credential of an http: request to a loopback host. Set proxy to false.',
    );
  }
}

/**
 * Checks the headers of a form of the form-data package. Axios adds these headers only after the credential is
 * attached, so no later check sees them.
 */
function refuseFormHeaders(data: unknown): void {
  const { getHeaders } = Object(data) as { getHeaders?: unknown };
  if (typeof getHeaders !== 'function') return;
  const headers = Object(Reflect.apply(getHeaders, data, [])) as object;
  const other = Object.keys(headers).find((name) => !/^content-(type|length)$/i.test(name));
  if (other === undefined) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `getHeaders() of data returns the header ${shownName(other.toLowerCase())}, which would be added unchecked. Pass it in headers.`,
  );
}

function refuseOverrides(fetchOptions: Options): void {
  const override = fetchOverrides.find((name) => fetchOptions[name] != null);
  if (override === undefined) return;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The option fetchOptions.${override} could replace the ${override} that was checked. Pass it as ${override === 'body' ? 'data' : override} of the request.`,
  );
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

import { ClientRequest } from 'node:http';
import { Readable } from 'node:stream';
import { NexmoAuthError } from '../errors';
import { refuseAxiosDetours } from '../injector/detours';
import { directAdapters } from '../injector/direct-transport';
import { copyOfBody } from '../injector/request';
import {
  attemptAt,
  type AuthInjector,
  type Destination,
  destinationOf,
  requireInjector,
} from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { isBlob, isReadableStream, isUrl, isUrlSearchParams } from '../readers/brands';
import { copyOf, readOnce } from '../readers/read-once';
import { isBytes } from '../schemes/body';
import type { AuthenticatedRequest, AuthRequest, PlainRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { cancellationOf, endingOf } from './axios-cancellation';
import { AxiosClient, type AxiosConfig, type AxiosLike } from './axios-client';
import { credentialFields, routeFields } from './axios-request';
import { refuseCredentialInBlob } from './credential-in-blob';
import { bufferLimit } from './fetch-body';
import { heldStream } from './held-stream';
import { cancelStream } from './node-stream';
import { Sanitizer, type ClientResponse } from './sanitizer';
import { hideAgents } from './hidden-agents';
import type { ResponseSummary } from './refusal';
import { sendAttempt } from './send-attempt';
import { cancelBody, startedStream } from './streamed-body';
import { warnUnclaimed } from './unclaimed-url';
import { tracksDestinations, Upload } from './upload';

/** A request as axios passes it to an adapter, and the adapter that sends it. */
type OutgoingRequest = {
  client: AxiosClient;
  config: AxiosConfig;
  /** The caller's agents. In the config, look-alikes take their place. */
  agents: AxiosConfig;
  url: string;
  adapter: unknown;
};

type AxiosOutcome = ({ response: ClientResponse } | { error: unknown }) & {
  /** Ends a streamed response, whose own stream may wait for a pending read. */
  end?: (() => void) | undefined;
};

/** The adapters that attach credentials. */
const authAdapters = new WeakSet();

/**
 * Attaches the credential to every request that an axios instance, or an instance created from it, sends to a product.
 * Supports axios 1.2.0 and later versions of axios 1.
 *
 * Replaces the adapter of the instance. After all interceptors, the new adapter attaches the credential for the URL
 * that axios will call. The credential is attached to a copy of the config. Therefore the `config` in interceptors,
 * responses and errors contains no secret, and a request that you send again from `error.config` has no credential yet.
 * Responses and errors have no reference to the socket: `request` is `{ method, url }`, and agents are replaced by
 * look-alikes. Secrets that the server repeats are redacted in headers, but not in bodies.
 *
 * Other requests are sent unchanged, with one warning for each platform URL that matches no product. A request with a
 * credential is not redirected: you get the 3xx response. An `http:` request with a credential to a loopback host
 * bypasses proxies. A request to a product is refused if its config has `socketPath` or `transport`, or uses the
 * adapter `xhr`. Limits, progress events, cancellation and streams work as in axios, apart from the differences in
 * docs/http-clients.md.
 *
 * A request with its own `adapter` bypasses the adapter of the instance, so it gets no credential. If the instance had
 * an adapter before (a mock, for example), that adapter sends the requests. It gets the config that it would get
 * without `attachAuth`, plus the credential in `headers`, `params` or `data`. If a `paramsSerializer` would drop or
 * change the credential, the serializer is not passed on, and `url` is the whole URL without the credential.
 *
 * A response refuses the credential in three cases: its status is 401; its status is 403 and its Date header shows a
 * wrong clock; its status is 200 and its body has a code from the `refusal` of the product. The request is then sent
 * once more if there is another credential: the other half of a rotation pair, new credentials from the provider, or a
 * new token. A new token is made if the refused token was reused or was dated by a wrong clock. If signing the new
 * token fails, the request rejects with the error of the signer. A streamed body is not sent again. For a streamed
 * response, only the HTTP status counts. `timeout` applies to each attempt, but not while a provider or signer is
 * called. During that time, only `signal`, `cancelToken` or the deadline of the provider or signer ends the request.
 *
 * With `product`, the instance accepts only URLs of that product.
 *
 * Returns a function that undoes `attachAuth`. Requests reject with the errors of `AuthInjector.inject`. A `Blob` of
 * up to 16 MiB is searched for a credential too.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, also if the instance is already attached or its axios is older than
 * 1.2.0
 */
export function attachAuth(
  instance: AxiosLike,
  auth: AuthInjector,
  options: { product?: string | undefined } = {},
): () => void {
  requireInjector(auth, 'The second argument of attachAuth must be an AuthInjector');
  requireObject(options, 'The options of attachAuth');
  const { product, ...unknown } = options;
  refuseUnknown(unknown, 'the options of attachAuth');
  const client = new AxiosClient(instance);
  const original = instance.defaults.adapter;
  if (typeof original === 'function' && authAdapters.has(original)) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'attachAuth was already called on this instance or on the instance that it was created from. Call it once.',
    );
  }
  let isAttached = true;

  async function adapter(axiosConfig: AxiosConfig): Promise<ClientResponse> {
    const readable = readOnce(axiosConfig);
    // Changes the object that axios shows in responses and errors.
    const agents = hideAgents(readable);
    const config = copyOfConfig(readable);
    const url = client.getUri(config);
    const destination = isAttached ? destinationOf(auth, url, product) : undefined;
    if (isAttached && destination === undefined) warnUnclaimed(url);
    const request = { client, config, agents, url, adapter: original };
    const outcome = await (destination === undefined
      ? sendUnauthenticated(request)
      : sendAuthenticated(request, auth, destination));
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  }

  instance.defaults.adapter = adapter;
  authAdapters.add(adapter);
  return () => {
    isAttached = false;
    authAdapters.delete(adapter);
    if (instance.defaults.adapter === adapter) instance.defaults.adapter = original;
  };
}

/**
 * Copies the fields that determine the URL, since the caller may change them while a provider or a signer is awaited.
 * axios also takes an object with `toString()` as `url`, and as `baseURL` if there is no `url`.
 */
function copyOfConfig(config: AxiosConfig): AxiosConfig {
  const copy = { ...config };
  for (const name of ['url', 'baseURL']) {
    const value = copy[name] as { toString(): string } | null | undefined;
    if (isUrl(value)) copy[name] = new URL(value);
    else if (typeof value === 'object' && value !== null) copy[name] = String(value);
  }
  if (copy['params'] !== undefined) copy['params'] = copyOfParams(copy['params']);
  return copy;
}

/** Copies the parameters. Calls each of their getters once. */
function copyOfParams(params: unknown): unknown {
  if (isUrlSearchParams(params)) return new URLSearchParams([...params]);
  return typeof params === 'object' && params !== null ? copyOf(params) : params;
}

function sendUnauthenticated(request: OutgoingRequest): Promise<AxiosOutcome> {
  const { client, config, agents, adapter } = request;
  const adapterConfig = { ...config, ...agents, adapter };
  return sendSanitized(client, adapterConfig, sanitizerFor(request, []));
}

/** @throws NexmoAuthError Rejects with the errors of `AuthInjector.inject` */
async function sendAuthenticated(
  outgoing: OutgoingRequest,
  auth: AuthInjector,
  destination: Destination,
): Promise<AxiosOutcome> {
  const { client, agents, url, adapter } = outgoing;
  refuseAxiosDetours({ ...outgoing.config, ...agents }, adapter);
  const copy = copyOfBody(outgoing.config['data']);
  const data = startedStream(copy);
  const config: AxiosConfig = { ...outgoing.config, ...agents, data };
  const { method, headers, auth: basic } = config;
  // With the adapter fetch, axios rejects a stream that was already read. An Upload would hide that from axios.
  const isUnusable = directAdapters(adapter)[0] === 'fetch' && isDisturbed(data);
  const upload = tracksDestinations(data) && !isUnusable ? new Upload(data) : undefined;

  async function send({ request, secrets }: AuthenticatedRequest): Promise<AxiosOutcome> {
    const sanitizer = sanitizerFor(outgoing, secrets);
    const ending = endingOf(config, adapter);
    const authenticated = { uri: url, request };
    const adapterConfig = {
      ...config,
      ...routeFields(config, authenticated, adapter),
      ...credentialFields(client, config, authenticated),
      ...(upload && { data: upload.detached((error) => sanitizer.error(error)) }),
      ...(ending && { signal: ending.signal }),
    };
    const outcome = await sendSanitized(client, adapterConfig, sanitizer);
    return ending === undefined ? outcome : { ...outcome, end: ending.end };
  }

  const { signal, release } = cancellationOf(config);
  try {
    const request = { method, url, headers, data, auth: basic } as AuthRequest & PlainRequest;
    if (isBlob(data)) await unlessAborted(refuseCredentialInBlob(data, request), signal);
    const attempt = await unlessAborted(attemptAt(auth, destination, request), signal);
    return await sendAttempt(attempt, {
      send,
      summarize: summarizeOutcome,
      hold: holdStream,
      discard: (outcome) => {
        outcome.end?.();
        return cancelStream(responseOf(outcome)?.data);
      },
      signal,
    });
  } catch (error) {
    if (data !== copy) cancelBody(data, error);
    throw error;
  } finally {
    release();
  }
}

/** Returns an error as an outcome, since the error may have a response: by default, axios rejects for HTTP 401. */
async function sendSanitized(
  client: AxiosClient,
  config: AxiosConfig,
  sanitizer: Sanitizer,
): Promise<AxiosOutcome> {
  try {
    const response = await client.send(config);
    return { response: sanitizer.response(response), end: endOf(response) };
  } catch (error) {
    const response = (error as { response?: ClientResponse } | undefined)?.response;
    return { error: sanitizer.error(error), end: endOf(response) };
  }
}

/** Ends a response of the adapter `http`. With `maxContentLength`, destroying its stream waits for a pending read. */
function endOf(response: ClientResponse | undefined): (() => void) | undefined {
  const { request } = (response ?? {}) as { request?: unknown };
  return request instanceof ClientRequest ? () => request.destroy() : undefined;
}

function sanitizerFor({ config, url }: OutgoingRequest, secrets: readonly string[]): Sanitizer {
  return new Sanitizer({ config, request: { method: config['method'], url }, secrets });
}

function isDisturbed(data: unknown): boolean {
  return data instanceof Readable && Readable.isDisturbed(data);
}

function responseOf(outcome: AxiosOutcome): ClientResponse | undefined {
  if ('response' in outcome) return outcome.response;
  return (outcome.error as { response?: ClientResponse } | undefined)?.response;
}

/** Holds a web stream, such as that of the adapter `fetch`. */
function holdStream(outcome: AxiosOutcome, signal: AbortSignal): void {
  const response = responseOf(outcome);
  if (response === undefined || !isReadableStream(response.data)) return;
  response.data = heldStream(response.data, bufferLimit, signal, outcome.end);
}

/** Does not read a streamed body, which belongs to the caller. */
function summarizeOutcome(outcome: AxiosOutcome): ResponseSummary | undefined {
  const response = responseOf(outcome);
  if (response === undefined) return undefined;
  const { status, headers, data } = response;
  return { status, date: dateHeaderOf(headers), body: () => decodeBody(data) };
}

/**
 * The Date header. Node converts header names to lower case, but a custom adapter may leave capital letters in them.
 */
function dateHeaderOf(headers: object): string | undefined {
  const date = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date');
  return date && String(date[1]);
}

function decodeBody(data: unknown): string | undefined {
  if (typeof data === 'string') return data;
  return isBytes(data) ? new TextDecoder().decode(data) : undefined;
}

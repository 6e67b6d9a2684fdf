import { Readable } from 'node:stream';
import { types } from 'node:util';
import { NexmoAuthError } from '../errors';
import { refuseAxiosDetours } from '../injector/detours';
import { directAdapters } from '../injector/direct-transport';
import {
  attemptAt,
  type AuthInjector,
  type Destination,
  destinationOf,
  requireInjector,
} from '../injector/injector';
import { refuseUnknown, requireObject } from '../options';
import { isUrlSearchParams } from '../readers/brands';
import { readOnce } from '../readers/read-once';
import type { AuthenticatedRequest, AuthRequest } from '../schemes/scheme';
import { unlessAborted } from './abort';
import { cancellationOf } from './axios-cancellation';
import { AxiosClient, type AxiosConfig, type AxiosLike } from './axios-client';
import { credentialFields, routeFields } from './axios-request';
import { Sanitizer, type ClientResponse } from './sanitizer';
import { hideAgents } from './hidden-agents';
import type { ResponseSummary } from './refusal';
import { sendAttempt } from './send-attempt';
import { warnUnclaimed } from './unclaimed-url';
import { tracksDestinations, Upload } from './upload';

/** A request as axios passes it to an adapter, and the adapter that sends it. */
type OutgoingRequest = {
  client: AxiosClient;
  config: AxiosConfig;
  url: string | undefined;
  adapter: unknown;
};

type AxiosOutcome = { response: ClientResponse } | { error: unknown };

/** The adapters that attach credentials. */
const authAdapters = new WeakSet();

/**
 * Attaches the credential to every request that an axios instance, or an instance created from it, sends to a product.
 * Supports axios 1.2.0 and later versions of axios 1.
 *
 * The credential is attached in the adapter: after all interceptors, for the URL that axios will call, and to a copy of
 * the config. So the `config` in interceptors, responses and errors contains no secret, and a request that is sent
 * again from `error.config` has no credential yet. Responses and errors have no reference to the socket: `request` is
 * `{ method, url }`, and agents are replaced by look-alikes. Secrets that the server repeats in headers are redacted,
 * in bodies they are not.
 *
 * Other requests are sent unchanged, with one warning for each platform URL that matches no product. A request with a
 * credential is not redirected: you get the 3xx response. It uses no proxy for `http:` to a loopback host, and is
 * refused with `socketPath`, `transport` or the adapter `xhr`. Limits, progress events, cancellation and streams are
 * those of axios; docs/http-clients.md lists every difference.
 *
 * A request with its own `adapter` bypasses the adapter of the instance, and so gets no credential. An adapter that the
 * instance had before (a mock, for example) sends the requests. It sees the same config as without `attachAuth`, with
 * the credential in `headers`, `params` or `data`; if a `paramsSerializer` would not send the credential unchanged, the
 * whole URL is in `url`.
 *
 * A request whose credential the platform refuses (with HTTP 401, with HTTP 403 whose Date shows a wrong clock, or with
 * HTTP 200 as the `refusal` of the product says) is sent once more if there is another credential: the other one of a
 * rotation pair, a new one from the provider, or a new token if the refused one was reused or dated by a wrong clock.
 * If signing that token fails, the request rejects with that error. A body that is a stream is not sent again, and a
 * streamed response is judged by its HTTP status alone. `timeout` counts for each attempt; while a provider or a signer
 * is called, only `signal`, `cancelToken` and their own deadlines end a request.
 *
 * `product` restricts the instance to one product; any other URL is refused.
 *
 * Returns a function that detaches. Requests reject with the errors of `AuthInjector.inject`.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, also if the instance is already attached or comes from an axios before
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
      'attachAuth was already called on this instance or on the one that it was created from. Call it once.',
    );
  }
  let isAttached = true;

  async function adapter(axiosConfig: AxiosConfig): Promise<ClientResponse> {
    const config = readConfigOnce(axiosConfig);
    const url = client.getUri(config);
    const target = isAttached ? url : undefined;
    const destination = target === undefined ? undefined : destinationOf(auth, target, product);
    if (target !== undefined && destination === undefined) warnUnclaimed(target);
    const request = { client, config, url, adapter: original };
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

/** Calls each getter of a config and of its params once, so that the checked URL and the sent URL are the same. */
function readConfigOnce(axiosConfig: AxiosConfig): AxiosConfig {
  const config = readOnce(axiosConfig);
  const { params } = config;
  const isObject = typeof params === 'object' && params !== null && !isUrlSearchParams(params);
  return isObject ? Object.assign(config, { params: readOnce(params) }) : config;
}

function sendUnauthenticated(request: OutgoingRequest): Promise<AxiosOutcome> {
  const { client, config, adapter } = request;
  const sent = { ...config, ...hideAgents(config), adapter };
  return sendSanitized(client, sent, sanitizerFor(request, []));
}

/** @throws NexmoAuthError (rejects with) the errors of `AuthInjector.inject` */
async function sendAuthenticated(
  outgoing: OutgoingRequest,
  auth: AuthInjector,
  destination: Destination,
): Promise<AxiosOutcome> {
  const { client, config, url, adapter } = outgoing;
  refuseAxiosDetours(config, adapter);
  const { method, headers, data, auth: basic } = config;
  const agents = hideAgents(config);
  // With fetch, axios rejects a stream that was already read. Behind an Upload, it would not notice.
  const isRejected = directAdapters(adapter)[0] === 'fetch' && isDisturbed(data);
  const upload = tracksDestinations(data) && !isRejected ? new Upload(data) : undefined;

  function send({ request, secrets }: AuthenticatedRequest): Promise<AxiosOutcome> {
    const sanitizer = sanitizerFor(outgoing, secrets);
    const sent = {
      ...config,
      ...routeFields(config, request.url, adapter),
      ...credentialFields(client, config, request),
      ...agents,
      ...(upload && { data: upload.detached((error) => sanitizer.error(error)) }),
    };
    return sendSanitized(client, sent, sanitizer);
  }

  const { signal, release } = cancellationOf(config);
  try {
    const request = { method, url, headers, data, auth: basic } as AuthRequest;
    const attempt = await unlessAborted(attemptAt(auth, destination, request), signal);
    return await sendAttempt(attempt, {
      send,
      summarize: summarizeOutcome,
      discard: destroyResponseBody,
      signal,
    });
  } finally {
    release();
  }
}

/** An error is an outcome too: by default, axios rejects with an error for HTTP 401. */
async function sendSanitized(
  client: AxiosClient,
  config: AxiosConfig,
  sanitizer: Sanitizer,
): Promise<AxiosOutcome> {
  try {
    return { response: sanitizer.response(await client.send(config)) };
  } catch (error) {
    return { error: sanitizer.error(error) };
  }
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

/** A body that is a stream is not read: it belongs to the caller. */
function summarizeOutcome(outcome: AxiosOutcome): ResponseSummary | undefined {
  const response = responseOf(outcome);
  if (response === undefined) return undefined;
  const { status, headers, data } = response;
  return { status, date: dateHeaderOf(headers), body: () => decodeBody(data) };
}

/** Header names are in lower case in Node; those of a user's adapter may not be. */
function dateHeaderOf(headers: object): string | undefined {
  const date = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date');
  return date && String(date[1]);
}

function decodeBody(data: unknown): string | undefined {
  if (typeof data === 'string') return data;
  const isBytes = types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data);
  return isBytes ? new TextDecoder().decode(data as ArrayBuffer) : undefined;
}

function destroyResponseBody(outcome: AxiosOutcome): unknown {
  const data = responseOf(outcome)?.data as Partial<Readable & ReadableStream> | undefined;
  return data?.destroy?.() ?? data?.cancel?.();
}

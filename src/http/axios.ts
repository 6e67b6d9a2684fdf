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
import { confined, withCredential } from './axios-request';
import { Sanitizer, type ClientResponse } from './sanitizer';
import { hideAgents } from './hidden-agents';
import type { Answered } from './refusal';
import { sendAttempt } from './send-attempt';
import { warnUnclaimed } from './unclaimed-url';
import { isLinkingStream, Upload } from './upload';

/** A request as axios hands it to an adapter, and what sends it. */
type Sending = {
  client: AxiosClient;
  config: AxiosConfig;
  url: string | undefined;
  adapter: unknown;
};

type Outcome = { response: ClientResponse } | { error: unknown };

/** Those that attach credentials now. */
const adapters = new WeakSet();

/**
 * Authenticates every request that an axios instance, or one created from it, sends to a product.
 * Supports axios 1.2.0 and later versions of axios 1.
 *
 * The credential is attached in the adapter: after all interceptors, to the URL that axios will call,
 * and to a copy of the config. So the `config` that interceptors, responses and errors show holds no
 * secret, and a request sent again from `error.config` starts clean. Everything that leads to the
 * socket is taken out of every outcome: `request` becomes `{ method, url }`, agents become
 * look-alikes. Echoes of a secret in headers are redacted, in bodies not.
 *
 * Requests to other places are sent as they are, with one warning for each place on the platform that
 * no product claims. A request with a credential is not redirected, so a
 * 3xx answer is yours to judge; it goes through no proxy when it is `http:` to a loopback host, and is
 * refused with `socketPath`, `transport` or the adapter `xhr`. Limits, progress events, cancellation
 * and streams are those of axios; docs/http-clients.md lists every difference.
 *
 * A request with an `adapter` of its own bypasses the instance's, and so gets no credential. An
 * adapter that the instance had before (a mock, say) is what sends. It sees the config as it would
 * without `attachAuth`, with the credential in `headers`, `params` or `data`; where a
 * `paramsSerializer` would not send the credential as it is, the whole URL is in `url`.
 *
 * A request whose credential the platform refuses (HTTP 401, HTTP 403 whose Date shows a wrong clock,
 * or in HTTP 200 as the product's `refusal` says) is sent once more if there is another: of a rotation pair, from the provider, or a
 * new token in place of one that was reused or was dated by a wrong clock. If that token cannot be
 * signed, the request rejects with that error. A body that is a stream is not sent again, and a
 * streamed answer is judged by its HTTP status alone. `timeout` counts for each sending; while a
 * provider or a signer is asked, only `signal`, `cancelToken` and their own deadlines end a request.
 *
 * `product` names the one product that the instance is for; any other URL is then refused.
 *
 * Returns a function that detaches. Requests reject with what `AuthInjector.inject` throws.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, also when the instance is attached already or comes
 * from an axios before 1.2.0
 */
export function attachAuth(
  instance: AxiosLike,
  auth: AuthInjector,
  options: { product?: string | undefined } = {},
): () => void {
  requireInjector(auth, 'attachAuth takes an AuthInjector second');
  requireObject(options, 'The options of attachAuth');
  const { product, ...unknown } = options;
  refuseUnknown(unknown, 'the options of attachAuth');
  const client = new AxiosClient(instance);
  const original = instance.defaults.adapter;
  if (typeof original === 'function' && adapters.has(original)) {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'The instance is attached already, itself or through the one that it was created from.',
    );
  }
  let isAttached = true;

  async function adapter(given: AxiosConfig): Promise<ClientResponse> {
    const config = withReadParams(given);
    const url = client.uriOf(config);
    const target = isAttached ? url : undefined;
    const destination = target === undefined ? undefined : destinationOf(auth, target, product);
    if (target !== undefined && destination === undefined) warnUnclaimed(target);
    const sending = { client, config, url, adapter: original };
    const outcome = await (destination === undefined
      ? plain(sending)
      : authenticated(sending, auth, destination));
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  }

  instance.defaults.adapter = adapter;
  adapters.add(adapter);
  return () => {
    isAttached = false;
    adapters.delete(adapter);
    if (instance.defaults.adapter === adapter) instance.defaults.adapter = original;
  };
}

/** The URL that is judged is made of them, and the one that is sent is made again. */
function withReadParams(given: AxiosConfig): AxiosConfig {
  const config = readOnce(given);
  const { params } = config;
  const isObject = typeof params === 'object' && params !== null && !isUrlSearchParams(params);
  return isObject ? Object.assign(config, { params: readOnce(params) }) : config;
}

/** A request to another place than a product's. */
function plain({ client, config, url, adapter }: Sending): Promise<Outcome> {
  const sent = { ...config, ...hideAgents(config), adapter };
  return outcomeOf(client, sent, cleanerOf(config, url, []));
}

/** @throws NexmoAuthError (rejects with) what `AuthInjector.inject` throws */
async function authenticated(
  { client, config, url, adapter }: Sending,
  auth: AuthInjector,
  destination: Destination,
): Promise<Outcome> {
  refuseAxiosDetours(config, adapter);
  const { method, headers, data, auth: basic } = config;
  const agents = hideAgents(config);
  // axios by fetch refuses a stream that was read from before, so it must meet that one itself.
  const isRefused = directAdapters(adapter)[0] === 'fetch' && isRead(data);
  const upload = isLinkingStream(data) && !isRefused ? new Upload(data) : undefined;

  function send({ request, secrets }: AuthenticatedRequest): Promise<Outcome> {
    const cleaner = cleanerOf(config, url, secrets);
    const sent = {
      ...config,
      ...confined(config, request.url, adapter),
      ...withCredential(client, config, request),
      ...agents,
      ...(upload && { data: upload.detached((error) => cleaner.error(error)) }),
    };
    return outcomeOf(client, sent, cleaner);
  }

  const { signal, release } = cancellationOf(config);
  try {
    const given = { method, url, headers, data, auth: basic } as AuthRequest;
    const attempt = await unlessAborted(attemptAt(auth, destination, given), signal);
    return await sendAttempt(attempt, { send, answered, discard, signal });
  } finally {
    release();
  }
}

/** Errors are outcomes too: most instances take a refusal for one. */
async function outcomeOf(
  client: AxiosClient,
  config: AxiosConfig,
  cleaner: Sanitizer,
): Promise<Outcome> {
  try {
    return { response: cleaner.response(await client.send(config)) };
  } catch (error) {
    return { error: cleaner.error(error) };
  }
}

function cleanerOf(
  config: AxiosConfig,
  url: string | undefined,
  secrets: readonly string[],
): Sanitizer {
  return new Sanitizer({ config, request: { method: config['method'], url }, secrets });
}

function isRead(data: unknown): boolean {
  return data instanceof Readable && Readable.isDisturbed(data);
}

function responseOf(outcome: Outcome): ClientResponse | undefined {
  if ('response' in outcome) return outcome.response;
  return (outcome.error as { response?: ClientResponse } | undefined)?.response;
}

/** A body that is a stream is not read: it is the caller's. */
function answered(outcome: Outcome): Answered | undefined {
  const response = responseOf(outcome);
  if (response === undefined) return undefined;
  const { status, headers, data } = response;
  return { status, date: dateOf(headers), body: () => textOf(data) };
}

/** Node's names of headers are in lower case; those of an adapter of the user's need not be. */
function dateOf(headers: object): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date');
  return found && String(found[1]);
}

function textOf(data: unknown): string | undefined {
  if (typeof data === 'string') return data;
  const isBytes = types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data);
  return isBytes ? new TextDecoder().decode(data as ArrayBuffer) : undefined;
}

function discard(outcome: Outcome): unknown {
  const data = responseOf(outcome)?.data as Partial<Readable & ReadableStream> | undefined;
  return data?.destroy?.() ?? data?.cancel?.();
}

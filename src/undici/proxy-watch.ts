import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { NexmoAuthError } from '../errors';
import { redact } from '../injector/redact';
import type { SentOptions } from './dispatch-call';

/** The channel on which undici publishes each request before it sends the request. */
const channel = 'undici:request:create';

/** The part of a message on this channel that this module uses. undici does not send a request that is aborted. */
type Message = { request: SentRequest };

type SentRequest = {
  method: string;
  path: string;
  host?: unknown;
  headers?: unknown;
  body?: unknown;
  aborted?: boolean;
};

/** Watches how undici sends one request. */
export type ProxyWatch = {
  /**
   * Must be called when the request starts. If undici prepares the request only later, and a proxy is then found, the
   * request is not sent, and `refuse` is called.
   *
   * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` if the request is about to be sent through a proxy
   */
  requireNoProxy: (refuse: (error: NexmoAuthError) => void) => void;
  stop: () => void;
};

const noWatch: ProxyWatch = { requireNoProxy: () => undefined, stop: () => undefined };

/**
 * Watches whether an `http:` request is about to be sent through a proxy, which could read its credential. A ProxyAgent
 * adds a Host header to such a request. Other dispatchers leave the Host header to the connection. Interceptors may
 * have copied or changed the request, so this function looks at the request that undici sends. Recognises the request by
 * its method and path, or by its credential.
 */
export function watchForProxy(
  { origin, path, method }: SentOptions,
  secrets: readonly string[],
): ProxyWatch {
  if (!origin.startsWith('http:')) return noWatch;
  let hasProxy = false;
  let refuseLater: ((error: NexmoAuthError) => void) | undefined;
  const onRequest = (message: unknown) => {
    const { request } = message as Message;
    if (request.host == null) return;
    // The path of a request to a proxy may be the whole URL.
    const isSame = request.method === method && request.path.endsWith(String(path));
    if (!isSame && !holdsSecret(request, secrets)) return;
    hasProxy = true;
    if (refuseLater === undefined) return;
    // The request has already started: the retry interceptor of undici 6 starts a request before it dispatches the
    // request. A call of `abort` would not be enough, since the interceptor `dump` of undici ignores `abort`.
    request.aborted = true;
    refuseLater(unencryptedProxy());
  };
  subscribe(channel, onRequest);
  return {
    requireNoProxy: (refuse) => {
      if (hasProxy) throw unencryptedProxy();
      refuseLater = refuse;
    },
    stop: () => {
      unsubscribe(channel, onRequest);
    },
  };
}

function holdsSecret({ path, headers, body }: SentRequest, secrets: readonly string[]): boolean {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const text = [path, ...[headers].flat(), isText ? Buffer.from(body).toString() : ''].join('\n');
  return redact(text, secrets) !== text;
}

function unencryptedProxy(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The dispatcher would send this http: request to a loopback host through a proxy, which would see the credential. Use an Agent, or add the host to the option noProxy of an EnvHttpProxyAgent. With interceptors.dns(), use 127.0.0.1 instead of localhost.',
  );
}

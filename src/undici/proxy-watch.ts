import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { NexmoAuthError } from '../errors';
import type { SentOptions } from './dispatch-call';

/** The channel on which undici publishes each request before it sends the request. */
const channel = 'undici:request:create';

/** The part of a message on this channel that tells whether there is a proxy. */
type Message = { request: { method: string; path: string; host?: unknown } };

const noProxy = { requireNoProxy: () => undefined, stop: () => undefined };

/**
 * Watches whether an `http:` request is about to be sent through a proxy, which could read its credential. A ProxyAgent
 * adds a Host header to such a request. Other dispatchers leave that to the connection. Interceptors may have copied the
 * request before, so this looks at the request that undici sends. `requireNoProxy` throws when the request starts. A
 * request that has already started is aborted.
 */
export function watchForProxy(
  { origin, path, method }: SentOptions,
  abort: (error: NexmoAuthError) => void,
): {
  /** @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` */
  requireNoProxy: () => void;
  stop: () => void;
} {
  if (!origin.startsWith('http:')) return noProxy;
  let hasProxy = false;
  const onRequest = (message: unknown) => {
    const { request } = message as Message;
    // The path of a request to a proxy may be the whole URL.
    const isSame = request.method === method && request.path.endsWith(String(path));
    if (!isSame || request.host == null) return;
    hasProxy = true;
    // The retry interceptor of undici 6 starts a request before it dispatches the request.
    abort(unencryptedProxy());
  };
  subscribe(channel, onRequest);
  return {
    requireNoProxy: () => {
      if (hasProxy) throw unencryptedProxy();
    },
    stop: () => {
      unsubscribe(channel, onRequest);
    },
  };
}

function unencryptedProxy(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The dispatcher would send this http: request to a loopback host through a proxy, which would see the credential. Use an Agent, or add the host to the option noProxy of an EnvHttpProxyAgent. With interceptors.dns(), use 127.0.0.1 instead of localhost.',
  );
}

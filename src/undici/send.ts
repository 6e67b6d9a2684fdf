import { NexmoAuthError } from '../errors';
import { Sanitizer } from '../http/sanitizer';
import { redact, redactHeaders, redactName } from '../injector/redact';
import type { SentOptions } from './dispatch-call';
import type { Exchange } from './exchange';
import {
  type Handler,
  latin1,
  type LegacyHandler,
  type NamedValues,
  withLegacyMethods,
} from './handler';
import { HeldResponse } from './held-response';

export type Dispatch = (options: object, handler: Handler & LegacyHandler) => boolean;

/**
 * Sends a request with its credential. Resolves to the response, or to undefined if the connection was upgraded. Redacts
 * the secrets in headers, trailers, status texts and errors, since other interceptors may follow or show them. Does not
 * change bodies.
 */
export async function send(
  dispatch: Dispatch,
  options: SentOptions,
  { exchange, secrets }: { exchange: Exchange; secrets: readonly string[] },
): Promise<HeldResponse | undefined> {
  if (mayHideProxy(dispatch, options)) throw unencryptedProxy();
  const hasProxy = proxyDetector(dispatch, options);
  const sanitizer = new Sanitizer({ config: {}, request: {}, secrets });
  const namedValues = (values: NamedValues) => redactHeaders(values, secrets);

  const sending = new Promise<HeldResponse | undefined>((resolve, reject) => {
    let response: HeldResponse | undefined;
    const handler: Required<Handler> = {
      onRequestStart(controller, context) {
        // Thrown, since an interceptor before this one, such as `dump`, may replace `abort`.
        if (hasProxy()) throw unencryptedProxy();
        exchange.sendWith(controller, context);
      },
      onRequestUpgrade(controller, status, headers, socket) {
        exchange.complete((caller) => {
          exchange.rawHeaders = redactRaw(controller.rawHeaders, secrets);
          caller.onRequestUpgrade?.(exchange, status, namedValues(headers), socket);
        });
        resolve(undefined);
      },
      onResponseStarted() {
        exchange.notify((caller) => caller.onResponseStarted?.());
      },
      onResponseStart(controller, status, headers, statusMessage) {
        const start = (caller: Handler) => {
          exchange.rawHeaders = redactRaw(controller.rawHeaders, secrets);
          const text = redact(statusMessage ?? '', secrets);
          caller.onResponseStart?.(exchange, status, namedValues(headers), text);
        };
        if (status < 200) exchange.inform(start);
        else {
          response = new HeldResponse(exchange, controller, {
            status,
            headers,
            start: () => {
              exchange.notify(start);
            },
          });
          resolve(response);
        }
      },
      onResponseData(_controller, chunk) {
        response?.receive(chunk, () => {
          exchange.deliver((caller) => caller.onResponseData?.(exchange, chunk));
        });
      },
      onResponseEnd(controller, trailers) {
        response?.end(() => {
          exchange.complete((caller) => {
            exchange.rawTrailers = redactRaw(controller.rawTrailers, secrets);
            caller.onResponseEnd?.(exchange, namedValues(trailers));
          });
        });
      },
      onResponseError(_controller, error) {
        response?.fail(sanitizer.error(error));
        reject(error);
      },
    };
    dispatch(options, withLegacyMethods(handler));
  });
  return sending.catch((error: unknown) => {
    throw sanitizer.error(error);
  });
}

/**
 * Returns a function that tells whether an `http:` request is about to be sent through a proxy, where others could read
 * its credential. A ProxyAgent adds a Host header: of undici 6 and 7 to the headers that it is given, of undici 8 to a
 * copy of them. Interceptors copy headers too, so a copy counts only directly on a dispatcher. Other dispatchers do
 * neither.
 */
function proxyDetector(dispatch: Dispatch, { origin, headers }: SentOptions): () => boolean {
  if (!origin.startsWith('http:')) return () => false;
  let isCopied = false;
  // A copy reads each enumerable property. Undici ignores symbols when it writes the headers.
  Object.defineProperty(headers, Symbol('copied'), {
    enumerable: true,
    get: () => {
      isCopied = true;
    },
  });
  return () => Object.hasOwn(headers, 'host') || (isCopied && isDispatcher(dispatch));
}

/** Whether there is no interceptor between this one and the dispatcher. Then `dispatch` is the dispatcher's bound method. */
const isDispatcher = (dispatch: Dispatch) => dispatch.name === 'bound dispatch';

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * Whether an `http:` request may go through the proxy of the environment without being noticed: an interceptor before
 * this one may copy the headers.
 */
function mayHideProxy(dispatch: Dispatch, { origin }: SentOptions): boolean {
  return (
    origin.startsWith('http:') &&
    !isDispatcher(dispatch) &&
    proxyVariables.some((name) => Boolean(process.env[name]))
  );
}

function unencryptedProxy(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The dispatcher would send this http: request to a loopback host through a proxy, which would see the credential. Add the host to the option noProxy of an EnvHttpProxyAgent, use an Agent, or, if the environment names a proxy, put authInterceptor before all other interceptors.',
  );
}

/** Redacts headers or trailers in the form in which undici received them: names and values in turn, as bytes or text. */
function redactRaw(raw: unknown, secrets: readonly string[]): unknown {
  if (!Array.isArray(raw)) return null;
  return raw.map((value: Uint8Array | string, index) => {
    const text = latin1(value);
    const redacted = index % 2 === 0 ? redactName(text, secrets) : redact(text, secrets);
    if (redacted === text) return value;
    return typeof value === 'string' ? redacted : Buffer.from(redacted, 'latin1');
  });
}

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
import { watchForProxy } from './proxy-watch';

export type Dispatch = (options: object, handler: Handler & LegacyHandler) => boolean;

/**
 * Sends a request with its credential. Resolves to the response, or to undefined if the connection was upgraded.
 * Redacts the secrets in headers, trailers, status texts and errors, since other interceptors may show these texts, or
 * may follow a redirect to a URL in a header. Does not change bodies.
 */
export async function send(
  dispatch: Dispatch,
  options: SentOptions,
  { exchange, secrets }: { exchange: Exchange; secrets: readonly string[] },
): Promise<HeldResponse | undefined> {
  const sanitizer = new Sanitizer({ config: {}, request: {}, secrets });
  const namedValues = (values: NamedValues) => redactHeaders(values, secrets);

  const watch = watchForProxy(options, secrets);
  const sending = new Promise<HeldResponse | undefined>((resolve, reject) => {
    let response: HeldResponse | undefined;
    const handler: Required<Handler> = {
      onRequestStart(controller, context) {
        // Throws and does not call `abort`, since an interceptor before `authInterceptor`, such as `dump`, may replace
        // `abort`.
        watch.requireNoProxy(reject);
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
            passBytes: (bytes) => {
              exchange.deliver((caller) => caller.onResponseData?.(exchange, bytes));
            },
          });
          resolve(response);
        }
      },
      onResponseData(_controller, chunk) {
        response?.receive(chunk);
      },
      onResponseEnd(controller, trailers) {
        // The interceptor `retry` of undici 6 and 7 passes on an informational response, but not the final one after it.
        if (response === undefined) reject(new Error('The response has no final status.'));
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
  return sending
    .catch((error: unknown) => {
      throw sanitizer.error(error);
    })
    .finally(watch.stop);
}

/**
 * Redacts headers or trailers in the form in which undici received them: names and values in turn, as bytes or text.
 */
function redactRaw(raw: unknown, secrets: readonly string[]): unknown {
  if (!Array.isArray(raw)) return null;
  return raw.map((value: Uint8Array | string, index) => {
    const text = latin1(value);
    const redacted = index % 2 === 0 ? redactName(text, secrets) : redact(text, secrets);
    if (redacted === text) return value;
    return typeof value === 'string' ? redacted : Buffer.from(redacted, 'latin1');
  });
}

import { directAdapters } from '../injector/direct-transport';

type CancelToken = {
  subscribe(listener: (reason: unknown) => void): void;
  unsubscribe(listener: (reason: unknown) => void): void;
};

type Cancellation = { signal: AbortSignal | undefined; release: () => void };

/** Merges `signal` and `cancelToken` of an axios config into one signal. `release` removes the listeners from both. */
export function cancellationOf(config: Record<string, unknown>): Cancellation {
  const signal = (config['signal'] ?? undefined) as Partial<AbortSignal> | undefined;
  const token = (config['cancelToken'] ?? undefined) as CancelToken | undefined;
  if (token === undefined) return { signal: signal as AbortSignal, release: () => undefined };
  const controller = new AbortController();
  const cancel = (reason: unknown) => {
    controller.abort(reason);
  };
  token.subscribe(cancel);
  signal?.addEventListener?.('abort', cancel);
  return {
    signal: controller.signal,
    release: () => {
      token.unsubscribe(cancel);
      signal?.removeEventListener?.('abort', cancel);
    },
  };
}

type Ending = { signal: AbortSignal; end: () => void };

/** The options for which axios puts a stream of its own around the response of `fetch`. */
const watchingOptions = ['signal', 'cancelToken', 'timeout', 'onDownloadProgress'];

/**
 * A signal for one attempt, and a function that ends its streamed response. Cancelling the stream that axios puts around
 * the response of `fetch` waits for a pending read, which may last for ever. Undefined if axios puts no stream around
 * the response, for another adapter than `fetch`, and for a signal that is not Node's.
 */
export function endingOf(config: Record<string, unknown>, adapter: unknown): Ending | undefined {
  const { signal: followed, responseType } = config;
  const isWatched = watchingOptions.some((name) => Boolean(config[name]));
  const isStreamed = /^stream$/i.test(String(responseType));
  if (!isWatched || !isStreamed || directAdapters(adapter)[0] !== 'fetch') return undefined;
  if (followed != null && !(followed instanceof AbortSignal)) return undefined;
  const controller = new AbortController();
  const { signal } = controller;
  const follow = () => {
    controller.abort(followed?.reason);
  };
  if (followed?.aborted === true) follow();
  followed?.addEventListener('abort', follow);
  // axios stops listening when the response is an error, or was read. `end` must still reach axios then.
  signal.removeEventListener = () => followed?.removeEventListener('abort', follow);
  const end = () => {
    controller.abort();
  };
  return { signal, end };
}

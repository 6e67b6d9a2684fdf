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

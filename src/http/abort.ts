import { onAbort } from '../deadline';

/**
 * Settles like the promise. If the signal aborts first, rejects with the reason of the signal. Axios also accepts a
 * signal without `addEventListener`. Such a signal is ignored here, so the client has to check it.
 */
export async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: Partial<AbortSignal> | null | undefined,
): Promise<Value> {
  if (!isEventTarget(signal)) return promise;
  return new Promise((resolve, reject) => {
    const unsubscribe = onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    promise.finally(unsubscribe).then(resolve, reject);
  });
}

function isEventTarget(signal: Partial<AbortSignal> | null | undefined): signal is AbortSignal {
  return typeof signal?.addEventListener === 'function';
}

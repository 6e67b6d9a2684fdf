import { onAbort } from '../deadline';

/**
 * Settles as the promise does, unless the signal aborts first: then rejects with the signal's reason.
 * A signal without `addEventListener`, which axios allows, is left to the client.
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

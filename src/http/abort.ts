import { onAbort } from '../deadline';

/**
 * What a promise gives, unless a signal aborts before: then a rejection with its reason. A signal that
 * cannot be listened to, as axios allows, is left to the client.
 */
export async function unlessAborted<Value>(
  promise: Promise<Value>,
  signal: Partial<AbortSignal> | null | undefined,
): Promise<Value> {
  if (!isObservable(signal)) return promise;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    promise.finally(forget).then(resolve, reject);
  });
}

function isObservable(signal: Partial<AbortSignal> | null | undefined): signal is AbortSignal {
  return typeof signal?.addEventListener === 'function';
}

import { NexmoAuthError } from '../../src';
import { leaksIn } from './leaks';

/** Runs what must fail and gives the error, once it is sure that it is ours and shows no secret. */
export function failure(run: () => unknown, secrets: readonly string[] = []): NexmoAuthError {
  try {
    run();
  } catch (error) {
    return ours(error, secrets);
  }
  throw new Error('Nothing was thrown.');
}

export async function rejection(
  promise: unknown,
  secrets: readonly string[] = [],
): Promise<NexmoAuthError> {
  return Promise.resolve(promise).then(
    () => {
      throw new Error('Nothing was rejected.');
    },
    (error: unknown) => ours(error, secrets),
  );
}

function ours(error: unknown, secrets: readonly string[]): NexmoAuthError {
  if (!(error instanceof NexmoAuthError)) throw error;
  expect(leaksIn(error, secrets)).toEqual([]);
  expect(error.message).toMatch(/[.?]$/);
  return error;
}

import { NexmoAuthError } from '../../src';
import { leaksIn } from './leaks';

/** The error that `run` throws. Checks that it is a `NexmoAuthError` and shows no secret. */
export function failure(run: () => unknown, secrets: readonly string[] = []): NexmoAuthError {
  try {
    run();
  } catch (error) {
    return checkError(error, secrets);
  }
  throw new Error('Nothing was thrown.');
}

/** Like `failure`, for a promise. */
export async function rejection(
  promise: unknown,
  secrets: readonly string[] = [],
): Promise<NexmoAuthError> {
  return Promise.resolve(promise).then(
    () => {
      throw new Error('Nothing was rejected.');
    },
    (error: unknown) => checkError(error, secrets),
  );
}

function checkError(error: unknown, secrets: readonly string[]): NexmoAuthError {
  if (!(error instanceof NexmoAuthError)) throw error;
  expect(leaksIn(error, secrets)).toEqual([]);
  expect(error.message).toMatch(/[.?]$/);
  return error;
}

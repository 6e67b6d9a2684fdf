import type { CliError } from '../../../../src/cli/cli-error';
import type { NexmoAuthError } from '../../../../src/errors';

/** An error of the package or of its command, whose code has a page. */
export type Refusal = NexmoAuthError | CliError;

export type Attempt<Result> =
  { result: Result; refusal?: undefined } | { result?: undefined; refusal: Refusal };

export function attempt<Result>(run: () => Result): Attempt<Result> {
  try {
    return { result: run() };
  } catch (error) {
    return { refusal: error as Refusal };
  }
}

import { rejection } from '../support/errors';
import { leaksIn } from '../support/leaks';

/** The secrets of all signed headers in a text. */
export const secretsIn = (text: string): string[] =>
  Array.from(text.matchAll(/oauth_(?:signature|token|verifier)=\\*"([^"\\]+)/g), ([, value]) =>
    decodeURIComponent(String(value)),
  );

/**
 * The error of a step that must fail. Checks that it is a NexmoAuthError and shows no secret of the caller or of the
 * requests that arrived. Reads `arrived` after the step.
 */
export async function refused(step: Promise<unknown>, secrets: readonly string[], arrived: object) {
  const error = await rejection(step, secrets);
  expect(leaksIn(error, secretsIn(JSON.stringify(arrived)))).toEqual([]);
  return error;
}

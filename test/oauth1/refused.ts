import { rejection } from '../support/errors';
import { leaksIn } from '../support/leaks';

/** What is secret in signed headers, wherever these are in a text. */
export const secretsIn = (text: string): string[] =>
  Array.from(text.matchAll(/oauth_(?:signature|token|verifier)=\\*"([^"\\]+)/g), ([, value]) =>
    decodeURIComponent(String(value)),
  );

/**
 * The error of a step that must fail, once it is sure that it is ours and shows neither what was held
 * nor what was sent. `arrived` is read when the step is over.
 */
export async function refused(step: Promise<unknown>, held: readonly string[], arrived: object) {
  const error = await rejection(step, held);
  expect(leaksIn(error, secretsIn(JSON.stringify(arrived)))).toEqual([]);
  return error;
}

let uuid: typeof import('uuid') | undefined;

/** Loads the package at the first token, and asks Node for it only once: that takes its time, too. */
export function newJti(): string {
  uuid ??= require('uuid') as typeof import('uuid');
  return uuid.v4();
}

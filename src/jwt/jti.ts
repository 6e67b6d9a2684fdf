let uuid: typeof import('uuid') | undefined;

/** Loads the package with the first token, and keeps it, because `require` takes time even if Node has cached it. */
export function newJti(): string {
  uuid ??= require('uuid') as typeof import('uuid');
  return uuid.v4();
}
